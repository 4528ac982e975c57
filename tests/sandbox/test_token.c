/* SPDX-License-Identifier: Apache-2.0 */
/* The client's side: codes, refresh tokens, revocation, and what is signed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <cjose/cjose.h>

#include "base64.h"
#include "client.h"
#include "fields.h"
#include "suites.h"

static const struct wrong wrong_exchanges[] = {
	{"client_id", NULL, "invalid_client"},
	{"client_id", "other", "invalid_client"},
	{"grant_type", NULL, "invalid_request"},
	{"grant_type", "password", "unsupported_grant_type"},
	{"code", NULL, "invalid_request"},
	{"code", "guessed", "invalid_grant"},
	{"redirect_uri", NULL, "invalid_grant"},
	{"redirect_uri", "http://localhost:12345/other", "invalid_grant"},
	{"code_verifier", NULL, "invalid_request"},
	{"code_verifier", "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl",
         "invalid_grant"},
	{"code_verifier", CLIENT_CHALLENGE, "invalid_grant"},
};

enum { WRONG_EXCHANGES = sizeof(wrong_exchanges) / sizeof(wrong_exchanges[0]) };

static json_t *right_exchange(const char *code)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "client_id",
	                 "astro-sandbox-cli", "grant_type",
	                 "authorization_code", "code", code, "redirect_uri",
	                 "http://localhost:12345/callback", "code_verifier",
	                 CLIENT_VERIFIER);
}

static void exchange(const json_t *request, struct got *got)
{
	struct text form;

	text_init(&form, 4000);
	fields_write(&form, request);
	client_ask(&(struct ask){.path = "/oauth/token", .body = form.bytes},
	           got);
	text_clear(&form);
}

START_TEST(refuses_a_wrong_exchange_of_the_code)
{
	const struct wrong *wrong = &wrong_exchanges[_i];
	char *code = client_code();
	json_t *request = right_exchange(code);
	struct got got;

	if (wrong->value != NULL)
		json_object_set_new(request, wrong->parameter,
		                    json_string(wrong->value));
	else
		json_object_del(request, wrong->parameter);
	exchange(request, &got);

	ck_assert_int_eq(got.status, strcmp(wrong->error, "invalid_client") == 0
	                                     ? 401
	                                     : 400);
	ck_assert_str_eq(got_text(&got, "error"), wrong->error);
	ck_assert_str_ne(got_text(&got, "error_description"), "");
	got_clear(&got);
	json_decref(request);
	free(code);
}
END_TEST

START_TEST(refuses_a_token_request_that_is_no_form)
{
	struct got got;

	client_ask(&(struct ask){.path = "/oauth/token",
	                         .body = "{\"grant_type\":\"x\"}"},
	           &got);

	ck_assert_int_eq(got.status, 400);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_request");
	got_clear(&got);
}
END_TEST

static long userinfo_with(const char *access_token)
{
	struct text header;
	struct got got;
	long status;

	text_init(&header, 10000);
	text_addf(&header, "Bearer %s", access_token);
	client_ask(&(struct ask){.path = "/userinfo",
	                         .authorization = header.bytes},
	           &got);
	status = got.status;
	text_clear(&header);
	got_clear(&got);
	return status;
}

START_TEST(revokes_what_a_replayed_code_gave)
{
	char *code = client_code();
	json_t *request = right_exchange(code);
	struct got first, second;

	exchange(request, &first);
	ck_assert_int_eq(first.status, 200);
	ck_assert_int_eq(userinfo_with(got_text(&first, "access_token")), 200);

	exchange(request, &second);

	ck_assert_int_eq(second.status, 400);
	ck_assert_str_eq(got_text(&second, "error"), "invalid_grant");
	ck_assert_int_eq(userinfo_with(got_text(&first, "access_token")), 401);
	got_clear(&first);
	got_clear(&second);
	json_decref(request);
	free(code);
}
END_TEST

START_TEST(refuses_a_code_and_a_token_after_their_time)
{
	char *code = client_code();
	json_t *request = right_exchange(code);
	struct got got, login;

	client_login(&login);
	json_decref(client_control("settings", "{\"clock_offset\": 601}"));
	exchange(request, &got);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_grant");
	ck_assert_int_eq(userinfo_with(got_text(&login, "access_token")), 200);

	json_decref(client_control("settings", "{\"clock_offset\": 3601}"));

	ck_assert_int_eq(userinfo_with(got_text(&login, "access_token")), 401);
	got_clear(&got);
	got_clear(&login);
	json_decref(request);
	free(code);
}
END_TEST

START_TEST(rotates_and_revokes_the_family_when_one_is_reused)
{
	struct got login, second, reused, third;

	client_login(&login);
	client_refresh(got_text(&login, "refresh_token"), &second);
	ck_assert_int_eq(second.status, 200);
	ck_assert_str_ne(got_text(&second, "refresh_token"), "");
	ck_assert_str_ne(got_text(&second, "refresh_token"),
	                 got_text(&login, "refresh_token"));

	client_refresh(got_text(&login, "refresh_token"), &reused);

	ck_assert_int_eq(reused.status, 400);
	ck_assert_str_eq(got_text(&reused, "error"), "invalid_grant");
	client_refresh(got_text(&second, "refresh_token"), &third);
	ck_assert_str_eq(got_text(&third, "error"), "invalid_grant");
	ck_assert_int_eq(userinfo_with(got_text(&second, "access_token")), 401);
	got_clear(&login);
	got_clear(&second);
	got_clear(&reused);
	got_clear(&third);
}
END_TEST

START_TEST(takes_a_spent_token_within_the_reuse_interval)
{
	struct got login, second, reused;

	json_decref(client_control("settings", "{\"reuse_interval\": 30}"));
	client_login(&login);
	client_refresh(got_text(&login, "refresh_token"), &second);
	client_refresh(got_text(&login, "refresh_token"), &reused);

	ck_assert_int_eq(second.status, 200);
	ck_assert_int_eq(reused.status, 200);
	got_clear(&login);
	got_clear(&second);
	got_clear(&reused);
}
END_TEST

START_TEST(gives_no_refresh_token_where_offline_access_is_off)
{
	struct got login;

	json_decref(client_control("settings", "{\"offline_access\": false}"));
	client_login(&login);

	ck_assert_ptr_null(json_object_get(login.json, "refresh_token"));
	got_clear(&login);
}
END_TEST

START_TEST(revocation_ends_the_whole_login)
{
	struct got login, got;
	char form[300];

	client_login(&login);
	(void)snprintf(form, sizeof(form),
	               "client_id=astro-sandbox-cli&token=%s",
	               got_text(&login, "refresh_token"));
	client_ask(&(struct ask){.path = "/oauth/revoke", .body = form}, &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);

	client_refresh(got_text(&login, "refresh_token"), &got);

	ck_assert_str_eq(got_text(&got, "error"), "invalid_grant");
	ck_assert_int_eq(userinfo_with(got_text(&login, "access_token")), 401);
	got_clear(&got);
	got_clear(&login);
}
END_TEST

static void revoke(const char *form, struct got *got)
{
	client_ask(&(struct ask){.path = "/oauth/revoke", .body = form}, got);
}

START_TEST(revoking_an_access_token_ends_nothing_else)
{
	struct got login, got;
	char form[3000];

	client_login(&login);
	(void)snprintf(form, sizeof(form),
	               "client_id=astro-sandbox-cli&token=%s&"
	               "token_type_hint=refresh_token",
	               got_text(&login, "access_token"));
	revoke(form, &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);

	ck_assert_int_eq(userinfo_with(got_text(&login, "access_token")), 401);
	client_refresh(got_text(&login, "refresh_token"), &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);
	got_clear(&login);
}
END_TEST

/* RFC 7009, 2.1 and 2.2.1; one that is not known is no error (2.2). */
static const struct {
	const char *form;
	int status;
	const char *error;
} revocations[] = {
	{"client_id=astro-sandbox-cli", 400, "invalid_request"},
	{"client_id=astro-sandbox-cli&token=a&token=b", 400, "invalid_request"},
	{"{\"client_id\":\"astro-sandbox-cli\",\"token\":\"a\"}", 400,
         "invalid_request"},
	{"token=a", 401, "invalid_client"},
	{"token=a&client_id=other", 401, "invalid_client"},
	{"token=never-heard-of&client_id=astro-sandbox-cli", 200, NULL},
};

START_TEST(judges_a_revocation_as_a_real_server_does)
{
	struct got got;

	revoke(revocations[_i].form, &got);

	ck_assert_int_eq(got.status, revocations[_i].status);
	if (revocations[_i].error != NULL)
		ck_assert_str_eq(got_text(&got, "error"),
		                 revocations[_i].error);
	got_clear(&got);
}
END_TEST

/* Checked by another library than the one that signs. */
static bool verifies(const char *token, json_t *key)
{
	char *plain = json_dumps(key, 0);
	cjose_err error;
	cjose_jws_t *jws = cjose_jws_import(token, strlen(token), &error);
	cjose_jwk_t *jwk = cjose_jwk_import(plain, strlen(plain), &error);
	bool fine = jws != NULL && jwk != NULL &&
	            cjose_jws_verify(jws, jwk, &error);

	cjose_jws_release(jws);
	cjose_jwk_release(jwk);
	free(plain);
	return fine;
}

static json_t *part_of(const char *token, int index)
{
	char plain[4000];
	size_t len;

	while (index-- > 0)
		token = strchr(token, '.') + 1;
	ck_assert(base64_decode(token, strcspn(token, "."), plain, &len));
	return json_loadb(plain, len, 0, NULL);
}

struct signature {
	const char *settings, *algorithm;
	bool good;
};

static const struct signature signatures[] = {
	{"{\"id_token_signature\": \"good\"}", "RS256", true},
	{"{\"id_token_signature\": \"broken\"}", "RS256", false},
	{"{\"id_token_signature\": \"other_key\"}", "RS256", false},
	{"{\"id_token_signature\": \"none\"}", "none", false},
	{"{\"id_token_signature\": \"hs256\"}", "HS256", false},
};

START_TEST(signs_as_well_or_badly_as_it_is_told)
{
	const struct signature *signature = &signatures[_i];
	struct got login, keys;
	json_t *header, *key;

	json_decref(client_control("settings", signature->settings));
	client_login(&login);
	client_ask(&(struct ask){.path = "/.well-known/jwks.json"}, &keys);
	header = part_of(got_text(&login, "id_token"), 0);
	key = json_array_get(json_object_get(keys.json, "keys"), 0);

	ck_assert_str_eq(fields_get(header, "alg"), signature->algorithm);
	ck_assert_str_eq(fields_get(header, "kid"), fields_get(key, "kid"));
	ck_assert_int_eq(verifies(got_text(&login, "id_token"), key),
	                 signature->good);
	json_decref(header);
	got_clear(&login);
	got_clear(&keys);
}
END_TEST

START_TEST(id_token_says_who_for_whom_and_when)
{
	struct got login;
	char issuer[200];
	json_t *claims;

	client_login(&login);
	claims = part_of(got_text(&login, "id_token"), 1);
	(void)snprintf(issuer, sizeof(issuer), "%s/", client_base());

	ck_assert_str_eq(fields_get(claims, "iss"), issuer);
	ck_assert_str_eq(fields_get(claims, "aud"), "astro-sandbox-cli");
	ck_assert_str_eq(fields_get(claims, "sub"), "auth0|sandbox-jane");
	ck_assert_str_eq(fields_get(claims, "nonce"), "n1");
	ck_assert_str_eq(fields_get(claims, "email"), "jane@example.com");
	ck_assert_ptr_nonnull(fields_get(claims, "at_hash"));
	ck_assert_int_eq(
		json_integer_value(json_object_get(claims, "exp")) -
			json_integer_value(json_object_get(claims, "iat")),
		3600);
	json_decref(claims);
	got_clear(&login);
}
END_TEST

START_TEST(publishes_the_old_key_beside_a_new_one)
{
	struct got keys;

	json_decref(client_control("keys", "{}"));
	client_ask(&(struct ask){.path = "/.well-known/jwks.json"}, &keys);

	ck_assert_uint_eq(json_array_size(json_object_get(keys.json, "keys")),
	                  2);
	got_clear(&keys);
}
END_TEST

void suite_add_tokens(Suite *suite)
{
	TCase *tcase = tcase_create("tokens");

	tcase_add_checked_fixture(tcase, client_reset, NULL);
	tcase_add_loop_test(tcase, refuses_a_wrong_exchange_of_the_code, 0,
	                    WRONG_EXCHANGES);
	tcase_add_test(tcase, refuses_a_token_request_that_is_no_form);
	tcase_add_test(tcase, revokes_what_a_replayed_code_gave);
	tcase_add_test(tcase, refuses_a_code_and_a_token_after_their_time);
	tcase_add_test(tcase,
	               rotates_and_revokes_the_family_when_one_is_reused);
	tcase_add_test(tcase, takes_a_spent_token_within_the_reuse_interval);
	tcase_add_test(tcase,
	               gives_no_refresh_token_where_offline_access_is_off);
	tcase_add_test(tcase, revocation_ends_the_whole_login);
	tcase_add_test(tcase, revoking_an_access_token_ends_nothing_else);
	tcase_add_loop_test(tcase, judges_a_revocation_as_a_real_server_does, 0,
	                    sizeof(revocations) / sizeof(revocations[0]));
	tcase_add_loop_test(tcase, signs_as_well_or_badly_as_it_is_told, 0,
	                    sizeof(signatures) / sizeof(signatures[0]));
	tcase_add_test(tcase, id_token_says_who_for_whom_and_when);
	tcase_add_test(tcase, publishes_the_old_key_beside_a_new_one);
	suite_add_tcase(suite, tcase);
}
