/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenID provider's answers with tokens. */
#ifndef SANDBOX_OP_MINT_H
#define SANDBOX_OP_MINT_H

#include <jansson.h>

struct reply;
struct sandbox;

enum op_occasion { OP_FIRST_TOKENS, OP_REFRESHED_TOKENS };

/*
 * Tokens for GRANT: a code, a device code or a refresh token, with "client_id",
 * "sub", "scope", "family" and perhaps "nonce", "auth_time", "resource".  KEY
 * is the thumbprint that they are bound to, "" for none (RFC 9449, 6).
 */
void op_mint(struct sandbox *box, const json_t *grant, const char *key,
             enum op_occasion occasion, struct reply *reply);

#endif
