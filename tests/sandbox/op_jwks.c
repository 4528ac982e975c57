/* SPDX-License-Identifier: Apache-2.0 */
/* The ways to publish the keys of the OpenID provider: op_jwks. */
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "op_keys.h"
#include "sandbox.h"

enum { MANY = 101 }; /* one more than a client has to look at */

/* The key NAME as an entry of a set; NULL for the current one. */
static json_t *entry(struct sandbox *box, const char *name)
{
	const struct op_key *key =
		name == NULL ? op_keys_current(box) : op_keys_get(box, name);
	json_t *half = key == NULL ? NULL : jwk_of(key->pair);

	if (half != NULL) {
		json_object_set_new(half, "kid", json_string(key->id));
		json_object_set_new(half, "use", json_string("sig"));
	}
	return half;
}

static json_t *current(struct sandbox *box)
{
	json_t *half = entry(box, NULL);

	if (half != NULL)
		json_object_set(half, "alg", setting(box, "op_algorithm"));
	return half;
}

static void put(json_t *entry, const char *name, const char *value)
{
	json_object_set_new(entry, name, json_string(value));
}

static void usual(struct sandbox *box, json_t *list)
{
	json_array_append_new(list, current(box));
}

static void none(struct sandbox *box, json_t *list)
{
	(void)box;
	(void)list;
}

/* Beside the right one what a client must skip, as the suite of the OpenID
 * Foundation publishes it. */
static void odd(struct sandbox *box, json_t *list)
{
	json_t *encrypting = entry(box, "other");

	put(encrypting, "use", "enc");
	put(encrypting, "alg", "RSA-OAEP");
	json_array_append_new(list, encrypting);
	json_array_append_new(list, entry(box, "secp256k1"));
	json_array_append_new(list, entry(box, "X25519"));
	json_array_append_new(list, json_pack("{s:s, s:s}", "kty", "QUANTUM",
	                                      "kid", "from-tomorrow"));
	json_array_append_new(list, current(box));
}

static void without(struct sandbox *box, json_t *list, const char *name)
{
	json_t *own = current(box);

	json_object_del(own, name);
	json_array_append_new(list, own);
}

static void no_kid(struct sandbox *box, json_t *list)
{
	without(box, list, "kid");
}

static void no_alg(struct sandbox *box, json_t *list)
{
	without(box, list, "alg");
}

/* Two keys fit, the wrong one comes first. */
static void several(struct sandbox *box, json_t *list)
{
	json_t *other = entry(box, "other");

	put(other, "alg", "RS256");
	json_array_append_new(list, other);
	json_array_append_new(list, current(box));
}

static void same_kid(struct sandbox *box, json_t *list)
{
	json_t *other = entry(box, "other"), *own = current(box);

	json_object_set(other, "kid", json_object_get(own, "kid"));
	put(other, "alg", "RS256");
	json_array_append_new(list, other);
	json_array_append_new(list, own);
}

/* None fits: another type, with the same kid. */
static void no_fit(struct sandbox *box, json_t *list)
{
	json_t *other = entry(box, "P-256"), *own = current(box);

	json_object_set(other, "kid", json_object_get(own, "kid"));
	json_array_append_new(list, other);
	json_decref(own);
}

static void encrypting(struct sandbox *box, json_t *list)
{
	json_t *own = current(box);

	put(own, "use", "enc");
	json_array_append_new(list, own);
}

static void other_alg(struct sandbox *box, json_t *list)
{
	json_t *own = current(box);

	put(own, "alg", "RS512");
	json_array_append_new(list, own);
}

static void other_operation(struct sandbox *box, json_t *list)
{
	json_t *own = current(box);

	json_object_del(own, "use");
	json_object_set_new(own, "key_ops", json_pack("[s]", "encrypt"));
	json_array_append_new(list, own);
}

static void many(struct sandbox *box, json_t *list)
{
	json_t *other = entry(box, "other");
	int i;

	put(other, "alg", "RS256");
	for (i = 1; i < MANY; i++) {
		json_t *copy = json_deep_copy(other);

		json_object_set_new(copy, "kid", json_sprintf("key-%d", i));
		json_array_append_new(list, copy);
	}
	json_array_append_new(list, current(box));
	json_decref(other);
}

/* An RSA key of LEN bytes that begin with FIRST and end with LAST. */
static void invented(struct sandbox *box, json_t *list, size_t len,
                     unsigned char first, unsigned char last)
{
	unsigned char *bytes = malloc(len);
	json_t *own = current(box);
	char *code = NULL;

	if (bytes != NULL) {
		memset(bytes, 0x5a, len);
		bytes[0] = first;
		bytes[len - 1] = last;
		code = jwk_encoded(bytes, len);
		put(own, "n", code == NULL ? "" : code);
	}
	json_array_append_new(list, own);
	free(code);
	free(bytes);
}

static void rsa_16384(struct sandbox *box, json_t *list)
{
	invented(box, list, 2048, 0xff, 0xff);
}

static void rsa_65536(struct sandbox *box, json_t *list)
{
	invented(box, list, 8192, 0xff, 0xff);
}

static void rsa_even(struct sandbox *box, json_t *list)
{
	invented(box, list, 256, 0xff, 0xfe);
}

static void rsa_zero(struct sandbox *box, json_t *list)
{
	json_t *own = current(box);

	put(own, "n", "AA");
	json_array_append_new(list, own);
}

static void exponent(struct sandbox *box, json_t *list, const char *code)
{
	json_t *own = current(box);

	put(own, "e", code);
	json_array_append_new(list, own);
}

static void exponent_1(struct sandbox *box, json_t *list)
{
	exponent(box, list, "AQ");
}

static void exponent_2(struct sandbox *box, json_t *list)
{
	exponent(box, list, "Ag");
}

static void exponent_even(struct sandbox *box, json_t *list)
{
	exponent(box, list, "AQAA");
}

struct manner {
	const char *name;
	void (*fill)(struct sandbox *box, json_t *list);
};

static const struct manner manners[] = {
	{"usual", usual},
	{"none", none},
	{"odd", odd},
	{"no_kid", no_kid},
	{"no_alg", no_alg},
	{"several", several},
	{"same_kid", same_kid},
	{"no_fit", no_fit},
	{"encrypting", encrypting},
	{"other_alg", other_alg},
	{"other_operation", other_operation},
	{"many", many},
	{"rsa_16384", rsa_16384},
	{"rsa_65536", rsa_65536},
	{"rsa_even", rsa_even},
	{"rsa_zero", rsa_zero},
	{"exponent_1", exponent_1},
	{"exponent_2", exponent_2},
	{"exponent_even", exponent_even},
};

json_t *op_keys_published(struct sandbox *box)
{
	const char *wanted = setting_text(box, "op_jwks");
	json_t *list = json_array();
	size_t i;

	for (i = 0; i < sizeof(manners) / sizeof(manners[0]); i++) {
		if (strcmp(manners[i].name, wanted) != 0)
			continue;
		manners[i].fill(box, list);
		return json_pack("{s:o}", "keys", list);
	}
	json_decref(list);
	return NULL;
}
