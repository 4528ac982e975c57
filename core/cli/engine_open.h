/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLI_ENGINE_OPEN_H
#define CORE_CLI_ENGINE_OPEN_H

#include "engine.h"
#include "report.h"

/*
 * Do JOB in a supervised child, which alone loads the engine.  Fills in the
 * job's library_folder.  LIMIT (clock_boot()) ends the child whatever it does.
 * The report is the caller's to free, also after an error.
 */
int engine_run(struct engine_job *job, int64_t limit, struct report **out,
               struct astro_error *err);

struct check_job;

/* The same with the check of a provider: loads its module, not the engine. */
int engine_check(const struct check_job *job, struct report **out,
                 struct astro_error *err);

#endif
