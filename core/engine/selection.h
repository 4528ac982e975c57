/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_SELECTION_H
#define CORE_ENGINE_SELECTION_H

#include <astro/provider.h>

struct astro_core;
struct astro_listing;
struct listing_row;

/* The row that the answer "workspace" names, else the one picked from a menu;
 * CURRENT (an id, or NULL) is marked there.  Failures are those of choose(). */
int selection_pick(struct astro_core *core, const struct astro_listing *listing,
                   const char *current, const struct listing_row **out,
                   struct astro_error *err);

/*
 * The choice at the end of a login: the answer, the only one, the one used
 * last, the menu's.  *OUT is NULL with ASTRO_OK when none is selected; *NOTE
 * then says why, or is NULL where there was nothing to select from.
 */
int selection_settle(struct astro_core *core,
                     const struct astro_listing *listing,
                     const struct listing_row **out, const char **note,
                     struct astro_error *err);

#endif
