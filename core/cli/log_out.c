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

static bool is_in_file_alone(const struct context *context)
{
	const char *store = context_value(context, "store");

	return store == NULL || strcmp(store, "file") == 0;
}

static int erase_here(const struct files *files, const struct context *context,
                      struct astro_error *err)
{
	struct forget forget;
	int status;

	forget_find(files->config, context, &forget);
	if (forget.count == 0) {
		tell_already(context);
		return ASTRO_OK;
	}
	status = forget_login(&files->paths, &forget, err);
	if (status == ASTRO_OK)
		tell_erased(context, forget.list);
	return status;
}

/* *ENDED: it was erased, or there was nothing. */
static int run_engine(const struct context *context, bool local, bool *ended,
                      struct astro_error *err)
{
	struct engine_job job;
	struct report *report;
	const char *line, *list;
	size_t i;
	int status;

	memset(&job, 0, sizeof(job));
	job.task = ENGINE_LOGOUT;
	job.name = context_name(context);
	job.is_issuer = context_value(context, "issuer") != NULL;
	job.local = local;
	job.no_input = true;
	job.verbose = log_is_verbose();
	status = engine_run(&job, clock_boot() + LIMIT_MS, &report, err);
	*ended = false;
	if (report == NULL)
		return status;
	for (i = 0; (line = report_get(report, "done", i)) != NULL; i++)
		terminal_tell("%s", line);
	list = report_get(report, "erased", 0);
	*ended = list != NULL || report_get(report, "already", 0) != NULL;
	if (list != NULL)
		tell_erased(context, list);
	else if (*ended)
		tell_already(context);
	report_free(report);
	return status;
}

/* A provider that crashed or hung, or an engine that cannot be loaded, keeps
 * nothing from being erased. */
static int erase_after(const struct files *files, const struct context *context,
                       const struct astro_error *why, struct astro_error *err)
{
	bool ended;
	int status;

	terminal_tell("Could not revoke the login at the server: %s",
	              why->message);
	status = is_in_file_alone(context)
	                 ? erase_here(files, context, err)
	                 : run_engine(context, true, &ended, err);
	if (status != ASTRO_OK)
		return status;
	return error_set(err, ASTRO_UNREACHABLE,
	                 "revoke it in the account's settings; else it stays "
	                 "valid there until it ends",
	                 "logged out of %s here, but not at the server: %s",
	                 context_name(context), why->message);
}

int log_out(const struct files *files, const struct context *context,
            bool local, struct astro_error *err)
{
	struct astro_error why = {.status = ASTRO_OK};
	bool ended;
	int status;

	if (local && is_in_file_alone(context))
		return erase_here(files, context, err);
	status = run_engine(context, local, &ended, &why);
	/* These two are the ends of a child that did not come back. */
	if (!ended && !local &&
	    (status == ASTRO_BAD_PLUGIN || status == ASTRO_INTERNAL))
		return erase_after(files, context, &why, err);
	if (status != ASTRO_OK)
		*err = why;
	return status;
}

int log_out_elsewhere(const struct files *files, const struct context *context,
                      struct astro_error *err)
{
	if (is_in_file_alone(context))
		return ASTRO_OK;
	return log_out(files, context, true, err);
}
