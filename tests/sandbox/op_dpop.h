/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of possession, RFC 9449. */
#ifndef SANDBOX_OP_DPOP_H
#define SANDBOX_OP_DPOP_H

#include <stdbool.h>

#include "jwk.h"

struct reply;
struct request;
struct sandbox;

/*
 * Judge the proof that came with REQUEST; KEY gets its thumbprint, "" when
 * there was none.  ACCESS is the access token that it goes with, NULL at the
 * token endpoint.  False with the refusal in REPLY.
 */
bool op_dpop_check(struct sandbox *box, const struct request *request,
                   const char *access, char key[JWK_THUMBPRINT_LEN],
                   struct reply *reply);

#endif
