/* SPDX-License-Identifier: Apache-2.0 */
/* What a reading of the context file is made of, for this folder alone. */
#ifndef CORE_CONTEXT_CONFIG_H
#define CORE_CONTEXT_CONFIG_H

#include <stddef.h>
#include <stdint.h>

#include "context.h"
#include "error.h"
#include "tree.h"

enum { CONFIG_CONTEXTS_MAX = 10000 };

struct context {
	const struct config *config;
	const struct tree_node *key;
	const struct tree_node *node; /* a mapping, or null */
	const char *name;             /* canonical */
};

struct config {
	char *bytes; /* with tokens in them: wiped */
	size_t len;
	char *label; /* what the file is called in messages */
	int64_t written;
	struct tree *tree;
	struct context *contexts;
	size_t count;
	/* What `context` or ASTRO_DOMAIN asks for. */
	const char *current_name;
	const struct context *current;
	struct astro_error current_error;
};

/* ASTRO_BAD_CONFIG with the message that ERR has, and the path as its hint if
 * it has none. */
int config_refuse(const struct paths *paths, struct astro_error *err);

/* The context with this key, in any case; NULL when unknown. */
const struct context *config_by_key(const struct config *config,
                                    const char *key);

/* A name as a file may hold it, in canonical form, or as it stands where there
 * is none.  OUT has DOMAIN_NAME_MAX bytes. */
void config_canonical(const char *text, char *out);

/* A scalar under KEY of MAPPING that is there and not empty, or NULL. */
const struct tree_node *config_scalar(const struct tree_node *mapping,
                                      const char *key);

#endif
