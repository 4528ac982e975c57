/* SPDX-License-Identifier: Apache-2.0 */
/* The clients of the OpenID provider, and the proof that one is asking. */
#ifndef SANDBOX_OP_CLIENT_H
#define SANDBOX_OP_CLIENT_H

#include <stdbool.h>

#include <jansson.h>

struct reply;
struct request;
struct sandbox;

/* Lent; NULL when there is none. */
json_t *op_client_find(const struct sandbox *box, const char *id);
/*
 * The client that sent REQUEST with FORM, by its own method alone (RFC 6749,
 * 2.3.1; OpenID Connect Core, 9): lent.  NULL with the refusal in REPLY; FORM
 * NULL is refused as well.
 */
json_t *op_client_authenticate(struct sandbox *box,
                               const struct request *request,
                               const json_t *form, struct reply *reply);
/* True when the list MEMBER of CLIENT has ADDRESS.  The port of a loopback
 * address does not count (RFC 8252, 7.3). */
bool op_client_has_address(const json_t *client, const char *member,
                           const char *address);

#endif
