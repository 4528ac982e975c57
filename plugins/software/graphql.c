/* SPDX-License-Identifier: Apache-2.0 */
/* Houston's way of being asked, and of refusing. */
#include "session.h"

#include <inttypes.h>
#include <string.h>
#include <strings.h>

/* What Houston says of a token that is no longer good. */
static bool refusal_is_expiry(const char *message)
{
	return strcmp(message, "AUTH_TOKEN_REFRESH_FAILED") == 0 ||
	       strcasecmp(message, "You do not have the appropriate "
	                           "permissions for that") == 0;
}

static int refusal_report(const struct astro_session *session,
                          const struct operation *operation,
                          const struct astro_response *answer, int64_t count,
                          struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *message = host->answer_text(answer, "errors.0.message");

	if (message == NULL || *message == '\0')
		message = host->answer_reason(answer);
	if (refusal_is_expiry(message))
		return host->fail(err, ASTRO_EXPIRED, "log in again",
		                  "the token has expired, or does not have "
		                  "the permissions for %s",
		                  operation->what);
	if (strstr(message, "Cannot query field") != NULL)
		return host->fail(err, ASTRO_BAD_ANSWER,
		                  "this version of Software may be too old "
		                  "or too new",
		                  "the server does not know all of %s: %s",
		                  operation->what, message);
	if (count > 1)
		return host->fail(err, ASTRO_DENIED, NULL,
		                  "the server refused: %s (and %" PRId64
		                  " more)",
		                  message, count - 1);
	return host->fail(err, ASTRO_DENIED, NULL, "the server refused: %s",
	                  message);
}

/* An answer with data and errors is as refused as one with errors alone. */
static int answer_check(const struct astro_session *session,
                        const struct operation *operation,
                        const struct astro_response *answer,
                        struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int64_t count = host->answer_count(answer, "errors");
	int code = host->answer_status(answer);

	if (count > 0)
		return refusal_report(session, operation, answer, count, err);
	/* Of another shape than a list: a refusal all the same. */
	if (host->answer_text(answer, "errors") != NULL ||
	    host->answer_text(answer, "errors.message") != NULL)
		return host->fail(err, ASTRO_DENIED, NULL,
		                  "the server refused %s: %s", operation->what,
		                  host->answer_reason(answer));
	if (code == 401 || code == 403)
		return host->fail(err, ASTRO_DENIED, "log in again",
		                  "the server refused %s: %s (%d)",
		                  operation->what, host->answer_reason(answer),
		                  code);
	if (code != 200)
		return host->fail(err, ASTRO_BAD_ANSWER,
		                  "check the domain: houston.<domain> must be "
		                  "a Software installation",
		                  "%s is no Houston API: it answered %d",
		                  session->api, code);
	return ASTRO_OK;
}

int graphql_ask(struct astro_session *session,
                const struct operation *operation,
                const struct astro_secret *token, struct astro_response **out,
                struct astro_error *err)
{
	const struct astro_host *host = session->host;
	/* The token as it stands: Houston wants no "Bearer". */
	const struct astro_field headers[] = {
		{.name = "Accept", .text = "application/json"},
		{.name = "Authorization", .secret = token},
	};
	const struct astro_request request = {
		.size = sizeof(request),
		.url = session->api,
		.headers = headers,
		.header_count = sizeof(headers) / sizeof(headers[0]),
		.body = ASTRO_BODY_GRAPHQL,
		.flags = operation->flags,
		.query = operation->query,
		.fields = operation->variables,
		.field_count = operation->variable_count,
	};
	struct astro_response *answer = NULL;
	int status;

	*out = NULL;
	status = host->http(host->core, &request, &answer, err);
	if (status == ASTRO_OK)
		status = answer_check(session, operation, answer, err);
	if (status == ASTRO_OK) {
		*out = answer;
		answer = NULL; /* handed over */
	}
	host->answer_free(answer);
	return status;
}
