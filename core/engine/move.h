/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_MOVE_H
#define CORE_ENGINE_MOVE_H

#include <astro/provider.h>

struct engine_job;

/*
 * ENGINE_MOVE: the login of the job's context, from its store to the job's.  It
 * is in the new one before it is taken out of the old one.  Reports "from" and
 * "to".  ASTRO_EXPIRED: nobody is logged in.
 */
int move_run(const struct engine_job *job, int report_fd,
             struct astro_error *err);

#endif
