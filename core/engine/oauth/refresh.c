/* SPDX-License-Identifier: Apache-2.0 */
/* The refresh grant: what is sent, and what the answer must prove. */
#include "refresh.h"

#include <stddef.h>
#include <string.h>

#include "client.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "identity.h"
#include "token.h"

/* OpenID Connect Core, 12.2: a refresh answers for the same person. */
static int check_subject(const struct astro_credential *old,
                         const struct astro_credential *now,
                         struct astro_error *err)
{
	const char *before = credential_text(old, "subject");
	const char *subject = credential_claim(now, "sub");

	if (before == NULL || subject == NULL || strcmp(before, subject) == 0)
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

int refresh_grant(struct astro_core *core, const struct astro_refresh *asked,
                  const struct astro_credential *old,
                  struct astro_credential **out, struct astro_error *err)
{
	const struct identity_expected expected = {.server = asked->server,
	                                           .client = asked->client};
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
		status = token_request(core->http, asked->server, asked->client,
		                       &form, &credential, err);
	if (status == ASTRO_OK)
		status =
			identity_verify(core->http, &expected, credential, err);
	if (status == ASTRO_OK)
		status = check_subject(old, credential, err);
	if (status == ASTRO_OK)
		status = keep_old(old, credential, err);
	if (status == ASTRO_OK) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	credential_free(credential);
	return status;
}
