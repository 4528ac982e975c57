/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The callback's sockets.  A connection waits here, silent or slow as it may
 * be, until its whole request has arrived; only then it is handed on.
 */
#ifndef CORE_ENGINE_OAUTH_GATE_H
#define CORE_ENGINE_OAUTH_GATE_H

#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

enum {
	GATE_LINE_MAX = 8 * 1024,     /* the request line */
	GATE_HEADERS_MAX = 16 * 1024, /* all headers, with their line ends */
	GATE_WAITING_MAX = 16,        /* the oldest goes for one more */
	GATE_WAIT_MS = 5000           /* for one request */
};

struct gate;

/* Listen on both loopback addresses; see callback_open(). */
int gate_open(uint16_t port, struct gate **out, struct astro_error *err);
uint16_t gate_port(const struct gate *gate);
/* To poll for reading. */
int gate_fd(const struct gate *gate);
/* Accept, read, drop who took too long.  A socket whose request is whole goes
 * to PASS, which owns it from then on; nothing has been taken out of it. */
void gate_run(struct gate *gate, void (*pass)(void *data, int fd), void *data);
/* Accepts NULL. */
void gate_close(struct gate *gate);

/*
 * What the first LEN bytes of a connection are: 0 while more is needed, 200
 * for exactly one whole request without a body, else the status to refuse it
 * with.  Stricter than RFC 9112 obliges: no bare line feed, no folding.
 */
int gate_judge(const char *bytes, size_t len);

#endif
