/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the engine's checks, and those that ask nobody. */
#include "doctor.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "credential.h"
#include "error.h"
#include "interrupt.h"
#include "lifetime.h"
#include "resolve.h"
#include "store.h"

enum { SOON_SECONDS = 300, PLACE_SIZE = STORE_NAME_MAX + 16 };

/* ---- the login ---- */

/* What to type: an issuer, or a domain. */
static void write_fix(const struct doctor *doctor, char *out, size_t size)
{
	const struct context *context = doctor->core.settings.context;
	const char *issuer =
		context == NULL ? NULL : context_value(context, "issuer");
	bool is_issuer = issuer == NULL && doctor->core.job->is_issuer;

	(void)snprintf(out, size, "run `astro login %s%s`",
	               is_issuer ? "https://" : "",
	               issuer != NULL ? issuer : doctor->core.settings.name);
}

static void fail_missing(struct doctor *doctor, const struct store *store)
{
	struct astro_error why;
	char fix[ERROR_HINT_MAX];

	write_fix(doctor, fix, sizeof(fix));
	(void)error_set(&why, ASTRO_EXPIRED, fix, "not logged in to %s%s",
	                doctor->core.settings.name,
	                store->kind == STORE_NONE
	                        ? ": its store is none, which keeps nothing"
	                        : "");
	diagnosis_fail(&doctor->diagnosis, "login.token", fix, &why);
}

static void judge_login(struct doctor *doctor, const struct store *store,
                        const struct astro_credential *login)
{
	const char *account = credential_text(login, "user_email");
	bool renews = credential_get(login, "refresh_token") != NULL;
	int64_t left = lifetime_left(login);
	struct astro_error why;
	char fix[ERROR_HINT_MAX], until[64], place[PLACE_SIZE];

	write_fix(doctor, fix, sizeof(fix));
	context_expiry_text(credential_expiry(login), until, sizeof(until));
	(void)snprintf(place, sizeof(place), "in %s",
	               store->kind == STORE_FILE ? "the context file"
	                                         : store->name);
	if (left <= 0 && !renews) {
		(void)error_set(&why, ASTRO_EXPIRED, fix,
		                "the login for %s has ended: %s",
		                doctor->core.settings.name, until);
		diagnosis_fail(&doctor->diagnosis, "login.token", fix, &why);
	} else if (left <= SOON_SECONDS && !renews) {
		diagnosis_warn(&doctor->diagnosis, "login.token", fix,
		               "the login for %s ends in %lld seconds, and "
		               "cannot be renewed",
		               doctor->core.settings.name, (long long)left);
	} else {
		diagnosis_note(&doctor->diagnosis, "login.token",
		               DIAGNOSIS_FACT, "%s%s%s, %s%s",
		               account == NULL ? "" : account,
		               account == NULL ? "" : ", ", place,
		               left <= 0 ? "renewed at the next use" : until,
		               left > 0 && renews ? ", then renewed" : "");
	}
}

/* Read as a command would read it: of a keyring or a helper that is what fails
 * when it is locked, missing or hangs.  Nothing is written to prove more. */
static void check_login(struct doctor *doctor)
{
	static const char way_out[] = "see `man astro`, STORES, or log in with "
				      "--store file";
	struct astro_credential *login = NULL;
	struct astro_error why = {0};
	struct store store;
	int status;

	if (doctor->core.job->replaced) {
		diagnosis_note(&doctor->diagnosis, "login.token",
		               DIAGNOSIS_SKIPPED,
		               "ASTRO_API_TOKEN is used instead");
		return;
	}
	status = store_of_context(doctor->core.settings.context, &store, &why);
	if (status == ASTRO_OK)
		status = store_load(&store, &doctor->core, &login, &why);
	if (status != ASTRO_OK) {
		diagnosis_fail(&doctor->diagnosis, "login.store", way_out,
		               &why);
		return;
	}
	diagnosis_note(&doctor->diagnosis, "login.store", DIAGNOSIS_OK,
	               "the store %s can be read", store.name);
	if (login == NULL)
		fail_missing(doctor, &store);
	else
		judge_login(doctor, &store, login);
	credential_free(login);
}

/* ---- the provider ---- */

static void find_provider(struct doctor *doctor)
{
	struct astro_error why = {0};
	bool written_down;

	if (resolve_provider(&doctor->core, &doctor->provider, &written_down,
	                     &why) != ASTRO_OK) {
		doctor->provider = NULL;
		diagnosis_fail(&doctor->diagnosis, "context.provider",
		               "see what is there with `astro provider list`",
		               &why);
		return;
	}
	diagnosis_note(&doctor->diagnosis, "context.provider", DIAGNOSIS_FACT,
	               "provider %s (%s)", doctor->provider->name,
	               doctor->provider->title);
}

static void skip_servers(struct doctor *doctor, const char *why)
{
	diagnosis_note(&doctor->diagnosis, "network.server", DIAGNOSIS_SKIPPED,
	               "not asked: %s", why);
}

/* What the context and its file decide. */
static void check_context(struct doctor *doctor)
{
	check_login(doctor);
	find_provider(doctor);
	if (doctor->provider == NULL)
		skip_servers(doctor, "its provider is not there");
	else
		visit_run(doctor);
}

int doctor_run(const struct engine_job *job, int report_fd,
               struct astro_error *err)
{
	struct doctor doctor;
	struct astro_error why = {0};
	int status;

	memset(&doctor, 0, sizeof(doctor));
	diagnosis_init(&doctor.diagnosis, report_fd);
	reach_check_proxy(&doctor);
	status = core_open(&doctor.core, job, report_fd, &why);
	if (status == ASTRO_OK) {
		check_context(&doctor);
	} else if (doctor.core.config == NULL) {
		/* The parent has found, and said, what is wrong with it. */
		skip_servers(&doctor, "the context file cannot be read");
	} else {
		diagnosis_fail(&doctor.diagnosis, "context.provider",
		               "see `man astro`, FILES", &why);
		skip_servers(&doctor, "no provider can be loaded");
	}
	if (interrupt_check(NULL) == ASTRO_OK)
		way_check(&doctor);

	status = interrupt_check(err);
	if (status == ASTRO_OK && doctor.diagnosis.is_broken)
		status = error_no_memory(err);
	diagnosis_clear(&doctor.diagnosis);
	core_close(&doctor.core);
	return status;
}
