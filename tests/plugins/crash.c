/* SPDX-License-Identifier: Apache-2.0 */
/* Crashes half way through a login. */
#include "plain.h"

#include <signal.h>

static int crash_authenticate(struct astro_session *session,
                              struct astro_credential **out,
                              struct astro_error *err)
{
	(void)session;
	(void)out;
	(void)err;
	/* The sanitizers catch SIGSEGV; nobody catches this one. */
	(void)signal(SIGBUS, SIG_DFL);
	(void)raise(SIGBUS);
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
};
