/* SPDX-License-Identifier: Apache-2.0 */
/* A login taken out of the context file, and nothing else with it. */
#ifndef CORE_CONTEXT_FORGET_H
#define CORE_CONTEXT_FORGET_H

#include <stdbool.h>

#include "context.h"

enum { FORGET_ITEMS_MAX = 10, FORGET_LIST_MAX = 200 };

/* What CONTEXT holds of a login: its secrets, who it is, when it ends.
 * Organization, workspace and every setting are no part of it. */
struct forget {
	const struct context *context;
	bool selected; /* the file's own `context` means it */
	bool has_token;
	char list[FORGET_LIST_MAX]; /* "token, refresh token", or "" */
	const char *keys[FORGET_ITEMS_MAX];
	size_t count;
};

/* A value that cannot be read is there all the same. */
void forget_find(const struct config *config, const struct context *context,
                 struct forget *out);
/*
 * Take it out of the file, in one write; `context` is cleared when it means
 * this one.  A login that is not there changes nothing.  CONFIG is the reading
 * that FORGET was found in: ASTRO_NOT_FOUND, and nothing is written, when
 * another program has stored another token since, or selected another context.
 * As config_change() else.
 */
int forget_login(const struct paths *paths, const struct config *config,
                 const struct forget *forget, struct astro_error *err);

/* True when the file's own `context` means CONTEXT. */
bool config_selects(const struct config *config, const struct context *context);

#endif
