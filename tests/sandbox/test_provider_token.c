/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenID provider's tokens: given, renewed, shown and taken back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>
#include <cjose/cjose.h>

#include "fields.h"
#include "person.h"
#include "suites.h"

static const struct wrong wrong_exchanges[] = {
	{"client_id", NULL, "invalid_client"},
	{"client_id", "other", "invalid_client"},
	{"client_id", "sandbox-post", "invalid_client"},
	{"client_secret", "guessed", "invalid_client"},
	{"grant_type", NULL, "invalid_request"},
	{"grant_type", "password", "unsupported_grant_type"},
	{"code", NULL, "invalid_request"},
	{"code", "guessed", "invalid_grant"},
	{"redirect_uri", NULL, "invalid_grant"},
	{"redirect_uri", "http://127.0.0.1:12346/callback", "invalid_grant"},
	{"code_verifier", NULL, "invalid_grant"},
	{"code_verifier", CLIENT_CHALLENGE, "invalid_grant"},
};

enum { WRONG_EXCHANGES = sizeof(wrong_exchanges) / sizeof(wrong_exchanges[0]) };

START_TEST(refuses_a_wrong_exchange)
{
	const struct wrong *wrong = &wrong_exchanges[_i];
	char *code = person_code();
	json_t *exchange = person_exchange(code);
	struct got got;

	if (wrong->value != NULL)
		json_object_set_new(exchange, wrong->parameter,
		                    json_string(wrong->value));
	else
		json_object_del(exchange, wrong->parameter);
	person_post("/op/token", exchange, &got);

	ck_assert_int_eq(got.status, strcmp(wrong->error, "invalid_client") == 0
	                                     ? 401
	                                     : 400);
	ck_assert_str_eq(got_text(&got, "error"), wrong->error);
	got_clear(&got);
	json_decref(exchange);
	free(code);
}
END_TEST

START_TEST(a_code_is_good_once_and_not_for_long)
{
	char *code = person_code();
	json_t *exchange = person_exchange(code);
	struct got got;

	person_post("/op/token", exchange, &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);
	person_post("/op/token", exchange, &got);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_grant");
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "used already"));
	got_clear(&got);
	json_decref(exchange);
	free(code);

	code = person_code();
	exchange = person_exchange(code);
	person_settings("{\"clock_offset\": 61}");
	person_post("/op/token", exchange, &got);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_grant");
	got_clear(&got);
	json_decref(exchange);
	free(code);
}
END_TEST

/* "a:b" in base64, and the halves encoded or not. */
struct basic {
	const char *client, *header;
	long status;
};

static const struct basic basics[] = {
	{"sandbox-confidential",
         "Basic c2FuZGJveC1jb25maWRlbnRpYWw6c2FuZGJveC1jbGllbnQtc2VjcmV0", 200},
	/* The same with another secret. */
	{"sandbox-confidential",
         "Basic c2FuZGJveC1jb25maWRlbnRpYWw6b3RoZXI=", 401},
	/* sandbox%3Aodd%20client:a%2Bb%20c%3Ad%25%2F%C3%A9%26%3D */
	{"sandbox:odd client",
         "Basic c2FuZGJveCUzQW9kZCUyMGNsaWVudDphJTJCYiUyMGMlM0FkJTI1JTJGJUMz"
         "JUE5JTI2JTNE",
         200},
	/* sandbox%3Aodd%20client:a+b c:d%/e: not encoded */
	{"sandbox:odd client",
         "Basic c2FuZGJveCUzQW9kZCUyMGNsaWVudDphK2IgYzpkJS9l", 401},
	{"sandbox-confidential", "Basic !!!", 401},
	{"sandbox-confidential", NULL, 401},
};

enum { BASICS = sizeof(basics) / sizeof(basics[0]) };

START_TEST(a_client_with_a_secret_proves_itself_in_its_own_way)
{
	const struct basic *basic = &basics[_i];
	json_t *request = person_request();
	struct text form;
	struct got got;
	char *code;

	json_object_set_new(request, "client_id", json_string(basic->client));
	person_log_in(request, &got);
	code = client_parameter(got.location, "code");
	got_clear(&got);
	text_init(&form, 2000);
	text_addf(&form,
	          "grant_type=authorization_code&code=%s&code_verifier=%s"
	          "&redirect_uri=http%%3A%%2F%%2F127.0.0.1%%3A12345%%2F"
	          "callback%s",
	          code, CLIENT_VERIFIER,
	          basic->header == NULL ? "&client_id=sandbox-confidential"
	                                  "&client_secret=sandbox-client-secret"
	                                : "");
	client_ask(&(struct ask){.path = "/op/token",
	                         .body = form.bytes,
	                         .authorization = basic->header},
	           &got);

	ck_assert_msg(got.status == basic->status, "%ld %s", got.status,
	              got.body.bytes);
	if (basic->header != NULL && basic->status == 401)
		ck_assert_ptr_nonnull(strstr(got.challenge, "Basic"));
	got_clear(&got);
	text_clear(&form);
	free(code);
	json_decref(request);
}
END_TEST

START_TEST(two_proofs_at_once_are_refused)
{
	struct got got;

	client_ask(&(struct ask){.path = "/op/token",
	                         .body = "grant_type=refresh_token"
	                                 "&client_secret=sandbox-client-secret",
	                         .authorization = basics[0].header},
	           &got);

	ck_assert_int_eq(got.status, 400);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "two ways"));
	got_clear(&got);
}
END_TEST

static void refresh(const char *token, struct got *got)
{
	json_t *form = json_pack("{s:s, s:s, s:s}", "client_id",
	                         "sandbox-native", "grant_type",
	                         "refresh_token", "refresh_token", token);

	person_post("/op/token", form, got);
	json_decref(form);
}

START_TEST(a_spent_refresh_token_ends_the_login)
{
	struct got first, second, got;

	person_tokens(&first);
	refresh(got_text(&first, "refresh_token"), &second);
	ck_assert_int_eq(second.status, 200);
	ck_assert_str_ne(got_text(&second, "refresh_token"),
	                 got_text(&first, "refresh_token"));
	refresh(got_text(&first, "refresh_token"), &got);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_grant");
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "used already"));
	got_clear(&got);

	refresh(got_text(&second, "refresh_token"), &got);

	ck_assert_str_eq(got_text(&got, "error"), "invalid_grant");
	got_clear(&got);
	got_clear(&first);
	got_clear(&second);
}
END_TEST

START_TEST(a_spent_refresh_token_is_taken_within_the_interval)
{
	struct got first, second, got;

	person_settings("{\"op_reuse_interval\": 10}");
	person_tokens(&first);
	refresh(got_text(&first, "refresh_token"), &second);
	refresh(got_text(&first, "refresh_token"), &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);
	person_settings("{\"clock_offset\": 11}");
	refresh(got_text(&first, "refresh_token"), &got);

	ck_assert_str_eq(got_text(&got, "error"), "invalid_grant");
	got_clear(&got);
	got_clear(&first);
	got_clear(&second);
}
END_TEST

START_TEST(a_refresh_token_stays_where_none_rotates)
{
	struct got first, got;
	int i;

	person_settings("{\"op_rotate\": false}");
	person_tokens(&first);
	for (i = 0; i < 2; i++) {
		refresh(got_text(&first, "refresh_token"), &got);
		ck_assert_int_eq(got.status, 200);
		ck_assert_str_eq(got_text(&got, "refresh_token"), "");
		got_clear(&got);
	}
	got_clear(&first);
}
END_TEST

static void userinfo(const char *token, struct got *got)
{
	char header[2000];

	(void)snprintf(header, sizeof(header), "Bearer %s", token);
	client_ask(
		&(struct ask){.path = "/op/userinfo", .authorization = header},
		got);
}

static void revoke(const char *client, const char *token, struct got *got)
{
	json_t *form =
		json_pack("{s:s, s:s}", "client_id", client, "token", token);

	person_post("/op/revoke", form, got);
	json_decref(form);
}

START_TEST(an_access_token_is_revoked_alone)
{
	struct got tokens, got;

	person_tokens(&tokens);
	revoke("sandbox-native", got_text(&tokens, "access_token"), &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);

	userinfo(got_text(&tokens, "access_token"), &got);
	ck_assert_int_eq(got.status, 401);
	ck_assert_ptr_nonnull(strstr(got.challenge, "invalid_token"));
	got_clear(&got);
	refresh(got_text(&tokens, "refresh_token"), &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);
	got_clear(&tokens);
}
END_TEST

START_TEST(a_refresh_token_is_revoked_with_the_whole_login)
{
	struct got tokens, got;
	json_t *grant;
	size_t i;

	person_tokens(&tokens);
	revoke("sandbox-native", got_text(&tokens, "refresh_token"), &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);

	userinfo(got_text(&tokens, "access_token"), &got);
	ck_assert_int_eq(got.status, 401);
	got_clear(&got);
	client_ask(&(struct ask){.path = "/sandbox/grants?kind=op-refresh"},
	           &got);
	ck_assert_uint_eq(json_array_size(got.json), 1);
	json_array_foreach(got.json, i, grant)
	{
		ck_assert(!json_is_true(json_object_get(grant, "good")));
	}
	got_clear(&got);
	got_clear(&tokens);
}
END_TEST

START_TEST(revocation_of_the_unknown_is_fine_and_of_anothers_is_not)
{
	struct got tokens, got;
	json_t *form;

	revoke("sandbox-native", "guessed", &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);
	revoke("other", "guessed", &got);
	ck_assert_int_eq(got.status, 401);
	got_clear(&got);
	person_tokens(&tokens);
	form = json_pack("{s:s, s:s, s:s}", "client_id", "sandbox-post",
	                 "client_secret", "sandbox-client-secret", "token",
	                 got_text(&tokens, "refresh_token"));
	person_post("/op/revoke", form, &got);
	ck_assert_int_eq(got.status, 400);
	got_clear(&got);
	json_decref(form);

	userinfo(got_text(&tokens, "access_token"), &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);
	got_clear(&tokens);
}
END_TEST

START_TEST(userinfo_shows_what_the_scope_allows)
{
	struct got tokens, got;

	person_tokens(&tokens);
	userinfo(got_text(&tokens, "access_token"), &got);

	ck_assert_int_eq(got.status, 200);
	ck_assert_str_eq(got_text(&got, "sub"), "auth0|sandbox-jane");
	ck_assert_str_eq(got_text(&got, "email"), "jane@example.com");
	ck_assert_str_eq(got_text(&got, "name"), "Jane Doe");
	got_clear(&got);
	got_clear(&tokens);
	userinfo("guessed", &got);
	ck_assert_int_eq(got.status, 401);
	got_clear(&got);
}
END_TEST

static const char *const algorithms[] = {
	"RS256", "RS384", "RS512", "PS256", "PS384",
	"PS512", "ES256", "ES384", "ES512",
};

enum { ALGORITHMS = sizeof(algorithms) / sizeof(algorithms[0]) };

/* Somebody else's library has to agree: cjose has no EdDSA, so that is left to
 * the cases. */
START_TEST(an_id_token_is_verified_by_another_library)
{
	char settings[100];
	struct got tokens, keys;
	json_t *key;
	char *plain;
	cjose_jwk_t *jwk;
	cjose_jws_t *jws;
	cjose_err error;

	(void)snprintf(settings, sizeof(settings), "{\"op_algorithm\": \"%s\"}",
	               algorithms[_i]);
	person_settings(settings);
	person_tokens(&tokens);
	client_ask(&(struct ask){.path = "/op/jwks"}, &keys);
	key = json_array_get(json_object_get(keys.json, "keys"), 0);
	plain = json_dumps(key, JSON_COMPACT);
	jwk = cjose_jwk_import(plain, strlen(plain), &error);
	ck_assert_msg(jwk != NULL, "%s", plain);
	jws = cjose_jws_import(got_text(&tokens, "id_token"),
	                       strlen(got_text(&tokens, "id_token")), &error);
	ck_assert_ptr_nonnull(jws);

	ck_assert_str_eq(
		cjose_header_get(cjose_jws_get_protected(jws), "alg", &error),
		algorithms[_i]);
	ck_assert_msg(cjose_jws_verify(jws, jwk, &error), "%s", error.message);

	cjose_jws_release(jws);
	cjose_jwk_release(jwk);
	free(plain);
	got_clear(&keys);
	got_clear(&tokens);
}
END_TEST

START_TEST(a_rotated_key_takes_the_place_of_the_old_one)
{
	struct got first, second;

	client_ask(&(struct ask){.path = "/op/jwks"}, &first);
	json_decref(client_control("op/keys", "{}"));
	client_ask(&(struct ask){.path = "/op/jwks"}, &second);

	ck_assert_uint_eq(json_array_size(json_object_get(second.json, "keys")),
	                  1);
	ck_assert(!json_equal(first.json, second.json));
	got_clear(&first);
	got_clear(&second);
}
END_TEST

START_TEST(settings_that_name_nothing_are_an_error_of_the_server)
{
	static const char *const settings[] = {
		"{\"op_signature\": \"magic\"}",
		"{\"op_form\": \"magic\"}",
		"{\"op_key\": \"magic\"}",
		"{\"op_algorithm\": \"magic\"}",
	};
	char *code = person_code();
	json_t *exchange = person_exchange(code);
	struct got got;

	person_settings(settings[_i]);
	person_post("/op/token", exchange, &got);

	ck_assert_int_eq(got.status, 500);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "there is not"));
	got_clear(&got);
	json_decref(exchange);
	free(code);
}
END_TEST

void suite_add_provider_tokens(Suite *suite)
{
	TCase *tcase = tcase_create("provider tokens");

	tcase_add_checked_fixture(tcase, client_reset, NULL);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, refuses_a_wrong_exchange, 0,
	                    WRONG_EXCHANGES);
	tcase_add_test(tcase, a_code_is_good_once_and_not_for_long);
	tcase_add_loop_test(tcase,
	                    a_client_with_a_secret_proves_itself_in_its_own_way,
	                    0, BASICS);
	tcase_add_test(tcase, two_proofs_at_once_are_refused);
	tcase_add_test(tcase, a_spent_refresh_token_ends_the_login);
	tcase_add_test(tcase,
	               a_spent_refresh_token_is_taken_within_the_interval);
	tcase_add_test(tcase, a_refresh_token_stays_where_none_rotates);
	tcase_add_test(tcase, an_access_token_is_revoked_alone);
	tcase_add_test(tcase, a_refresh_token_is_revoked_with_the_whole_login);
	tcase_add_test(
		tcase,
		revocation_of_the_unknown_is_fine_and_of_anothers_is_not);
	tcase_add_test(tcase, userinfo_shows_what_the_scope_allows);
	tcase_add_loop_test(tcase, an_id_token_is_verified_by_another_library,
	                    0, ALGORITHMS);
	tcase_add_test(tcase, a_rotated_key_takes_the_place_of_the_old_one);
	tcase_add_loop_test(
		tcase, settings_that_name_nothing_are_an_error_of_the_server, 0,
		4);
	suite_add_tcase(suite, tcase);
}
