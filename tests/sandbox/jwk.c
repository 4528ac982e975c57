/* SPDX-License-Identifier: Apache-2.0 */
/* JSON Web Keys, on OpenSSL alone: a client's JOSE library is checked against
 * another one. */
#include "jwk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>

#include "base64.h"
#include "fields.h"
#include "keys.h"

enum { NUMBER_MAX = 16 * 1024, POINT_MAX = 256, SHA256_LEN = 32 };

struct curve {
	const char *name;  /* RFC 7518, 6.2.1.1 */
	const char *group; /* OpenSSL's */
	size_t len;        /* of a coordinate */
};

static const struct curve curves[] = {
	{"P-256", "prime256v1", 32},
	{"P-384", "secp384r1", 48},
	{"P-521", "secp521r1", 66},
	{"secp256k1", "secp256k1", 32},
};

enum { CURVES = sizeof(curves) / sizeof(curves[0]) };

char *jwk_encoded(const void *bytes, size_t len)
{
	char *out = malloc(base64_encoded_len(len) + 1);

	if (out != NULL)
		base64_encode(bytes, len, out);
	return out;
}

/* One number of a key as base64url, LEN bytes long (0: as long as it is). */
static char *number_of(const EVP_PKEY *pair, const char *name, size_t len)
{
	unsigned char *bytes = NULL;
	BIGNUM *number = NULL;
	char *out = NULL;

	if (EVP_PKEY_get_bn_param(pair, name, &number) != 1)
		return NULL;
	if (len == 0)
		len = (size_t)BN_num_bytes(number);
	bytes = malloc(len + 1);
	if (bytes != NULL && BN_bn2binpad(number, bytes, (int)len) >= 0)
		out = jwk_encoded(bytes, len);
	free(bytes);
	BN_free(number);
	return out;
}

static json_t *rsa_of(const EVP_PKEY *pair)
{
	char *n = number_of(pair, OSSL_PKEY_PARAM_RSA_N, 0);
	char *e = number_of(pair, OSSL_PKEY_PARAM_RSA_E, 0);
	json_t *out = NULL;

	if (n != NULL && e != NULL)
		out = json_pack("{s:s, s:s, s:s}", "e", e, "kty", "RSA", "n",
		                n);
	free(n);
	free(e);
	return out;
}

static json_t *ec_of(const EVP_PKEY *pair)
{
	char group[40] = "", *x, *y;
	json_t *out = NULL;
	size_t i;

	if (EVP_PKEY_get_group_name(pair, group, sizeof(group), NULL) != 1)
		return NULL;
	for (i = 0; i < CURVES; i++)
		if (strcmp(curves[i].group, group) == 0)
			break;
	if (i == CURVES)
		return NULL;
	x = number_of(pair, OSSL_PKEY_PARAM_EC_PUB_X, curves[i].len);
	y = number_of(pair, OSSL_PKEY_PARAM_EC_PUB_Y, curves[i].len);
	if (x != NULL && y != NULL)
		out = json_pack("{s:s, s:s, s:s, s:s}", "crv", curves[i].name,
		                "kty", "EC", "x", x, "y", y);
	free(x);
	free(y);
	return out;
}

static json_t *okp_of(const EVP_PKEY *pair, const char *curve)
{
	unsigned char bytes[POINT_MAX];
	size_t len = sizeof(bytes);
	json_t *out;
	char *x;

	if (EVP_PKEY_get_raw_public_key(pair, bytes, &len) != 1)
		return NULL;
	x = jwk_encoded(bytes, len);
	out = json_pack("{s:s, s:s, s:s}", "crv", curve, "kty", "OKP", "x", x);
	free(x);
	return out;
}

json_t *jwk_of(const EVP_PKEY *pair)
{
	if (EVP_PKEY_is_a(pair, "RSA"))
		return rsa_of(pair);
	if (EVP_PKEY_is_a(pair, "EC"))
		return ec_of(pair);
	if (EVP_PKEY_is_a(pair, "X25519"))
		return okp_of(pair, "X25519");
	return okp_of(pair, "Ed25519");
}

/* A member in base64url; LEN is the room at OUT, then what was taken of it. */
static bool member_bytes(const json_t *jwk, const char *name,
                         unsigned char *out, size_t *len)
{
	const char *code = fields_get(jwk, name);
	size_t code_len = code == NULL ? 0 : strlen(code);

	return code != NULL && code_len / 4 * 3 + 3 <= *len &&
	       base64_decode(code, code_len, out, len);
}

static EVP_PKEY *key_from(const char *type, OSSL_PARAM *parameters)
{
	EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
	EVP_PKEY *key = NULL;

	if (context == NULL || parameters == NULL ||
	    EVP_PKEY_fromdata_init(context) != 1 ||
	    EVP_PKEY_fromdata(context, &key, EVP_PKEY_PUBLIC_KEY, parameters) !=
	            1)
		key = NULL;
	EVP_PKEY_CTX_free(context);
	return key;
}

static EVP_PKEY *rsa_read(const json_t *jwk)
{
	unsigned char bytes[2][NUMBER_MAX];
	size_t n_len = NUMBER_MAX, e_len = NUMBER_MAX;
	OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
	OSSL_PARAM *parameters = NULL;
	BIGNUM *n = NULL, *e = NULL;
	EVP_PKEY *key = NULL;

	if (builder == NULL || !member_bytes(jwk, "n", bytes[0], &n_len) ||
	    !member_bytes(jwk, "e", bytes[1], &e_len))
		goto out;
	n = BN_bin2bn(bytes[0], (int)n_len, NULL);
	e = BN_bin2bn(bytes[1], (int)e_len, NULL);
	if (OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, n) != 1 ||
	    OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e) != 1)
		goto out;
	parameters = OSSL_PARAM_BLD_to_param(builder);
	key = key_from("RSA", parameters);
out:
	OSSL_PARAM_free(parameters);
	OSSL_PARAM_BLD_free(builder);
	BN_free(n);
	BN_free(e);
	return key;
}

static EVP_PKEY *ec_read(const json_t *jwk)
{
	unsigned char point[POINT_MAX] = {4}; /* uncompressed: 04 x y */
	const char *name = fields_get(jwk, "crv");
	size_t i, x_len = 80, y_len = 80;
	char group[20];

	for (i = 0; i < CURVES; i++)
		if (name != NULL && strcmp(curves[i].name, name) == 0)
			break;
	if (i == CURVES || !member_bytes(jwk, "x", point + 1, &x_len) ||
	    x_len != curves[i].len ||
	    !member_bytes(jwk, "y", point + 1 + x_len, &y_len) ||
	    y_len != x_len)
		return NULL;
	(void)snprintf(group, sizeof(group), "%s", curves[i].group);
	return key_from(
		"EC",
		(OSSL_PARAM[]){
			OSSL_PARAM_construct_utf8_string(
				OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
			OSSL_PARAM_construct_octet_string(
				OSSL_PKEY_PARAM_PUB_KEY, point, 1 + 2 * x_len),
			OSSL_PARAM_construct_end(),
		});
}

EVP_PKEY *jwk_read(const json_t *jwk)
{
	const char *type = fields_get(jwk, "kty");
	const char *curve = fields_get(jwk, "crv");
	unsigned char bytes[POINT_MAX];
	size_t len = sizeof(bytes);

	if (type == NULL || json_object_get(jwk, "d") != NULL ||
	    json_object_get(jwk, "k") != NULL)
		return NULL;
	if (strcmp(type, "RSA") == 0)
		return rsa_read(jwk);
	if (strcmp(type, "EC") == 0)
		return ec_read(jwk);
	if (strcmp(type, "OKP") == 0 && curve != NULL &&
	    strcmp(curve, "Ed25519") == 0 &&
	    member_bytes(jwk, "x", bytes, &len))
		return EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL,
		                                   bytes, len);
	return NULL;
}

bool jwk_thumbprint(const json_t *jwk, char out[JWK_THUMBPRINT_LEN])
{
	static const char *const members[] = {"crv", "e", "k", "kty",
	                                      "n",   "x", "y"};
	json_t *needed = json_object();
	char *plain, *digest = NULL;
	size_t i;

	for (i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		if (fields_get(jwk, members[i]) != NULL)
			json_object_set(needed, members[i],
			                json_object_get(jwk, members[i]));
	plain = json_dumps(needed, JSON_COMPACT | JSON_SORT_KEYS);
	if (plain != NULL && json_object_get(needed, "kty") != NULL)
		digest = keys_digest(plain, SHA256_LEN);
	(void)snprintf(out, JWK_THUMBPRINT_LEN, "%s",
	               digest == NULL ? "" : digest);
	free(digest);
	free(plain);
	json_decref(needed);
	return out[0] != '\0';
}
