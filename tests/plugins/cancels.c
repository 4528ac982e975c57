/* SPDX-License-Identifier: Apache-2.0 */
/* A prompt that comes back with ^C. */
#include "plain.h"

#include <signal.h>

static int cancels_prompt(struct astro_session *session,
                          struct astro_error *err)
{
	(void)raise(SIGINT);
	/* Even one that takes no notice does not go on. */
	session->host->tell(session->host->core, "never mind");
	(void)err;
	return ASTRO_OK;
}

const struct astro_provider astro_provider_v1 = {
	PLAIN_PROVIDER("cancels"),
	.prompt = cancels_prompt,
};
