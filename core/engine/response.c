/* SPDX-License-Identifier: Apache-2.0 */
/* Answers: judged by their status, parsed, and their complaints found. */
#include "response.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "http.h"
#include "json.h"
#include "text.h"

enum { REASON_MAX = 256, RETRY_AFTER_MAX = 3600 };

struct astro_response {
	int status;
	struct json *json;
	char reason[REASON_MAX];
	char nonce[RESPONSE_NONCE_SIZE];
	int64_t date;
};

/* The places where servers put a sentence for people. */
static const char *complaint(const struct json *json)
{
	static const char *const places[] = {"message", "error_description",
	                                     "errors.0.message",
	                                     "error.message", "error"};
	size_t i;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *text = json_text(json, places[i]);

		if (text != NULL && *text != '\0')
			return text;
	}
	return NULL;
}

static void set_reason(struct astro_response *response)
{
	const char *text = complaint(response->json);
	int64_t more = json_count(response->json, "errors") - 1;
	/* Room for what follows the sentence. */
	size_t most = sizeof(response->reason) - 40, used;

	if (text == NULL) {
		(void)snprintf(response->reason, sizeof(response->reason),
		               "status %d", response->status);
		return;
	}
	text_escape(response->reason, most, text, strlen(text));
	used = strlen(response->reason);
	if (more > 0)
		(void)snprintf(response->reason + used,
		               sizeof(response->reason) - used,
		               " (and %lld more)", (long long)more);
}

/* RFC 9449, 8.1: visible ASCII; what is not, or too long, is not used. */
static void set_nonce(struct astro_response *response, const char *nonce)
{
	size_t len = nonce == NULL ? 0 : strlen(nonce);

	if (len > 0 && len < sizeof(response->nonce) &&
	    text_is_visible(nonce, len))
		memcpy(response->nonce, nonce, len + 1);
}

static int redirected(const struct answer *answer, struct astro_error *err)
{
	if (answer->redirect == NULL)
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "%s answered %d without saying where to",
		                 answer->host, answer->status);
	return error_set(err, ASTRO_UNSAFE,
	                 "check the address; a sign-in page of the network "
	                 "may stand in between",
	                 "%s redirects to %s, which is refused", answer->host,
	                 answer->redirect);
}

static int unavailable(const struct answer *answer, const struct json *json,
                       struct astro_error *err)
{
	const char *text = complaint(json);
	char hint[80] = "try again later";

	if (answer->retry_after > 0 && answer->retry_after <= RETRY_AFTER_MAX)
		(void)snprintf(hint, sizeof(hint),
		               "try again after %lld seconds",
		               (long long)answer->retry_after);
	return error_set(err, ASTRO_UNREACHABLE, hint, "%s answered %d%s%s",
	                 answer->host, answer->status, text != NULL ? ": " : "",
	                 text != NULL ? text : "");
}

static int not_json(const struct answer *answer, const struct astro_error *why,
                    struct astro_error *err)
{
	if (answer->content_type != NULL && answer->body->len > 0 &&
	    strstr(answer->content_type, "json") != NULL)
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "%s answered with JSON that makes no sense: "
		                 "%s",
		                 answer->host, why->message);
	return error_set(err, ASTRO_BAD_ANSWER,
	                 "check the address and the network",
	                 "%s did not answer with JSON", answer->host);
}

int response_new(const struct answer *answer, struct astro_response **out,
                 struct astro_error *err)
{
	struct astro_response *response;
	struct astro_error why = {0};
	struct json *json = NULL;
	int code = answer->status, status;

	*out = NULL;
	if (code >= 300 && code <= 399)
		return redirected(answer, err);

	status =
		json_parse(answer->body->bytes, answer->body->len, &json, &why);
	if (status == ASTRO_NO_MEMORY)
		status = error_no_memory(err);
	else if (code >= 500 || code == 429)
		status = unavailable(answer, json, err);
	else if (json == NULL && code < 400 && code != 204 &&
	         !answer->ignores_body)
		status = not_json(answer, &why, err);
	else
		status = ASTRO_OK;
	if (status != ASTRO_OK)
		goto out;

	response = calloc(1, sizeof(*response));
	if (response == NULL) {
		status = error_no_memory(err);
		goto out;
	}
	response->status = code;
	response->date = answer->date;
	response->json = json;
	json = NULL; /* handed over */
	set_reason(response);
	set_nonce(response, answer->nonce);
	*out = response;
out:
	json_free(json);
	return status;
}

int response_status(const struct astro_response *response)
{
	return response != NULL ? response->status : 0;
}

const struct json *response_json(const struct astro_response *response)
{
	return response != NULL ? response->json : NULL;
}

int response_show(const struct astro_response *response, const char *path,
                  struct text *out, struct astro_error *err)
{
	const struct json *json = response_json(response);

	if (json != NULL && json_kind(json, path) != JSON_KIND_ABSENT)
		return json_write(out, json, path, err);
	return text_add_string(out, "null") ? ASTRO_OK : error_no_memory(err);
}

const char *response_reason(const struct astro_response *response)
{
	return response != NULL ? response->reason : "no answer";
}

const char *response_nonce(const struct astro_response *response)
{
	return response != NULL ? response->nonce : "";
}

int64_t response_date(const struct astro_response *response)
{
	return response != NULL ? response->date : 0;
}

void response_free(struct astro_response *response)
{
	if (response == NULL)
		return;
	json_free(response->json);
	free(response);
}
