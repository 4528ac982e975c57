/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The loopback listener that the browser comes back to (RFC 8252, 7.3).  The
 * only door to libmicrohttpd.
 */
#ifndef CORE_ENGINE_OAUTH_CALLBACK_H
#define CORE_ENGINE_OAUTH_CALLBACK_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

struct callback;

/*
 * Listen on 127.0.0.1 and ::1, PORT (0: any, the same for both) and PATH.  One
 * of the two families may be missing on the machine.  ASTRO_STORE when the port
 * is taken, with its holder where /proc tells.
 */
int callback_open(uint16_t port, const char *path, struct callback **out,
                  struct astro_error *err);
uint16_t callback_port(const struct callback *callback);
/* Only such an answer is accepted.  Copies. */
struct answer_expected;
void callback_expect(struct callback *callback,
                     const struct answer_expected *expected);
/* To poll for reading; call callback_run() when it is, and once a second. */
int callback_fd(const struct callback *callback);
void callback_run(struct callback *callback);

/* An accepted answer: the query as the browser sent it (with the right state),
 * lent; NULL while there is none.  Its page is held back until
 * callback_finish(). */
const char *callback_query(const struct callback *callback);
/* Answer the browser with the page of success or failure, and see it sent
 * (half a second at most). */
void callback_finish(struct callback *callback, bool success);
/* Frees; the port is closed.  Accepts NULL. */
void callback_close(struct callback *callback);

#endif
