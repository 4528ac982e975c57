/* SPDX-License-Identifier: Apache-2.0 */
/* Signatures of JSON Web Tokens (RFC 7515, 7518, 8037), made and checked. */
#ifndef SANDBOX_JWS_H
#define SANDBOX_JWS_H

#include <stdbool.h>
#include <stddef.h>

#include <openssl/evp.h>

enum { JWS_SIGNATURE_MAX = 4096 };

/* True for RS, PS and ES with 256, 384 and 512, and EdDSA. */
bool jws_knows(const char *algorithm);
/* The hash of ALGORITHM, which at_hash uses too. */
const EVP_MD *jws_hash(const char *algorithm);
/* Sign INPUT; the length of the signature at OUT, 0: it does not work. */
size_t jws_sign(EVP_PKEY *key, const char *algorithm, const char *input,
                unsigned char out[JWS_SIGNATURE_MAX]);
/* Whether the LEN bytes at SIGNATURE fit the INPUT_LEN bytes at INPUT. */
bool jws_verify(EVP_PKEY *key, const char *algorithm, const char *input,
                size_t input_len, const unsigned char *signature, size_t len);

#endif
