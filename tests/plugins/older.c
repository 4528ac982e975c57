/* SPDX-License-Identifier: Apache-2.0 */
/* Made for an earlier minor version: its table ends where that one did. */
#define astro_provider_v1 declared_otherwise
#include "plain.h"
#undef astro_provider_v1

struct older_provider {
	uint32_t size;
	uint16_t abi_major, abi_minor;
	const char *name, *title;
	const char *const *domains;
	int (*open)(const struct astro_host *, const struct astro_settings *,
	            struct astro_session **, struct astro_error *);
	void (*close)(struct astro_session *);
	int (*prompt)(struct astro_session *, struct astro_error *);
	int (*authenticate)(struct astro_session *, struct astro_credential **,
	                    struct astro_error *);
};

extern ASTRO_EXPORT const struct older_provider astro_provider_v1;
const struct older_provider astro_provider_v1 = {
	.size = sizeof(struct older_provider),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = 0,
	.name = "older",
	.title = "Older",
	.open = plain_open,
	.close = plain_close,
	.authenticate = plain_authenticate,
};
