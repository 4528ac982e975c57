/* SPDX-License-Identifier: Apache-2.0 */
/* astro context move-store: another place for a login that is there. */
#include <string.h>

#include "clock.h"
#include "command.h"
#include "engine_open.h"
#include "error.h"
#include "files.h"
#include "log.h"
#include "terminal.h"

/* For a keyring's dialog, and a helper's passphrase. */
enum { LIMIT_MS = 3 * 60 * 1000 };

static int run_move(const struct options *options, struct astro_error *err)
{
	const struct context *context;
	struct engine_job job;
	struct report *report = NULL;
	struct files files;
	const char *from, *to;
	int status;

	memset(&job, 0, sizeof(job));
	status = files_open(&files, err);
	if (status == ASTRO_OK)
		status =
			files_pick(&files, options->operands[0], &context, err);
	if (status != ASTRO_OK)
		goto out;
	job.task = ENGINE_MOVE;
	job.name = context_name(context);
	job.store = options->operands[1];
	job.verbose = log_is_verbose();
	status = engine_run(&job, clock_boot() + LIMIT_MS, &report, err);
	if (status != ASTRO_OK)
		goto out;
	from = report_get(report, "from", 0);
	to = report_get(report, "to", 0);
	if (from != NULL && to != NULL && strcmp(from, to) == 0)
		terminal_tell("The login for %s is in the store %s already",
		              job.name, to);
	else
		terminal_tell("Moved the login for %s from the store %s to %s",
		              job.name, from == NULL ? "" : from,
		              to == NULL ? "" : to);
out:
	report_free(report);
	files_clear(&files);
	return status;
}

const struct command command_context_move_store = {
	.group = "context",
	.name = "move-store",
	.summary = "Move a login to another store",
	.operands = "DOMAIN STORE",
	.operands_min = 2,
	.operands_max = 2,
	.text = "STORE is file, keyring, helper:NAME or session, as for `astro "
		"login --store`.\nThe login is taken out of the old store once "
		"it is in the new one.",
	.run = run_move,
};
