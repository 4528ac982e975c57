/* SPDX-License-Identifier: Apache-2.0 */
/* A check on its way: trials, and what they have found. */
#ifndef CORE_CHECK_CHECKING_H
#define CORE_CHECK_CHECKING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

#include "findings.h"
#include "trial.h"

/* "a login with a given token, answer 17 being ..." */
enum { CHECK_WHEN_SIZE = 200, CHECK_NAME_SIZE = 40 };

struct check_job;
struct script;

struct check {
	const struct check_job *job;
	int report_fd;
	enum provider_kind kind;
	char name[CHECK_NAME_SIZE];
	struct script *script;
	struct findings findings;
	size_t runs, hangs;
	int64_t end;     /* clock_boot(): no trial is begun after it; 0: none */
	size_t left_out; /* for that */
	size_t kept_blocks; /* that a login leaves, and a second one does not */
	struct trial_result last;
};

struct trial check_trial(const struct check *check, enum trial_kind kind,
                         const char *when);
/* Run TRIAL, whose result is check->last then; unless it is too late. */
int check_run(struct check *check, const struct trial *trial,
              struct astro_error *err);
int check_run_kind(struct check *check, enum trial_kind kind, const char *when,
                   struct astro_error *err);
/* One that hangs would hang in all of them. */
bool check_is_enough(const struct check *check);

/* A login with people who answer oddly, or not at all. */
int check_people(struct check *check, struct astro_error *err);
/* LIKE, in which each of the first COUNT answers lies once in every way, and
 * then all of them do. */
int check_lies(struct check *check, const struct trial *like, size_t count,
               struct astro_error *err);
/* LIKE with the call AT failing with STATUS. */
int check_failing_call(struct check *check, const struct trial *like, size_t at,
                       int status, struct astro_error *err);
/* The last trial was a login, which should have come about. */
void check_say_login_failed(struct check *check, const char *when);

/* What there is to try beyond the file and loading, for either kind. */
int check_library(struct check *check, struct astro_error *err);
int check_program(struct check *check, struct astro_error *err);

#endif
