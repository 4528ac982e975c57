/* SPDX-License-Identifier: Apache-2.0 */
/* How long a stored login is good, and whether that is enough. */
#ifndef CORE_ENGINE_LIFETIME_H
#define CORE_ENGINE_LIFETIME_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

/* Seconds from now to the end of its access token, INT64_MAX: not known to
 * end; below 0 also where the end is not known and must be taken as past. */
int64_t lifetime_left(const struct astro_credential *credential);

/*
 * Whether the login of core's context is good for MIN_VALID seconds and the
 * usual margin: 300 seconds, or a tenth of a lifetime that is known to be
 * shorter.  Not, whatever the clock says, when the clock is behind the time at
 * which the token was obtained; which is said.
 */
bool lifetime_is_enough(const struct astro_core *core,
                        const struct astro_credential *credential,
                        int64_t min_valid);

#endif
