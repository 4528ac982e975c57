/* SPDX-License-Identifier: Apache-2.0 */
/* DPoP, RFC 9449: which proofs the OpenID provider takes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <openssl/ec.h>

#include "fields.h"
#include "person.h"
#include "proof.h"
#include "suites.h"

/* An exchange with PROOF. */
static void redeem(const char *code, const char *proof, struct got *got)
{
	json_t *exchange = person_exchange(code);
	struct text form;

	text_init(&form, 2000);
	fields_write(&form, exchange);
	client_ask(&(struct ask){.path = "/op/token",
	                         .body = form.bytes,
	                         .header = proof},
	           got);
	text_clear(&form);
	json_decref(exchange);
}

static char *proof_for_token(EVP_PKEY *pair, const char *nonce,
                             const char *changes)
{
	json_t *patch = changes == NULL ? NULL : json_loads(changes, 0, NULL);
	char *proof = proof_make(&(struct proof_request){
		.pair = pair,
		.method = "POST",
		.path = "/op/token",
		.nonce = nonce,
		.changes = patch,
	});

	json_decref(patch);
	return proof;
}

static void ask_userinfo(const char *scheme, const char *token,
                         const char *proof, struct got *got)
{
	char header[300];

	(void)snprintf(header, sizeof(header), "%s %s", scheme, token);
	client_ask(&(struct ask){.path = "/op/userinfo",
	                         .authorization = header,
	                         .header = proof},
	           got);
}

START_TEST(a_bound_token_is_good_with_its_key_alone)
{
	EVP_PKEY *pair = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
	char *code = person_code(), *proof = proof_for_token(pair, NULL, NULL);
	struct proof_request wanted = {.method = "GET", .path = "/op/userinfo"};
	struct got tokens, got;

	redeem(code, proof, &tokens);
	ck_assert_str_eq(got_text(&tokens, "token_type"), "DPoP");
	free(proof);
	wanted.access = got_text(&tokens, "access_token");

	wanted.pair = pair;
	proof = proof_make(&wanted);
	ask_userinfo("DPoP", wanted.access, proof, &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);
	/* A proof is good once (11.1). */
	ask_userinfo("DPoP", wanted.access, proof, &got);
	ck_assert_int_eq(got.status, 401);
	ck_assert_ptr_nonnull(strstr(got.challenge, "invalid_dpop_proof"));
	got_clear(&got);
	free(proof);

	wanted.pair = other;
	proof = proof_make(&wanted);
	ask_userinfo("DPoP", wanted.access, proof, &got);
	ck_assert_int_eq(got.status, 401);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "not of the token's key"));
	got_clear(&got);
	ask_userinfo("Bearer", wanted.access, NULL, &got);
	ck_assert_int_eq(got.status, 401);
	got_clear(&got);
	ask_userinfo("DPoP", wanted.access, NULL, &got);
	ck_assert_int_eq(got.status, 401);
	got_clear(&got);
	free(proof);
	free(code);
	got_clear(&tokens);
	EVP_PKEY_free(pair);
	EVP_PKEY_free(other);
}
END_TEST

START_TEST(a_refresh_token_is_bound_too)
{
	EVP_PKEY *pair = EVP_EC_gen("P-256"), *other = EVP_EC_gen("P-256");
	char *code = person_code(), *proof = proof_for_token(pair, NULL, NULL);
	struct got tokens, got;
	char form[300];

	redeem(code, proof, &tokens);
	free(proof);
	(void)snprintf(form, sizeof(form),
	               "client_id=sandbox-native&grant_type=refresh_token"
	               "&refresh_token=%s",
	               got_text(&tokens, "refresh_token"));
	proof = proof_for_token(other, NULL, NULL);
	client_ask(&(struct ask){.path = "/op/token",
	                         .body = form,
	                         .header = proof},
	           &got);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_dpop_proof");
	got_clear(&got);
	client_ask(&(struct ask){.path = "/op/token", .body = form}, &got);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_dpop_proof");
	got_clear(&got);
	free(proof);

	proof = proof_for_token(pair, NULL, NULL);
	client_ask(&(struct ask){.path = "/op/token",
	                         .body = form,
	                         .header = proof},
	           &got);

	ck_assert_int_eq(got.status, 200);
	got_clear(&got);
	free(proof);
	free(code);
	got_clear(&tokens);
	EVP_PKEY_free(pair);
	EVP_PKEY_free(other);
}
END_TEST

static const char *const wrong_proofs[] = {
	"{\"header\": {\"typ\": \"JWT\"}}",
	"{\"header\": {\"alg\": \"none\"}}",
	"{\"header\": {\"alg\": \"HS256\"}}",
	"{\"header\": {\"alg\": \"ES384\"}}",
	"{\"header\": {\"jwk\": null}}",
	"{\"header\": {\"jwk\": {\"d\": \"AAAA\"}}}",
	"{\"header\": {\"jwk\": {\"x\": \"AAAA\"}}}",
	"{\"claims\": {\"htm\": \"GET\"}}",
	"{\"claims\": {\"htu\": \"http://127.0.0.1/op/token\"}}",
	"{\"claims\": {\"iat\": 1000000000}}",
	"{\"claims\": {\"iat\": 4000000000}}",
	"{\"claims\": {\"iat\": null}}",
	"{\"claims\": {\"jti\": null}}",
	"{\"claims\": {\"jti\": \"short\"}}",
};

enum { WRONG_PROOFS = sizeof(wrong_proofs) / sizeof(wrong_proofs[0]) };

START_TEST(refuses_a_wrong_proof)
{
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	char *code = person_code();
	char *proof = proof_for_token(pair, NULL, wrong_proofs[_i]);
	struct got got;

	redeem(code, proof, &got);

	ck_assert_int_eq(got.status, 400);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_dpop_proof");
	ck_assert_str_ne(got_text(&got, "error_description"), "");
	got_clear(&got);
	free(proof);
	free(code);
	EVP_PKEY_free(pair);
}
END_TEST

START_TEST(refuses_what_is_no_proof)
{
	static const char *const headers[] = {
		"DPoP: e30",
		"DPoP: e30.e30.",
		"DPoP: e30.e30.e30.e30",
		"DPoP: ..",
	};
	char *code = person_code();
	struct got got;

	redeem(code, headers[_i], &got);

	ck_assert_str_eq(got_text(&got, "error"), "invalid_dpop_proof");
	got_clear(&got);
	free(code);
}
END_TEST

START_TEST(demands_a_nonce_of_its_own)
{
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	char *code = person_code(), *proof;
	struct got first, got;

	person_settings("{\"op_dpop_nonce\": \"each\"}");
	proof = proof_for_token(pair, "guessed", NULL);
	redeem(code, proof, &first);
	ck_assert_int_eq(first.status, 400);
	ck_assert_str_eq(got_text(&first, "error"), "use_dpop_nonce");
	ck_assert_str_ne(first.nonce, "");
	free(proof);

	proof = proof_for_token(pair, first.nonce, NULL);
	redeem(code, proof, &got);

	ck_assert_int_eq(got.status, 200);
	ck_assert_str_ne(got.nonce, "");
	ck_assert_str_ne(got.nonce, first.nonce);
	got_clear(&got);
	got_clear(&first);
	free(proof);
	free(code);
	EVP_PKEY_free(pair);
}
END_TEST

START_TEST(a_code_can_be_bound_before_it_is_given)
{
	EVP_PKEY *pair = EVP_EC_gen("P-256");
	json_t *request = person_request();
	char *proof = proof_for_token(pair, NULL, NULL), *code;
	struct got got;

	json_object_set_new(
		request, "dpop_jkt",
		json_string("0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I"));
	person_log_in(request, &got);
	code = client_parameter(got.location, "code");
	got_clear(&got);
	redeem(code, proof, &got);

	ck_assert_str_eq(got_text(&got, "error"), "invalid_dpop_proof");
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "dpop_jkt"));
	got_clear(&got);
	free(code);
	free(proof);
	json_decref(request);
	EVP_PKEY_free(pair);
}
END_TEST

START_TEST(wants_a_proof_where_it_says_so)
{
	char *code = person_code();
	struct got got;

	person_settings("{\"op_dpop_required\": true}");
	redeem(code, NULL, &got);

	ck_assert_str_eq(got_text(&got, "error"), "invalid_dpop_proof");
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "wanted"));
	got_clear(&got);
	free(code);
}
END_TEST

void suite_add_proofs(Suite *suite)
{
	TCase *tcase = tcase_create("proofs");

	tcase_add_checked_fixture(tcase, client_reset, NULL);
	tcase_add_test(tcase, a_bound_token_is_good_with_its_key_alone);
	tcase_add_test(tcase, a_refresh_token_is_bound_too);
	tcase_add_loop_test(tcase, refuses_a_wrong_proof, 0, WRONG_PROOFS);
	tcase_add_loop_test(tcase, refuses_what_is_no_proof, 0, 4);
	tcase_add_test(tcase, demands_a_nonce_of_its_own);
	tcase_add_test(tcase, a_code_can_be_bound_before_it_is_given);
	tcase_add_test(tcase, wants_a_proof_where_it_says_so);
	suite_add_tcase(suite, tcase);
}
