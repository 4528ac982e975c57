/* SPDX-License-Identifier: Apache-2.0 */
/* The access token that a command works with, wherever it comes from. */
#ifndef CORE_CLI_ACCESS_H
#define CORE_CLI_ACCESS_H

#include <stdint.h>

#include <astro/provider.h>

#include "domain.h"

struct context;
struct files;

enum access_source { ACCESS_ENVIRONMENT, ACCESS_STORED };

/* Zeroed: ASTRO_API_TOKEN if it is set, else the current context's. */
struct access_wish {
	const char *typed; /* -d DOMAIN: that context's, whatever is set */
	/* One that was picked already: TYPED and the environment do not
	 * count. */
	const struct context *context;
	int64_t min_valid; /* seconds, 0: the usual margin */
};

enum { ACCESS_PROVIDER_MAX = 64 };

struct access {
	struct astro_secret *token;   /* without "Bearer " */
	char domain[DOMAIN_NAME_MAX]; /* the context's name; "" for the
	                               * environment's */
	char provider[ACCESS_PROVIDER_MAX];
	int64_t expiry; /* unix seconds, INT64_MAX: not known to end */
	enum access_source source;
};

/*
 * Find it, and say on standard error what there is to note.  FILES is zeroed
 * or open, and open afterwards unless the token is the environment's and the
 * context file cannot be read.  ASTRO_API_TOKEN is taken out of the
 * environment: a second call does not find it.  ASTRO_EXPIRED: not logged in,
 * or the token has ended; ASTRO_DENIED: ASTRO_API_TOKEN holds no token that a
 * server would take, or one of its retired forerunners is set instead;
 * ASTRO_UNREACHABLE: it is good, but not for MIN_VALID; and what files_pick()
 * says.
 */
int access_get(struct files *files, const struct access_wish *wish,
               struct access *out, struct astro_error *err);
/* Accepts zeroed memory. */
void access_clear(struct access *access);

#endif
