/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Breaks the contract in the way that the file's test.odd names, to see that
 * the host takes nothing on trust.
 */
#include "plain.h"

#include <limits.h>

static const char *way(struct astro_session *session)
{
	const char *odd = session->host->setting(session->settings, "test.odd");

	return odd == NULL ? "" : odd;
}

static int is_way(struct astro_session *session, const char *name)
{
	return strcmp(way(session), name) == 0;
}

static int odd_open(const struct astro_host *host,
                    const struct astro_settings *settings,
                    struct astro_session **out, struct astro_error *err)
{
	const char *odd = host->setting(settings, "test.odd");

	*out = NULL;
	if (odd != NULL && strcmp(odd, "no_session") == 0)
		return ASTRO_OK;
	return plain_open(host, settings, out, err);
}

static int odd_authenticate(struct astro_session *session,
                            struct astro_credential **out,
                            struct astro_error *err)
{
	const struct astro_host *host = session->host;
	int status;

	*out = NULL;
	if (is_way(session, "no_credential"))
		return ASTRO_OK;
	if (is_way(session, "no_reason"))
		return ASTRO_DENIED;
	if (is_way(session, "no_status"))
		return 4711;
	if (is_way(session, "dangling")) {
		*out = (struct astro_credential *)(uintptr_t)16;
		return host->fail(err, ASTRO_DENIED, NULL, "no");
	}
	status = plain_authenticate(session, out, err);
	if (status != ASTRO_OK)
		return status;
	if (is_way(session, "no_token"))
		return host->credential_set(*out, "access_token", NULL, err);
	if (is_way(session, "line_break"))
		return plain_set(host, *out, "access_token", "tok\r\nX-Evil: 1",
		                 err);
	if (is_way(session, "reserved_key"))
		return host->credential_set_text(*out, "hosts", "evil.example",
		                                 err);
	if (is_way(session, "escape_in_text"))
		return host->credential_set_text(*out, "user_email",
		                                 "a\x1b[2Jb", err);
	if (is_way(session, "far_expiry"))
		host->credential_expires(*out, INT64_MIN);
	return ASTRO_OK;
}

static int odd_store(struct astro_session *session,
                     const struct astro_credential *credential,
                     struct astro_error *err)
{
	const struct astro_host *host = session->host;

	if (is_way(session, "keeps_nothing"))
		return ASTRO_OK;
	if (is_way(session, "erases"))
		return host->store_erase(host->core, err);
	if (is_way(session, "store_null"))
		return host->store_put(host->core, NULL, err);
	return host->store_put(host->core, credential, err);
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "odd",
	.title = "Odd",
	.open = odd_open,
	.close = plain_close,
	.authenticate = odd_authenticate,
	.store = odd_store,
};
