/* SPDX-License-Identifier: Apache-2.0 */
/* Linked with packed relocations (DT_RELR). */
#include "plain.h"

static const char *const domains[] = {
	"1\\.packed\\.example", "2\\.packed\\.example", "3\\.packed\\.example",
	"4\\.packed\\.example", "5\\.packed\\.example", NULL};

const struct astro_provider astro_provider_v1 = {
	PLAIN_PROVIDER("packed"),
	.domains = domains,
};
