/* SPDX-License-Identifier: Apache-2.0 */
/* Which providers there are, told without loading one. */
#ifndef CORE_ENGINE_CATALOGUE_H
#define CORE_ENGINE_CATALOGUE_H

#include "engine.h"

/*
 * Describe every provider that can be named, or only job->provider
 * (ASTRO_BAD_PLUGIN where there is none), as it would be found by a login.
 * Reports for each one, in the order of their names, the values
 *     "name"
 *     "file"     that comes first: of a library, else of a program
 *     "kind"     "library" or "program"
 *     "title"    "" where it is not known
 *     "abi"      "1.0", or ""
 *     "reason"   why it would not be loaded, or ""
 *     "hint"     what to do about it, or ""
 *     "claims"   "known", or "unknown": there may be more than is reported
 * and for the one at INDEX, counted from 0,
 *     "domain.INDEX"  each of its patterns
 *     "shadow.INDEX"  each file of that name that comes later.
 * Of a program, which would have to be run for it, title and abi are not known.
 */
int catalogue_run(const struct engine_job *job, int report_fd,
                  struct astro_error *err);

#endif
