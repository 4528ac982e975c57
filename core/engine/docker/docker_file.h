/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Docker's own config.json: where the credentials of a registry are kept.  It
 * is Docker's and the person's file: one entry of it is changed, the rest stays
 * byte for byte.
 */
#ifndef CORE_ENGINE_DOCKER_DOCKER_FILE_H
#define CORE_ENGINE_DOCKER_DOCKER_FILE_H

#include <limits.h>
#include <stdbool.h>

#include <astro/provider.h>

#include "text.h"

struct json;

struct docker_file {
	char path[PATH_MAX]; /* links not followed */
	bool exists;
	struct text bytes; /* with secrets in them */
	struct json *json;
};

/* True where there is such a file, or a docker program on PATH. */
bool docker_is_there(void);

/*
 * Find and read it: $DOCKER_CONFIG, else ~/.docker.  ASTRO_NOT_FOUND: this
 * machine has neither it nor a docker program.  ASTRO_STORE, ASTRO_BAD_CONFIG:
 * it cannot be read, or makes no sense.  Cleared with docker_file_clear(),
 * whatever the status.
 */
int docker_file_read(struct docker_file *out, struct astro_error *err);
void docker_file_clear(struct docker_file *config);

/* NAME of the docker-credential-NAME that keeps the credentials of REGISTRY,
 * lent; NULL: the file itself does. */
const char *docker_file_helper(const struct docker_file *config,
                               const char *registry);
/* Whether the file itself has credentials for REGISTRY. */
bool docker_file_has(const struct docker_file *config, const char *registry);
/* Whether these are USER and SECRET. */
bool docker_file_holds(const struct docker_file *config, const char *registry,
                       const char *user, const struct astro_secret *secret);
/* Keep them, as `docker login` does without a helper (base64, mode 0600), or
 * with USER NULL remove what there is.  ASTRO_STORE, ASTRO_BAD_CONFIG,
 * ASTRO_UNSAFE: somebody else's file. */
int docker_file_put(const struct docker_file *config, const char *registry,
                    const char *user, const struct astro_secret *secret,
                    struct astro_error *err);

#endif
