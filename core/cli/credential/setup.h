/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One tool's configuration.  A plan is text in the tool's own language, which a
 * person could paste; applying it lets the tool, where it is there, do its own
 * writing.
 */
#ifndef CORE_CLI_CREDENTIAL_SETUP_H
#define CORE_CLI_CREDENTIAL_SETUP_H

#include <limits.h>

#include <astro/provider.h>

#include "files.h"
#include "host.h"
#include "options.h"
#include "text.h"
#include "tool.h"

enum { SETUP_PLAN_MAX = 1024 * 1024 };

struct setup {
	const struct options *options;
	char self[PATH_MAX]; /* this program */
	struct files files;
	const struct context *context;
	struct text plan;
};

/* Each fills in the plan; ASTRO_NOT_FOUND when the context names no host. */
int setup_kubectl_plan(struct setup *setup, struct astro_error *err);
int setup_git_plan(struct setup *setup, struct astro_error *err);
int setup_docker_plan(struct setup *setup, struct astro_error *err);
/* Each carries it out, and tells what was done. */
int setup_kubectl_apply(struct setup *setup, struct astro_error *err);
int setup_git_apply(struct setup *setup, struct astro_error *err);
int setup_docker_apply(struct setup *setup, struct astro_error *err);

/* Where the tool cannot be run: the plan on standard output, and
 * ASTRO_UNSUPPORTED. */
int setup_refuse(struct setup *setup, const char *hint, const char *fault,
                 struct astro_error *err);

#endif
