/* SPDX-License-Identifier: Apache-2.0 */
/* astro provider list, info: the engine looks, this prints. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "engine_open.h"
#include "error.h"
#include "json_out.h"
#include "log.h"
#include "output.h"
#include "terminal.h"
#include "text.h"

/* Files are read, and nobody is asked. */
enum { LIMIT_MS = 60 * 1000, KEY_MAX = 32, CELL_MAX = 64 * 1024 };

static const struct option options_json[] = {
	{"json", 0, OPTION_SWITCH, NULL, "print one JSON document"},
};

/* One provider of the report. */
struct row {
	const struct report *report;
	size_t index;
	const char *name, *kind, *file, *title, *abi, *claims, *reason, *hint;
};

static bool row_read(const struct report *report, size_t index, struct row *row)
{
	row->report = report;
	row->index = index;
	row->name = report_get(report, "name", index);
	row->kind = report_get(report, "kind", index);
	row->file = report_get(report, "file", index);
	row->title = report_get(report, "title", index);
	row->abi = report_get(report, "abi", index);
	row->claims = report_get(report, "claims", index);
	row->reason = report_get(report, "reason", index);
	row->hint = report_get(report, "hint", index);
	return row->name != NULL && row->kind != NULL && row->file != NULL &&
	       row->title != NULL && row->abi != NULL && row->claims != NULL &&
	       row->reason != NULL && row->hint != NULL;
}

/* The one AT a list ("domain", "shadow") of the row, or NULL. */
static const char *row_item(const struct row *row, const char *list, size_t at)
{
	char key[KEY_MAX];

	(void)snprintf(key, sizeof(key), "%s.%zu", list, row->index);
	return report_get(row->report, key, at);
}

static bool claims_are_known(const struct row *row)
{
	return strcmp(row->claims, "known") == 0;
}

/* ---- as JSON ---- */

static const char *or_null(const char *text)
{
	return text[0] == '\0' ? NULL : text;
}

static void add_list(struct json_out *json, const char *key,
                     const struct row *row, const char *list)
{
	const char *item;
	size_t i;

	json_out_array(json, key);
	for (i = 0; (item = row_item(row, list, i)) != NULL; i++)
		json_out_string(json, NULL, item);
	json_out_close(json);
}

static void add_row(struct json_out *json, const struct row *row)
{
	json_out_object(json, NULL);
	json_out_string(json, "name", row->name);
	json_out_string(json, "kind", row->kind);
	json_out_string(json, "title", or_null(row->title));
	json_out_string(json, "abi", or_null(row->abi));
	json_out_string(json, "file", row->file);
	json_out_bool(json, "isTrusted", row->reason[0] == '\0');
	json_out_string(json, "reason", or_null(row->reason));
	json_out_string(json, "hint", or_null(row->hint));
	if (claims_are_known(row))
		add_list(json, "domains", row, "domain");
	else
		json_out_string(json, "domains", NULL);
	add_list(json, "shadows", row, "shadow");
	json_out_close(json);
}

static int list_json(const struct report *report, struct astro_error *err)
{
	struct json_out json;
	struct row row;
	size_t i;
	int status;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_array(&json, "providers");
	for (i = 0; row_read(report, i, &row); i++)
		add_row(&json, &row);
	json_out_close(&json);
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

static int info_json(const struct report *report, struct astro_error *err)
{
	struct json_out json;
	struct row row;
	int status;

	json_out_init(&json);
	if (row_read(report, 0, &row))
		add_row(&json, &row);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

/* ---- for people ---- */

/* "a, b", or EMPTY; what does not fit into memory is left out. */
static void join(const struct row *row, const char *list, const char *empty,
                 struct text *out)
{
	const char *item;
	size_t i;

	for (i = 0; (item = row_item(row, list, i)) != NULL; i++)
		(void)text_addf(out, "%s%s", i == 0 ? "" : ", ", item);
	if (i == 0)
		(void)text_add_string(out, empty);
}

enum column {
	NAME,
	KIND,
	TITLE,
	ABI,
	DOMAINS,
	TRUSTED,
	FILE_PATH,
	SHADOWS,
	COLUMNS
};

static void fill_cells(const struct row *row, struct text *cells)
{
	bool is_trusted = row->reason[0] == '\0';
	size_t i;

	for (i = 0; i < COLUMNS; i++)
		text_init(&cells[i], CELL_MAX);
	(void)text_add_string(&cells[NAME], row->name);
	(void)text_add_string(&cells[KIND], row->kind);
	(void)text_add_string(&cells[TITLE],
	                      row->title[0] == '\0' ? "?" : row->title);
	(void)text_add_string(&cells[ABI],
	                      row->abi[0] == '\0' ? "?" : row->abi);
	join(row, "domain", claims_are_known(row) ? "-" : "?", &cells[DOMAINS]);
	(void)text_addf(&cells[TRUSTED], "%s%s",
	                is_trusted ? "yes" : "no: ", row->reason);
	(void)text_add_string(&cells[FILE_PATH], row->file);
	join(row, "shadow", "-", &cells[SHADOWS]);
}

static int list_table(const struct report *report, struct astro_error *err)
{
	static const char *const header[COLUMNS] = {
		"NAME",    "KIND",    "TITLE", "ABI",
		"DOMAINS", "TRUSTED", "FILE",  "SHADOWS"};
	struct text *texts = NULL;
	const char **cells = NULL;
	size_t count = 0, i;
	struct row row;
	int status = ASTRO_OK;

	while (row_read(report, count, &row))
		count++;
	texts = calloc(count * COLUMNS + 1, sizeof(*texts));
	cells = calloc(count * COLUMNS + 1, sizeof(*cells));
	if (texts == NULL || cells == NULL) {
		status = error_no_memory(err);
		goto out;
	}
	for (i = 0; i < count && row_read(report, i, &row); i++)
		fill_cells(&row, &texts[i * COLUMNS]);
	for (i = 0; i < count * COLUMNS; i++)
		cells[i] = texts[i].bytes;
	terminal_table(stdout, header, COLUMNS, cells, count, SIZE_MAX);
	for (i = 0; i < count * COLUMNS; i++)
		text_clear(&texts[i]);
out:
	free(texts);
	free(cells);
	return status;
}

static void print_line(const char *label, const char *text)
{
	char shown[TEXT_SHOWN_MAX * 4];

	text_escape(shown, sizeof(shown), text, strlen(text));
	(void)printf("%-10s %s\n", label, shown);
}

static void print_list(const char *label, const struct row *row,
                       const char *list, const char *empty)
{
	const char *item;
	size_t i;

	for (i = 0; (item = row_item(row, list, i)) != NULL; i++)
		print_line(i == 0 ? label : "", item);
	if (i == 0)
		print_line(label, empty);
}

static int info_lines(const struct report *report)
{
	struct row row;

	if (!row_read(report, 0, &row))
		return ASTRO_OK;
	print_line("Name:", row.name);
	print_line("Kind:", row.kind);
	print_line("Title:", row.title[0] == '\0' ? "unknown" : row.title);
	print_line("ABI:", row.abi[0] == '\0' ? "unknown" : row.abi);
	print_line("File:", row.file);
	print_line("Trusted:", row.reason[0] == '\0' ? "yes" : "no");
	if (row.reason[0] != '\0')
		print_line("Reason:", row.reason);
	if (row.hint[0] != '\0')
		print_line("Try:", row.hint);
	print_list("Domains:", &row, "domain",
	           claims_are_known(&row) ? "none" : "unknown");
	print_list("Shadows:", &row, "shadow", "nothing");
	return ASTRO_OK;
}

/* ---- the commands ---- */

static int look(const char *name, struct report **report,
                struct astro_error *err)
{
	struct engine_job job;

	memset(&job, 0, sizeof(job));
	job.task = ENGINE_PROVIDERS;
	job.provider = name;
	job.verbose = log_is_verbose();
	return engine_run(&job, clock_boot() + LIMIT_MS, report, err);
}

static int run_list(const struct options *options, struct astro_error *err)
{
	struct report *report;
	int status = look(NULL, &report, err);

	if (status == ASTRO_OK)
		status = options_has(options, "json") ? list_json(report, err)
		                                      : list_table(report, err);
	report_free(report);
	return status;
}

static int run_info(const struct options *options, struct astro_error *err)
{
	struct report *report;
	int status = look(options->operands[0], &report, err);

	if (status == ASTRO_OK)
		status = options_has(options, "json") ? info_json(report, err)
		                                      : info_lines(report);
	report_free(report);
	return status;
}

const struct command command_provider_list = {
	.group = "provider",
	.name = "list",
	.alias = "ls",
	.summary = "List the providers, and whether they would be loaded",
	.operands = "",
	.options = options_json,
	.option_count = sizeof(options_json) / sizeof(options_json[0]),
	.text = "What is shown is read from the files: none of their code "
		"runs.  \"?\" is what\ncannot be read, or is not to be "
		"trusted, and what a program (astro-provider-NAME)\nwould "
		"have to be run for.",
	.run = run_list,
};

const struct command command_provider_info = {
	.group = "provider",
	.name = "info",
	.summary = "Show one provider, and whether it would be loaded",
	.operands = "NAME",
	.operands_min = 1,
	.operands_max = 1,
	.options = options_json,
	.option_count = sizeof(options_json) / sizeof(options_json[0]),
	.text = "What is shown is read from its file: none of its code runs.",
	.run = run_info,
};
