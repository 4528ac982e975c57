/* SPDX-License-Identifier: Apache-2.0 */
/* The network side of the scripted browser: cookies, but no redirects. */
#ifndef SANDBOX_BROWSER_H
#define SANDBOX_BROWSER_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

struct browser;

/* An answer.  STATUS 0: none came, and ERROR says why. */
struct answer {
	long status;
	char *location; /* absolute, or NULL */
	struct text body;
	char error[300];
};

struct browser *browser_new(void);
void browser_free(struct browser *browser);
/* FORM NULL: GET, otherwise it is posted. */
void browser_send(struct browser *browser, const char *url, const char *form,
                  struct answer *out);
/* The same GET on two connections at once. */
void browser_send_twice(struct browser *browser, const char *url,
                        struct answer outs[2]);
void answer_clear(struct answer *answer);

/* URL as it stands on a page at BASE; the caller frees. */
char *browser_resolve(const char *base, const char *url);
/* True when scheme, host and port are the same. */
bool browser_same_origin(const char *a, const char *b);

#endif
