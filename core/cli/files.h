/* SPDX-License-Identifier: Apache-2.0 */
/* The context file, as a command needs it. */
#ifndef CORE_CLI_FILES_H
#define CORE_CLI_FILES_H

#include <stdbool.h>

#include "context.h"
#include "domain.h"

struct files {
	struct paths paths;
	struct config *config;
};

/* Zeroed memory may be cleared too. */
int files_open(struct files *files, struct astro_error *err);
void files_clear(struct files *files);

/*
 * The context that a person named, or with TYPED NULL the current one.
 * ASTRO_NOT_FOUND: unknown; ASTRO_EXPIRED: no context is current.  Unlike
 * these, *OUT NULL with ASTRO_OK is no result of this function.
 */
int files_pick(const struct files *files, const char *typed,
               const struct context **out, struct astro_error *err);
/* The current one, *OUT NULL when there is none or it is not stored;
 * ASTRO_USAGE where ASTRO_DOMAIN is no name at all. */
int files_current(const struct files *files, const struct context **out,
                  struct astro_error *err);
/* True when the file's own `context` means CONTEXT. */
bool files_selects(const struct files *files, const struct context *context);

#endif
