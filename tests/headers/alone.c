/* SPDX-License-Identifier: Apache-2.0 */
/* A provider in C11 with nothing but the contract included. */
#include <astro/provider.h>

static int open_session(const struct astro_host *host,
                        const struct astro_settings *settings,
                        struct astro_session **out, struct astro_error *err)
{
	(void)settings;
	*out = NULL;
	if (!ASTRO_HAS(struct astro_host, host, store_erase))
		return ASTRO_UNSUPPORTED;
	return host->fail(err, ASTRO_UNSUPPORTED, NULL, "nothing to open");
}

static void close_session(struct astro_session *session)
{
	(void)session;
}

static int authenticate(struct astro_session *session,
                        struct astro_credential **out, struct astro_error *err)
{
	(void)session;
	(void)err;
	*out = NULL;
	return ASTRO_DENIED;
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "alone",
	.title = "Alone",
	.open = open_session,
	.close = close_session,
	.authenticate = authenticate,
};
