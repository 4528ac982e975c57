/* SPDX-License-Identifier: Apache-2.0 */
/* A context that logs in to the sandbox's OpenID provider, and what the file
 * and the sandbox's log say afterwards. */
#ifndef TESTS_E2E_ISSUER_H
#define TESTS_E2E_ISSUER_H

#include <stdbool.h>

#include "e2e.h"

enum { ISSUER_SIZE = 300 };

/* "http://127.0.0.1:PORT" and PATH, for which NULL is "/op". */
void issuer_of(const char *path, char out[ISSUER_SIZE]);
/* Tests that begin as any in e2e_case(), with jane in the browser. */
TCase *issuer_case(Suite *suite, const char *name);
/* "http://127.0.0.1:PORT/op", for a test to change. */
extern char issuer_address[ISSUER_SIZE];
/* `astro login ISSUER` must end with CODE; its standard error, which the caller
 * frees. */
char *issuer_log_in(int code);
void issuer_works(void);
/* The same; what was said has PART, and config.yaml stays as it was. */
void issuer_fails(int code, const char *part);
/* config.yaml has one context, that of the issuer with PATH: LINES, as
 * "client_id: sandbox-native\n", are its keys beside domain, issuer and
 * provider. */
void issuer_write(const char *path, const char *lines);
/* The context has exactly these keys, in this order: "access_token client_id".
 */
void issuer_expect_keys(const char *keys);
/* The query of the first request for PATH, and its body; the caller frees. */
char *issuer_asked(const char *path);
/* A header of the first request for PATH, "" where it had none; the caller
 * frees. */
char *issuer_header(const char *path, const char *name);
/* How often PATH was asked for, by METHOD. */
unsigned issuer_count(const char *method, const char *path);

#endif
