/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's project, made from the templates that are installed. */
#ifndef CORE_CLI_PROJECT_H
#define CORE_CLI_PROJECT_H

#include <stddef.h>

#include <astro/provider.h>

struct project {
	const char *name;   /* of the provider */
	const char *kind;   /* one of project_kinds */
	const char *folder; /* made, unless it is there */
};

/* "oauth", "password", "token", ended by NULL; the first is the usual one. */
extern const char *const project_kinds[];

/*
 * Write the files.  ASTRO_USAGE for a name or a kind that makes no sense.  A
 * file that is there already is never touched, and then none is written; after
 * an error nothing of it stays.
 */
int project_make(const struct project *project, struct astro_error *err);

#endif
