/* SPDX-License-Identifier: Apache-2.0 */
/* What edit.c, insert.c and flow.c share: an editing that is going on. */
#ifndef CORE_CONTEXT_EDITOR_H
#define CORE_CONTEXT_EDITOR_H

#include "edit.h"

struct splice {
	size_t at, remove;
	size_t text, len; /* in the editor's pool */
	size_t column;    /* of inserted lines: deeper ones come first */
};

/* How far the path of an edit leads into the document. */
struct place {
	const struct tree_node *mapping;     /* that holds key and value */
	const struct tree_node *key, *value; /* key NULL: value is the root */
	size_t depth;                        /* keys that were found */
	bool in_flow;
};

struct editor {
	const struct tree *tree;
	const char *name;
	struct astro_error *err;
	const struct edit *edits, *edits_end;
	const struct edit *next; /* those before it are done */
	struct splice *splices;
	size_t count;
	struct text pool;
	/* The insertion before, whose lines the next one may go on with. */
	const struct edit *previous;
	struct place previous_place;
	/* A flow mapping that has got its first pair. */
	const struct tree_node *opened;
};

/* ASTRO_BAD_CONFIG at NODE's place. */
int editor_refuse(const struct editor *editor, const struct tree_node *node,
                  const char *what);
/* Its text is what is added to the pool next; the caller sets LEN. */
struct splice *editor_add_splice(struct editor *editor, size_t at,
                                 size_t remove);
/* The value of EDIT, quoted if need be, into the pool. */
bool editor_add_value(struct editor *editor, const struct edit *edit);
/* Null or a mapping without keys. */
bool editor_is_empty(const struct tree_node *node);
/* A mapping in block style that has keys. */
bool editor_is_open_block(const struct tree_node *node);
size_t editor_path_len(const struct edit *edit);
/* Do the paths of both begin with the same LEN keys? */
bool editor_shares(const struct edit *a, const struct edit *b, size_t len);
/* Is AT, where a value is left out, behind the colon of its key? */
bool editor_has_colon(const struct tree *tree, size_t at);
/* Where a key and its value end. */
size_t editor_pair_end(const struct tree_node *key,
                       const struct tree_node *value);

/* Make the keys of EDIT that PLACE does not have. */
int editor_insert(struct editor *editor, const struct edit *edit,
                  const struct place *place);
/* The same in a flow mapping, or in null that one holds; and in "{}" anywhere.
 * Members of one new key are written at once, and EDITOR->next behind them. */
int flow_insert(struct editor *editor, const struct edit *edit,
                const struct place *place);
/* Take away PLACE's pair of a flow mapping; it holds no anchor. */
int flow_remove(struct editor *editor, const struct edit *edit,
                const struct place *place);

#endif
