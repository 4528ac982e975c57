/* SPDX-License-Identifier: Apache-2.0 */
/* A session from open() to close(), each step held against the contract. */
#ifndef CORE_CHECK_STORY_H
#define CORE_CHECK_STORY_H

#include <astro/provider.h>

struct stage;

/* open() and close(); or all between them as well: prompt, authenticate,
 * workspaces, store, refresh, revoke.  How far it came: ASTRO_OK, or the status
 * and message of the login's first failure. */
int story_open(struct stage *stage, const struct astro_provider *provider,
               struct astro_error *err);
int story_login(struct stage *stage, const struct astro_provider *provider,
                struct astro_error *err);
/* Two sessions at once: the first is closed while the second goes on. */
int story_two(struct stage *stage, const struct astro_provider *provider,
              struct astro_error *err);
void story_close_nothing(struct stage *stage,
                         const struct astro_provider *provider);

#endif
