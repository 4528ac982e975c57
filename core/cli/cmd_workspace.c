/* SPDX-License-Identifier: Apache-2.0 */
/* astro workspace: the engine asks the server, this prints. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "api_token.h"
#include "clock.h"
#include "command.h"
#include "engine_open.h"
#include "error.h"
#include "files.h"
#include "json_out.h"
#include "log.h"
#include "login_report.h"
#include "output.h"
#include "terminal.h"

enum { PERSON_MS = 300 * 1000, GRACE_MS = 60 * 1000 };

static const struct option options_json[] = {
	{"json", 0, OPTION_SWITCH, NULL, "print one JSON document"},
};

enum { ORGANIZATION_SIZE = 64, ANSWERS_MAX = 3 };

/* What a task needs; freed in one place. */
struct work {
	struct files files;
	struct access access;
	char name[DOMAIN_NAME_MAX];
	char organization[ORGANIZATION_SIZE];
	struct engine_answer answers[ANSWERS_MAX];
	struct engine_job job;
};

/* The current context, stored or not; a stored token has one. */
static int name_context(struct work *work, struct astro_error *err)
{
	const char *wanted = getenv("ASTRO_DOMAIN");
	const struct context *context;
	int status = ASTRO_OK;

	work->job.name = work->name;
	if (work->files.config == NULL)
		status = files_open(&work->files, err);
	if (status == ASTRO_OK)
		status = files_current(&work->files, &context, err);
	if (status != ASTRO_OK)
		return status;
	if (context != NULL) {
		(void)snprintf(work->name, sizeof(work->name), "%s",
		               context_name(context));
		work->job.is_issuer = context_value(context, "issuer") != NULL;
		return ASTRO_OK;
	}
	if (wanted == NULL || wanted[0] == '\0')
		wanted = config_current_name(work->files.config);
	return domain_canonical(wanted, work->name, &work->job.is_issuer, err);
}

static void fill_job(struct work *work, enum engine_task task,
                     const char *workspace)
{
	struct engine_job *job = &work->job;

	job->task = task;
	job->answers = work->answers;
	work->answers[job->answer_count++] = (struct engine_answer){
		.key = "token", .secret = work->access.token};
	if (workspace != NULL)
		work->answers[job->answer_count++] = (struct engine_answer){
			.key = "workspace", .text = workspace};
	if (work->access.source == ACCESS_ENVIRONMENT &&
	    api_token_organization(work->access.token, work->organization,
	                           sizeof(work->organization)))
		work->answers[job->answer_count++] = (struct engine_answer){
			.key = "organization", .text = work->organization};
	job->deadline = clock_boot() + PERSON_MS;
	job->verbose = log_is_verbose();
}

/* Run TASK for the current context; WORKSPACE is the one to select, or NULL. */
static int run_task(enum engine_task task, const char *workspace,
                    struct report **report, struct astro_error *err)
{
	const struct access_wish wish = {.typed = NULL};
	struct work work;
	int status;

	*report = NULL;
	memset(&work, 0, sizeof(work));
	status = access_get(&work.files, &wish, &work.access, err);
	if (status == ASTRO_OK)
		status = name_context(&work, err);
	if (status == ASTRO_OK) {
		fill_job(&work, task, workspace);
		status = engine_run(&work.job, work.job.deadline + GRACE_MS,
		                    report, err);
	}
	access_clear(&work.access);
	files_clear(&work.files);
	return status;
}

static bool is_current(const struct report *report, size_t row)
{
	const char *current = report_get(report, "current", 0);

	return current != NULL &&
	       strcmp(current, report_get(report, "id", row)) == 0;
}

static size_t count_rows(const struct report *report)
{
	size_t count = 0;

	while (report_get(report, "id", count) != NULL &&
	       report_get(report, "name", count) != NULL)
		count++;
	return count;
}

static int list_json(const struct report *report, struct astro_error *err)
{
	size_t count = count_rows(report), i;
	struct json_out json;
	int status;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_array(&json, "workspaces");
	for (i = 0; i < count; i++) {
		json_out_object(&json, NULL);
		json_out_string(&json, "name", report_get(report, "name", i));
		json_out_string(&json, "id", report_get(report, "id", i));
		json_out_bool(&json, "isCurrent", is_current(report, i));
		json_out_close(&json);
	}
	json_out_close(&json);
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

static int list_table(const struct report *report, struct astro_error *err)
{
	static const char *const header[] = {"NAME", "ID"};
	size_t count = count_rows(report), marked = SIZE_MAX, i;
	const char **cells = calloc(count * 2 + 1, sizeof(*cells));

	if (cells == NULL)
		return error_no_memory(err);
	for (i = 0; i < count; i++) {
		cells[i * 2] = report_get(report, "name", i);
		cells[i * 2 + 1] = report_get(report, "id", i);
		if (is_current(report, i))
			marked = i;
	}
	terminal_table(stdout, header, 2, cells, count, marked);
	free(cells);
	return ASTRO_OK;
}

static int run_list(const struct options *options, struct astro_error *err)
{
	struct report *report;
	int status;

	status = run_task(ENGINE_WORKSPACES, NULL, &report, err);
	if (status == ASTRO_OK)
		status = options_has(options, "json") ? list_json(report, err)
		                                      : list_table(report, err);
	report_free(report);
	return status;
}

static int run_switch(const struct options *options, struct astro_error *err)
{
	struct report *report;
	const char *note;
	size_t i;
	int status;

	if (options->operand_count == 0 && !terminal_can_ask())
		return options_refuse(options, err,
		                      "no workspace specified, and no "
		                      "terminal to ask on");
	status = run_task(ENGINE_SELECT, options->operands[0], &report, err);
	if (status == ASTRO_OK) {
		for (i = 0; (note = report_get(report, "note", i)) != NULL; i++)
			terminal_tell("%s", note);
		(void)login_report_workspace(report);
	}
	report_free(report);
	return status;
}

const struct command command_workspace_list = {
	.group = "workspace",
	.name = "list",
	.alias = "ls",
	.summary = "List the workspaces, the current one marked",
	.operands = "",
	.options = options_json,
	.option_count = sizeof(options_json) / sizeof(options_json[0]),
	.run = run_list,
};

const struct command command_workspace_switch = {
	.group = "workspace",
	.name = "switch",
	.alias = "sw",
	.summary = "Make a workspace the current one",
	.operands = "[ID or NAME]",
	.operands_max = 1,
	.text = "NAME is a workspace's id or its name.  Without it: a menu.",
	.run = run_switch,
};
