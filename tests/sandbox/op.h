/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the OpenID provider share: its address and its words. */
#ifndef SANDBOX_OP_H
#define SANDBOX_OP_H

#include <stdbool.h>

#include <jansson.h>

struct request;
struct reply;
struct sandbox;

enum { OP_ADDRESS_MAX = 200 };

/* "http://127.0.0.1:8888/op" and PATH: the issuer, for a PATH of "". */
const char *op_address(const struct sandbox *box, const char *path,
                       char out[OP_ADDRESS_MAX]);
/* The address without "/op". */
const char *op_origin(const struct sandbox *box, char out[OP_ADDRESS_MAX]);
/* True when OBJECT has the text WANTED under NAME; WANTED may be NULL (no). */
bool op_is(const json_t *object, const char *name, const char *wanted);
/* Copy the members of FROM that NAMES (up to a NULL) lists and that are there.
 */
void op_copy(json_t *into, const json_t *from, const char *const *names);

#endif
