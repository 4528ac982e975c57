/* SPDX-License-Identifier: Apache-2.0 */
/* What most of the providers here do in the same, ordinary way. */
#ifndef TESTS_PLUGINS_PLAIN_H
#define TESTS_PLUGINS_PLAIN_H

#include <stdlib.h>
#include <string.h>

#include <astro/provider.h>

struct astro_session {
	const struct astro_host *host;
	const struct astro_settings *settings;
};

static inline int plain_open(const struct astro_host *host,
                             const struct astro_settings *settings,
                             struct astro_session **out,
                             struct astro_error *err)
{
	struct astro_session *session = calloc(1, sizeof(*session));

	*out = session;
	if (session == NULL)
		return host->fail(err, ASTRO_NO_MEMORY, NULL, "out of memory");
	session->host = host;
	session->settings = settings;
	return ASTRO_OK;
}

static inline void plain_close(struct astro_session *session)
{
	free(session);
}

static inline int plain_set(const struct astro_host *host,
                            struct astro_credential *credential,
                            const char *field, const char *bytes,
                            struct astro_error *err)
{
	struct astro_secret *secret;
	int status;

	status = host->secret_new(host->core, bytes, strlen(bytes), &secret,
	                          err);
	if (status != ASTRO_OK)
		return status;
	status = host->credential_set(credential, field, secret, err);
	host->secret_free(secret);
	return status;
}

static inline int plain_authenticate(struct astro_session *session,
                                     struct astro_credential **out,
                                     struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status;

	status = host->credential_new(host->core, out, err);
	if (status != ASTRO_OK)
		return status;
	status = plain_set(host, *out, "access_token", "plain-token", err);
	if (status != ASTRO_OK) {
		host->credential_free(*out);
		*out = NULL;
	}
	return status;
}

#define PLAIN_PROVIDER(NAME)                                                   \
	.size = sizeof(struct astro_provider), .abi_major = ASTRO_ABI_MAJOR,   \
	.abi_minor = ASTRO_ABI_MINOR, .name = NAME, .title = "Test " NAME,     \
	.open = plain_open, .close = plain_close,                              \
	.authenticate = plain_authenticate

#endif
