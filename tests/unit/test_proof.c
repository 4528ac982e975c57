/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of possession: what they say, and that the key in them signed it. */
#include "proof.h"

#include <check.h>
#include <cjose/cjose.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "clock.h"
#include "error.h"
#include "json.h"
#include "secret.h"
#include "text.h"

static struct proof_key *key;
static struct astro_error err;
static struct text jwt;

static void set_up(void)
{
	memset(&err, 0, sizeof(err));
	text_init(&jwt, 8192);
	ck_assert_msg(proof_key_new(&key, &err) == ASTRO_OK, "%s", err.message);
}

static void tear_down(void)
{
	proof_key_free(key);
	text_clear(&jwt);
}

/* Segment NUMBER of the proof, as JSON. */
static struct json *segment(int number)
{
	const char *at = jwt.bytes;
	char bytes[8192];
	struct json *json;
	size_t len;

	while (number-- > 0)
		at = strchr(at, '.') + 1;
	ck_assert(base64_decode(at, strcspn(at, "."), bytes, &len));
	ck_assert_int_eq(json_parse(bytes, len, &json, &err), ASTRO_OK);
	return json;
}

static void make(const struct proof_request *request)
{
	text_clear(&jwt);
	ck_assert_msg(proof_make(key, request, &jwt, &err) == ASTRO_OK, "%s",
	              err.message);
}

/* The example of RFC 9449, 4.1 and 7.1 in its members. */
START_TEST(a_proof_says_what_it_is_for)
{
	struct astro_secret *token;
	struct json *header, *claims;

	ck_assert_int_eq(
		secret_new("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU", 43,
	                   &token, &err),
		ASTRO_OK);
	make(&(struct proof_request){
		.method = "POST",
		.url = "https://server.example.com/token?a=b#c",
		.access_token = token,
		.nonce = "n-0"});
	header = segment(0);
	claims = segment(1);
	ck_assert_str_eq(json_text(header, "typ"), "dpop+jwt");
	ck_assert_str_eq(json_text(header, "alg"), "ES256");
	ck_assert_str_eq(json_text(header, "jwk.kty"), "EC");
	ck_assert_str_eq(json_text(header, "jwk.crv"), "P-256");
	ck_assert_int_eq(json_kind(header, "jwk.d"), JSON_KIND_ABSENT);
	ck_assert_str_eq(json_text(claims, "htm"), "POST");
	ck_assert_str_eq(json_text(claims, "htu"),
	                 "https://server.example.com/token");
	ck_assert_str_eq(json_text(claims, "ath"),
	                 "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo");
	ck_assert_str_eq(json_text(claims, "nonce"), "n-0");
	ck_assert(llabs(json_number(claims, "iat", 0) - clock_wall()) <= 2);
	ck_assert_uint_ge(strlen(json_text(claims, "jti")), 16);
	json_free(header);
	json_free(claims);
	secret_free(token);
}
END_TEST

START_TEST(no_two_proofs_are_the_same)
{
	const struct proof_request request = {.method = "GET",
	                                      .url = "https://a.example/"};
	char first[8192];

	make(&request);
	(void)snprintf(first, sizeof(first), "%s", jwt.bytes);
	make(&request);
	ck_assert_str_ne(first, jwt.bytes);
}
END_TEST

START_TEST(the_key_in_it_verifies_it)
{
	cjose_err why = {0};
	struct json *header;
	struct text public_key;
	cjose_jwk_t *jwk;
	cjose_jws_t *jws;

	make(&(struct proof_request){.method = "GET",
	                             .url = "https://a.example/"});
	header = segment(0);
	text_init(&public_key, 4096);
	ck_assert_int_eq(json_write(&public_key, header, "jwk", &err),
	                 ASTRO_OK);
	jwk = cjose_jwk_import(public_key.bytes, public_key.len, &why);
	jws = cjose_jws_import(jwt.bytes, jwt.len, &why);
	ck_assert(jwk != NULL && jws != NULL);
	ck_assert(cjose_jws_verify(jws, jwk, &why));
	cjose_jws_release(jws);
	cjose_jwk_release(jwk);
	text_clear(&public_key);
	json_free(header);
}
END_TEST

START_TEST(a_kept_key_is_the_same_key)
{
	const struct proof_request request = {.method = "GET",
	                                      .url = "https://a.example/"};
	struct astro_secret *saved;
	struct json *before, *after;

	make(&request);
	before = segment(0);
	ck_assert_int_eq(proof_key_save(key, &saved, &err), ASTRO_OK);
	proof_key_free(key);
	ck_assert_msg(proof_key_load(saved, &key, &err) == ASTRO_OK, "%s",
	              err.message);
	make(&request);
	after = segment(0);
	ck_assert_str_eq(json_text(before, "jwk.x"), json_text(after, "jwk.x"));
	ck_assert_str_eq(json_text(before, "jwk.y"), json_text(after, "jwk.y"));
	json_free(before);
	json_free(after);
	secret_free(saved);
}
END_TEST

static const char *const no_keys[] = {"",
                                      "{}",
                                      "[]",
                                      "{\"kty\":\"EC\"}",
                                      "{\"kty\":\"oct\",\"k\":\"AAAA\"}",
                                      "\xff\xfe"};

START_TEST(what_is_no_key_is_refused)
{
	struct astro_secret *saved;

	proof_key_free(key);
	key = NULL;
	ck_assert_int_eq(
		secret_new(no_keys[_i], strlen(no_keys[_i]), &saved, &err),
		ASTRO_OK);
	ck_assert_int_eq(proof_key_load(saved, &key, &err), ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message, "the key that the stored token is bound "
	                              "to makes no sense");
	ck_assert_ptr_null(key);
	secret_free(saved);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("proof");
	TCase *tcase = tcase_create("proof");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_proof_says_what_it_is_for);
	tcase_add_test(tcase, no_two_proofs_are_the_same);
	tcase_add_test(tcase, the_key_in_it_verifies_it);
	tcase_add_test(tcase, a_kept_key_is_the_same_key);
	tcase_add_loop_test(tcase, what_is_no_key_is_refused, 0,
	                    sizeof(no_keys) / sizeof(no_keys[0]));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
