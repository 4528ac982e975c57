/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One context logged out of.  The engine does it where a server or a store has
 * to be asked; what needs the file alone is done here, and so is what a
 * provider's crash has left over.
 */
#include "log_out.h"

#include <string.h>

#include "clock.h"
#include "engine_open.h"
#include "error.h"
#include "forget.h"
#include "log.h"
#include "state.h"
#include "terminal.h"

/* The engine's own limit for the server, its locks, and what it takes to write
 * the file. */
enum { LIMIT_MS = (10 + 20 + 15) * 1000 };

static void tell_erased(const struct context *context, const char *list)
{
	if (list[0] != '\0')
		terminal_tell("Erased: %s", list);
	terminal_tell("Logged out of %s", context_name(context));
}

static void tell_already(const struct context *context)
{
	terminal_tell("Already logged out of %s", context_name(context));
}

static bool is_in_file(const struct context *context)
{
	const char *store = context_value(context, "store");

	return store == NULL || strcmp(store, "file") == 0;
}

/* A login to Software has given the token to Docker as well. */
static bool is_in_file_alone(const struct context *context)
{
	return is_in_file(context) &&
	       strcmp(context_provider(context), "software") != 0;
}

/* NAME's context in a reading of its own, under the lock. */
static int erase_locked(const char *name, const struct state *state,
                        struct astro_error *err)
{
	const struct context *context;
	struct forget forget;
	struct files files;
	int status = files_open(&files, err);

	if (status == ASTRO_OK)
		status = files_pick(&files, name, &context, err);
	if (status != ASTRO_OK)
		goto out;
	forget_find(files.config, context, &forget);
	if (forget.count == 0) {
		tell_already(context);
		goto out;
	}
	status = forget_login(&files.paths, files.config, &forget, err);
	if (status == ASTRO_OK) {
		state_drop_journal(state);
		tell_erased(context, forget.list);
	}
out:
	files_clear(&files);
	return status;
}

static int erase_here(const struct files *files, const struct context *context,
                      struct astro_error *err)
{
	struct state state;
	int status = state_lock(&files->paths, context_key(context),
	                        STATE_WAIT_MS, &state, err);

	if (status != ASTRO_OK)
		return status;
	status = erase_locked(context_name(context), &state, err);
	state_unlock(&state);
	return status;
}

/* What the engine came to. */
struct run {
	bool local, end_session, for_good;
	bool ended; /* it was erased, or there was nothing */
	int status;
	struct astro_error why;
};

static void show(struct run *run, const struct context *context,
                 const struct report *report)
{
	const char *line, *list = report_get(report, "erased", 0);
	size_t i;

	for (i = 0; (line = report_get(report, "done", i)) != NULL; i++)
		terminal_tell("%s", line);
	run->ended = list != NULL || report_get(report, "already", 0) != NULL;
	if (run->for_good)
		return;
	if (list != NULL)
		tell_erased(context, list);
	else if (run->ended)
		tell_already(context);
}

static void run_engine(struct run *run, const struct context *context)
{
	struct engine_job job;
	struct report *report;

	memset(&job, 0, sizeof(job));
	job.task = ENGINE_LOGOUT;
	job.name = context_name(context);
	job.is_issuer = context_value(context, "issuer") != NULL;
	job.local = run->local;
	job.end_session = run->end_session;
	job.for_good = run->for_good;
	job.no_input = true;
	job.verbose = log_is_verbose();
	run->ended = false;
	run->status =
		engine_run(&job, clock_boot() + LIMIT_MS, &report, &run->why);
	if (report != NULL)
		show(run, context, report);
	report_free(report);
}

/* The ends of a child that did not come back. */
static bool was_lost(const struct run *run)
{
	return !run->ended && (run->status == ASTRO_BAD_PLUGIN ||
	                       run->status == ASTRO_INTERNAL);
}

/* Without a server: what lies outside of the file, and the file. */
static int erase_all(const struct files *files, const struct context *context,
                     struct astro_error *err)
{
	struct run run = {.local = true};

	if (is_in_file_alone(context))
		return erase_here(files, context, err);
	run_engine(&run, context);
	if (was_lost(&run) && is_in_file(context)) {
		terminal_tell("Docker's credentials were not looked at: %s",
		              run.why.message);
		return erase_here(files, context, err);
	}
	if (run.status != ASTRO_OK)
		*err = run.why;
	return run.status;
}

int log_out(const struct files *files, const struct context *context,
            enum log_out_extent extent, struct astro_error *err)
{
	struct run run = {.end_session = extent == LOG_OUT_SESSION};
	int status;

	if (extent == LOG_OUT_LOCAL)
		return erase_all(files, context, err);
	run_engine(&run, context);
	if (!was_lost(&run)) {
		if (run.status != ASTRO_OK)
			*err = run.why;
		return run.status;
	}
	/* A provider that crashed or hung, or an engine that cannot be loaded,
	 * keeps nothing from being erased. */
	terminal_tell("Could not revoke the login at the server: %s",
	              run.why.message);
	status = erase_all(files, context, err);
	if (status != ASTRO_OK)
		return status;
	return error_set(err, ASTRO_UNREACHABLE,
	                 "revoke it in the account's settings; else it stays "
	                 "valid there until it ends",
	                 "logged out of %s here, but not at the server: %s",
	                 context_name(context), run.why.message);
}

int log_out_elsewhere(const struct context *context, struct astro_error *err)
{
	struct run run = {.local = true, .for_good = true};

	if (is_in_file_alone(context))
		return ASTRO_OK;
	run_engine(&run, context);
	if (run.status == ASTRO_OK || (was_lost(&run) && is_in_file(context)))
		return ASTRO_OK;
	*err = run.why;
	return run.status;
}
