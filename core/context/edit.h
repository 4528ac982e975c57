/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing a YAML document without writing it anew: only the bytes of the
 * values that change are replaced, new keys become new lines.  A comment behind
 * a key that goes is not ours to remove: it stays on its line.
 */
#ifndef CORE_CONTEXT_EDIT_H
#define CORE_CONTEXT_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

#include "text.h"
#include "tree.h"

enum { EDIT_PATH_MAX = 3 };

enum edit_kind {
	EDIT_TEXT,  /* quoted where YAML would read something else */
	EDIT_PLAIN, /* as it stands: a timestamp */
	EDIT_REMOVE
};

struct edit {
	const char *path[EDIT_PATH_MAX + 1]; /* from the root on; then NULL */
	enum edit_kind kind;
	const char *value;
	size_t len;
};

/*
 * Append TREE's bytes to OUT, changed by the COUNT (>= 1) EDITS, which are
 * sorted on the way; of two with one path the later counts.  *COUNT becomes the
 * number of those that count.  What cannot be changed this way (an
 * anchor, an alias) is ASTRO_BAD_CONFIG: to be edited by hand.
 */
int edit_apply(const struct tree *tree, const char *name, struct edit *edits,
               size_t *count, struct text *out, struct astro_error *err);

/* True when AFTER is BEFORE with exactly these EDITS, as edit_apply() left
 * them. */
bool edit_is_exact(const struct tree *before, const struct tree *after,
                   const struct edit *edits, size_t count);

/* Append VALUE as a YAML scalar that Go's yaml.v3 and libyaml read as this
 * string; false as for text_add(). */
bool edit_quote(struct text *out, const char *value, size_t len);

#endif
