/* SPDX-License-Identifier: Apache-2.0 */
/* How a signature may be wrong: damaged, somebody else's, or made with what
 * everybody knows. */
#include "forgery.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "data.h"
#include "op_keys.h"
#include "sandbox.h"

enum { P256_HALF = 32, P256_RAW = 64, RSA_LEN = 256, SHA256_LEN = 32 };

static size_t sign_with(struct sandbox *box, const struct op_key *key,
                        const char *input, unsigned char *out)
{
	const char *algorithm = setting_text(box, "op_algorithm");

	if (key == NULL || !jws_knows(algorithm))
		return 0;
	return jws_sign(key->pair, algorithm, input, out);
}

static size_t good(struct sandbox *box, const char *input, unsigned char *out)
{
	return sign_with(box, op_keys_current(box), input, out);
}

static size_t broken(struct sandbox *box, const char *input, unsigned char *out)
{
	size_t len = good(box, input, out);

	out[len / 2] ^= 1;
	return len;
}

static size_t other_key(struct sandbox *box, const char *input,
                        unsigned char *out)
{
	return sign_with(box, op_keys_get(box, "other"), input, out);
}

static size_t other_token(struct sandbox *box, const char *input,
                          unsigned char *out)
{
	(void)input;
	return good(box, "e30.e30", out);
}

static size_t truncated(struct sandbox *box, const char *input,
                        unsigned char *out)
{
	return good(box, input, out) / 2;
}

static size_t longer(struct sandbox *box, const char *input, unsigned char *out)
{
	size_t len = good(box, input, out);

	out[len] = 0;
	return len + 1;
}

static size_t nothing(struct sandbox *box, const char *input,
                      unsigned char *out)
{
	(void)box;
	(void)input;
	(void)out;
	return 0;
}

static size_t hmac(const void *secret, size_t secret_len, const char *input,
                   unsigned char *out)
{
	unsigned len = 0;

	if (HMAC(EVP_sha256(), secret, (int)secret_len,
	         (const unsigned char *)input, strlen(input), out,
	         &len) == NULL)
		return 0;
	return len;
}

/* The confusion that RFC 8725, 2.1 warns of: the public key as a secret. */
static size_t hmac_pem(struct sandbox *box, const char *input,
                       unsigned char *out)
{
	const struct op_key *key = op_keys_current(box);
	BIO *memory = BIO_new(BIO_s_mem());
	char *secret = NULL;
	size_t len = 0;

	if (key != NULL && memory != NULL &&
	    PEM_write_bio_PUBKEY(memory, key->pair) == 1) {
		long secret_len = BIO_get_mem_data(memory, &secret);

		len = hmac(secret, (size_t)secret_len, input, out);
	}
	BIO_free(memory);
	return len;
}

static size_t hmac_der(struct sandbox *box, const char *input,
                       unsigned char *out)
{
	const struct op_key *key = op_keys_current(box);
	unsigned char *secret = NULL;
	int secret_len = key == NULL ? 0 : i2d_PUBKEY(key->pair, &secret);
	size_t len = 0;

	if (secret_len > 0)
		len = hmac(secret, (size_t)secret_len, input, out);
	OPENSSL_free(secret);
	return len;
}

static size_t hmac_modulus(struct sandbox *box, const char *input,
                           unsigned char *out)
{
	const struct op_key *key = op_keys_current(box);
	unsigned char secret[RSA_LEN];
	BIGNUM *n = NULL;
	size_t len = 0;

	if (key != NULL &&
	    EVP_PKEY_get_bn_param(key->pair, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
	    BN_num_bytes(n) <= RSA_LEN)
		len = hmac(secret, (size_t)BN_bn2bin(n, secret), input, out);
	BN_free(n);
	return len;
}

static size_t hmac_client(struct sandbox *box, const char *input,
                          unsigned char *out)
{
	(void)box;
	return hmac("sandbox-native", strlen("sandbox-native"), input, out);
}

static size_t hmac_empty(struct sandbox *box, const char *input,
                         unsigned char *out)
{
	(void)box;
	return hmac("", 0, input, out);
}

static size_t hmac_jwk(struct sandbox *box, const char *input,
                       unsigned char *out)
{
	const struct op_key *key = op_keys_current(box);
	json_t *half = key == NULL ? NULL : jwk_of(key->pair);
	char *secret = json_dumps(half, JSON_COMPACT);
	size_t len = 0;

	if (secret != NULL)
		len = hmac(secret, strlen(secret), input, out);
	free(secret);
	json_decref(half);
	return len;
}

/* With the exponent 1 the padded hash is its own signature. */
static size_t exponent_1(struct sandbox *box, const char *input,
                         unsigned char *out)
{
	static const unsigned char name[] = {
		0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01,
		0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
	};
	size_t at = RSA_LEN - SHA256_LEN - sizeof(name);

	(void)box;
	memset(out, 0xff, RSA_LEN);
	out[0] = 0;
	out[1] = 1;
	out[at - 1] = 0;
	memcpy(out + at, name, sizeof(name));
	if (EVP_Digest(input, strlen(input), out + at + sizeof(name), NULL,
	               EVP_sha256(), NULL) != 1)
		return 0;
	return RSA_LEN;
}

static size_t ec_der(struct sandbox *box, const char *input, unsigned char *out)
{
	unsigned char raw[JWS_SIGNATURE_MAX];
	ECDSA_SIG *pair = ECDSA_SIG_new();
	unsigned char *at = out;
	int len = 0;

	if (good(box, input, raw) == P256_RAW && pair != NULL &&
	    ECDSA_SIG_set0(pair, BN_bin2bn(raw, P256_HALF, NULL),
	                   BN_bin2bn(raw + P256_HALF, P256_HALF, NULL)) == 1)
		len = i2d_ECDSA_SIG(pair, &at);
	ECDSA_SIG_free(pair);
	return len > 0 ? (size_t)len : 0;
}

static size_t ec_zero_r(struct sandbox *box, const char *input,
                        unsigned char *out)
{
	size_t len = good(box, input, out);

	memset(out, 0, P256_HALF);
	return len;
}

static size_t ec_zero_s(struct sandbox *box, const char *input,
                        unsigned char *out)
{
	size_t len = good(box, input, out);

	memset(out + P256_HALF, 0, P256_HALF);
	return len;
}

/* CVE-2022-21449. */
static size_t ec_zero(struct sandbox *box, const char *input,
                      unsigned char *out)
{
	(void)box;
	(void)input;
	memset(out, 0, P256_RAW);
	return P256_RAW;
}

/* The order of P-256. */
static const unsigned char order[P256_HALF] = {
	0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17,
	0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

static size_t ec_order_r(struct sandbox *box, const char *input,
                         unsigned char *out)
{
	size_t len = good(box, input, out);

	memcpy(out, order, P256_HALF);
	return len;
}

/* s and n - s are both valid; one of them is the high one. */
static size_t ec_high_s(struct sandbox *box, const char *input,
                        unsigned char *out)
{
	size_t len = good(box, input, out);
	BIGNUM *n = BN_bin2bn(order, P256_HALF, NULL);
	BIGNUM *s = BN_bin2bn(out + P256_HALF, P256_HALF, NULL);
	BIGNUM *other = BN_new();

	if (len != P256_RAW || BN_sub(other, n, s) != 1 ||
	    (BN_cmp(other, s) > 0 &&
	     BN_bn2binpad(other, out + P256_HALF, P256_HALF) < 0))
		len = 0;
	BN_free(n);
	BN_free(s);
	BN_free(other);
	return len;
}

static size_t shorter(struct sandbox *box, const char *input,
                      unsigned char *out)
{
	size_t len = good(box, input, out);

	return len == 0 ? 0 : len - 1;
}

static const struct forgery forgeries[] = {
	{"good", NULL, good},
	{"broken", NULL, broken},
	{"other_key", NULL, other_key},
	{"other_token", NULL, other_token},
	{"truncated", NULL, truncated},
	{"longer", NULL, longer},
	{"shorter", NULL, shorter},
	{"empty", NULL, nothing},
	{"embedded_key", NULL, other_key},
	{"none", "none", nothing},
	{"None", "None", nothing},
	{"NONE", "NONE", nothing},
	{"none_signed", "none", good},
	{"hs256_pem", "HS256", hmac_pem},
	{"hs256_der", "HS256", hmac_der},
	{"hs256_modulus", "HS256", hmac_modulus},
	{"hs256_client", "HS256", hmac_client},
	{"hs256_empty", "HS256", hmac_empty},
	{"hs256_jwk", "HS256", hmac_jwk},
	{"exponent_1", NULL, exponent_1},
	{"ec_der", NULL, ec_der},
	{"ec_zero", NULL, ec_zero},
	{"ec_zero_r", NULL, ec_zero_r},
	{"ec_zero_s", NULL, ec_zero_s},
	{"ec_order_r", NULL, ec_order_r},
	{"ec_high_s", NULL, ec_high_s},
};

const struct forgery *forgery_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(forgeries) / sizeof(forgeries[0]); i++)
		if (strcmp(forgeries[i].name, name) == 0)
			return &forgeries[i];
	return NULL;
}
