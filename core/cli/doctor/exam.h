/* SPDX-License-Identifier: Apache-2.0 */
/* `astro auth doctor`: what is looked at without the engine, and how all of it
 * is shown.  Nothing here changes anything. */
#ifndef CORE_CLI_DOCTOR_EXAM_H
#define CORE_CLI_DOCTOR_EXAM_H

#include <stdbool.h>

#include <astro/provider.h>

#include "api_token.h"
#include "diagnosis.h"
#include "domain.h"
#include "files.h"

/* One run.  Zeroed, then diagnosis_init(); exam_clear() in the end. */
struct exam {
	struct diagnosis diagnosis;
	const char *typed; /* -d DOMAIN, or NULL */
	/* Their config is NULL where the file cannot be read. */
	struct files files;
	/* The context that is looked at, stored or not; "" where it cannot be
	 * told which. */
	char name[DOMAIN_NAME_MAX];
	bool is_issuer;
	const struct context *context; /* NULL: it is not stored */
	bool is_replaced;              /* by a good ASTRO_API_TOKEN */
	bool has_proc;
};
void exam_clear(struct exam *exam);

/* The folder, the file, its lock and its disk. */
void exam_files(struct exam *exam);
/* Which context, and whether its login is being renewed.  ASTRO_USAGE for a -d
 * that is no domain: not a finding, but no command either. */
int exam_context(struct exam *exam, struct astro_error *err);
/* ASTRO_API_TOKEN and what it has replaced.  The token is gone from the
 * environment afterwards. */
void exam_variables(struct exam *exam);
/* This program, and the clock. */
void exam_program(struct exam *exam);

/* For people, on standard output. */
void exam_show(const struct exam *exam);
int exam_show_json(const struct exam *exam, struct astro_error *err);

#endif
