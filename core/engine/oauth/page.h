/* SPDX-License-Identifier: Apache-2.0 */
/* What the browser shows at the end: whole pages that need nothing else, and
 * contain nothing of the request. */
#ifndef CORE_ENGINE_OAUTH_PAGE_H
#define CORE_ENGINE_OAUTH_PAGE_H

#include <stddef.h>

enum page {
	PAGE_SUCCESS,
	PAGE_FAILURE, /* the answer was ours; the login failed all the same */
	PAGE_REFUSED, /* not the answer that is waited for */
	PAGE_ENDED,   /* a second answer to a login that has its own */
	PAGE_NOTHING  /* any other address */
};

/* Constant HTML. */
const char *page_html(enum page page);

/* The headers of every page; the last one has a NULL name. */
struct page_header {
	const char *name, *value;
};
extern const struct page_header page_headers[];

#endif
