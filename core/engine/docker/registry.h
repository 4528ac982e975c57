/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A container registry that a login comes with, and Docker's credentials for
 * it: through the credential helper that Docker is configured with, else in
 * Docker's own file.  No daemon is asked.
 */
#ifndef CORE_ENGINE_DOCKER_REGISTRY_H
#define CORE_ENGINE_DOCKER_REGISTRY_H

#include <stdbool.h>

#include <astro/provider.h>

enum { REGISTRY_NAME_MAX = 300, REGISTRY_USER_MAX = 320 };

/* What the provider software logs in to: "registry." and the domain, as this
 * user. */
#define REGISTRY_OF_SOFTWARE "registry."
#define REGISTRY_USER "user"

struct registry {
	char name[REGISTRY_NAME_MAX]; /* "registry.example.com", or with port */
	char user[REGISTRY_USER_MAX];
	struct astro_secret *secret; /* NULL: the person has credentials */
};

/* ASTRO_BAD_ANSWER: NAME or USER cannot be one. */
int registry_new(const char *name, const char *user,
                 const struct astro_secret *secret, struct registry **out,
                 struct astro_error *err);
/* Accepts NULL. */
void registry_free(struct registry *registry);

/*
 * Give Docker the credentials; PLAIN: they may stand in its file in plain text.
 * Where the secret is NULL, only see whether Docker has some.  What happened is
 * reported as a "registry" line; nothing is, where there is no Docker.
 */
void registry_log_in(const struct registry *registry, bool plain,
                     int report_fd);
/*
 * Take them away again, if they are still these; that is reported as a "done"
 * line.  ASTRO_STORE and the like: they are there still.
 */
int registry_log_out(const struct registry *registry, int report_fd,
                     struct astro_error *err);

#endif
