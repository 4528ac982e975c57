/* SPDX-License-Identifier: Apache-2.0 */
/* astro provider check: a provider's file, held against the contract. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_module.h"
#include "command.h"
#include "engine_open.h"
#include "error.h"
#include "json_out.h"
#include "output.h"

static const struct option options_check[] = {
	{"script", 0, OPTION_TEXT, "SCRIPT",
         "what the made-up servers and person answer (JSON),\n"
         "where the usual does not do"},
	{"json", 0, OPTION_SWITCH, NULL, "print one JSON document"},
};

static const char text_check[] =
	"Loads FILE in processes of its own, hundreds of times, and plays a "
	"login to it in\nwhich everything fails once: each call of the host "
	"with each status, each\nallocation, each answer of a server.  No "
	"network is used, nothing is kept.\n\n"
	"A program (astro-provider-NAME) is started for each trial: it takes "
	"half a minute,\nand says how many trials there was no time for.\n\n"
	"Each finding says what was found, when, the rule, and the fix.  Exit "
	"code 0: no\nerrors (there may be warnings and notes); 6: errors.";

/* Of the findings in REPORT; LEVEL NULL: all. */
static size_t count(const struct report *report, const char *level)
{
	size_t found = 0, i;
	const char *text;

	for (i = 0; (text = report_get(report, "level", i)) != NULL; i++)
		if (level == NULL || strcmp(text, level) == 0)
			found++;
	return found;
}

static long long number(const struct report *report, const char *key)
{
	const char *text = report_get(report, key, 0);

	return text == NULL ? 0 : strtoll(text, NULL, 10);
}

static void show_finding(const struct report *report, size_t i)
{
	const char *when = report_get(report, "when", i);
	long long more = strtoll(report_get(report, "times", i), NULL, 10) - 1;

	(void)printf("%s: %s: %s\n", report_get(report, "level", i),
	             report_get(report, "rule", i),
	             report_get(report, "text", i));
	if (when[0] != '\0')
		(void)printf("  when: %s", when);
	if (when[0] != '\0' && more > 0)
		(void)printf(" (and in %lld more trial%s)", more,
		             more == 1 ? "" : "s");
	if (when[0] != '\0')
		(void)printf("\n");
	(void)printf("  rule: %s\n  fix:  %s\n", report_get(report, "must", i),
	             report_get(report, "fix", i));
}

/* "1 error", "2 errors" */
static void show_count(const char *start, size_t number, const char *noun)
{
	(void)printf("%s%zu %s%s", start, number, noun, number == 1 ? "" : "s");
}

static void show(const struct report *report, const char *file)
{
	const char *title = report_get(report, "title", 0);
	const char *runs = report_get(report, "runs", 0);
	long long left_out = number(report, "left_out");
	size_t i, all = count(report, NULL);

	for (i = 0; i < all; i++)
		show_finding(report, i);
	(void)printf("%s: ", file);
	if (title != NULL)
		(void)printf("%s, ", title);
	show_count("", count(report, "error"), "error");
	show_count(", ", count(report, "warning"), "warning");
	show_count(", ", count(report, "note"), "note");
	(void)printf(" in %s trial%s", runs, strcmp(runs, "1") == 0 ? "" : "s");
	if (left_out > 0)
		(void)printf(" (no time for %lld more)", left_out);
	(void)printf("\n");
}

static int print_json(const struct report *report, const char *file,
                      struct astro_error *err)
{
	static const char *const members[] = {"level", "rule", "text",
	                                      "when",  "must", "fix"};
	struct json_out json;
	size_t i, j, all = count(report, NULL);
	int status;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_string(&json, "file", file);
	json_out_string(&json, "name", report_get(report, "name", 0));
	json_out_string(&json, "title", report_get(report, "title", 0));
	json_out_bool(&json, "passed", count(report, "error") == 0);
	json_out_number(&json, "trials", number(report, "runs"));
	json_out_number(&json, "leftOut", number(report, "left_out"));
	json_out_array(&json, "findings");
	for (i = 0; i < all; i++) {
		json_out_object(&json, NULL);
		for (j = 0; j < sizeof(members) / sizeof(members[0]); j++)
			json_out_string(&json, members[j],
			                report_get(report, members[j], i));
		json_out_number(
			&json, "times",
			strtoll(report_get(report, "times", i), NULL, 10));
		json_out_close(&json);
	}
	json_out_close(&json);
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

static int run_check(const struct options *options, struct astro_error *err)
{
	const struct check_job job = {
		.file = options->operands[0],
		.script = options_text(options, "script"),
	};
	struct report *report = NULL;
	size_t errors;
	int status = engine_check(&job, &report, err);

	if (status == ASTRO_OK && report_get(report, "runs", 0) == NULL)
		status = error_set(err, ASTRO_INTERNAL, "please report it",
		                   "the check ended without a result");
	if (status != ASTRO_OK)
		goto out;
	if (options_has(options, "json"))
		status = print_json(report, job.file, err);
	else
		show(report, job.file);
	errors = count(report, "error");
	if (status == ASTRO_OK && errors > 0)
		status = error_set(err, ASTRO_BAD_PLUGIN,
		                   "mend what is listed, and check again",
		                   "%s does not keep the contract: %zu error%s",
		                   job.file, errors, errors == 1 ? "" : "s");
out:
	report_free(report);
	return status;
}

const struct command command_provider_check = {
	.group = "provider",
	.name = "check",
	.summary = "Check a provider's file against the contract",
	.operands = "FILE",
	.operands_min = 1,
	.operands_max = 1,
	.options = options_check,
	.option_count = sizeof(options_check) / sizeof(options_check[0]),
	.text = text_check,
	.run = run_check,
};
