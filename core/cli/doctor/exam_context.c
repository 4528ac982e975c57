/* SPDX-License-Identifier: Apache-2.0 */
/* Which context is meant, and what the environment puts in its place. */
#include "exam.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "clock.h"
#include "error.h"
#include "secret.h"
#include "state.h"
#include "stored.h"

#define USUAL_DOMAIN "astronomer.io"

enum { CLOCK_SECONDS = 60, ORGANIZATION_MAX = 256 };

void exam_clear(struct exam *exam)
{
	diagnosis_clear(&exam->diagnosis);
	files_clear(&exam->files);
}

/* ---- the context ---- */

static void take_name(struct exam *exam, const char *name)
{
	if (exam->context != NULL) {
		name = context_name(exam->context);
		exam->is_issuer =
			context_value(exam->context, "issuer") != NULL;
	}
	(void)snprintf(exam->name, sizeof(exam->name), "%s", name);
}

static void find_typed(struct exam *exam, const char *canonical)
{
	if (exam->files.config != NULL)
		(void)files_pick(&exam->files, exam->typed, &exam->context,
		                 NULL);
	take_name(exam, canonical);
	if (exam->files.config == NULL)
		return;
	diagnosis_note(&exam->diagnosis, "context.current", DIAGNOSIS_FACT,
	               exam->context == NULL ? "%s, which is not in the file"
	                                     : "%s",
	               exam->name);
}

static void find_current(struct exam *exam)
{
	const char *variable = getenv("ASTRO_DOMAIN"), *name;
	struct astro_error why = {0};
	int status;

	status = config_current(exam->files.config, &exam->context, &why);
	name = config_current_name(exam->files.config);
	if (status != ASTRO_OK && status != ASTRO_EXPIRED) {
		diagnosis_fail(&exam->diagnosis, "context.current",
		               "correct or unset ASTRO_DOMAIN", &why);
		return;
	}
	take_name(exam, name == NULL ? USUAL_DOMAIN : name);
	if (status != ASTRO_OK)
		diagnosis_doubt(&exam->diagnosis, "context.current",
		                "log in with `astro login`", &why);
	else if (exam->context == NULL)
		diagnosis_note(
			&exam->diagnosis, "context.current", DIAGNOSIS_FACT,
			"no context set: a login goes to %s", exam->name);
	else
		diagnosis_note(&exam->diagnosis, "context.current",
		               DIAGNOSIS_FACT, "%s%s", exam->name,
		               variable != NULL && variable[0] != '\0'
		                       ? " (ASTRO_DOMAIN says so, not the file)"
		                       : "");
}

/* A refresh takes seconds; what one has left behind is for the next one. */
static void check_refresh(struct exam *exam)
{
	struct state_sight sight;

	if (exam->context == NULL)
		return;
	state_look(&exam->files.paths, context_key(exam->context), &sight);
	if (sight.is_held)
		diagnosis_warn(&exam->diagnosis, "context.lock",
		               "wait for it, or end that program",
		               "%s is changing the login",
		               sight.holder[0] == '\0' ? "another program"
		                                       : sight.holder);
	else if (sight.has_journal)
		diagnosis_warn(&exam->diagnosis, "context.lock",
		               "run `astro auth token`, which takes it up",
		               "a renewal of the login was cut off");
	else
		diagnosis_note(&exam->diagnosis, "context.lock", DIAGNOSIS_OK,
		               "no renewal is under way");
}

int exam_context(struct exam *exam, struct astro_error *err)
{
	char canonical[DOMAIN_NAME_MAX] = "";
	int status = ASTRO_OK;

	if (exam->typed != NULL && exam->typed[0] == '\0')
		return error_set(err, ASTRO_USAGE, NULL, "the domain is empty");
	if (exam->typed != NULL)
		status = domain_canonical(exam->typed, canonical,
		                          &exam->is_issuer, err);
	/* A name as `context list` shows it may be no domain. */
	if (status != ASTRO_OK && exam->files.config != NULL &&
	    config_find(exam->files.config, exam->typed) != NULL)
		status = ASTRO_OK;
	if (status != ASTRO_OK)
		return status;
	if (exam->typed != NULL)
		find_typed(exam, canonical);
	else if (exam->files.config != NULL)
		find_current(exam);
	if (exam->files.config == NULL)
		diagnosis_note(&exam->diagnosis, "context.current",
		               DIAGNOSIS_SKIPPED,
		               "the context file cannot be read");
	check_refresh(exam);
	return ASTRO_OK;
}

/* ---- the environment ---- */

/* True, and said, where the token is for somebody else than the context. */
static bool is_elsewhere(struct exam *exam, const struct api_token *token)
{
	static const char fix[] = "switch the context, or set ASTRO_API_TOKEN "
				  "to a token of its organization";
	const struct context *context = exam->context;
	char organization[ORGANIZATION_MAX];
	const char *selected;

	if (context == NULL ||
	    !api_token_organization(token->token, organization,
	                            sizeof(organization)))
		return false;
	selected = context_value(context, "organization");
	if (strcmp(context_provider(context), "astro") != 0)
		diagnosis_warn(&exam->diagnosis, "variables.token", fix,
		               "ASTRO_API_TOKEN is a token of Astro's, and %s "
		               "is not",
		               exam->name);
	else if (selected != NULL && strcmp(selected, organization) != 0)
		diagnosis_warn(&exam->diagnosis, "variables.token", fix,
		               "ASTRO_API_TOKEN is for the organization %s, "
		               "and %s has %s selected",
		               organization, exam->name, selected);
	else
		return false;
	return true;
}

static void judge_token(struct exam *exam, const struct api_token *token)
{
	struct stored stored = {.place = NULL};
	struct astro_error why = {0};
	char until[64];

	if (exam->typed != NULL) {
		diagnosis_note(&exam->diagnosis, "variables.token",
		               DIAGNOSIS_OK,
		               "ASTRO_API_TOKEN does not count with -d");
		return;
	}
	if (api_token_check(token, clock_wall(), &why) != ASTRO_OK) {
		diagnosis_fail(&exam->diagnosis, "variables.token",
		               "set ASTRO_API_TOKEN anew, or unset it", &why);
		return;
	}
	exam->is_replaced = true;
	if (is_elsewhere(exam, token))
		return;
	if (exam->context != NULL)
		(void)stored_read(exam->context, &stored, NULL);
	context_expiry_text(token->expiry, until, sizeof(until));
	if (stored.place != NULL)
		diagnosis_warn(&exam->diagnosis, "variables.token",
		               "unset ASTRO_API_TOKEN to use the stored login",
		               "ASTRO_API_TOKEN (%s) is used instead of the "
		               "login stored for %s",
		               until, exam->name);
	else
		diagnosis_note(&exam->diagnosis, "variables.token",
		               DIAGNOSIS_FACT, "ASTRO_API_TOKEN is used: %s",
		               until);
}

void exam_variables(struct exam *exam)
{
	struct api_token token = {.token = NULL};
	struct astro_error why = {0};

	if (api_token_take(&token, &why) != ASTRO_OK)
		diagnosis_fail(&exam->diagnosis, "variables.token",
		               "set ASTRO_API_TOKEN anew, or unset it", &why);
	else if (token.token != NULL)
		judge_token(exam, &token);
	else if (exam->typed == NULL &&
	         api_token_refuse_retired(&why) != ASTRO_OK)
		diagnosis_fail(&exam->diagnosis, "variables.token", "unset it",
		               &why);
	else
		diagnosis_note(&exam->diagnosis, "variables.token",
		               DIAGNOSIS_OK, "ASTRO_API_TOKEN is not set");
	api_token_clear(&token);
}

/* ---- the program ---- */

/* Neither this program nor the file can be from the future. */
static void check_clock(struct exam *exam, int64_t built)
{
	static const char fix[] = "set the clock, as with `timedatectl "
				  "set-ntp true`";
	int64_t now = clock_wall(), written = 0;

	if (exam->files.config != NULL)
		written = config_written(exam->files.config);
	if (now < built)
		diagnosis_warn(&exam->diagnosis, "program.clock", fix,
		               "this machine's clock is %lld seconds before "
		               "the time at which astro was built",
		               (long long)(built - now));
	else if (written > now + CLOCK_SECONDS)
		diagnosis_warn(&exam->diagnosis, "program.clock", fix,
		               "this machine's clock has jumped: config.yaml "
		               "was written %lld seconds from now",
		               (long long)(written - now));
	else
		diagnosis_note(&exam->diagnosis, "program.clock", DIAGNOSIS_OK,
		               "the clock is after what was written before");
}

void exam_program(struct exam *exam)
{
	struct astro_error why;
	struct stat info;

	/* The link leads to the file, whose time is that of its build. */
	exam->has_proc = stat("/proc/self/exe", &info) == 0;
	if (!exam->has_proc) {
		(void)error_set(&why, ASTRO_INTERNAL,
		                "mount it: `mount -t proc proc /proc`",
		                "/proc is not mounted: no provider can be "
		                "loaded");
		diagnosis_fail(&exam->diagnosis, "program.proc", NULL, &why);
		info.st_mtim.tv_sec = 0;
	}
	check_clock(exam, (int64_t)info.st_mtim.tv_sec);
}
