/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trials of a program.  Each starts it anew, and twice where it refreshes
 * or revokes: so each call of the host fails in two ways, and not in all, and
 * there is a limit to the time of a check.
 */
#include <stdio.h>

#include "checking.h"
#include "clock.h"
#include "error.h"

enum {
	/* No trial is begun after that. */
	TIME_MS = 25 * 1000,
	CALLS_MAX = 100
};

/* The program is told a word, and has nothing to free: beside cancelled, which
 * is to end it, one of the others does for each call. */
static int word_for(size_t at)
{
	const size_t others = ASTRO_INTERNAL - ASTRO_CANCELLED;

	return ASTRO_CANCELLED + 1 + (int)(at % others);
}

static int fail_calls(struct check *check, const struct trial *like,
                      size_t count, bool is_cancelled, struct astro_error *err)
{
	int status = ASTRO_OK;
	size_t at;

	for (at = 1; at <= count && at <= CALLS_MAX; at++) {
		status = check_failing_call(
			check, like, at,
			is_cancelled ? ASTRO_CANCELLED : word_for(at), err);
		if (status != ASTRO_OK || check_is_enough(check))
			break;
	}
	return status;
}

static int check_way(struct check *check, const char *given, const char *when,
                     struct astro_error *err)
{
	struct trial trial = check_trial(check, TRIAL_LOGIN, when);
	struct trial_result whole;
	int status;

	trial.plan.given = given;
	status = check_run(check, &trial, err);
	if (status != ASTRO_OK || check_is_enough(check))
		return status;
	whole = check->last;
	if (given == NULL)
		check_say_login_failed(check, when);
	/* What matters most comes first: there may be no time for all. */
	status = fail_calls(check, &trial, whole.calls, true, err);
	if (status == ASTRO_OK && !check_is_enough(check))
		status = check_lies(check, &trial, whole.answers, err);
	if (status == ASTRO_OK && !check_is_enough(check))
		status = fail_calls(check, &trial, whole.calls, false, err);
	if (status == ASTRO_OK && whole.wants_token && given == NULL &&
	    !check_is_enough(check))
		status = check_way(check, "token", "a login with a given token",
		                   err);
	return status;
}

int check_program(struct check *check, struct astro_error *err)
{
	int status;

	check->end = clock_boot() + TIME_MS;
	status = check_run_kind(check, TRIAL_OPEN, "open and close", err);
	if (status == ASTRO_OK && !check_is_enough(check))
		status = check_run_kind(check, TRIAL_TWO,
		                        "two sessions at once", err);
	if (status == ASTRO_OK && !check_is_enough(check))
		status = check_people(check, err);
	if (status == ASTRO_OK && !check_is_enough(check))
		status = check_way(check, NULL, "a login", err);
	return status;
}
