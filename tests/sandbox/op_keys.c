/* SPDX-License-Identifier: Apache-2.0 */
/* Keys by name, made on demand. */
#include "op_keys.h"

#include <stdio.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/rsa.h>

#include "data.h"
#include "sandbox.h"

struct kind {
	const char *name;
	const char *curve; /* NULL: RSA */
	int bits;
	BN_ULONG exponent;
};

/* In the order of the slots.  Section 1.8 of the references takes RSA from
 * 2048 to 8192 bits, with an odd exponent from 3 to 2^32. */
static const struct kind kinds[] = {
	{"rsa", NULL, 2048, 65537},
	{"other", NULL, 2048, 65537},
	{"P-256", "P-256", 0, 0},
	{"P-384", "P-384", 0, 0},
	{"P-521", "P-521", 0, 0},
	{"Ed25519", "ED25519", 0, 0},
	{"X25519", "X25519", 0, 0},
	{"secp256k1", "secp256k1", 0, 0},
	{"rsa512", NULL, 512, 65537},
	{"rsa1024", NULL, 1024, 65537},
	{"rsa2047", NULL, 2047, 65537},
	{"rsa4096", NULL, 4096, 65537},
	{"rsa8192", NULL, 8192, 65537},
	{"rsa_e3", NULL, 2048, 3},
	{"rsa_e33bits", NULL, 2048, 4294967311},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

_Static_assert((int)KINDS <= (int)OP_KEYS_MAX, "a slot for each kind");

/* Several primes: a long key is made in a second, and its public half is like
 * any other (RFC 8017, 3.1). */
static int primes_for(int bits)
{
	if (bits >= 8192)
		return 5;
	return bits >= 4096 ? 4 : 2;
}

static EVP_PKEY *make_rsa(const struct kind *kind)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
	BIGNUM *exponent = BN_new();
	EVP_PKEY *pair = NULL;

	if (context == NULL || exponent == NULL ||
	    BN_set_word(exponent, kind->exponent) != 1 ||
	    EVP_PKEY_keygen_init(context) != 1 ||
	    EVP_PKEY_CTX_set_rsa_keygen_bits(context, kind->bits) != 1 ||
	    EVP_PKEY_CTX_set_rsa_keygen_primes(context,
	                                       primes_for(kind->bits)) != 1 ||
	    EVP_PKEY_CTX_set1_rsa_keygen_pubexp(context, exponent) != 1 ||
	    EVP_PKEY_generate(context, &pair) != 1)
		pair = NULL;
	BN_free(exponent);
	EVP_PKEY_CTX_free(context);
	return pair;
}

static EVP_PKEY *make(const struct kind *kind)
{
	if (kind->curve == NULL)
		return make_rsa(kind);
	if (strstr(kind->curve, "25519") != NULL)
		return EVP_PKEY_Q_keygen(NULL, NULL, kind->curve);
	return EVP_EC_gen(kind->curve);
}

static bool fill(struct op_key *key, const struct kind *kind)
{
	json_t *half;
	bool fine;

	key->pair = make(kind);
	if (key->pair == NULL)
		return false;
	half = jwk_of(key->pair);
	fine = jwk_thumbprint(half, key->id);
	json_decref(half);
	return fine;
}

void op_keys_clear(struct op_keys *keys)
{
	size_t i;

	for (i = 0; i < OP_KEYS_MAX; i++)
		EVP_PKEY_free(keys->slots[i].pair);
	memset(keys, 0, sizeof(*keys));
}

const struct op_key *op_keys_get(struct sandbox *box, const char *name)
{
	size_t i;

	for (i = 0; i < KINDS; i++) {
		struct op_key *key = &box->op_keys.slots[i];

		if (strcmp(kinds[i].name, name) != 0)
			continue;
		if (key->pair == NULL && !fill(key, &kinds[i]))
			return NULL;
		return key;
	}
	return NULL;
}

/* The key that an algorithm needs, when the settings name no other. */
static const char *usual_for(const char *algorithm)
{
	if (strcmp(algorithm, "EdDSA") == 0)
		return "Ed25519";
	if (strcmp(algorithm, "ES256") == 0)
		return "P-256";
	if (strcmp(algorithm, "ES384") == 0)
		return "P-384";
	return strcmp(algorithm, "ES512") == 0 ? "P-521" : "rsa";
}

static const char *current_name(const struct sandbox *box)
{
	const char *name = setting_text(box, "op_key");

	if (strcmp(name, "usual") != 0)
		return name;
	return usual_for(setting_text(box, "op_algorithm"));
}

const struct op_key *op_keys_current(struct sandbox *box)
{
	return op_keys_get(box, current_name(box));
}

void op_keys_rotate(struct sandbox *box)
{
	size_t i;

	for (i = 0; i < KINDS; i++) {
		if (strcmp(kinds[i].name, current_name(box)) != 0)
			continue;
		EVP_PKEY_free(box->op_keys.slots[i].pair);
		box->op_keys.slots[i].pair = NULL;
	}
}
