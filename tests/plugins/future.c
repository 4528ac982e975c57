/* SPDX-License-Identifier: Apache-2.0 */
/* Made for the next major version alone. */
#include <astro/provider.h>

struct future_provider {
	uint32_t size;
	uint16_t abi_major, abi_minor;
};

extern ASTRO_EXPORT const struct future_provider astro_provider_v2;
const struct future_provider astro_provider_v2 = {
	.size = sizeof(struct future_provider),
	.abi_major = 2,
};
