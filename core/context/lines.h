/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that a document's nodes stand on; all places are byte offsets. */
#ifndef CORE_CONTEXT_LINES_H
#define CORE_CONTEXT_LINES_H

#include <stdbool.h>
#include <stddef.h>

#include "tree.h"

size_t lines_start(const struct tree *tree, size_t at);
/* Behind the line end that follows content ending at AT. */
size_t lines_after(const struct tree *tree, size_t at);
/* True when nothing but blanks, or a comment, follows on the line. */
bool lines_end_at(const struct tree *tree, size_t at);
/* True when nothing but blanks comes before it on the line. */
bool lines_begin_at(const struct tree *tree, size_t at);
/* "\n" or "\r\n": what ends the line before AT, else the file's first. */
const char *lines_ending(const struct tree *tree, size_t at);

#endif
