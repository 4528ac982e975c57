/* SPDX-License-Identifier: Apache-2.0 */
/* One key of a JSON Web Key Set (RFC 7517), as far as it is read without a
 * JOSE library. */
#ifndef CORE_ENGINE_OAUTH_JWK_H
#define CORE_ENGINE_OAUTH_JWK_H

#include <openssl/evp.h>
#include <stdbool.h>
#include <stddef.h>

struct json;

/* How a signature is made, and by which keys (kty, crv; NULL: any curve or
 * none).  SIGNATURE_LEN 0: as long as the RSA modulus. */
struct jwk_algorithm {
	const char *name, *kty, *crv;
	size_t signature_len;
	const EVP_MD *(*digest)(void);
};

/* The text under NAME of the INDEXth key of JWKS, lent; NULL: there is none. */
const char *jwk_text(const struct json *jwks, size_t index, const char *name);
/* Does that key fit ALGORITHM, and may it be used for it? */
bool jwk_is_for(const struct json *jwks, size_t index,
                const struct jwk_algorithm *algorithm);
/* Why that RSA key is not to be trusted, or NULL; *MODULUS_LEN is in bytes. */
const char *jwk_rsa_fault(const struct json *jwks, size_t index,
                          size_t *modulus_len);

#endif
