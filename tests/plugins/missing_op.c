/* SPDX-License-Identifier: Apache-2.0 */
/* Cannot authenticate. */
#include "plain.h"

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "missing_op",
	.title = "Missing operation",
	.open = plain_open,
	.close = plain_close,
};
