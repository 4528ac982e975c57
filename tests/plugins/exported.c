/* SPDX-License-Identifier: Apache-2.0 */
/* Built without a list of what to export: its pointers are relocated by the
 * names of symbols. */
#include "plain.h"

ASTRO_EXPORT extern const char exported_title[];
const char exported_title[] = "Exported";

ASTRO_EXPORT extern const char *const exported_domains[];
const char *const exported_domains[] = {"a\\.exported\\.example",
                                        "b\\.exported\\.example", NULL};

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = ASTRO_ABI_MINOR,
	.name = "exported",
	.title = exported_title,
	.domains = exported_domains,
	.open = plain_open,
	.close = plain_close,
	.authenticate = plain_authenticate,
};
