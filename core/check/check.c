/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which trials there are: the file, loading, then a login with everything that
 * can go wrong in it going wrong once.
 */
#include "check_module.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "findings.h"
#include "interrupt.h"
#include "json.h"
#include "provider_table.h"
#include "report.h"
#include "script.h"
#include "trial.h"

enum {
	NAME_SIZE = 40,
	/* A login has some dozens; one with more is tried up to here. */
	CALLS_MAX = 250,
	ALLOCATIONS_MAX = 300,
	ANSWERS_MAX = 30,
	/* Each costs five seconds; one that leaves a thread a tenth of one,
	 * in which the thread might end. */
	HANGS_MAX = 1,
	THREADS_MAX = 5
};

struct check {
	const struct check_job *job;
	int report_fd;
	char name[NAME_SIZE];
	struct script *script;
	struct findings findings;
	size_t runs, hangs;
	size_t kept_blocks; /* that a login leaves, and a second one does not */
	struct trial_result last;
};

/* "path/to/NAME.so" */
static bool find_name(struct check *check)
{
	const char *file = check->job->file;
	const char *slash = strrchr(file, '/');
	const char *name = slash == NULL ? file : slash + 1;
	size_t len = strlen(name);

	if (len <= 3 || len - 3 >= NAME_SIZE ||
	    strcmp(name + len - 3, ".so") != 0)
		return false;
	memcpy(check->name, name, len - 3);
	check->name[len - 3] = '\0';
	return provider_name_is_plain(check->name);
}

static struct trial trial_of(const struct check *check, enum trial_kind kind,
                             const char *when)
{
	return (struct trial){
		.kind = kind,
		.file = check->job->file,
		.script = check->script,
		.plan = {.name = check->name},
		.kept_blocks = check->kept_blocks,
		.when = when,
	};
}

static int run(struct check *check, const struct trial *trial,
               struct astro_error *err)
{
	int status = trial_run(trial, &check->findings, &check->last, err);

	check->runs++;
	if (check->last.is_hung)
		check->hangs++;
	return status;
}

static int run_kind(struct check *check, enum trial_kind kind, const char *when,
                    struct astro_error *err)
{
	struct trial trial = trial_of(check, kind, when);

	return run(check, &trial, err);
}

/* One that hangs would hang in all of them. */
static bool is_enough(const struct check *check)
{
	return check->hangs >= HANGS_MAX ||
	       findings_times(&check->findings, RULE_THREADS) >= THREADS_MAX;
}

/* ---- everything fails once ---- */

/* After TRIAL, whose login has shown how many calls there are. */
static int fail_calls(struct check *check, const struct trial *like,
                      struct astro_error *err)
{
	size_t count = check->last.calls, at;
	int result = ASTRO_OK, failure;
	char when[200];

	for (failure = ASTRO_CANCELLED; failure <= ASTRO_INTERNAL; failure++)
		for (at = 1; at <= count && at <= CALLS_MAX; at++) {
			struct trial trial = *like;

			(void)snprintf(when, sizeof(when),
			               "%s, call %zu of the host failing: %s",
			               like->when, at, status_name(failure));
			trial.when = when;
			trial.plan.fail_call = at;
			trial.plan.fail_status = failure;
			result = run(check, &trial, err);
			if (result != ASTRO_OK || is_enough(check))
				return result;
		}
	return result;
}

static int fail_allocations(struct check *check, const struct trial *like,
                            size_t count, struct astro_error *err)
{
	size_t at;
	int result = ASTRO_OK;
	char when[200];

	for (at = 1; at <= count && at <= ALLOCATIONS_MAX; at++) {
		struct trial trial = *like;

		(void)snprintf(when, sizeof(when), "%s, allocation %zu failing",
		               like->when, at);
		trial.when = when;
		trial.fail_allocation = at;
		result = run(check, &trial, err);
		if (result != ASTRO_OK || is_enough(check))
			break;
	}
	return result;
}

/* Every answer lies once, in every way, and then all of them do. */
static int lie(struct check *check, const struct trial *like, size_t count,
               struct astro_error *err)
{
	int way, result = ASTRO_OK;
	char when[200];
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
			result = run(check, &trial, err);
			if (result != ASTRO_OK || is_enough(check))
				return result;
		}
	return result;
}

/* ---- the parts of a check ---- */

static void say_login_failed(struct check *check, const char *when)
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

/* One way to log in, whole, and then with everything failing. */
static int check_way(struct check *check, const char *given, const char *when,
                     struct astro_error *err)
{
	struct trial trial = trial_of(check, TRIAL_LOGIN, when);
	struct trial_result whole;
	int status;

	trial.plan.given = given;
	status = run(check, &trial, err);
	if (status != ASTRO_OK || is_enough(check))
		return status;
	whole = check->last;
	if (given == NULL)
		say_login_failed(check, when);
	status = fail_calls(check, &trial, err);
	if (status == ASTRO_OK && !is_enough(check))
		status =
			fail_allocations(check, &trial, whole.allocations, err);
	if (status == ASTRO_OK && !is_enough(check))
		status = lie(check, &trial, whole.answers, err);
	return status;
}

static int check_people(struct check *check, struct astro_error *err)
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
			trial_of(check, TRIAL_LOGIN, people[i].when);

		trial.plan.person = people[i].person;
		trial.plan.nobody = people[i].nobody;
		status = run(check, &trial, err);
		if (status != ASTRO_OK || is_enough(check))
			break;
	}
	return status;
}

/* What the first login leaves may be a cache; what each leaves is a leak. */
static int find_kept_blocks(struct check *check, struct astro_error *err)
{
	char text[FINDING_TEXT_MAX];
	int status;

	check->kept_blocks = SIZE_MAX;
	status = run_kind(check, TRIAL_LOGIN, "a login", err);
	if (status != ASTRO_OK || check->last.is_dead) {
		check->kept_blocks = 0;
		return status;
	}
	check->kept_blocks = check->last.blocks;
	status = run_kind(check, TRIAL_TWICE, "two logins in a row", err);
	if (status == ASTRO_OK && check->kept_blocks > 0) {
		(void)snprintf(text, sizeof(text),
		               "%zu block%s of memory stay%s after the first "
		               "login",
		               check->kept_blocks,
		               check->kept_blocks == 1 ? "" : "s",
		               check->kept_blocks == 1 ? "s" : "");
		findings_add(&check->findings, RULE_CACHE, text, "a login");
	}
	return status;
}

static int check_behaviour(struct check *check, struct astro_error *err)
{
	static const struct {
		enum trial_kind kind;
		const char *when;
	} simple[] = {
		{TRIAL_CLOSE_NOTHING, "close(NULL)"},
		{TRIAL_OPEN, "open and close"},
		{TRIAL_TWO, "two sessions at once"},
	};
	size_t i;
	int status = find_kept_blocks(check, err);

	for (i = 0; i < sizeof(simple) / sizeof(simple[0]); i++)
		if (status == ASTRO_OK && !is_enough(check))
			status = run_kind(check, simple[i].kind, simple[i].when,
			                  err);
	if (status == ASTRO_OK && !is_enough(check))
		status = check_people(check, err);
	if (status == ASTRO_OK && !is_enough(check))
		status = check_way(check, NULL, "a login", err);
	if (status == ASTRO_OK && !is_enough(check))
		status = check_way(check, "token", "a login with a given token",
		                   err);
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
	status = run_kind(check, TRIAL_FILE, "", err);
	if (status != ASTRO_OK || findings_count(findings, RULE_ERROR) > 0)
		return status;
	status = run_kind(check, TRIAL_LOAD, "loading", err);
	if (status != ASTRO_OK || check->last.is_dead ||
	    check->last.title[0] == '\0')
		return status;
	report_value(check->report_fd, "name", check->name);
	report_value(check->report_fd, "title", check->last.title);
	status = run_kind(check, TRIAL_UNLOAD, "unloading", err);
	if (status == ASTRO_OK && !is_enough(check))
		status = check_behaviour(check, err);
	return status;
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
		findings_report(&check->findings, report_fd);
	}
	script_free(check->script);
	free(check);
out:
	report_end(report_fd, status, &err);
	return error_exit_code(status);
}
