/* SPDX-License-Identifier: Apache-2.0 */
/* Crashes half way through a login, and of a logout. */
#include "plain.h"

#include <signal.h>

static void crash(void)
{
	/* The sanitizers catch SIGSEGV; nobody catches this one. */
	(void)signal(SIGBUS, SIG_DFL);
	(void)raise(SIGBUS);
}

static int crash_authenticate(struct astro_session *session,
                              struct astro_credential **out,
                              struct astro_error *err)
{
	(void)session;
	(void)out;
	(void)err;
	crash();
	return ASTRO_OK;
}

static int crash_revoke(struct astro_session *session,
                        const struct astro_credential *credential,
                        struct astro_error *err)
{
	(void)session;
	(void)credential;
	(void)err;
	crash();
	return ASTRO_OK;
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "crash",
	.title = "Crash",
	.open = plain_open,
	.close = plain_close,
	.authenticate = crash_authenticate,
	.revoke = crash_revoke,
};
