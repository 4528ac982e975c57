/* SPDX-License-Identifier: Apache-2.0 */
/* Says that its table is longer than it is. */
#include "plain.h"

const struct astro_provider astro_provider_v1 = {
	.size = 4096,
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "liar",
	.title = "Liar",
	.open = plain_open,
	.close = plain_close,
	.authenticate = plain_authenticate,
};
