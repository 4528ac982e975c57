/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of a token endpoint: accepted, refused, and until when. */
#include "token.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "error.h"
#include "http.h"
#include "response.h"
#include "secret.h"
#include "text.h"

enum { NOW = 1700000000 };

static struct astro_credential *credential;
static struct astro_error err;

static int ask_for(const char *type, int code, const char *body)
{
	const struct token_expected expected = {
		.host = "auth.example.com", .type = type, .now = NOW};
	struct text bytes;
	struct answer answer = {.host = "auth.example.com",
	                        .status = code,
	                        .content_type = "application/json",
	                        .body = &bytes};
	struct astro_response *response;
	int status;

	memset(&err, 0, sizeof(err));
	credential = NULL;
	text_init(&bytes, 1024 * 1024);
	ck_assert(text_add_string(&bytes, body));
	status = response_new(&answer, &response, &err);
	if (status == ASTRO_OK)
		status = token_check(response, &expected, &credential, &err);
	response_free(response);
	text_clear(&bytes);
	return status;
}

static int ask(int code, const char *body)
{
	return ask_for("Bearer", code, body);
}

static const char *text_of(const char *field)
{
	const struct astro_secret *secret = credential_get(credential, field);

	return secret != NULL ? secret_bytes(secret, NULL) : NULL;
}

/* RFC 9449, 5: what was to be bound to a key must be. */
START_TEST(a_token_that_is_not_bound_to_the_key_is_a_downgrade)
{
	ck_assert_int_eq(ask_for("DPoP", 200,
	                         "{\"access_token\":\"at\","
	                         "\"token_type\":\"dpop\"}"),
	                 ASTRO_OK);
	credential_free(credential);
	ck_assert_int_eq(ask_for("DPoP", 200,
	                         "{\"access_token\":\"at\","
	                         "\"token_type\":\"Bearer\"}"),
	                 ASTRO_UNSAFE);
	ck_assert_str_eq(err.message,
	                 "auth.example.com answered with a token that is not "
	                 "bound to the key of this login");
	ck_assert_int_eq(ask_for("DPoP", 200, "{\"access_token\":\"at\"}"),
	                 ASTRO_UNSAFE);
	ck_assert_int_eq(ask(200, "{\"access_token\":\"at\","
	                          "\"token_type\":\"DPoP\"}"),
	                 ASTRO_BAD_ANSWER);
}
END_TEST

START_TEST(takes_the_three_tokens_and_the_time)
{
	ck_assert_int_eq(ask(200, "{\"access_token\":\"aa\","
	                          "\"refresh_token\":\"rr\","
	                          "\"id_token\":\"h.p.s\",\"scope\":\"x\","
	                          "\"token_type\":\"bearer\","
	                          "\"expires_in\":3600,\"error\":null}"),
	                 ASTRO_OK);

	ck_assert_str_eq(text_of("access_token"), "aa");
	ck_assert_str_eq(text_of("refresh_token"), "rr");
	ck_assert_str_eq(text_of("id_token"), "h.p.s");
	ck_assert_int_eq(credential_expiry(credential), NOW + 3600);
	ck_assert_ptr_null(credential_field_at(credential, 3));
	credential_free(credential);
}
END_TEST

START_TEST(needs_only_the_access_token)
{
	ck_assert_int_eq(ask(200, "{\"access_token\":\"aa\","
	                          "\"Access_Token\":\"evil\",\"ERROR\":\"x\","
	                          "\"refresh_token\":\"\","
	                          "\"id_token\":null}"),
	                 ASTRO_OK);

	ck_assert_str_eq(text_of("access_token"), "aa");
	ck_assert_ptr_null(credential_get(credential, "refresh_token"));
	ck_assert_ptr_null(credential_get(credential, "id_token"));
	ck_assert_int_eq(credential_expiry(credential), 0);
	credential_free(credential);
}
END_TEST

/* -1: refused.  The third has {"exp":1700009999} in the middle. */
static const struct {
	const char *token, *expires_in;
	int64_t expiry;
} lives[] = {
	{"aa", "0", NOW},
	{"aa", "3600", NOW + 3600},
	{"aa", "\"3600\"", NOW + 3600},
	{"aa", "3600.5", NOW + 3600},
	{"aa", "9223372036854775807", NOW + INT64_C(315576000)},
	{"aa", "1e308", NOW + INT64_C(315576000)},
	{"aa", "99999999999999999999", NOW + INT64_C(315576000)},
	{"aa", "null", 0},
	{"h.eyJleHAiOjE3MDAwMDk5OTl9.s", "null", 1700009999},
	{"h.eyJleHAiOjE3MDAwMDk5OTl9.s", "60", NOW + 60},
	{"h.broken.s", "null", 0},
	{"aa", "-1", -1},
	{"aa", "-0.5", -1},
	{"aa", "-9223372036854775808", -1},
	{"aa", "-99999999999999999999", -1},
	{"aa", "\"abc\"", -1},
	{"aa", "\"\"", -1},
	{"aa", "true", -1},
	{"aa", "[]", -1},
	{"aa", "{}", -1},
};

START_TEST(knows_when_the_access_token_ends)
{
	char body[200];
	int status;

	(void)snprintf(body, sizeof(body),
	               "{\"access_token\":\"%s\",\"expires_in\":%s}",
	               lives[_i].token, lives[_i].expires_in);
	status = ask(200, body);

	if (lives[_i].expiry < 0) {
		ck_assert_int_eq(status, ASTRO_BAD_ANSWER);
		ck_assert_str_eq(err.message, "auth.example.com answered with "
		                              "an improper expires_in");
		ck_assert_ptr_null(credential);
		return;
	}
	ck_assert_int_eq(status, ASTRO_OK);
	ck_assert_int_eq(credential_expiry(credential), lives[_i].expiry);
	credential_free(credential);
}
END_TEST

static const struct {
	int code;
	const char *body;
	int status;
	const char *message, *hint;
} refused[] = {
	{400, "{\"error\":\"invalid_grant\"}", ASTRO_DENIED,
         "the server refused: invalid_grant", "run `astro login` again"},
	{400,
         "{\"error\":\"invalid_grant\",\"error_description\":\"no\\u001b[ "
         "more\"}",
         ASTRO_DENIED, "the server refused: invalid_grant: no\\x1b[ more",
         "run `astro login` again"},
	{401, "{\"error\":\"invalid_client\"}", ASTRO_DENIED,
         "the server refused: invalid_client", "run `astro login` again"},
	{400, "{\"error\":\"frobnicate\"}", ASTRO_DENIED,
         "the server refused: frobnicate", "run `astro login` again"},
	{400, "{\"error\":42}", ASTRO_DENIED,
         "the server refused: an error without a name",
         "run `astro login` again"},
	{400, "{\"error\":\"\"}", ASTRO_DENIED,
         "the server refused: an error without a name",
         "run `astro login` again"},
	{400, "{\"error\":\"temporarily_unavailable\"}", ASTRO_UNREACHABLE,
         "auth.example.com answered: temporarily_unavailable",
         "try again later"},
	{200, "{\"error\":\"bad_code\"}", ASTRO_DENIED,
         "the server refused: bad_code", "run `astro login` again"},
	{200, "{\"access_token\":\"aa\",\"error\":\"bad_code\"}", ASTRO_DENIED,
         "the server refused: bad_code", "run `astro login` again"},
	{403, "{\"message\":\"go away\"}", ASTRO_DENIED,
         "the server refused: go away", "run `astro login` again"},
	{403, "{\"access_token\":\"aa\"}", ASTRO_DENIED,
         "the server refused: status 403", "run `astro login` again"},
	{404, "<html>", ASTRO_BAD_ANSWER, "auth.example.com answered 404", ""},
	{400, "", ASTRO_DENIED,
         "auth.example.com refused without saying why (400)",
         "run `astro login` again"},
	{401, "", ASTRO_DENIED,
         "auth.example.com refused without saying why (401)",
         "run `astro login` again"},
	{204, "", ASTRO_BAD_ANSWER,
         "auth.example.com answered with no access_token", ""},
	{200, "{}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with no access_token", ""},
	{200, "[]", ASTRO_BAD_ANSWER,
         "auth.example.com answered with no access_token", ""},
	{200, "{\"access_token\":\"\"}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with no access_token", ""},
	{200, "{\"access_token\":null}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with no access_token", ""},
	{200, "{\"access_token\":7}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with an improper access_token", ""},
	{200, "{\"access_token\":\"a b\"}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with an improper access_token", ""},
	{200, "{\"access_token\":\"a\\nb\"}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with an improper access_token", ""},
	{200, "{\"access_token\":\"a\\\"b\"}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with an improper access_token", ""},
	{200, "{\"access_token\":\"a\\u0080b\"}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with an improper access_token", ""},
	{200, "{\"access_token\":\"a\\u007fb\"}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with an improper access_token", ""},
	{200, "{\"access_token\":\"a\",\"refresh_token\":\"b\\nc\"}",
         ASTRO_BAD_ANSWER,
         "auth.example.com answered with an improper refresh_token", ""},
	{200, "{\"access_token\":\"a\",\"id_token\":{}}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with an improper id_token", ""},
	{200, "{\"access_token\":\"a\",\"token_type\":\"DPoP\"}",
         ASTRO_BAD_ANSWER,
         "auth.example.com answered with a token of type DPoP, which is not "
         "supported",
         ""},
	{200, "{\"access_token\":\"a\",\"token_type\":1}", ASTRO_BAD_ANSWER,
         "auth.example.com answered with an improper token_type", ""},
	{200, "{\"access_token\":\"A\",\"access_token\":\"B\"}",
         ASTRO_BAD_ANSWER,
         "auth.example.com answered with JSON that makes no sense: duplicate "
         "object key (line 1, column 34)",
         ""},
	{500, "{\"error\":\"invalid_grant\"}", ASTRO_UNREACHABLE,
         "auth.example.com answered 500: invalid_grant", "try again later"},
	{429, "", ASTRO_UNREACHABLE, "auth.example.com answered 429",
         "try again later"},
};

START_TEST(refuses_with_status_and_reason)
{
	ck_assert_int_eq(ask(refused[_i].code, refused[_i].body),
	                 refused[_i].status);
	ck_assert_str_eq(err.message, refused[_i].message);
	ck_assert_str_eq(err.hint, refused[_i].hint);
	ck_assert_ptr_null(credential);
}
END_TEST

START_TEST(takes_a_token_of_64_kib_and_no_more)
{
	enum { MOST = 65536 };
	char *body = malloc(MOST + 100);
	int len = snprintf(body, 100, "{\"access_token\":\"");

	memset(body + len, 'x', MOST + 1);
	memcpy(body + len + MOST, "\"}", 3);
	ck_assert_int_eq(ask(200, body), ASTRO_OK);
	ck_assert_uint_eq(strlen(text_of("access_token")), MOST);
	credential_free(credential);

	memcpy(body + len + MOST, "x\"}", 4);
	ck_assert_int_eq(ask(200, body), ASTRO_BAD_ANSWER);
	ck_assert_str_eq(err.message,
	                 "auth.example.com answered with JSON that makes no "
	                 "sense: a string of more than 65536 bytes");
	free(body);
}
END_TEST

START_TEST(survives_an_answer_cut_off_anywhere)
{
	static const char whole[] = "{\"access_token\":\"aa\","
				    "\"expires_in\":3600}";
	char body[sizeof(whole)];
	size_t len;

	for (len = 0; len < sizeof(whole) - 1; len++) {
		memcpy(body, whole, len);
		body[len] = '\0';
		ck_assert_int_eq(ask(200, body), ASTRO_BAD_ANSWER);
		ck_assert_ptr_null(credential);
	}
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
	Suite *suite = suite_create("token");
	TCase *tcase = tcase_create("token");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase,
	               a_token_that_is_not_bound_to_the_key_is_a_downgrade);
	tcase_add_test(tcase, takes_the_three_tokens_and_the_time);
	tcase_add_test(tcase, needs_only_the_access_token);
	tcase_add_loop_test(tcase, knows_when_the_access_token_ends, 0,
	                    COUNT(lives));
	tcase_add_loop_test(tcase, refuses_with_status_and_reason, 0,
	                    COUNT(refused));
	tcase_add_test(tcase, takes_a_token_of_64_kib_and_no_more);
	tcase_add_test(tcase, survives_an_answer_cut_off_anywhere);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
