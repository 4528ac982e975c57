/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any OpenID provider, told apart by its issuer alone.  It is the worked
 * example of a provider, too: what it uses is there for every author.
 */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../pasted.h"

/* RFC 8252, 7.3 and 8.3: the address, not the name, and any port. */
#define REDIRECT_USUAL "http://127.0.0.1:0/callback"

static void oidc_close(struct astro_session *session)
{
	if (session == NULL)
		return;
	session->host->answer_free(session->metadata);
	session->host->secret_free(session->client_secret);
	session->host->secret_free(session->token);
	free(session->extra);
	free(session);
}

static int oidc_open(const struct astro_host *host,
                     const struct astro_settings *settings,
                     struct astro_session **out, struct astro_error *err)
{
	struct astro_session *session;
	int status;

	*out = NULL;
	session = calloc(1, sizeof(*session));
	if (session == NULL)
		return host->fail(err, ASTRO_NO_MEMORY, NULL, "out of memory");
	session->host = host;
	session->settings = settings;
	status = discovery_locate(session, err);
	if (status != ASTRO_OK) {
		oidc_close(session);
		return status;
	}
	*out = session;
	return ASTRO_OK;
}

static int token_read(struct astro_session *session, struct astro_error *err)
{
	static const struct astro_question question = {
		.size = sizeof(question),
		.echo = ASTRO_ECHO_OFF,
		.key = "token",
		.label = "Paste the token:",
	};
	const struct astro_host *host = session->host;
	struct astro_secret *answer = NULL;
	int status;

	status = host->ask(host->core, &question, &answer, err);
	if (status == ASTRO_OK)
		status = pasted_token(host, answer, &session->token, err);
	host->secret_free(answer);
	if (status != ASTRO_OK)
		return status;
	if (host->token_expiry(host->core, session->token, INT64_MAX) >
	    host->now(host->core))
		return ASTRO_OK;
	return host->fail(err, ASTRO_EXPIRED, "get a new one",
	                  "the token has ended");
}

static int oidc_prompt(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status;

	if (host->has_answer(host->core, "token")) {
		status = token_read(session, err);
		return status == ASTRO_OK ? discovery_fetch(session, err)
		                          : status;
	}
	status = host->can_authorize(host->core, err);
	if (status == ASTRO_OK)
		status = discovery_fetch(session, err);
	if (status == ASTRO_OK)
		status = client_settle(session, true, err);
	return status;
}

static int log_in(struct astro_session *session, struct astro_credential **out,
                  struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *redirect = host->setting(session->settings, "redirect_uri");
	const char *userinfo =
		host->answer_text(session->metadata, "userinfo_endpoint");
	const struct astro_authorization authorization = {
		.size = sizeof(authorization),
		.server = &session->server,
		.client = &session->client,
		.scope = session->scopes[0] != '\0' ? session->scopes : NULL,
		.redirect_uri = redirect != NULL ? redirect : REDIRECT_USUAL,
		.parameters = session->parameters,
		.parameter_count = session->parameter_count,
		.warm = &userinfo,
		.warm_count = userinfo != NULL,
	};

	return host->authorize(host->core, &authorization, out, err);
}

static int take_token(struct astro_session *session,
                      struct astro_credential **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status = host->credential_new(host->core, out, err);

	if (status == ASTRO_OK)
		status = host->credential_set(*out, "access_token",
		                              session->token, err);
	if (status == ASTRO_OK)
		host->credential_expires(
			*out,
			host->token_expiry(host->core, session->token, 0));
	return status;
}

/* What the next refresh and logout need is kept beside the tokens. */
static int remember(const struct astro_session *session,
                    struct astro_credential *credential,
                    struct astro_error *err)
{
	bool posts_secret =
		session->client_secret != NULL && session->posts_secret;
	const struct {
		const char *key, *text;
	} texts[] = {
		{"issuer", session->issuer},
		{"client_id", session->client_id},
		{"scopes", session->scopes},
		{METHOD_KEY, posts_secret ? METHOD_POST : ""},
	};
	const struct astro_host *host = session->host;
	int status = ASTRO_OK;
	size_t i;

	for (i = 0; status == ASTRO_OK && i < sizeof(texts) / sizeof(texts[0]);
	     i++)
		if (texts[i].text[0] != '\0')
			status = host->credential_set_text(
				credential, texts[i].key, texts[i].text, err);
	if (status == ASTRO_OK && session->client_secret != NULL)
		status = host->credential_set(credential, "client_secret",
		                              session->client_secret, err);
	return status;
}

static int oidc_authenticate(struct astro_session *session,
                             struct astro_credential **out,
                             struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_credential *credential = NULL;
	int status;

	*out = NULL;
	if (session->token != NULL)
		status = take_token(session, &credential, err);
	else
		status = log_in(session, &credential, err);
	if (status == ASTRO_OK)
		status = account_identify(session, credential, err);
	if (status == ASTRO_OK)
		status = remember(session, credential, err);
	if (status == ASTRO_OK)
		status = server_keep_pin(session, credential, err);
	if (status == ASTRO_OK) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	host->credential_free(credential);
	return status;
}

static int oidc_refresh(struct astro_session *session,
                        const struct astro_credential *old,
                        struct astro_credential **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_field resources[PARAMETERS_MAX];
	struct astro_refresh refresh = {
		.size = sizeof(refresh),
		.server = &session->server,
		.client = &session->client,
		.parameters = resources,
	};
	size_t i;
	int status;

	*out = NULL;
	status = discovery_fetch(session, err);
	if (status == ASTRO_OK)
		status = server_check_pin(session, err);
	if (status == ASTRO_OK)
		status = client_settle(session, false, err);
	if (status != ASTRO_OK)
		return status;
	/* RFC 8707, 2.2: the new token is for those that are named again. */
	for (i = 0; i < session->parameter_count; i++)
		if (strcmp(session->parameters[i].name, "resource") == 0)
			resources[refresh.parameter_count++] =
				session->parameters[i];
	return host->refresh(host->core, &refresh, old, out, err);
}

static int oidc_revoke(struct astro_session *session,
                       const struct astro_credential *credential,
                       struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status = discovery_fetch(session, err);

	if (status == ASTRO_OK)
		status = server_check_pin(session, err);
	if (status == ASTRO_OK)
		status = client_settle(session, false, err);
	if (status != ASTRO_OK)
		return status;
	return host->revoke(host->core, &session->server, &session->client,
	                    credential, err);
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "oidc",
	.title = "OpenID Connect",
	.open = oidc_open,
	.close = oidc_close,
	.prompt = oidc_prompt,
	.authenticate = oidc_authenticate,
	.refresh = oidc_refresh,
	.revoke = oidc_revoke,
	.end_session = end_session_open,
};
