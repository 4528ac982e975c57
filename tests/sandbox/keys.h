/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signing keys and the JSON Web Tokens made with them.  Written on OpenSSL
 * alone, so that a client's JOSE library is checked against another one.
 */
#ifndef SANDBOX_KEYS_H
#define SANDBOX_KEYS_H

#include <stdbool.h>

#include <jansson.h>
#include <openssl/evp.h>

struct key {
	EVP_PKEY *pair;
	char id[44]; /* RFC 7638 thumbprint */
};

struct keys {
	struct key current;
	struct key previous; /* still published; none at first */
};

bool keys_init(struct keys *keys, const char *file);
void keys_clear(struct keys *keys);
/* A new current key. */
bool keys_rotate(struct keys *keys);
/* The public halves as a JWK Set (RFC 7517, 5). */
json_t *keys_published(const struct keys *keys);

/*
 * A compact JWS of CLAIMS.  HEADER's members are put over the usual ones (null
 * removes).  SIGNATURE: "good", "broken", "other_key", "none" or "hs256" (made
 * with the public key as the secret).  The caller frees.
 */
char *keys_sign(const struct keys *keys, const json_t *header,
                const json_t *claims, const char *signature);
/* base64url of the first LEN bytes of TEXT's SHA-256; the caller frees. */
char *keys_digest(const char *text, size_t len);

#endif
