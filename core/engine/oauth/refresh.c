/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The refresh grant: what is sent, how often, and what the answer must prove.
 * The server may take a refresh token once only (RFC 9700, 4.14.2), so that
 * every way in which the answer can be missing is told apart.
 */
#include "refresh.h"

#include <poll.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "clock.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "http.h"
#include "identity.h"
#include "jose.h"
#include "json.h"
#include "log.h"
#include "proved.h"
#include "random.h"
#include "revoke.h"
#include "spend.h"
#include "state.h"
#include "token.h"

/* Before the second attempt: long enough for a server that hiccups. */
enum { PAUSE_MIN_MS = 1000, PAUSE_RANDOM_MS = 2000 };

/* Whose login OLD is: as it was noted, else as its access token says, if that
 * was issued by the same server.  For free(); NULL when it cannot be told. */
static char *subject_of(const struct astro_credential *old,
                        const struct astro_server *server)
{
	const struct astro_secret *access = credential_get(old, "access_token");
	const char *noted = credential_text(old, "subject");
	char *issuer, *subject = NULL;

	if (noted != NULL)
		return strdup(noted);
	if (access == NULL)
		return NULL;
	issuer = jose_token_text(access, "iss");
	if (issuer != NULL && strcmp(issuer, server->issuer) == 0)
		subject = jose_token_text(access, "sub");
	free(issuer);
	return subject;
}

/* OpenID Connect Core, 12.2: a refresh answers for the same person. */
static int check_subject(const struct astro_credential *old,
                         const struct astro_credential *now,
                         const struct astro_server *server,
                         struct astro_error *err)
{
	const char *subject = credential_claim(now, "sub");
	char *before = subject_of(old, server);
	bool same = before == NULL || subject == NULL ||
	            strcmp(before, subject) == 0;

	free(before);
	if (same)
		return ASTRO_OK;
	return error_set(
		err, ASTRO_UNSAFE, "log in again",
		"the refreshed login is that of another account (sub)");
}

/* RFC 6749, 6: without a new refresh token the old one goes on. */
static int keep_old(const struct astro_credential *old,
                    struct astro_credential *credential,
                    struct astro_error *err)
{
	const char *subject = credential_text(old, "subject");
	int status = ASTRO_OK;

	if (credential_get(credential, "refresh_token") == NULL)
		status = credential_set(credential, "refresh_token",
		                        credential_get(old, "refresh_token"),
		                        err);
	if (status == ASTRO_OK && subject != NULL)
		status = credential_set_text(credential, "subject", subject,
		                             err);
	return status;
}

static int fill_form(const struct astro_refresh *asked,
                     const struct astro_credential *old,
                     struct astro_field fields[CLIENT_FIELDS_MAX],
                     size_t *count, struct astro_error *err)
{
	const struct astro_field own[] = {
		{"grant_type", "refresh_token", NULL},
		{"refresh_token", NULL, credential_get(old, "refresh_token")},
		{"scope", asked->scope, NULL},
	};
	size_t i;

	*count = sizeof(own) / sizeof(own[0]);
	if (asked->parameter_count > CLIENT_FIELDS_MAX - *count)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "the provider sends more than %d parameters",
		                 CLIENT_FIELDS_MAX);
	memcpy(fields, own, sizeof(own));
	for (i = 0; i < asked->parameter_count; i++)
		fields[(*count)++] = asked->parameters[i];
	return ASTRO_OK;
}

/* Whatever the person wants now, it must not be cut short: the token may be
 * spent already. */
static void pause_before_again(void)
{
	unsigned short random = 0;
	int64_t end, left;

	(void)random_fill(&random, sizeof(random), NULL);
	end = clock_boot() + PAUSE_MIN_MS + random % PAUSE_RANDOM_MS;
	while ((left = end - clock_boot()) > 0)
		(void)poll(NULL, 0, (int)left);
}

/*
 * Sent, but the answer was lost.  If the server did not get it, or takes a
 * token again for a while, a second attempt saves the login; if it is strict,
 * the login is lost either way.
 */
static int send_at_most_twice(struct astro_core *core,
                              const struct astro_request *request,
                              struct astro_response **out,
                              struct astro_error *err)
{
	int status = proved_send(core, request, out, err);

	if (status == ASTRO_OK || core->spend == NULL ||
	    !spend_is_lost(core->spend) || core->spend->is_resent)
		return status;
	core->spend->is_resent = true;
	log_write(ASTRO_DEBUG, "the answer to the refresh was lost: %s",
	          err->message);
	pause_before_again();
	memset(err, 0, sizeof(*err));
	return proved_send(core, request, out, err);
}

/* RFC 6749, 5.2: only this one means that the token is dead. */
static int check_grant(const struct astro_core *core,
                       const struct astro_response *response,
                       struct astro_error *err)
{
	const struct json *json = response_json(response);
	const char *code = json_text(json, "error");
	const char *why = json_text(json, "error_description");
	bool answer_was_lost =
		core->spend != NULL &&
		(spend_is_lost(core->spend) || core->spend->was_cut_off);

	/* Some servers refuse without a word.  The token's end is the likeliest
	 * reason, and no certain one. */
	if (json == NULL && response_status(response) == 400) {
		if (core->spend != NULL)
			core->spend->is_unsure = true;
		return error_set(err, ASTRO_EXPIRED, "run `astro login` again",
		                 "the server refused the refresh token without "
		                 "saying why");
	}
	if (code == NULL || strcmp(code, "invalid_grant") != 0)
		return ASTRO_OK;
	return error_set(err, ASTRO_EXPIRED, "run `astro login` again",
	                 "the server takes the refresh token no more%s%s%s",
	                 answer_was_lost
	                         ? " (the answer to an earlier refresh was "
	                           "lost)"
	                         : "",
	                 why != NULL ? ": " : "", why != NULL ? why : "");
}

/* The new refresh token is somebody's: it must not stay alive unseen. */
static void take_back(struct astro_core *core,
                      const struct astro_refresh *asked,
                      const struct astro_credential *credential)
{
	struct astro_error ignored = {0};
	struct astro_credential *alone = NULL;
	int status;

	if (core->spend != NULL)
		core->spend->is_void = true;
	if (credential_get(credential, "refresh_token") == NULL)
		return;
	status = credential_new(&alone, &ignored);
	if (status == ASTRO_OK)
		status = credential_set(
			alone, "refresh_token",
			credential_get(credential, "refresh_token"), &ignored);
	if (status == ASTRO_OK)
		status = revoke_tokens(core, asked->server, asked->client,
		                       alone, &ignored);
	if (status != ASTRO_OK)
		log_write(ASTRO_DEBUG, "not revoked: %s", ignored.message);
	credential_free(alone);
}

static int check_answer(struct astro_core *core,
                        const struct astro_refresh *asked,
                        const struct astro_credential *old,
                        struct astro_credential *credential,
                        struct astro_error *err)
{
	struct identity_expected expected = {.server = asked->server,
	                                     .client = asked->client,
	                                     .keys_may_fail = true};
	struct state_origin origin;
	int status;

	if (core->settings.context != NULL &&
	    state_noted_origin(&core->paths,
	                       context_key(core->settings.context),
	                       credential_expiry(old), &origin))
		expected.origin = &origin;
	status = identity_verify(core->http, &expected, credential, err);

	if (status == ASTRO_OK)
		status = check_subject(old, credential, asked->server, err);
	if (status == ASTRO_UNSAFE)
		take_back(core, asked, credential);
	if (status == ASTRO_OK)
		status = keep_old(old, credential, err);
	if (status == ASTRO_OK && core->spend != NULL)
		spend_answer(core->spend, credential);
	return status;
}

/* Ask, and make a credential of the answer. */
static int trade(struct astro_core *core, const struct astro_refresh *asked,
                 const struct token_form *form, struct astro_credential **out,
                 struct astro_error *err)
{
	struct astro_response *response = NULL;
	struct client_form filled;
	int status;

	status =
		client_form_init(&filled, asked->server->token_endpoint,
	                         asked->client, form->fields, form->count, err);
	/* The keys come meanwhile: between the answer and its being saved there
	 * should be no network. */
	if (status == ASTRO_OK && asked->server->jwks_uri != NULL)
		http_prefetch(core->http, asked->server->jwks_uri);
	if (status == ASTRO_OK)
		status = send_at_most_twice(core, &filled.request, &response,
		                            err);
	if (status == ASTRO_OK)
		status = check_grant(core, response, err);
	if (status == ASTRO_OK)
		status = token_take(core, asked->server, response, out, err);
	client_form_clear(&filled);
	response_free(response);
	return status;
}

int refresh_grant(struct astro_core *core, const struct astro_refresh *asked,
                  const struct astro_credential *old,
                  struct astro_credential **out, struct astro_error *err)
{
	struct astro_field fields[CLIENT_FIELDS_MAX];
	struct token_form form = {.fields = fields};
	struct astro_credential *credential = NULL;
	int status;

	*out = NULL;
	if (credential_get(old, "refresh_token") == NULL)
		return error_set(err, ASTRO_EXPIRED, "run `astro login` again",
		                 "this login has no refresh token");
	status = fill_form(asked, old, fields, &form.count, err);
	if (status == ASTRO_OK)
		status = proved_begin(core, asked->client, old, err);
	if (status == ASTRO_OK)
		status = trade(core, asked, &form, &credential, err);
	if (status == ASTRO_OK)
		status = check_answer(core, asked, old, credential, err);
	if (status == ASTRO_OK) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	credential_free(credential);
	return status;
}
