/* SPDX-License-Identifier: Apache-2.0 */
/* The door of libastro-engine.so: set up, do the job, report how it ended. */
#include "engine.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "catalogue.h"
#include "doctor.h"
#include "error.h"
#include "interrupt.h"
#include "json.h"
#include "log.h"
#include "login.h"
#include "logout.h"
#include "move.h"
#include "renew.h"
#include "report.h"

static int run(const struct engine_job *job, int report_fd,
               struct astro_error *err)
{
	switch (job->task) {
	case ENGINE_LOGIN:
		return login_run(job, report_fd, err);
	case ENGINE_WORKSPACES:
	case ENGINE_SELECT:
		return workspaces_run(job, report_fd, err);
	case ENGINE_TOKEN:
		return token_run(job, report_fd, err);
	case ENGINE_LOGOUT:
		return logout_run(job, report_fd, err);
	case ENGINE_MOVE:
		return move_run(job, report_fd, err);
	case ENGINE_PROVIDERS:
		return catalogue_run(job, report_fd, err);
	case ENGINE_DOCTOR:
		return doctor_run(job, report_fd, err);
	}
	return error_set(err, ASTRO_INTERNAL, "please report this",
	                 "the engine does not know task %d", (int)job->task);
}

/*
 * Data on standard output is astro's: a provider that writes there would stand
 * in the middle of a token.  What it writes goes into a file of its own, whose
 * size tells (footprint.c); OUT is where standard output was.
 */
static int set_output_apart(int *out, struct astro_error *err)
{
	int own = memfd_create("astro-provider-output", MFD_CLOEXEC);

	*out = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (own < 0 || *out < 0 || dup2(own, STDOUT_FILENO) < 0)
		return error_set_system(err, ASTRO_INTERNAL, errno, NULL,
		                        "setting standard output apart");
	(void)close(own);
	return ASTRO_OK;
}

int astro_engine_v1(const struct engine_job *job, int report_fd)
{
	struct astro_error err = {.status = ASTRO_OK};
	struct engine_job own = *job;
	int status;

	/* This library has its own copy of the base, switches included. */
	interrupt_install();
	log_set_verbose(job->verbose);
	json_setup();

	status = set_output_apart(&own.events_fd, &err);
	if (status == ASTRO_OK)
		status = run(&own, report_fd, &err);
	report_end(report_fd, status, &err);
	return error_exit_code(status);
}
