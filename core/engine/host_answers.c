/* SPDX-License-Identifier: Apache-2.0 */
/* The host's network: requests, and what their answers say. */
#include "host.h"

#include <string.h>

#include "abi.h"
#include "core.h"
#include "error.h"
#include "http.h"
#include "json.h"
#include "proved.h"
#include "secret.h"
#include "url.h"

enum { REQUESTS_MAX = 64 };

static int host_http_all(struct astro_core *core,
                         const struct astro_request *const *requests,
                         size_t count, struct astro_response **outs,
                         struct astro_error *err)
{
	const char *fault;
	size_t i;

	if (count == 0)
		return ASTRO_OK;
	if (core == NULL || outs == NULL || count > REQUESTS_MAX)
		return host_misuse(err, "http_all", NULL);
	for (i = 0; i < count; i++)
		outs[i] = NULL;
	for (i = 0; i < count; i++) {
		fault = abi_request(requests == NULL ? NULL : requests[i]);
		if (fault != NULL)
			return host_misuse(err, "http_all", fault);
	}
	return http_send(core->http, requests, count, outs, err);
}

static int host_http(struct astro_core *core,
                     const struct astro_request *request,
                     struct astro_response **out, struct astro_error *err)
{
	if (core != NULL && core->proved != NULL && out != NULL &&
	    abi_request(request) == NULL && request->bearer != NULL)
		return proved_send(core, request, out, err);
	return host_http_all(core, &request, 1, out, err);
}

static int answer_status(const struct astro_response *response)
{
	return response == NULL ? 0 : response_status(response);
}

static const struct json *json_of(const struct astro_response *response,
                                  const char *key)
{
	if (response == NULL || key == NULL)
		return NULL;
	return response_json(response);
}

static const char *answer_text(const struct astro_response *response,
                               const char *key)
{
	const struct json *json = json_of(response, key);

	return json == NULL ? NULL : json_text(json, key);
}

static int64_t answer_number(const struct astro_response *response,
                             const char *key, int64_t fallback)
{
	const struct json *json = json_of(response, key);

	return json == NULL ? fallback : json_number(json, key, fallback);
}

static int answer_flag(const struct astro_response *response, const char *key,
                       int fallback)
{
	const struct json *json = json_of(response, key);

	return json == NULL ? fallback : json_flag(json, key, fallback);
}

static int64_t answer_count(const struct astro_response *response,
                            const char *key)
{
	const struct json *json = json_of(response, key);

	return json == NULL ? -1 : json_count(json, key);
}

static int answer_secret(const struct astro_response *response, const char *key,
                         struct astro_secret **out, struct astro_error *err)
{
	const char *text;

	if (out == NULL || key == NULL)
		return host_misuse(err, "answer_secret", NULL);
	*out = NULL;
	text = answer_text(response, key);
	if (text == NULL || text[0] == '\0')
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "the server's answer has no %s", key);
	return secret_new(text, strlen(text), out, err);
}

static const char *answer_reason(const struct astro_response *response)
{
	return response == NULL ? "there is no answer"
	                        : response_reason(response);
}

static int host_url_escape(struct astro_core *core, const char *text, char *out,
                           size_t size, struct astro_error *err)
{
	(void)core;
	if (text == NULL || out == NULL || size == 0)
		return host_misuse(err, "url_escape", NULL);
	return url_encode_to(text, out, size, err);
}

void host_fill_answers(struct astro_host *host)
{
	host->http = host_http;
	host->http_all = host_http_all;
	host->answer_status = answer_status;
	host->answer_text = answer_text;
	host->answer_number = answer_number;
	host->answer_flag = answer_flag;
	host->answer_count = answer_count;
	host->answer_secret = answer_secret;
	host->answer_reason = answer_reason;
	host->answer_free = response_free;
	host->url_escape = host_url_escape;
}
