/* SPDX-License-Identifier: Apache-2.0 */
/* Its table ends before the required operations. */
#include "plain.h"

const struct astro_provider astro_provider_v1 = {
	.size = offsetof(struct astro_provider, close),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "short",
	.title = "Short",
	.open = plain_open,
	.close = plain_close,
	.authenticate = plain_authenticate,
};
