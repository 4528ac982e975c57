/* SPDX-License-Identifier: Apache-2.0 */
/* Sessions, credentials and requests that no host should take. */
#include "operation.h"

static int give_open(const struct astro_host *host,
                     const struct astro_settings *settings,
                     struct astro_session **out, struct astro_error *err)
{
#ifdef KIT_no_session
	(void)host;
	(void)settings;
	(void)err;
	*out = NULL;
	return ASTRO_OK;
#else
	return plain_open(host, settings, out, err);
#endif
}

static int spoil(const struct astro_host *host,
                 struct astro_credential *credential, struct astro_error *err)
{
#if defined(KIT_token_of_two_lines)
	return plain_set(host, credential, "access_token", "tok\r\nX-Evil: 1",
	                 err);
#elif defined(KIT_token_with_blank)
	return plain_set(host, credential, "access_token", "tok en", err);
#elif defined(KIT_no_token)
	(void)host;
	return host->credential_set(credential, "access_token", NULL, err);
#elif defined(KIT_keeps_reserved_key)
	(void)host;
	return host->credential_set_text(credential, "hosts", "evil.example",
	                                 err);
#elif defined(KIT_keeps_two_lines)
	(void)host;
	return host->credential_set_text(credential, "user_email",
	                                 "a\nhosts: evil.example", err);
#elif defined(KIT_expires_before_time)
	(void)err;
	host->credential_expires(credential, INT64_MIN);
	return ASTRO_OK;
#elif defined(KIT_asks_nonsense)
	(void)credential;
	return host->ask(host->core, NULL, NULL, err);
#elif defined(KIT_returns_elsewhere)
	const struct astro_server server = {
		.size = sizeof(server),
		.issuer = "https://login.example",
		.authorization_endpoint = "https://login.example/authorize",
		.token_endpoint = "https://login.example/token"};
	const struct astro_client client = {.size = sizeof(client),
	                                    .id = "corp"};
	const struct astro_authorization authorization = {
		.size = sizeof(authorization),
		.server = &server,
		.client = &client,
		.redirect_uri = "https://corp.example/callback"};
	struct astro_credential *other;
	int status;

	(void)credential;
	status = host->authorize(host->core, &authorization, &other, err);
	host->credential_free(other);
	return status;
#elif defined(KIT_asks_without_label)
	const struct astro_question question = {.size = sizeof(question),
	                                        .key = "password"};
	struct astro_secret *answer;

	(void)credential;
	return host->ask(host->core, &question, &answer, err);
#elif defined(KIT_requests_nonsense)
	struct astro_request request = {.size = 8};
	struct astro_response *answer;

	(void)credential;
	return host->http(host->core, &request, &answer, err);
#else
	(void)host;
	(void)credential;
	(void)err;
	return ASTRO_OK;
#endif
}

static int give_authenticate(struct astro_session *session,
                             struct astro_credential **out,
                             struct astro_error *err)
{
	int status = plain_authenticate(session, out, err);

	if (status != ASTRO_OK)
		return status;
	status = spoil(session->host, *out, err);
	if (status != ASTRO_OK) {
		session->host->credential_free(*out);
		*out = NULL;
	}
	return status;
}

static int give_store(struct astro_session *session,
                      const struct astro_credential *credential,
                      struct astro_error *err)
{
#ifdef KIT_keeps_nothing
	(void)session;
	(void)credential;
	(void)err;
	return ASTRO_OK;
#else
	return session->host->store_put(session->host->core, credential, err);
#endif
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = KIT_NAME,
	.title = "Test " KIT_NAME,
	.open = give_open,
	.close = plain_close,
	.authenticate = give_authenticate,
	.store = give_store,
};
