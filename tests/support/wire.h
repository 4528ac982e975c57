/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server on 127.0.0.1 that plays what it is told, byte for byte, and keeps
 * what it was sent.  One thread for each connection; nothing sleeps.
 */
#ifndef TESTS_SUPPORT_WIRE_H
#define TESTS_SUPPORT_WIRE_H

#include <openssl/ssl.h>
#include <stddef.h>

enum wire_end {
	WIRE_KEEP,  /* wait for the next request on this connection */
	WIRE_CLOSE, /* close it */
	WIRE_RESET, /* close it with RST */
	WIRE_STALL, /* say no more, until wire_stop() */
	WIRE_DRIP,  /* send the answer one byte every 20 ms, again and again */
	WIRE_FLOOD, /* send the answer's last 1024 bytes for ever */
	WIRE_INTERRUPT /* send SIGINT to this process, then stall */
};

/* One answer.  The Nth request, on whatever connection, gets the Nth step;
 * those beyond get the last one. */
struct wire_step {
	const char *answer;
	enum wire_end end;
};

struct wire;

/* TLS NULL: plain.  Everything is asserted, nothing can fail. */
struct wire *wire_start(const struct wire_step *steps, size_t count,
                        SSL_CTX *tls);
/* One that answers as soon as it is connected to, whatever it is sent. */
struct wire *wire_start_eager(const struct wire_step *step);
unsigned wire_port(const struct wire *wire);
size_t wire_connections(struct wire *wire);
/* How many of them this side has not closed yet. */
size_t wire_open(struct wire *wire);
size_t wire_requests(struct wire *wire);
/* Answer nothing more until so many REQUESTS, in all, have come. */
void wire_hold(struct wire *wire, size_t requests);
/* The INDEXth request: head and body. */
const char *wire_request(struct wire *wire, size_t index);
void wire_stop(struct wire *wire);

#endif
