/* SPDX-License-Identifier: Apache-2.0 */
/* Docker's config.json: which helper is asked for which registry. */
#ifndef CORE_CLI_CREDENTIAL_DOCKER_CONFIG_H
#define CORE_CLI_CREDENTIAL_DOCKER_CONFIG_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

#include "text.h"

/* The file as it is, and as it shall be. */
struct docker_config {
	char folder[PATH_MAX];    /* DOCKER_CONFIG, or ~/.docker */
	char path[PATH_MAX + 16]; /* links followed */
	bool exists;
	unsigned mode;
	struct text text; /* it may hold passwords: wiped */
};

/*
 * Find and read it; a missing one is empty.  docker_config_clear() in the end,
 * whatever happened.  ASTRO_STORE: it cannot be read; ASTRO_UNSAFE: it is
 * somebody else's.
 */
int docker_config_read(struct docker_config *config, struct astro_error *err);
/*
 * Name HELPER for HOST under credHelpers; every other byte stays.  *IS_CHANGED
 * is false when it is named already.  ASTRO_BAD_CONFIG: the file is no JSON
 * object, or its credHelpers is none.
 */
int docker_config_set(struct docker_config *config, const char *host,
                      const char *helper, bool *is_changed,
                      struct astro_error *err);
/* Write it whole: temporary file, fsync, rename. */
int docker_config_write(const struct docker_config *config,
                        struct astro_error *err);
void docker_config_clear(struct docker_config *config);

#endif
