/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the places that keep a login. */
#include "place.h"

#include <stddef.h>
#include <string.h>

#include "error.h"

enum { HELPER_LEN_MAX = 32 };

bool place_helper_is_plain(const char *helper)
{
	size_t len = strspn(helper, "abcdefghijklmnopqrstuvwxyz0123456789-");

	return len > 0 && len <= HELPER_LEN_MAX && helper[len] == '\0';
}

int place_check(const char *name, struct astro_error *err)
{
	static const char *const known[] = {"file", "keyring", "session",
	                                    "none"};
	static const char prefix[] = PLACE_HELPER_PREFIX;
	size_t len = sizeof(prefix) - 1, i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strcmp(name, known[i]) == 0)
			return ASTRO_OK;
	if (strncmp(name, prefix, len) == 0 &&
	    place_helper_is_plain(name + len))
		return ASTRO_OK;
	return error_set(err, ASTRO_BAD_CONFIG,
	                 "use file, keyring, helper:NAME, session or none",
	                 "there is no store \"%s\"", name);
}
