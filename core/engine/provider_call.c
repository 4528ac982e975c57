/* SPDX-License-Identifier: Apache-2.0 */
/* Calls into a provider, and what is made of what comes back. */
#include "provider_call.h"

#include <string.h>

#include "credential.h"
#include "error.h"
#include "interrupt.h"
#include "log.h"
#include "secret.h"
#include "text.h"

/* Every call begins with an error that says nothing, so that silence shows. */
static void begin(struct astro_error *err)
{
	memset(err, 0, sizeof(*err));
}

static int settle(const struct astro_provider *provider, int status,
                  struct astro_error *err)
{
	struct astro_error interrupted;

	if (interrupt_check(&interrupted) != ASTRO_OK) {
		*err = interrupted;
		return ASTRO_CANCELLED;
	}
	if (status == ASTRO_OK)
		return ASTRO_OK;
	if (status < 0 || status > ASTRO_INTERNAL)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "the provider %s returned %d, which is no "
		                 "status",
		                 provider->name, status);
	/* It may have passed on what the host said, or filled in nothing. */
	if (err->message[0] == '\0')
		return error_set(err, (enum astro_status)status, NULL,
		                 "the provider %s failed without saying why",
		                 provider->name);
	err->status = status;
	return status;
}

static int nothing_given(const struct astro_provider *provider,
                         const char *what, struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_PLUGIN, NULL,
	                 "the provider %s says that it succeeded, but gives "
	                 "no %s",
	                 provider->name, what);
}

void provider_close(const struct astro_provider *provider,
                    struct astro_session *session)
{
	if (provider != NULL && session != NULL)
		provider->close(session);
}

int provider_open(const struct astro_provider *provider,
                  const struct astro_host *host,
                  const struct astro_settings *settings,
                  struct astro_session **out, struct astro_error *err)
{
	struct astro_session *session = NULL;
	int result, status;

	*out = NULL;
	begin(err);
	result = provider->open(host, settings, &session, err);
	status = settle(provider, result, err);
	if (status == ASTRO_OK && session == NULL)
		return nothing_given(provider, "session", err);
	if (status == ASTRO_OK)
		*out = session;
	else if (result == ASTRO_OK)
		provider_close(provider, session);
	return status;
}

int provider_prompt(const struct astro_provider *provider,
                    struct astro_session *session, struct astro_error *err)
{
	if (provider->prompt == NULL)
		return ASTRO_OK;
	begin(err);
	return settle(provider, provider->prompt(session, err), err);
}

static int judge_credential(const struct astro_provider *provider,
                            const struct astro_credential *credential,
                            struct astro_error *err)
{
	const struct astro_secret *token;
	const char *bytes;
	size_t len;

	token = credential_get(credential, "access_token");
	if (token == NULL && credential_is_account_only(credential))
		return ASTRO_OK;
	if (token == NULL)
		return nothing_given(provider, "access token", err);
	bytes = secret_bytes(token, &len);
	/* A line break in it would become a header of its own. */
	if (len == 0 || !text_is_visible(bytes, len) ||
	    memchr(bytes, ' ', len) != NULL)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "the provider %s gives an access token with "
		                 "characters that no token has",
		                 provider->name);
	return ASTRO_OK;
}

/* CREDENTIAL is what it gave as RESULT. */
static int take_credential(const struct astro_provider *provider, int result,
                           struct astro_credential *credential,
                           struct astro_credential **out,
                           struct astro_error *err)
{
	int status = settle(provider, result, err);

	if (status == ASTRO_OK && credential == NULL)
		status = nothing_given(provider, "credential", err);
	else if (status == ASTRO_OK)
		status = judge_credential(provider, credential, err);
	if (status != ASTRO_OK) {
		/* One that failed has nothing to give: what it left in *OUT
		 * is not looked at. */
		if (result == ASTRO_OK)
			credential_free(credential);
		return status;
	}
	*out = credential;
	return ASTRO_OK;
}

int provider_authenticate(const struct astro_provider *provider,
                          struct astro_session *session,
                          struct astro_credential **out,
                          struct astro_error *err)
{
	struct astro_credential *credential = NULL;
	int result;

	*out = NULL;
	begin(err);
	result = provider->authenticate(session, &credential, err);
	return take_credential(provider, result, credential, out, err);
}

int provider_refresh(const struct astro_provider *provider,
                     struct astro_session *session,
                     const struct astro_credential *old,
                     struct astro_credential **out, struct astro_error *err)
{
	struct astro_credential *credential = NULL;
	int result;

	*out = NULL;
	if (provider->refresh == NULL)
		return error_set(err, ASTRO_UNSUPPORTED,
		                 "run `astro login` again",
		                 "%s cannot refresh a login", provider->title);
	begin(err);
	result = provider->refresh(session, old, &credential, err);
	return take_credential(provider, result, credential, out, err);
}

int provider_workspaces(const struct astro_provider *provider,
                        struct astro_session *session,
                        const struct astro_credential *credential,
                        struct astro_listing *listing, struct astro_error *err)
{
	if (provider->workspaces == NULL)
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "%s has no workspaces", provider->title);
	begin(err);
	return settle(provider,
	              provider->workspaces(session, credential, listing, err),
	              err);
}

int provider_store(const struct astro_provider *provider,
                   struct astro_session *session,
                   const struct astro_credential *credential,
                   struct astro_error *err)
{
	if (provider->store == NULL)
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "%s leaves storing to the host",
		                 provider->title);
	begin(err);
	return settle(provider, provider->store(session, credential, err), err);
}

int provider_revoke(const struct astro_provider *provider,
                    struct astro_session *session,
                    const struct astro_credential *credential,
                    struct astro_error *err)
{
	if (provider->revoke == NULL)
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "%s takes no token back", provider->title);
	begin(err);
	return settle(provider, provider->revoke(session, credential, err),
	              err);
}

int provider_end_session(const struct astro_provider *provider,
                         struct astro_session *session, struct astro_error *err)
{
	if (provider->end_session == NULL)
		return error_set(err, ASTRO_UNSUPPORTED,
		                 "sign out there in the browser",
		                 "%s offers no address that ends a session",
		                 provider->title);
	begin(err);
	return settle(provider, provider->end_session(session, err), err);
}
