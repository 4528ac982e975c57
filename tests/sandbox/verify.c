/* SPDX-License-Identifier: Apache-2.0 */
/* OpenID Connect Core, 3.1.3.7, and RFC 7515, 7518, 8725, without mercy. */
#include "verify.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>

#include "base64.h"
#include "fields.h"
#include "jwk.h"
#include "jws.h"

enum { TOKEN_MAX = 64 * 1024, DEPTH_MAX = 32, KEYS_MAX = 100, SKEW_S = 60 };

static bool too_deep(const char *text, size_t len)
{
	int depth = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '[' || text[i] == '{')
			depth++;
		else if (text[i] == ']' || text[i] == '}')
			depth--;
		if (depth > DEPTH_MAX)
			return true;
	}
	return false;
}

/* A part as a JSON object, or NULL. */
static json_t *part_of(const char *code, size_t len)
{
	char *plain = malloc(len / 4 * 3 + 3);
	size_t plain_len = 0;
	json_t *out = NULL;

	if (base64_decode(code, len, plain, &plain_len) &&
	    !too_deep(plain, plain_len))
		out = json_loadb(plain, plain_len, JSON_REJECT_DUPLICATES,
		                 NULL);
	free(plain);
	if (!json_is_object(out)) {
		json_decref(out);
		return NULL;
	}
	return out;
}

static bool has_text(const json_t *list, const char *wanted)
{
	json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry)
	{
		if (json_is_string(entry) &&
		    strcmp(json_string_value(entry), wanted) == 0)
			return true;
	}
	return false;
}

static bool says(const json_t *object, const char *name, const char *wanted)
{
	const char *value = fields_get(object, name);

	return value != NULL && wanted != NULL && strcmp(value, wanted) == 0;
}

/* Whether the key may serve: its type, use, alg and operations. */
static bool may_serve(const json_t *key, const char *algorithm)
{
	const char *type = algorithm[0] != 'E'   ? "RSA"
	                   : algorithm[1] == 'S' ? "EC"
	                                         : "OKP";
	json_t *operations = json_object_get(key, "key_ops");

	if (!says(key, "kty", type))
		return false;
	if (json_object_get(key, "use") != NULL && !says(key, "use", "sig"))
		return false;
	if (json_object_get(key, "alg") != NULL && !says(key, "alg", algorithm))
		return false;
	return operations == NULL || has_text(operations, "verify");
}

static bool rsa_is_sound(const EVP_PKEY *key)
{
	BIGNUM *n = NULL, *e = NULL;
	bool fine =
		EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_N, &n) == 1 &&
		EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &e) == 1 &&
		BN_num_bits(n) >= 2048 && BN_num_bits(n) <= 8192 &&
		BN_is_odd(n) && BN_is_odd(e) && BN_num_bits(e) >= 2 &&
		BN_num_bits(e) <= 32;

	BN_free(n);
	BN_free(e);
	return fine;
}

static const char *key_choose(const json_t *keys, const json_t *header,
                              const char *algorithm, const json_t **out)
{
	const json_t *list = json_object_get(keys, "keys");
	json_t *kid = json_object_get(header, "kid"), *key;
	size_t i, count = 0;

	if (kid != NULL && !json_is_string(kid))
		return "kid is no text";
	if (json_array_size(list) > KEYS_MAX)
		return "there are too many keys";
	json_array_foreach((json_t *)list, i, key)
	{
		if (!may_serve(key, algorithm) ||
		    (kid != NULL &&
		     !json_equal(kid, json_object_get(key, "kid"))))
			continue;
		*out = key;
		count++;
	}
	return count == 1 ? NULL : "not exactly one key fits";
}

static const char *signature_complaint(const struct verify *wanted,
                                       const json_t *header, const char *token,
                                       const char *second)
{
	unsigned char signature[JWS_SIGNATURE_MAX * 2];
	const char *algorithm = fields_get(header, "alg"), *complaint;
	const json_t *found = NULL;
	size_t len = strlen(second + 1);
	EVP_PKEY *key;
	bool fine;

	if (!jws_knows(algorithm) || !has_text(wanted->algorithms, algorithm))
		return "alg is not one of the announced";
	if (json_object_get(header, "crit") != NULL)
		return "crit is not understood";
	complaint = key_choose(wanted->keys, header, algorithm, &found);
	if (complaint != NULL)
		return complaint;
	if (len >= sizeof(signature) ||
	    !base64_decode(second + 1, len, signature, &len))
		return "the signature is no base64url";
	key = jwk_read(found);
	if (key == NULL)
		return "the key cannot be read";
	fine = (algorithm[0] == 'E' || rsa_is_sound(key)) &&
	       jws_verify(key, algorithm, token, (size_t)(second - token),
	                  signature, len);
	EVP_PKEY_free(key);
	return fine ? NULL
	            : "the signature does not fit, or the key is unsound";
}

/* A time as a number that stands for one; FINE tells. */
static double time_of(const json_t *claims, const char *name, bool *fine)
{
	json_t *value = json_object_get(claims, name);
	double number = json_number_value(value);

	*fine = json_is_number(value) && isfinite(number) && number > 0 &&
	        number < 253402300800.0;
	return number;
}

static const char *time_complaint(const struct verify *wanted,
                                  const json_t *claims)
{
	double now = (double)wanted->now;
	bool fine;
	double value = time_of(claims, "exp", &fine);

	if (!fine || value <= now - SKEW_S)
		return "exp is wrong or over";
	value = time_of(claims, "iat", &fine);
	if (!fine || value > now + SKEW_S)
		return "iat is wrong or in the future";
	value = time_of(claims, "nbf", &fine);
	if (json_object_get(claims, "nbf") != NULL &&
	    (!fine || value > now + SKEW_S))
		return "nbf is wrong or in the future";
	return NULL;
}

static bool audience_fits(const json_t *claims, const char *client)
{
	json_t *audience = json_object_get(claims, "aud");

	if (json_is_array(audience) && json_array_size(audience) == 1)
		audience = json_array_get(audience, 0);
	return json_is_string(audience) &&
	       strcmp(json_string_value(audience), client) == 0;
}

static bool hash_fits(const json_t *claims, const char *algorithm,
                      const char *access)
{
	json_t *given = json_object_get(claims, "at_hash");
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	char *code;
	bool fine;

	if (given == NULL)
		return true;
	EVP_Digest(access, strlen(access), digest, &len, jws_hash(algorithm),
	           NULL);
	code = jwk_encoded(digest, len / 2);
	fine = says(claims, "at_hash", code);
	free(code);
	return fine;
}

static const char *claims_complaint(const struct verify *wanted,
                                    const json_t *claims, const char *algorithm)
{
	const char *sub = fields_get(claims, "sub");

	if (!says(claims, "iss", wanted->issuer))
		return "iss is another";
	if (!audience_fits(claims, wanted->client))
		return "aud is another";
	if (json_object_get(claims, "azp") != NULL &&
	    !says(claims, "azp", wanted->client))
		return "azp is another";
	if (sub == NULL || sub[0] == '\0' || strlen(sub) > 255)
		return "sub is none";
	if (wanted->nonce != NULL && !says(claims, "nonce", wanted->nonce))
		return "nonce is another";
	if (!hash_fits(claims, algorithm, wanted->access_token))
		return "at_hash is another";
	return time_complaint(wanted, claims);
}

const char *verify_id_token(const struct verify *wanted, const char *token,
                            json_t **claims)
{
	const char *first = strchr(token, '.');
	const char *second = first == NULL ? NULL : strchr(first + 1, '.');
	const char *complaint = "a part is no JSON object";
	json_t *header;

	*claims = NULL;
	if (strlen(token) > TOKEN_MAX)
		return "it is too long";
	if (second == NULL || strchr(second + 1, '.') != NULL)
		return "it has not three parts";
	header = part_of(token, (size_t)(first - token));
	*claims = part_of(first + 1, (size_t)(second - first - 1));
	if (header != NULL && *claims != NULL) {
		complaint = signature_complaint(wanted, header, token, second);
		if (complaint == NULL)
			complaint = claims_complaint(wanted, *claims,
			                             fields_get(header, "alg"));
	}
	json_decref(header);
	if (complaint != NULL) {
		json_decref(*claims);
		*claims = NULL;
	}
	return complaint;
}
