/* SPDX-License-Identifier: Apache-2.0 */
/* The names of the places that keep a login, as `store` and --store have them.
 */
#ifndef CORE_CONTEXT_PLACE_H
#define CORE_CONTEXT_PLACE_H

#include <stdbool.h>

#include <astro/provider.h>

#define PLACE_HELPER_PREFIX "helper:"

/* NAME is "file", "keyring", "session", "none" or "helper:NAME".
 * ASTRO_BAD_CONFIG: another one, with those there are. */
int place_check(const char *name, struct astro_error *err);
/* [a-z0-9-]{1,32}: what may follow "helper:". */
bool place_helper_is_plain(const char *helper);

#endif
