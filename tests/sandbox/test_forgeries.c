/* SPDX-License-Identifier: Apache-2.0 */
/* A hostile token deceives whoever looks at half of it: otherwise its refusal
 * would prove nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "base64.h"
#include "fields.h"
#include "jwk.h"
#include "jws.h"
#include "person.h"
#include "suites.h"

struct parts {
	char *token;
	size_t signed_len;
	unsigned char signature[JWS_SIGNATURE_MAX];
	size_t signature_len;
	json_t *key; /* the first that is published */
};

static void play(const char *name)
{
	char order[200];

	(void)snprintf(order, sizeof(order), "{\"name\": \"%s\"}", name);
	json_decref(client_control("op/case", order));
}

/* The id_token of a login while the case NAME is on. */
static void parts_take(struct parts *parts, const char *name)
{
	struct got tokens, keys;
	const char *last;

	play(name);
	person_tokens(&tokens);
	client_ask(&(struct ask){.path = "/op/jwks"}, &keys);
	memset(parts, 0, sizeof(*parts));
	parts->token = text_copy(got_text(&tokens, "id_token"));
	last = strrchr(parts->token, '.');
	ck_assert_ptr_nonnull(last);
	parts->signed_len = (size_t)(last - parts->token);
	ck_assert(base64_decode(last + 1, strlen(last + 1), parts->signature,
	                        &parts->signature_len));
	parts->key = json_incref(
		json_array_get(json_object_get(keys.json, "keys"), 0));
	got_clear(&tokens);
	got_clear(&keys);
}

static void parts_clear(struct parts *parts)
{
	free(parts->token);
	json_decref(parts->key);
}

/* A key that is read without a look at what it is for. */
static bool is_signed_by(const struct parts *parts, const json_t *jwk)
{
	EVP_PKEY *key = jwk_read(jwk);
	bool fine;

	ck_assert_ptr_nonnull(key);
	fine = jws_verify(key, "RS256", parts->token, parts->signed_len,
	                  parts->signature, parts->signature_len);
	EVP_PKEY_free(key);
	return fine;
}

static const char *const well_signed[] = {
	"oidcc-client-test",
	"oidcc-client-test-invalid-iss",
	"idt-13-blank-in-header",
	"idt-13-newline-in-payload",
	"idt-13-padded-payload",
	"idt-15-kid-unknown",
	"idt-15-kid-a-path",
	"idt-18-key-for-encryption",
	"idt-18-key-for-another-alg",
	"idt-18-key-for-another-operation",
	"idt-19-rsa-512",
	"idt-19-rsa-1024",
	"idt-19-rsa-2047",
	"idt-19-exponent-1",
	"idt-19-exponent-33-bits",
	"idt-22-crit-unknown",
	"idt-22-too-long",
	"idt-22-header-nested",
	"idt-22-alg-twice",
	"idt-22-payload-array",
	"idt-25-exp-nan",
};

enum { WELL_SIGNED = sizeof(well_signed) / sizeof(well_signed[0]) };

START_TEST(the_signature_fits_where_something_else_is_wrong)
{
	struct parts parts;

	parts_take(&parts, well_signed[_i]);

	ck_assert_msg(is_signed_by(&parts, parts.key), "%s", well_signed[_i]);
	parts_clear(&parts);
}
END_TEST

static const char *const badly_signed[] = {
	"idt-13-other-key", "idt-13-other-token", "idt-13-truncated",
	"idt-13-empty",     "idt-13-longer",      "idt-19-exponent-2",
	"idt-19-rsa-16384",
};

enum { BADLY_SIGNED = sizeof(badly_signed) / sizeof(badly_signed[0]) };

START_TEST(the_signature_does_not_fit_where_it_is_the_fault)
{
	struct parts parts;

	parts_take(&parts, badly_signed[_i]);

	ck_assert_msg(!is_signed_by(&parts, parts.key), "%s", badly_signed[_i]);
	parts_clear(&parts);
}
END_TEST

START_TEST(a_token_with_its_own_key_is_signed_by_it)
{
	struct parts parts;
	char plain[4096];
	size_t len = 0;
	json_t *header;

	parts_take(&parts, "idt-21-embedded-jwk");
	ck_assert(base64_decode(parts.token, strcspn(parts.token, "."), plain,
	                        &len));
	header = json_loadb(plain, len, 0, NULL);

	ck_assert(is_signed_by(&parts, json_object_get(header, "jwk")));
	ck_assert(!is_signed_by(&parts, parts.key));
	json_decref(header);
	parts_clear(&parts);
}
END_TEST

/* What everybody can make of the published key. */
static size_t pem_of(const json_t *jwk, unsigned char *out, size_t size)
{
	EVP_PKEY *key = jwk_read(jwk);
	BIO *memory = BIO_new(BIO_s_mem());
	int len;

	ck_assert_int_eq(PEM_write_bio_PUBKEY(memory, key), 1);
	len = BIO_read(memory, out, (int)size);
	BIO_free(memory);
	EVP_PKEY_free(key);
	return (size_t)len;
}

static size_t der_of(const json_t *jwk, unsigned char *out, size_t size)
{
	EVP_PKEY *key = jwk_read(jwk);
	int len = i2d_PUBKEY(key, NULL);

	ck_assert_int_le(len, (int)size);
	len = i2d_PUBKEY(key, &out);
	EVP_PKEY_free(key);
	return (size_t)len;
}

static size_t modulus_of(const json_t *jwk, unsigned char *out, size_t size)
{
	const char *code = fields_get(jwk, "n");
	size_t len = size;

	ck_assert(base64_decode(code, strlen(code), out, &len));
	return len;
}

static size_t client_of(const json_t *jwk, unsigned char *out, size_t size)
{
	(void)jwk;
	return (size_t)snprintf((char *)out, size, "sandbox-native");
}

static size_t nothing_of(const json_t *jwk, unsigned char *out, size_t size)
{
	(void)jwk;
	(void)out;
	(void)size;
	return 0;
}

/* The members that RFC 7638 wants, as they are published. */
static size_t json_of(const json_t *jwk, unsigned char *out, size_t size)
{
	return (size_t)snprintf((char *)out, size,
	                        "{\"e\":\"%s\",\"kty\":\"RSA\",\"n\":\"%s\"}",
	                        fields_get(jwk, "e"), fields_get(jwk, "n"));
}

struct confusion {
	const char *name;
	size_t (*secret)(const json_t *jwk, unsigned char *out, size_t size);
};

static const struct confusion confusions[] = {
	{"idt-11-hs256-with-pem", pem_of},
	{"idt-11-hs256-with-der", der_of},
	{"idt-11-hs256-with-modulus", modulus_of},
	{"idt-11-hs256-with-client-id", client_of},
	{"idt-11-hs256-with-empty-key", nothing_of},
	{"idt-11-hs256-with-jwk", json_of},
};

enum { CONFUSIONS = sizeof(confusions) / sizeof(confusions[0]) };

START_TEST(a_public_key_serves_as_the_secret)
{
	const struct confusion *confusion = &confusions[_i];
	unsigned char secret[4096], digest[EVP_MAX_MD_SIZE];
	struct parts parts;
	unsigned len = 0;
	size_t secret_len;

	parts_take(&parts, confusion->name);
	secret_len = confusion->secret(parts.key, secret, sizeof(secret));
	HMAC(EVP_sha256(), secret, (int)secret_len,
	     (const unsigned char *)parts.token, parts.signed_len, digest,
	     &len);

	ck_assert_uint_eq(parts.signature_len, len);
	ck_assert_mem_eq(parts.signature, digest, len);
	parts_clear(&parts);
}
END_TEST

void suite_add_forgeries(Suite *suite)
{
	TCase *tcase = tcase_create("forgeries");

	tcase_add_checked_fixture(tcase, client_reset, NULL);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase,
	                    the_signature_fits_where_something_else_is_wrong, 0,
	                    WELL_SIGNED);
	tcase_add_loop_test(tcase,
	                    the_signature_does_not_fit_where_it_is_the_fault, 0,
	                    BADLY_SIGNED);
	tcase_add_test(tcase, a_token_with_its_own_key_is_signed_by_it);
	tcase_add_loop_test(tcase, a_public_key_serves_as_the_secret, 0,
	                    CONFUSIONS);
	suite_add_tcase(suite, tcase);
}
