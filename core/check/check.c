/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which trials there are: the file, loading, then a login with everything that
 * can go wrong in it going wrong once.  Here is what both kinds of providers
 * have in common.
 */
#include "checking.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check_module.h"
#include "clock.h"
#include "error.h"
#include "exec.h"
#include "interrupt.h"
#include "json.h"
#include "provider_table.h"
#include "report.h"
#include "script.h"

enum {
	ANSWERS_MAX = 30,
	/* Each costs five seconds; one that leaves a thread a tenth of one,
	 * in which the thread might end. */
	HANGS_MAX = 1,
	THREADS_MAX = 5
};

/* "path/to/NAME.so", "path/to/astro-provider-NAME" */
static bool find_name(struct check *check)
{
	static const char prefix[] = EXEC_PREFIX;
	const char *file = check->job->file;
	const char *slash = strrchr(file, '/');
	const char *name = slash == NULL ? file : slash + 1;
	size_t len = strlen(name), start = sizeof(prefix) - 1;

	if (len > 3 && strcmp(name + len - 3, ".so") == 0) {
		check->kind = PROVIDER_LIBRARY;
		len -= 3;
	} else if (strncmp(name, prefix, start) == 0) {
		check->kind = PROVIDER_PROGRAM;
		name += start;
		len -= start;
	} else {
		return false;
	}
	if (len >= sizeof(check->name))
		return false;
	memcpy(check->name, name, len);
	check->name[len] = '\0';
	check->findings.is_program = check->kind == PROVIDER_PROGRAM;
	return provider_name_is_plain(check->name);
}

struct trial check_trial(const struct check *check, enum trial_kind kind,
                         const char *when)
{
	return (struct trial){
		.kind = kind,
		.provider_kind = check->kind,
		.file = check->job->file,
		.script = check->script,
		.plan = {.name = check->name},
		.kept_blocks = check->kept_blocks,
		.when = when,
	};
}

int check_run(struct check *check, const struct trial *trial,
              struct astro_error *err)
{
	int status;

	if (check->end != 0 && clock_boot() >= check->end) {
		check->left_out++;
		return ASTRO_OK;
	}
	status = trial_run(trial, &check->findings, &check->last, err);
	check->runs++;
	if (check->last.is_hung)
		check->hangs++;
	return status;
}

int check_run_kind(struct check *check, enum trial_kind kind, const char *when,
                   struct astro_error *err)
{
	struct trial trial = check_trial(check, kind, when);

	return check_run(check, &trial, err);
}

bool check_is_enough(const struct check *check)
{
	const struct findings *findings = &check->findings;

	/* To end what has no end takes long, where it is a program. */
	if (check->kind == PROVIDER_PROGRAM &&
	    (findings_times(findings, RULE_SILENCE) > 0 ||
	     findings_times(findings, RULE_ENDLESS) > 0))
		return true;
	return check->hangs >= HANGS_MAX ||
	       findings_times(findings, RULE_THREADS) >= THREADS_MAX;
}

int check_failing_call(struct check *check, const struct trial *like, size_t at,
                       int status, struct astro_error *err)
{
	struct trial trial = *like;
	char when[CHECK_WHEN_SIZE];

	(void)snprintf(when, sizeof(when),
	               "%s, call %zu of the host failing: %s", like->when, at,
	               status_name(status));
	trial.when = when;
	trial.plan.fail_call = at;
	trial.plan.fail_status = status;
	return check_run(check, &trial, err);
}

int check_lies(struct check *check, const struct trial *like, size_t count,
               struct astro_error *err)
{
	int way, result = ASTRO_OK;
	char when[CHECK_WHEN_SIZE];
	size_t at;

	if (count > ANSWERS_MAX)
		count = ANSWERS_MAX;
	for (way = LIE_NONE + 1; way < LIE_COUNT && count > 0; way++)
		for (at = 0; at <= count; at++) {
			struct trial trial = *like;

			trial.plan.lie = (enum server_lie)way;
			trial.plan.lie_answer = at;
			(void)snprintf(when, sizeof(when),
			               "%s, answer %zu being %s", like->when,
			               at, server_lie_name(trial.plan.lie));
			if (at == 0)
				(void)snprintf(when, sizeof(when),
				               "%s, every answer being %s",
				               like->when,
				               server_lie_name(trial.plan.lie));
			trial.when = when;
			result = check_run(check, &trial, err);
			if (result != ASTRO_OK || check_is_enough(check))
				return result;
		}
	return result;
}

void check_say_login_failed(struct check *check, const char *when)
{
	char text[FINDING_TEXT_MAX];

	/* What was found already may well be why. */
	if (check->last.is_dead || check->last.status == ASTRO_OK ||
	    findings_count(&check->findings, RULE_ERROR) > 0)
		return;
	(void)snprintf(text, sizeof(text), "it ends with \"%.300s\"",
	               check->last.message);
	findings_add(&check->findings, RULE_LOGIN, text, when);
}

int check_people(struct check *check, struct astro_error *err)
{
	static const struct {
		enum host_person person;
		bool nobody;
		const char *when;
	} people[] = {
		{PERSON_SILENT, false, "a login, Enter for every question"},
		{PERSON_ODD, false, "a login, control characters typed"},
		{PERSON_WORDY, false, "a login, 4 KiB typed"},
		{PERSON_WILLING, true, "a login, nobody there to ask"},
	};
	size_t i;
	int status = ASTRO_OK;

	for (i = 0; i < sizeof(people) / sizeof(people[0]); i++) {
		struct trial trial =
			check_trial(check, TRIAL_LOGIN, people[i].when);

		trial.plan.person = people[i].person;
		trial.plan.nobody = people[i].nobody;
		status = check_run(check, &trial, err);
		if (status != ASTRO_OK || check_is_enough(check))
			break;
	}
	return status;
}

static int check_all(struct check *check, struct astro_error *err)
{
	struct findings *findings = &check->findings;
	int status;

	if (!find_name(check)) {
		findings_add(findings, RULE_FILE,
		             "its name is not that of a provider", "");
		return ASTRO_OK;
	}
	status = check_run_kind(check, TRIAL_FILE, "", err);
	if (status != ASTRO_OK || findings_count(findings, RULE_ERROR) > 0)
		return status;
	status = check_run_kind(
		check, TRIAL_LOAD,
		check->kind == PROVIDER_PROGRAM ? "starting" : "loading", err);
	if (status != ASTRO_OK || check->last.is_dead ||
	    check->last.title[0] == '\0')
		return status;
	report_value(check->report_fd, "name", check->name);
	report_value(check->report_fd, "title", check->last.title);
	return check->kind == PROVIDER_PROGRAM ? check_program(check, err)
	                                       : check_library(check, err);
}

int astro_check_v1(const struct check_job *job, int report_fd)
{
	struct check *check = calloc(1, sizeof(*check));
	struct astro_error err = {0};
	char number[32];
	int status;

	/* This module has its own copy of the base, switches included. */
	interrupt_install();
	json_setup();
	if (check == NULL) {
		status = error_no_memory(&err);
		goto out;
	}
	check->job = job;
	check->report_fd = report_fd;
	status = script_load(job->script, &check->script, &err);
	if (status == ASTRO_OK)
		status = check_all(check, &err);
	if (status == ASTRO_OK) {
		(void)snprintf(number, sizeof(number), "%zu", check->runs);
		report_value(report_fd, "runs", number);
		(void)snprintf(number, sizeof(number), "%zu", check->left_out);
		report_value(report_fd, "left_out", number);
		findings_report(&check->findings, report_fd);
	}
	script_free(check->script);
	free(check);
out:
	report_end(report_fd, status, &err);
	return error_exit_code(status);
}
