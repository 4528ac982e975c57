/* SPDX-License-Identifier: Apache-2.0 */
/* A token endpoint of a test's own, and a browser that goes straight back. */
#ifndef TESTS_UNIT_ANSWERING_H
#define TESTS_UNIT_ANSWERING_H

#include <stddef.h>
#include <stdint.h>

/*
 * Serve in a child: POST /token is answered with STATUS and JSON, anything
 * else with 404.  Its port.
 */
uint16_t answering_start(int status, const char *json);
/* The body of the token request, or "" when there was none; ends the child. */
const char *answering_stop(void);

/* Send a GET of TARGET to PORT of this machine and read the answer whole. */
void answering_get(uint16_t port, const char *target, char *answer,
                   size_t size);
/* The value of NAME in the query of URL, still encoded. */
void answering_value(const char *url, const char *name, char *out, size_t size);

#endif
