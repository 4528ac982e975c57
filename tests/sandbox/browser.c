/* SPDX-License-Identifier: Apache-2.0 */
/* Requests by libcurl, as a person's browser would make them. */
#include "browser.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <curl/curl.h>

enum { PAGE_MAX = 1024 * 1024, PATIENCE_S = 120 };

struct browser {
	CURL *curl;
	struct curl_slist *headers;
};

struct browser *browser_new(void)
{
	struct browser *browser = calloc(1, sizeof(*browser));

	curl_global_init(CURL_GLOBAL_DEFAULT);
	if (browser == NULL)
		return NULL;
	browser->curl = curl_easy_init();
	browser->headers =
		curl_slist_append(browser->headers, "Sec-Fetch-Mode: navigate");
	browser->headers =
		curl_slist_append(browser->headers, "Sec-Fetch-Dest: document");
	if (browser->curl == NULL || browser->headers == NULL) {
		browser_free(browser);
		return NULL;
	}
	return browser;
}

void browser_free(struct browser *browser)
{
	if (browser == NULL)
		return;
	curl_easy_cleanup(browser->curl);
	curl_slist_free_all(browser->headers);
	free(browser);
	curl_global_cleanup();
}

static size_t on_body(char *bytes, size_t size, size_t count, void *cls)
{
	struct text *body = cls;

	return text_add(body, bytes, size * count) ? size * count : 0;
}

static void set_up(CURL *curl, const struct browser *browser, const char *url,
                   struct answer *out)
{
	memset(out, 0, sizeof(*out));
	text_init(&out->body, PAGE_MAX);
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_COOKIEFILE, "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "astro-sandbox-visit");
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, browser->headers);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT, (long)PATIENCE_S);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, out->error);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, &out->body);
}

static void finish(CURL *curl, CURLcode code, struct answer *out)
{
	char *location = NULL;

	if (code == CURLE_OK) {
		curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &out->status);
		curl_easy_getinfo(curl, CURLINFO_REDIRECT_URL, &location);
		out->location = text_copy(location);
	} else if (out->error[0] == '\0') {
		(void)snprintf(out->error, sizeof(out->error), "%s",
		               curl_easy_strerror(code));
	}
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, NULL);
}

void browser_send(struct browser *browser, const char *url, const char *form,
                  struct answer *out)
{
	set_up(browser->curl, browser, url, out);
	if (form != NULL)
		curl_easy_setopt(browser->curl, CURLOPT_COPYPOSTFIELDS, form);
	else
		curl_easy_setopt(browser->curl, CURLOPT_HTTPGET, 1L);
	finish(browser->curl, curl_easy_perform(browser->curl), out);
}

static CURLcode code_of(CURLM *multi, CURL *curl)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(multi, &left)) != NULL)
		if (message->msg == CURLMSG_DONE &&
		    message->easy_handle == curl)
			return message->data.result;
	return CURLE_OK;
}

void browser_send_twice(struct browser *browser, const char *url,
                        struct answer outs[2])
{
	CURLM *multi = curl_multi_init();
	CURL *handles[2] = {curl_easy_init(), curl_easy_init()};
	int running = 1, i;

	for (i = 0; i < 2; i++) {
		set_up(handles[i], browser, url, &outs[i]);
		curl_easy_setopt(handles[i], CURLOPT_FRESH_CONNECT, 1L);
		curl_multi_add_handle(multi, handles[i]);
	}
	while (running > 0 && curl_multi_perform(multi, &running) == CURLM_OK)
		curl_multi_poll(multi, NULL, 0, 1000, NULL);
	for (i = 0; i < 2; i++) {
		/* A handle without a status has failed, whatever the queue of
		 * messages still holds. */
		finish(handles[i], code_of(multi, handles[i]), &outs[i]);
		curl_multi_remove_handle(multi, handles[i]);
		curl_easy_cleanup(handles[i]);
	}
	curl_multi_cleanup(multi);
}

void answer_clear(struct answer *answer)
{
	free(answer->location);
	answer->location = NULL;
	text_clear(&answer->body);
}

char *browser_resolve(const char *base, const char *url)
{
	CURLU *parts = curl_url();
	char *whole = NULL, *copy = NULL;

	if (curl_url_set(parts, CURLUPART_URL, base, 0) == CURLUE_OK &&
	    curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK &&
	    curl_url_get(parts, CURLUPART_URL, &whole, 0) == CURLUE_OK)
		copy = text_copy(whole);
	curl_free(whole);
	curl_url_cleanup(parts);
	return copy;
}

static bool same_part(CURLU *a, CURLU *b, CURLUPart part)
{
	char *left = NULL, *right = NULL;
	bool same;

	same = curl_url_get(a, part, &left, CURLU_DEFAULT_PORT) == CURLUE_OK &&
	       curl_url_get(b, part, &right, CURLU_DEFAULT_PORT) == CURLUE_OK &&
	       strcmp(left, right) == 0;
	curl_free(left);
	curl_free(right);
	return same;
}

bool browser_same_origin(const char *a, const char *b)
{
	CURLU *left = curl_url(), *right = curl_url();
	bool same;

	same = curl_url_set(left, CURLUPART_URL, a, 0) == CURLUE_OK &&
	       curl_url_set(right, CURLUPART_URL, b, 0) == CURLUE_OK &&
	       same_part(left, right, CURLUPART_SCHEME) &&
	       same_part(left, right, CURLUPART_HOST) &&
	       same_part(left, right, CURLUPART_PORT);
	curl_url_cleanup(left);
	curl_url_cleanup(right);
	return same;
}
