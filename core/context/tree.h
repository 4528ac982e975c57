/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A YAML document as a tree of nodes that know where their bytes are, so that
 * edit.h can change a value and leave the rest alone.  Hostile input is
 * refused with its position.
 */
#ifndef CORE_CONTEXT_TREE_H
#define CORE_CONTEXT_TREE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

enum {
	TREE_BYTES_MAX = 16 * 1024 * 1024,
	TREE_DEPTH_MAX = 64,
	TREE_SCALAR_MAX = 64 * 1024,
	TREE_NODES_MAX = 500000,
	TREE_ANCHORS_MAX = 1000,
	/* Nodes that the aliases of a document stand for, in all. */
	TREE_EXPANSION_MAX = 1000
};

enum tree_kind { TREE_SCALAR, TREE_MAPPING, TREE_SEQUENCE, TREE_ALIAS };

/* How it is written: scalars have the first three, the others the last two. */
enum tree_style {
	TREE_PLAIN,
	TREE_QUOTED,
	TREE_LITERAL, /* or folded */
	TREE_BLOCK,
	TREE_FLOW
};

struct tree_node {
	struct tree_node *next;  /* after a key its value, then the next key */
	struct tree_node *first; /* a collection's; an alias: its meaning */
	const char *text;        /* a scalar's, an alias's name; ends in NUL */
	uint32_t len;
	uint32_t start, end;   /* in the bytes; "end" is where content ends */
	uint32_t line, column; /* from 1, for people */
	uint32_t weight;       /* nodes that it stands for, itself included */
	unsigned char kind;    /* enum tree_kind */
	unsigned char style;   /* enum tree_style */
	bool anchored;
};

struct tree {
	const char *bytes; /* borrowed */
	size_t len;
	struct tree_node *root; /* NULL: an empty document */
	size_t body;            /* where it begins: behind a byte order mark */
	/* Line ends other than LF and CRLF: it can be read, but not edited. */
	bool has_odd_lines;
	struct tree_chunk *chunks;
};

/* Read LEN bytes, which must outlive the tree; NAME stands in messages.
 * ASTRO_BAD_CONFIG when they make no sense. */
int tree_read(const char *bytes, size_t len, const char *name,
              struct tree **out, struct astro_error *err);
/* Wipes every text; accepts NULL. */
void tree_free(struct tree *tree);

/* Memory that lives as long as the tree; NULL when there is none. */
void *tree_alloc(struct tree *tree, size_t size);

/* What an alias stands for, any other node itself; NULL for NULL. */
const struct tree_node *tree_target(const struct tree_node *node);
/* NULL, an absent value, a plain "~" or "null". */
bool tree_is_null(const struct tree_node *node);
/*
 * The key and value of KEY in MAPPING (NULL, null: nothing is there).  The
 * case of ASCII letters does not count: the Go CLI lowers it.
 */
const struct tree_node *tree_find(const struct tree_node *mapping,
                                  const char *key,
                                  const struct tree_node **value);
/* A key that MAPPING has twice, or NULL.  ASTRO_OK or ASTRO_NO_MEMORY. */
int tree_duplicate(const struct tree_node *mapping, bool any_case,
                   const struct tree_node **out, struct astro_error *err);
/* "a mapping", "a sequence"... */
const char *tree_kind_name(const struct tree_node *node);

#endif
