/* SPDX-License-Identifier: Apache-2.0 */
/* RSA, ECDSA and EdDSA as JSON Web Signatures. */
#include "jws.h"

#include <string.h>

#include <openssl/ecdsa.h>
#include <openssl/rsa.h>

/* Bytes of r and of s, by the size of the curve in bits. */
static int half_of(const EVP_PKEY *key)
{
	return (EVP_PKEY_get_bits(key) + 7) / 8;
}

bool jws_knows(const char *algorithm)
{
	static const char *const known[] = {
		"RS256", "RS384", "RS512", "PS256", "PS384",
		"PS512", "ES256", "ES384", "ES512", "EdDSA",
	};
	size_t i;

	for (i = 0; algorithm != NULL && i < sizeof(known) / sizeof(known[0]);
	     i++)
		if (strcmp(known[i], algorithm) == 0)
			return true;
	return false;
}

const EVP_MD *jws_hash(const char *algorithm)
{
	if (strstr(algorithm, "384") != NULL)
		return EVP_sha384();
	/* Ed25519 hashes with SHA-512 within. */
	return strstr(algorithm, "256") != NULL ? EVP_sha256() : EVP_sha512();
}

/* The type of KEY has to be the one that ALGORITHM is for. */
static bool fits(const EVP_PKEY *key, const char *algorithm)
{
	switch (algorithm[0]) {
	case 'R':
	case 'P':
		return EVP_PKEY_is_a(key, "RSA");
	default:
		return EVP_PKEY_is_a(key,
		                     algorithm[1] == 'S' ? "EC" : "ED25519");
	}
}

static bool pad(EVP_PKEY_CTX *context, const char *algorithm)
{
	if (algorithm[0] != 'P')
		return true;
	/* RFC 7518, 3.5: the salt is as long as the hash. */
	return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) >
	               0 &&
	       EVP_PKEY_CTX_set_rsa_pss_saltlen(context,
	                                        RSA_PSS_SALTLEN_DIGEST) > 0;
}

/* ASN.1 to r and s in a row (RFC 7518, 3.4). */
static size_t to_raw(int half, const unsigned char *der, size_t len,
                     unsigned char out[JWS_SIGNATURE_MAX])
{
	ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &der, (long)len);
	size_t done = 0;

	if (pair != NULL &&
	    BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, half) == half &&
	    BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + half, half) == half)
		done = (size_t)half * 2;
	ECDSA_SIG_free(pair);
	return done;
}

static size_t to_der(int half, const unsigned char *raw, size_t len,
                     unsigned char out[JWS_SIGNATURE_MAX])
{
	ECDSA_SIG *pair = ECDSA_SIG_new();
	unsigned char *at = out;
	int done = 0;

	if (pair != NULL && len == (size_t)half * 2 &&
	    ECDSA_SIG_set0(pair, BN_bin2bn(raw, half, NULL),
	                   BN_bin2bn(raw + half, half, NULL)) == 1)
		done = i2d_ECDSA_SIG(pair, &at);
	ECDSA_SIG_free(pair);
	return done > 0 ? (size_t)done : 0;
}

size_t jws_sign(EVP_PKEY *key, const char *algorithm, const char *input,
                unsigned char out[JWS_SIGNATURE_MAX])
{
	const EVP_MD *hash = algorithm[0] == 'E' && algorithm[1] == 'd'
	                             ? NULL
	                             : jws_hash(algorithm);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *options = NULL;
	unsigned char made[JWS_SIGNATURE_MAX];
	size_t len = sizeof(made);

	if (context == NULL || !fits(key, algorithm) ||
	    EVP_DigestSignInit(context, &options, hash, NULL, key) != 1 ||
	    !pad(options, algorithm) ||
	    EVP_DigestSign(context, made, &len, (const unsigned char *)input,
	                   strlen(input)) != 1)
		len = 0;
	EVP_MD_CTX_free(context);
	if (len > 0 && EVP_PKEY_is_a(key, "EC"))
		return to_raw(half_of(key), made, len, out);
	memcpy(out, made, len);
	return len;
}

bool jws_verify(EVP_PKEY *key, const char *algorithm, const char *input,
                size_t input_len, const unsigned char *signature, size_t len)
{
	const EVP_MD *hash = algorithm[0] == 'E' && algorithm[1] == 'd'
	                             ? NULL
	                             : jws_hash(algorithm);
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *options = NULL;
	unsigned char der[JWS_SIGNATURE_MAX];
	bool fine = false;

	if (EVP_PKEY_is_a(key, "EC")) {
		len = to_der(half_of(key), signature, len, der);
		signature = der;
	}
	fine = context != NULL && len > 0 && fits(key, algorithm) &&
	       EVP_DigestVerifyInit(context, &options, hash, NULL, key) == 1 &&
	       pad(options, algorithm) &&
	       EVP_DigestVerify(context, signature, len,
	                        (const unsigned char *)input, input_len) == 1;
	EVP_MD_CTX_free(context);
	return fine;
}
