/* SPDX-License-Identifier: Apache-2.0 */
/* The door of libastro-engine.so: set up, do the job, report how it ended. */
#include "engine.h"

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
	}
	return error_set(err, ASTRO_INTERNAL, "please report this",
	                 "the engine does not know task %d", (int)job->task);
}

int astro_engine_v1(const struct engine_job *job, int report_fd)
{
	struct astro_error err = {.status = ASTRO_OK};
	int status;

	/* This library has its own copy of the base, switches included. */
	interrupt_install();
	log_set_verbose(job->verbose);
	json_setup();

	status = run(job, report_fd, &err);
	report_end(report_fd, status, &err);
	return error_exit_code(status);
}
