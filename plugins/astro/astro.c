/* SPDX-License-Identifier: Apache-2.0 */
/* Astro, the hosted service: a login through its identity server. */
#include "session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "../pasted.h"

/* What the Go CLI gives a token whose end it cannot see. */
enum { OPAQUE_LIFETIME = 3600 };

static void astro_close(struct astro_session *session)
{
	if (session == NULL)
		return;
	session->host->secret_free(session->token);
	free(session);
}

static int astro_open(const struct astro_host *host,
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
	status = config_locate(session, err);
	if (status != ASTRO_OK) {
		astro_close(session);
		return status;
	}
	*out = session;
	return ASTRO_OK;
}

static void time_show(int64_t when, char *out, size_t size)
{
	time_t seconds = (time_t)when;
	struct tm parts;

	if (gmtime_r(&seconds, &parts) == NULL ||
	    strftime(out, size, "%Y-%m-%d %H:%M UTC", &parts) == 0)
		(void)snprintf(out, size, "at a time beyond the calendar");
}

/* A token whose end has passed is not even sent. */
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
	const char *domain = host->setting(session->settings, "domain");
	char when[64], hint[300];
	int64_t end;
	int status;

	status = host->ask(host->core, &question, &answer, err);
	if (status != ASTRO_OK)
		return status;
	status = pasted_token(host, answer, &session->token, err);
	host->secret_free(answer);
	if (status != ASTRO_OK)
		return status;
	end = host->token_expiry(host->core, session->token, INT64_MAX);
	if (end > host->now(host->core))
		return ASTRO_OK;
	time_show(end, when, sizeof(when));
	(void)snprintf(hint, sizeof(hint),
	               "get a new one from https://cloud.%s/token", domain);
	return host->fail(err, ASTRO_EXPIRED,
	                  strcmp(domain, "localhost") == 0 ? "get a new one"
	                                                   : hint,
	                  "the token ended %s", when);
}

static void email_take(struct astro_session *session, const char *email)
{
	const struct astro_host *host = session->host;

	if (email == NULL || *email == '\0')
		return;
	if (!email_is_sane(email)) {
		host->tell(host->core,
		           "That is no e-mail address; going on without one.");
		return;
	}
	(void)snprintf(session->email, sizeof(session->email), "%s", email);
}

/* The address only saves the person from typing it again in the browser. */
static int email_ask(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *saved = host->setting(session->settings, "user_email");
	struct astro_secret *answer = NULL;
	char label[EMAIL_MAX + 32];
	struct astro_question question = {
		.size = sizeof(question),
		.echo = ASTRO_ECHO_ON,
		.key = "email",
		.label = "Account e-mail (Enter skips it):",
	};
	int status;

	if (saved != NULL && !email_is_sane(saved))
		saved = NULL;
	if (!host->can_ask(host->core) &&
	    !host->has_answer(host->core, "email")) {
		email_take(session, saved);
		return ASTRO_OK;
	}
	if (saved != NULL) {
		(void)snprintf(label, sizeof(label),
		               "Account e-mail [%s]:", saved);
		question.label = label;
		question.fallback = saved;
	}
	status = host->ask(host->core, &question, &answer, err);
	if (status != ASTRO_OK)
		return status;
	email_take(session, host->secret_bytes(answer, NULL));
	host->secret_free(answer);
	return ASTRO_OK;
}

static int astro_prompt(struct astro_session *session, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status;

	if (host->has_answer(host->core, "token")) {
		status = token_read(session, err);
		if (status == ASTRO_OK)
			status = config_fetch(session, err);
		return status;
	}
	status = host->can_authorize(host->core, err);
	if (status == ASTRO_OK)
		status = config_fetch(session, err);
	if (status == ASTRO_OK)
		status = email_ask(session, err);
	if (status == ASTRO_OK && session->organization_first &&
	    session->email[0] != '\0')
		status = config_lookup_organization(session, err);
	return status;
}

/* Without the browser: the token is the credential. */
static int token_accept(struct astro_session *session,
                        struct astro_credential **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status;

	status = host->credential_new(host->core, out, err);
	if (status != ASTRO_OK)
		return status;
	return host->credential_set(*out, "access_token", session->token, err);
}

static int browser_sign_in(struct astro_session *session,
                           struct astro_credential **out,
                           struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *organization = session->login_organization;
	const char *email = session->email;
	/* A browser that is logged in already would decide whose login this
	 * is; prompt=login lets the person decide. */
	const struct astro_field parameters[] = {
		{.name = "audience", .text = session->audience},
		{.name = "prompt", .text = "login"},
		{.name = "login_hint", .text = *email != '\0' ? email : NULL},
		{.name = "organization",
	         .text = *organization != '\0' ? organization : NULL},
	};
	char api[ADDRESS_MAX];
	const char *warm[] = {api};
	const struct astro_authorization authorization = {
		.size = sizeof(authorization),
		.server = &session->server,
		.client = &session->client,
		.scope = "openid profile email offline_access",
		.redirect_uri = "http://localhost:12345/callback",
		.parameters = parameters,
		.parameter_count = sizeof(parameters) / sizeof(parameters[0]),
		.warm = warm,
		.warm_count = 1,
	};
	int status;

	status = address_format(session, api, err, CONFIG_FORMAT, session->api);
	if (status != ASTRO_OK)
		return status;
	return host->authorize(host->core, &authorization, out, err);
}

/* What is not known from the answer is read from the token. */
static void lifetime_settle(struct astro_session *session,
                            struct astro_credential *credential)
{
	const struct astro_host *host = session->host;
	int64_t end = host->credential_expiry(credential);
	char when[64];

	if (end == 0)
		end = host->token_expiry(
			host->core,
			host->credential_get(credential, "access_token"),
			host->now(host->core) + OPAQUE_LIFETIME);
	host->credential_expires(credential, end);
	if (host->credential_get(credential, "refresh_token") != NULL)
		return;
	time_show(end, when, sizeof(when));
	host->tell(host->core, "This token cannot be refreshed; it ends %s.",
	           when);
}

static int astro_authenticate(struct astro_session *session,
                              struct astro_credential **out,
                              struct astro_error *err)
{
	const struct astro_host *host = session->host;
	struct astro_credential *credential = NULL;
	int status;

	*out = NULL;
	if (session->token != NULL)
		status = token_accept(session, &credential, err);
	else
		status = browser_sign_in(session, &credential, err);
	if (status == ASTRO_OK)
		status = account_verify(session, credential, err);
	if (status == ASTRO_OK) {
		lifetime_settle(session, credential);
		*out = credential;
		credential = NULL; /* handed over */
	}
	host->credential_free(credential);
	return status;
}

/* The Go CLI keeps "Bearer " with the token, and sends both as they stand. */
static int bearer_keep(const struct astro_host *host,
                       const struct astro_secret *access,
                       struct astro_credential *kept, struct astro_error *err)
{
	static const char prefix[] = "Bearer ";
	struct astro_secret *value = NULL;
	const char *bytes;
	char *joined;
	size_t len, size;
	int status;

	bytes = host->secret_bytes(access, &len);
	size = sizeof(prefix) - 1 + len;
	joined = malloc(size);
	if (joined == NULL)
		return host->fail(err, ASTRO_NO_MEMORY, NULL, "out of memory");
	memcpy(joined, prefix, sizeof(prefix) - 1);
	memcpy(joined + sizeof(prefix) - 1, bytes, len);
	status = host->secret_new(host->core, joined, size, &value, err);
	explicit_bzero(joined, size);
	free(joined);
	if (status == ASTRO_OK)
		status = host->credential_set(kept, "token", value, err);
	host->secret_free(value);
	return status;
}

/* Nobody is there: what a login asks, this does without. */
static int astro_refresh(struct astro_session *session,
                         const struct astro_credential *old,
                         struct astro_credential **out, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const struct astro_refresh refresh = {
		.size = sizeof(refresh),
		.server = &session->server,
		.client = &session->client,
	};
	int status;

	*out = NULL;
	status = config_fetch(session, err);
	if (status != ASTRO_OK)
		return status;
	return host->refresh(host->core, &refresh, old, out, err);
}

static int astro_revoke(struct astro_session *session,
                        const struct astro_credential *credential,
                        struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status = config_fetch(session, err);

	if (status != ASTRO_OK)
		return status;
	return host->revoke(host->core, &session->server, &session->client,
	                    credential, err);
}

static int astro_store(struct astro_session *session,
                       const struct astro_credential *credential,
                       struct astro_error *err)
{
	static const char *const texts[] = {"user_email", "organization",
	                                    "organization_product", "workspace",
	                                    "last_used_workspace"};
	const struct astro_host *host = session->host;
	const struct astro_secret *access =
		host->credential_get(credential, "access_token");
	struct astro_credential *kept = NULL;
	const char *text;
	size_t i;
	int status;

	if (access == NULL)
		return host->fail(err, ASTRO_INTERNAL, NULL,
		                  "there is no token to keep");
	status = host->credential_new(host->core, &kept, err);
	if (status != ASTRO_OK)
		return status;
	status = bearer_keep(host, access, kept, err);
	if (status == ASTRO_OK)
		status = host->credential_set(
			kept, "refreshtoken",
			host->credential_get(credential, "refresh_token"), err);
	for (i = 0; status == ASTRO_OK && i < sizeof(texts) / sizeof(texts[0]);
	     i++) {
		text = host->credential_text(credential, texts[i]);
		if (text != NULL)
			status = host->credential_set_text(kept, texts[i], text,
			                                   err);
	}
	if (status == ASTRO_OK) {
		host->credential_expires(kept,
		                         host->credential_expiry(credential));
		status = host->store_put(host->core, kept, err);
	}
	host->credential_free(kept);
	return status;
}

static const char *const domains[] = {
	"^(pr[0-9]{4,6}\\.)?astronomer(-(dev|stage|perf))?\\.io$",
	"^localhost$",
	NULL,
};

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "astro",
	.title = "Astro",
	.domains = domains,
	.open = astro_open,
	.close = astro_close,
	.prompt = astro_prompt,
	.authenticate = astro_authenticate,
	.workspaces = workspace_list,
	.store = astro_store,
	.refresh = astro_refresh,
	.revoke = astro_revoke,
};
