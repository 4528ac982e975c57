/* SPDX-License-Identifier: Apache-2.0 */
/* astro auth doctor: what a login needs, looked at from end to end. */
#include <string.h>

#include "clock.h"
#include "command.h"
#include "engine_open.h"
#include "error.h"
#include "exam.h"
#include "interrupt.h"
#include "log.h"

enum {
	/* A keyring may ask to be unlocked. */
	PERSON_MS = 60 * 1000,
	GRACE_MS = 30 * 1000
};

static const struct option options_doctor[] = {
	{"domain", 'd', OPTION_TEXT, "DOMAIN",
         "look at this context, instead of the current one"},
	{"json", 0, OPTION_SWITCH, NULL, "print one JSON document"},
};

static const char text_doctor[] =
	"Looks at the files, the environment, the context, its login and the "
	"place where it\nis kept, the provider, the way to your browser and the "
	"servers, and says what is\nwrong and how to mend it.  Nothing is "
	"changed, no secret is sent or shown.\n\n"
	"The exit code is that of the gravest error, 0 when there is none: 7, "
	"6, 5, 4, 3 as\n`astro help` has them.";

/* A provider that has crashed, or the engine that is not there. */
static void note_end(struct exam *exam, const struct report *report,
                     const struct astro_error *why)
{
	bool has_begun =
		report != NULL && (report_get(report, "check", 0) != NULL ||
	                           report_reached(report) != REPORT_STARTED);

	diagnosis_fail(&exam->diagnosis,
	               has_begun ? "context.trial" : "program.engine",
	               "install astro again, or report this", why);
}

static int ask_engine(struct exam *exam, struct astro_error *err)
{
	struct engine_job job;
	struct report *report = NULL;
	struct astro_error why = {0};
	int status;

	memset(&job, 0, sizeof(job));
	job.task = ENGINE_DOCTOR;
	job.name = exam->name;
	job.is_issuer = exam->is_issuer;
	job.replaced = exam->is_replaced;
	job.deadline = clock_boot() + PERSON_MS;
	job.verbose = log_is_verbose();
	status = engine_run(&job, job.deadline + GRACE_MS, &report, &why);
	if (report != NULL)
		diagnosis_take(&exam->diagnosis, report);
	if (status == ASTRO_OK)
		diagnosis_note(&exam->diagnosis, "program.engine",
		               DIAGNOSIS_FACT, "astro " ASTRO_VERSION);
	else if (status == ASTRO_CANCELLED || status == ASTRO_NO_MEMORY)
		*err = why;
	else
		note_end(exam, report, &why);
	report_free(report);
	return status == ASTRO_CANCELLED || status == ASTRO_NO_MEMORY
	               ? status
	               : ASTRO_OK;
}

static int look(struct exam *exam, struct astro_error *err)
{
	int status;

	exam_files(exam);
	status = exam_context(exam, err);
	if (status != ASTRO_OK)
		return status;
	exam_variables(exam);
	exam_program(exam);
	status = interrupt_check(err);
	if (status == ASTRO_OK && exam->has_proc &&
	    (exam->name[0] != '\0' || exam->files.config == NULL))
		status = ask_engine(exam, err);
	if (status == ASTRO_OK && exam->diagnosis.is_broken)
		status = error_no_memory(err);
	return status;
}

static int judge(const struct exam *exam, struct astro_error *err)
{
	const struct diagnosis *diagnosis = &exam->diagnosis;
	const struct diagnosis_check *gravest = diagnosis_gravest(diagnosis);
	size_t errors = diagnosis_count(diagnosis, DIAGNOSIS_ERROR);
	size_t warnings = diagnosis_count(diagnosis, DIAGNOSIS_WARNING);

	if (gravest == NULL)
		return ASTRO_OK;
	return error_set(err, (enum astro_status)gravest->what.status,
	                 "mend what is listed, and ask the doctor again",
	                 "the doctor has found %zu error%s and %zu warning%s",
	                 errors, errors == 1 ? "" : "s", warnings,
	                 warnings == 1 ? "" : "s");
}

static int run_doctor(const struct options *options, struct astro_error *err)
{
	struct exam exam;
	int status;

	memset(&exam, 0, sizeof(exam));
	diagnosis_init(&exam.diagnosis, -1);
	exam.typed = options_text(options, "domain");
	status = look(&exam, err);
	if (status == ASTRO_OK && options_has(options, "json"))
		status = exam_show_json(&exam, err);
	else if (status == ASTRO_OK)
		exam_show(&exam);
	if (status == ASTRO_OK)
		status = judge(&exam, err);
	exam_clear(&exam);
	return status;
}

const struct command command_auth_doctor = {
	.group = "auth",
	.name = "doctor",
	.summary = "Check what a broken login needs checked",
	.operands = "",
	.options = options_doctor,
	.option_count = sizeof(options_doctor) / sizeof(options_doctor[0]),
	.text = text_doctor,
	.run = run_doctor,
};
