/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The context file as both programs write it, read without libyaml, whose
 * pages and buffers a cached token would pay for.
 */
#ifndef CORE_CONTEXT_CANONICAL_H
#define CORE_CONTEXT_CANONICAL_H

#include <stddef.h>

#include "tree.h"

/* A longer file is left to libyaml.  With that, no value can be longer than
 * TREE_SCALAR_MAX, nor can there be TREE_NODES_MAX of them. */
enum { CANONICAL_BYTES_MAX = TREE_SCALAR_MAX };

/*
 * The tree that tree_read() makes of LEN bytes, to the last mark, for
 * tree_free(); they must outlive it.  NULL is "ask tree_read()", and says
 * nothing about them.  What is read here: block mappings (protocol.md, 7.2),
 * one key with one plain or simply quoted value a line, comments and empty
 * lines between them, visible ASCII, a line end behind the last.
 */
struct tree *canonical_read(const char *bytes, size_t len);

#endif
