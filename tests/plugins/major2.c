/* SPDX-License-Identifier: Apache-2.0 */
/* Made for a contract that is not spoken here. */
#include "plain.h"

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = 2,
	.name = "major2",
	.title = "Major 2",
	.open = plain_open,
	.close = plain_close,
	.authenticate = plain_authenticate,
};
