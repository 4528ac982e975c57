/* SPDX-License-Identifier: Apache-2.0 */
/* Made for a later minor version, and cannot do without what that one has. */
#include "plain.h"

struct newer_host {
	struct astro_host known;
	int (*unheard_of)(struct astro_core *);
};

static int wants_open(const struct astro_host *host,
                      const struct astro_settings *settings,
                      struct astro_session **out, struct astro_error *err)
{
	*out = NULL;
	if (host->size < sizeof(struct newer_host))
		return host->fail(
			err, ASTRO_BAD_PLUGIN, "install a newer astro",
			"wants needs version 1.7 of the provider "
			"contract, this astro speaks %u.%u",
			(unsigned)host->abi_major, (unsigned)host->abi_minor);
	return plain_open(host, settings, out, err);
}

const struct astro_provider astro_provider_v1 = {
	.size = sizeof(astro_provider_v1),
	.abi_major = ASTRO_ABI_MAJOR,
	.abi_minor = 7,
	.name = "wants",
	.title = "Wants",
	.open = wants_open,
	.close = plain_close,
	.authenticate = plain_authenticate,
};
