/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for ever, and not for anything the host knows of. */
#include "plain.h"

#include <unistd.h>

static int hang_authenticate(struct astro_session *session,
                             struct astro_credential **out,
                             struct astro_error *err)
{
	(void)session;
	(void)out;
	(void)err;
	while (pause() < 0)
		continue;
	return ASTRO_OK;
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "hang",
	.title = "Hang",
	.open = plain_open,
	.close = plain_close,
	.authenticate = hang_authenticate,
};
