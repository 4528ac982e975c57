/* SPDX-License-Identifier: Apache-2.0 */
/* The trials of a library: everything that can go wrong in a login, once. */
#include <stdio.h>

#include "checking.h"
#include "error.h"

enum {
	/* A login has some dozens; one with more is tried up to here. */
	CALLS_MAX = 250,
	ALLOCATIONS_MAX = 300
};

/* After LIKE, whose login has shown how many calls there are. */
static int fail_calls(struct check *check, const struct trial *like,
                      struct astro_error *err)
{
	size_t count = check->last.calls, at;
	int result = ASTRO_OK, failure;

	for (failure = ASTRO_CANCELLED; failure <= ASTRO_INTERNAL; failure++)
		for (at = 1; at <= count && at <= CALLS_MAX; at++) {
			result = check_failing_call(check, like, at, failure,
			                            err);
			if (result != ASTRO_OK || check_is_enough(check))
				return result;
		}
	return result;
}

static int fail_allocations(struct check *check, const struct trial *like,
                            size_t count, struct astro_error *err)
{
	size_t at;
	int result = ASTRO_OK;
	char when[CHECK_WHEN_SIZE];

	for (at = 1; at <= count && at <= ALLOCATIONS_MAX; at++) {
		struct trial trial = *like;

		(void)snprintf(when, sizeof(when), "%s, allocation %zu failing",
		               like->when, at);
		trial.when = when;
		trial.fail_allocation = at;
		result = check_run(check, &trial, err);
		if (result != ASTRO_OK || check_is_enough(check))
			break;
	}
	return result;
}

/* One way to log in, whole, and then with everything failing. */
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
	status = fail_calls(check, &trial, err);
	if (status == ASTRO_OK && !check_is_enough(check))
		status =
			fail_allocations(check, &trial, whole.allocations, err);
	if (status == ASTRO_OK && !check_is_enough(check))
		status = check_lies(check, &trial, whole.answers, err);
	return status;
}

/* What the first login leaves may be a cache; what each leaves is a leak. */
static int find_kept_blocks(struct check *check, struct astro_error *err)
{
	char text[FINDING_TEXT_MAX];
	int status;

	check->kept_blocks = SIZE_MAX;
	status = check_run_kind(check, TRIAL_LOGIN, "a login", err);
	if (status != ASTRO_OK || check->last.is_dead) {
		check->kept_blocks = 0;
		return status;
	}
	check->kept_blocks = check->last.blocks;
	status = check_run_kind(check, TRIAL_TWICE, "two logins in a row", err);
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

int check_library(struct check *check, struct astro_error *err)
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
	int status = check_run_kind(check, TRIAL_UNLOAD, "unloading", err);

	if (status == ASTRO_OK && !check_is_enough(check))
		status = find_kept_blocks(check, err);

	for (i = 0; i < sizeof(simple) / sizeof(simple[0]); i++)
		if (status == ASTRO_OK && !check_is_enough(check))
			status = check_run_kind(check, simple[i].kind,
			                        simple[i].when, err);
	if (status == ASTRO_OK && !check_is_enough(check))
		status = check_people(check, err);
	if (status == ASTRO_OK && !check_is_enough(check))
		status = check_way(check, NULL, "a login", err);
	if (status == ASTRO_OK && !check_is_enough(check))
		status = check_way(check, "token", "a login with a given token",
		                   err);
	return status;
}
