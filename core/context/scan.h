/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A document's bytes, judged before and after libyaml reads them: it compares
 * every %TAG with all before it, and takes any number of documents.
 */
#ifndef CORE_CONTEXT_SCAN_H
#define CORE_CONTEXT_SCAN_H

#include <stddef.h>

#include <astro/provider.h>

#include "tree.h"

struct scan {
	struct tree *tree;
	const char *name;
	struct astro_error *err;
};

/* Size, encoding, characters, directives.  Finds the byte order mark and odd
 * line ends on the way. */
int scan_bytes(const struct scan *scan);
/* What follows the document, from AT on, may be comments and nothing else. */
int scan_rest(const struct scan *scan, size_t at);

#endif
