/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenID provider's signing keys, sound and unsound, and how they are
 * published. */
#ifndef SANDBOX_OP_KEYS_H
#define SANDBOX_OP_KEYS_H

#include <stdbool.h>

#include <jansson.h>
#include <openssl/evp.h>

#include "jwk.h"

struct sandbox;

enum { OP_KEYS_MAX = 16 };

struct op_key {
	EVP_PKEY *pair;
	char id[JWK_THUMBPRINT_LEN];
};

/* Made when they are first needed: an RSA key costs a tenth of a second. */
struct op_keys {
	struct op_key slots[OP_KEYS_MAX];
};

void op_keys_clear(struct op_keys *keys);
/* The key that the settings sign with now; NULL: op_key names none. */
const struct op_key *op_keys_current(struct sandbox *box);
/* A key by its name ("other"); NULL: there is none of that name. */
const struct op_key *op_keys_get(struct sandbox *box, const char *name);
/* Forget the current key: the next one is new, the old one is not published
 * any more. */
void op_keys_rotate(struct sandbox *box);
/* A JWK Set in the manner that op_jwks names; NULL: it names none. */
json_t *op_keys_published(struct sandbox *box);

#endif
