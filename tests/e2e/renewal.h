/* SPDX-License-Identifier: Apache-2.0 */
/* A login that is about to be refreshed, and what became of it. */
#ifndef TESTS_E2E_RENEWAL_H
#define TESTS_E2E_RENEWAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "e2e.h"

/* config.yaml with a login of jane's to localhost whose access token has LEFT
 * more seconds (below 0: it has ended), as the context file and the token say.
 * CLAIMS: more members of the wish for that token ("" or "'opaque': true"). */
void renewal_begin(int64_t left, const char *claims);
/* Only the file's `expiresin` is changed. */
void renewal_expire(int64_t left);

/* How often the token endpoint was asked. */
size_t renewal_posts(void);
/* Wait until it has been asked COUNT times. */
void renewal_await_posts(size_t count);

/* The context's journal; the caller frees, NULL: there is none. */
char *renewal_journal(size_t *len);
/* Whether it holds a whole answer, by its looks. */
bool renewal_journal_answers(void);

/* Hold config.yaml.lock as the Go CLI does; release with close(). */
int renewal_hold_file(void);

void renewal_pause(int ms);

#endif
