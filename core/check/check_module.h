/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door of astro-check.so: the conformance check of a provider.  A module of
 * its own, since nobody who logs in needs it.
 */
#ifndef CORE_CHECK_CHECK_MODULE_H
#define CORE_CHECK_CHECK_MODULE_H

#include <astro/provider.h>

#define CHECK_FILE "astro-check.so"
#define CHECK_SYMBOL "astro_check_v1"

/* What to check.  Borrowed. */
struct check_job {
	const char *file;
	const char *script; /* a file of script.h, or NULL */
};

/*
 * Check, report on REPORT_FD (report.h), return the exit code for _exit().
 * Reported are the values "name" and "title", once the provider could be
 * loaded, "runs", "left_out" (trials for which there was no time), and for each
 * finding, in lockstep, "level" ("error", "warning", "note"), "rule" (its short
 * name), "text", "when", "times", "must" (the rule) and "fix".  ASTRO_OK: the
 * check took place, whatever it found.
 */
typedef int check_main(const struct check_job *job, int report_fd);
ASTRO_EXPORT check_main astro_check_v1;

#endif
