/* SPDX-License-Identifier: Apache-2.0 */
/* Public keys as JSON (RFC 7517, 7518, 8037), and back. */
#ifndef SANDBOX_JWK_H
#define SANDBOX_JWK_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>
#include <openssl/evp.h>

/* The thumbprint of RFC 7638 in base64url, and its NUL. */
enum { JWK_THUMBPRINT_LEN = 44 };

/* base64url of LEN bytes; the caller frees. */
char *jwk_encoded(const void *bytes, size_t len);
/* The public half of an RSA, EC or Ed25519 key: the members that RFC 7638
 * wants and no more, in its order.  NULL: no such key. */
json_t *jwk_of(const EVP_PKEY *pair);
/* The key that JWK stands for, the caller frees; NULL when it is none, when it
 * is a secret one, or of another type or curve than the above. */
EVP_PKEY *jwk_read(const json_t *jwk);
/* False when JWK has not the members of its type. */
bool jwk_thumbprint(const json_t *jwk, char out[JWK_THUMBPRINT_LEN]);

#endif
