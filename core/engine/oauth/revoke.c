/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens taken back at the server, each on its own, and what came of it. */
#include "revoke.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "client.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "http.h"
#include "json.h"
#include "report.h"
#include "text.h"

enum { LINE_MAX_BYTES = ERROR_MESSAGE_MAX + 100 };

struct revocation {
	struct astro_core *core;
	const struct astro_server *server;
	const struct astro_client *client;
};

/* The refresh token first: many servers take the access tokens with it. */
static const struct kind {
	const char *field; /* of the credential, and the hint (RFC 7009, 2.1) */
	const char *title;
	/* RFC 7009, 2.2.1: servers may leave out access tokens, not these. */
	bool must;
} kinds[] = {
	{"refresh_token", "refresh token", true},
	{"access_token", "access token", false},
};

static void tell(struct astro_core *core, const char *fmt, const char *title,
                 const char *why)
{
	struct text line;

	text_init(&line, LINE_MAX_BYTES);
	if (text_addf(&line, "%s the %s", fmt, title) &&
	    (why == NULL || text_addf(&line, ": %s", why)))
		report_value(core->report_fd, "done", line.bytes);
	text_clear(&line);
	core->revocations_told++;
}

/* RFC 7009, 2.2.1: the server takes back tokens of another kind only. */
static bool is_not_its_kind(const struct astro_response *response)
{
	const char *code = json_text(response_json(response), "error");

	return code != NULL && strcmp(code, "unsupported_token_type") == 0;
}

/* RFC 7009, 2.2: 200 also for a token that the server never knew, and the
 * answer's body does not count. */
static int ask(const struct revocation *revocation, const struct kind *kind,
               const struct astro_secret *token,
               struct astro_response **response, struct astro_error *err)
{
	const struct astro_field fields[] = {
		{"token", NULL, token},
		{"token_type_hint", kind->field, NULL},
	};
	const struct astro_request *requests[1];
	struct client_form form;
	int status;

	*response = NULL;
	status =
		client_form_init(&form, revocation->server->revocation_endpoint,
	                         revocation->client, fields,
	                         sizeof(fields) / sizeof(fields[0]), err);
	form.request.flags |= ASTRO_REQUEST_IGNORES_BODY;
	requests[0] = &form.request;
	if (status == ASTRO_OK)
		status = http_send(revocation->core->http, requests, 1,
		                   response, err);
	client_form_clear(&form);
	return status;
}

static int revoke_one(const struct revocation *revocation,
                      const struct kind *kind, const struct astro_secret *token,
                      struct astro_error *err)
{
	struct astro_response *response;
	int status = ask(revocation, kind, token, &response, err);

	if (status == ASTRO_OK && response_status(response) < 400) {
		tell(revocation->core, "Revoked", kind->title, NULL);
	} else if (status == ASTRO_OK && !kind->must &&
	           is_not_its_kind(response)) {
		tell(revocation->core, "The server does not take back",
		     kind->title, "it stays valid there until it ends");
	} else if (status == ASTRO_OK) {
		status = error_set(err, ASTRO_DENIED, NULL,
		                   "the server refused: %s",
		                   response_reason(response));
	}
	if (status != ASTRO_OK && status != ASTRO_CANCELLED)
		tell(revocation->core, "Could not revoke", kind->title,
		     err->message);
	response_free(response);
	return status;
}

int revoke_tokens(struct astro_core *core, const struct astro_server *server,
                  const struct astro_client *client,
                  const struct astro_credential *credential,
                  struct astro_error *err)
{
	const struct revocation revocation = {core, server, client};
	int first = ASTRO_OK;
	size_t i;

	if (server->revocation_endpoint == NULL)
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "the server takes no token back");
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct astro_secret *token =
			credential_get(credential, kinds[i].field);
		struct astro_error why = {.status = ASTRO_OK};
		int status = ASTRO_OK;

		if (token != NULL)
			status =
				revoke_one(&revocation, &kinds[i], token, &why);
		if (status != ASTRO_OK &&
		    (first == ASTRO_OK || status == ASTRO_UNSAFE ||
		     status == ASTRO_CANCELLED)) {
			first = error_set(err, (enum astro_status)status,
			                  why.hint, "%s", why.message);
		}
		if (status == ASTRO_CANCELLED)
			break;
	}
	return first;
}
