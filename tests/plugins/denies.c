/* SPDX-License-Identifier: Apache-2.0 */
/* The server says no, with a terminal's control characters in it. */
#include "plain.h"

static int denies_authenticate(struct astro_session *session,
                               struct astro_credential **out,
                               struct astro_error *err)
{
	*out = NULL;
	return session->host->fail(err, ASTRO_DENIED, "try another account",
	                           "the server refused: \x1b[31mno");
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "denies",
	.title = "Denies",
	.open = plain_open,
	.close = plain_close,
	.authenticate = denies_authenticate,
};
