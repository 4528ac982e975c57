/* SPDX-License-Identifier: Apache-2.0 */
/* Answers made up from the names of what is looked for in them. */
#include "server.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "script.h"
#include "text.h"

enum { URL_MAX = 1024, LONG_TEXT = 60 * 1024, MANY_ROWS = 5000 };

struct lent {
	struct lent *next;
	char text[];
};

struct astro_response {
	enum server_lie lie;
	int status;
	struct json *body; /* the script's, or NULL */
	char url[URL_MAX];
	struct lent *lent;
};

const char *server_lie_name(enum server_lie lie)
{
	static const char *const names[LIE_COUNT] = {
		[LIE_NONE] = "what was asked for",
		[LIE_EMPTY] = "an empty object",
		[LIE_NO_ROWS] = "empty lists",
		[LIE_MANY_ROWS] = "lists of thousands",
		[LIE_NO_TEXT] = "empty texts",
		[LIE_ODD_TEXT] = "texts of control characters",
		[LIE_LONG_TEXT] = "texts of 60 KiB",
		[LIE_OTHER_TEXT] = "another's name and address",
		[LIE_LOW_NUMBER] = "numbers far below zero",
		[LIE_HIGH_NUMBER] = "numbers without end",
		[LIE_FALSE] = "false for every flag",
		[LIE_ERRORS] = "200 with errors in it",
		[LIE_NOTHING] = "204",
		[LIE_REFUSED] = "400",
		[LIE_UNKNOWN] = "401",
		[LIE_FORBIDDEN] = "403",
		[LIE_ABSENT] = "404",
	};

	return names[lie];
}

static bool is_loopback(const char *url)
{
	static const char *const hosts[] = {"http://localhost", "http://127.",
	                                    "http://[::1]"};
	size_t i;

	for (i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
		if (strncmp(url, hosts[i], strlen(hosts[i])) == 0)
			return true;
	return false;
}

static int status_of(enum server_lie lie, int otherwise)
{
	switch (lie) {
	case LIE_NOTHING:
		return 204;
	case LIE_REFUSED:
		return 400;
	case LIE_UNKNOWN:
		return 401;
	case LIE_FORBIDDEN:
		return 403;
	case LIE_ABSENT:
		return 404;
	case LIE_NONE:
	case LIE_EMPTY:
	case LIE_NO_ROWS:
	case LIE_MANY_ROWS:
	case LIE_NO_TEXT:
	case LIE_ODD_TEXT:
	case LIE_LONG_TEXT:
	case LIE_OTHER_TEXT:
	case LIE_LOW_NUMBER:
	case LIE_HIGH_NUMBER:
	case LIE_FALSE:
	case LIE_ERRORS:
	case LIE_COUNT:
		break;
	}
	return otherwise;
}

int server_answer(const struct script *script,
                  const struct astro_request *request, enum server_lie lie,
                  struct astro_response **out, struct astro_error *err)
{
	struct astro_response *response;
	/* A client that registers itself is created (RFC 7591, 3.2.1). */
	int usual = strstr(request->url, "regist") != NULL ? 201 : 200;
	int status = ASTRO_OK;

	*out = NULL;
	if (strncmp(request->url, "https://", 8) != 0 &&
	    !is_loopback(request->url))
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "refused to ask without https");
	response = calloc(1, sizeof(*response));
	if (response == NULL)
		return error_no_memory(err);
	(void)snprintf(response->url, sizeof(response->url), "%s",
	               request->url);
	response->lie = lie;
	if (lie == LIE_NONE)
		status = script_body(script, request, &usual, &response->body,
		                     err);
	response->status = status_of(lie, usual);
	if (status != ASTRO_OK) {
		server_free(response);
		return status;
	}
	*out = response;
	return ASTRO_OK;
}

void server_free(struct astro_response *response)
{
	if (response == NULL)
		return;
	while (response->lent != NULL) {
		struct lent *lent = response->lent;

		response->lent = lent->next;
		free(lent);
	}
	json_free(response->body);
	free(response);
}

const struct json *server_body(const struct astro_response *response)
{
	return response->body;
}

int server_status(const struct astro_response *response)
{
	return response->status;
}

static bool has_part(const char *text, const char *const *parts)
{
	for (; *parts != NULL; parts++)
		if (strcasestr(text, *parts) != NULL)
			return true;
	return false;
}

static const char *last_word(const char *key)
{
	const char *dot = strrchr(key, '.');

	return dot == NULL ? key : dot + 1;
}

/* What only a server has that has something to complain of, or more to give. */
static bool is_of_trouble(const char *key)
{
	static const char *const parts[] = {"error", "next", "cursor",
	                                    "continu", NULL};
	static const char *const words[] = {"message", "code", "reason",
	                                    "detail", "details"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(last_word(key), words[i]) == 0)
			return true;
	return has_part(key, parts);
}

static bool is_secret(const char *word)
{
	static const char *const parts[] = {"token",       "secret", "password",
	                                    "assertion",   "jwt",    "session",
	                                    "device_code", "apikey", NULL};
	static const char *const plain[] = {"type",      "endpoint", "url",
	                                    "uri",       "expir",    "_in",
	                                    "supported", "id",       NULL};

	return has_part(word, parts) && !has_part(word, plain);
}

static bool is_address(const char *word)
{
	static const char *const parts[] = {
		"url", "uri", "endpoint", "href", "link", "location", NULL};

	return has_part(word, parts);
}

static char *lend(struct astro_response *response, size_t len)
{
	struct lent *lent = calloc(1, sizeof(*lent) + len + 1);

	if (lent == NULL)
		return NULL;
	lent->next = response->lent;
	response->lent = lent;
	return lent->text;
}

static const char *lend_format(struct astro_response *response, const char *fmt,
                               ...) ASTRO_PRINTF(2, 3);
static const char *lend_format(struct astro_response *response, const char *fmt,
                               ...)
{
	char text[URL_MAX * 2];
	char *copy;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	copy = lend(response, strlen(text));
	if (copy != NULL)
		memcpy(copy, text, strlen(text));
	return copy;
}

/* Metadata lies behind its issuer (OpenID Connect Discovery, 4.1), or between
 * its host and its path (RFC 8414, 3.1). */
static const char *issuer(struct astro_response *response)
{
	const char *mark = strstr(response->url, "/.well-known/");

	if (mark == NULL)
		return "https://server.example";
	return lend_format(response, "%.*s", (int)(mark - response->url),
	                   response->url);
}

static const char *plausible(struct astro_response *response, const char *key)
{
	const char *word = last_word(key);

	if (is_of_trouble(key))
		return NULL;
	if (strcasestr(word, "email") != NULL)
		return "jane@example.com";
	if (strcmp(word, "sub") == 0)
		return "subject";
	if (strcmp(word, "issuer") == 0 || strcmp(word, "iss") == 0)
		return issuer(response);
	if (is_address(word))
		return lend_format(response, "https://server.example/%s", word);
	if (strcmp(word, "token_type") == 0)
		return "Bearer";
	if (is_secret(word) || is_secret(key))
		return lend_format(response, SERVER_CANARY "-%s", word);
	if (strcasestr(word, "version") != NULL)
		return "1.0.0";
	if (strcasestr(word, "expir") != NULL ||
	    strcasestr(word, "_at") != NULL)
		return "2033-05-18T03:33:20Z";
	return lend_format(response, "%s-1", word[0] == '\0' ? "text" : word);
}

static const char *other(struct astro_response *response, const char *key)
{
	const char *word = last_word(key);

	if (is_of_trouble(key))
		return NULL;
	if (is_address(word))
		return lend_format(response, "http://elsewhere.example/%s",
		                   word);
	if (strcmp(word, "issuer") == 0 || strcmp(word, "iss") == 0)
		return "https://elsewhere.example";
	return lend_format(response, "other-%s", word);
}

const char *server_text(struct astro_response *response, const char *key)
{
	char *text;

	if (response->body != NULL)
		return json_text(response->body, key);
	switch (response->lie) {
	case LIE_NO_TEXT:
		return "";
	case LIE_ODD_TEXT:
		return "a\r\nX-Evil: 1\x1b[2J\xe2\x80\xa8\x7f b";
	case LIE_LONG_TEXT:
		text = lend(response, LONG_TEXT);
		if (text != NULL)
			memset(text, 'a', LONG_TEXT);
		return text;
	case LIE_OTHER_TEXT:
		return other(response, key);
	case LIE_ERRORS:
	case LIE_REFUSED:
		return is_of_trouble(key) ? "access_denied" : NULL;
	case LIE_EMPTY:
	case LIE_NOTHING:
	case LIE_UNKNOWN:
	case LIE_FORBIDDEN:
	case LIE_ABSENT:
		return NULL;
	case LIE_NONE:
	case LIE_NO_ROWS:
	case LIE_MANY_ROWS:
	case LIE_LOW_NUMBER:
	case LIE_HIGH_NUMBER:
	case LIE_FALSE:
	case LIE_COUNT:
		break;
	}
	return plausible(response, key);
}

bool server_says_nothing(const struct astro_response *response)
{
	return response->lie == LIE_NOTHING || response->lie == LIE_UNKNOWN ||
	       response->lie == LIE_FORBIDDEN || response->lie == LIE_ABSENT;
}

bool server_is_full(const struct astro_response *response)
{
	return response->status < 300 && response->status != 204 &&
	       response->lie != LIE_EMPTY && response->lie != LIE_ERRORS;
}

int64_t server_number(const struct astro_response *response, const char *key,
                      int64_t fallback)
{
	const char *word = last_word(key);

	if (response->body != NULL)
		return json_number(response->body, key, fallback);
	if (response->lie == LIE_LOW_NUMBER)
		return INT64_MIN;
	if (response->lie == LIE_HIGH_NUMBER)
		return INT64_MAX;
	if (!server_is_full(response) || is_of_trouble(key))
		return fallback;
	if (strcasestr(word, "expir") != NULL)
		return strcasestr(word, "_in") != NULL ? 3600 : 2000000000;
	return response->lie == LIE_MANY_ROWS ? MANY_ROWS : 1;
}

int server_flag(const struct astro_response *response, const char *key,
                int fallback)
{
	if (response->body != NULL)
		return json_flag(response->body, key, fallback);
	if (!server_is_full(response) || is_of_trouble(key))
		return fallback;
	return response->lie != LIE_FALSE;
}

int64_t server_count(const struct astro_response *response, const char *key)
{
	static const char supported[] = "_supported";
	size_t len = strlen(key), end = sizeof(supported) - 1;

	if (response->body != NULL)
		return json_count(response->body, key);
	if (is_of_trouble(key))
		return response->lie == LIE_ERRORS ? 1 : -1;
	/* Metadata that says nothing of it leaves the usual (RFC 8414, 2). */
	if (!server_is_full(response) ||
	    (len > end && strcmp(key + len - end, supported) == 0))
		return -1;
	if (response->lie == LIE_NO_ROWS)
		return 0;
	return response->lie == LIE_MANY_ROWS ? MANY_ROWS : 1;
}

const char *server_reason(const struct astro_response *response)
{
	if (response->lie == LIE_ERRORS || response->lie == LIE_REFUSED)
		return "access_denied";
	return response->status < 300 ? "no reason given" : "it was refused";
}
