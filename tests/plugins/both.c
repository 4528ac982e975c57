/* SPDX-License-Identifier: Apache-2.0 */
/* Made for this major version and the next one, side by side. */
#include "plain.h"

struct future_provider {
	uint32_t size;
	uint16_t abi_major, abi_minor;
};

extern ASTRO_EXPORT const struct future_provider astro_provider_v2;
const struct future_provider astro_provider_v2 = {
	.size = sizeof(struct future_provider),
	.abi_major = 2,
};

const struct astro_provider astro_provider_v1 = {PLAIN_PROVIDER("both")};
