/* SPDX-License-Identifier: Apache-2.0 */
/* Proof Key for Code Exchange: the verifier and its S256 challenge. */
#include "pkce.h"

#include <openssl/evp.h>
#include <string.h>

#include "base64.h"
#include "error.h"
#include "random.h"

enum { RANDOM_LEN = 32, DIGEST_LEN = 32 };

int pkce_random(char out[PKCE_LEN + 1], struct astro_error *err)
{
	unsigned char bytes[RANDOM_LEN];
	int status = random_fill(bytes, sizeof(bytes), err);

	out[0] = '\0';
	if (status == ASTRO_OK)
		base64_encode(bytes, sizeof(bytes), out);
	explicit_bzero(bytes, sizeof(bytes));
	return status;
}

int pkce_challenge(const char *verifier, char out[PKCE_LEN + 1],
                   struct astro_error *err)
{
	unsigned char digest[DIGEST_LEN];

	out[0] = '\0';
	if (EVP_Digest(verifier, strlen(verifier), digest, NULL, EVP_sha256(),
	               NULL) != 1)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "the cryptographic library has no SHA-256");
	base64_encode(digest, sizeof(digest), out);
	return ASTRO_OK;
}
