/* SPDX-License-Identifier: Apache-2.0 */
/* jwt.c: what a token says of itself. */
#include "jwt.h"

#include <stdio.h>
#include <string.h>

#include "base64.h"
#include "config_home.h"
#include "stamp.h"

static struct jwt jwt;

static bool open_payload(const char *payload)
{
	char token[1024], body[768];

	base64_encode(payload, strlen(payload), body);
	(void)snprintf(token, sizeof(token), "Bearer e30.%s.x", body);
	return jwt_open(&jwt, token, strlen(token));
}

static void close_payload(void)
{
	jwt_close(&jwt);
}

START_TEST(reads_the_times_of_a_token)
{
	int64_t seconds;

	ck_assert(open_payload("{\"iat\": 100, \"nbf\":200.9 ,\"exp\":300,"
	                       "\"auth_time\":\"400\", \"x\": -1}"));

	ck_assert(jwt_time(&jwt, "iat", &seconds));
	ck_assert_int_eq(seconds, 100);
	ck_assert(jwt_time(&jwt, "nbf", &seconds));
	ck_assert_int_eq(seconds, 200);
	ck_assert(jwt_time(&jwt, "x", &seconds));
	ck_assert_int_eq(seconds, 0);
	ck_assert(!jwt_time(&jwt, "auth_time", &seconds));
	ck_assert(!jwt_time(&jwt, "ia", &seconds));
	ck_assert(!jwt_time(&jwt, "iatt", &seconds));
	ck_assert(jwt_has(&jwt, "auth_time"));
	ck_assert(!jwt_has(&jwt, "auth"));
}
END_TEST

static bool count(void *data, const char *text, size_t len)
{
	char *seen = data;

	(void)snprintf(seen + strlen(seen), 64 - strlen(seen), "%.*s|",
	               (int)len, text);
	return strncmp(text, "stop", len) != 0;
}

static const struct {
	const char *payload;
	bool is_whole;
	const char *seen;
} lists[] = {
	{"{\"p\":[\"a:b\",\"c\"]}", true, "a:b|c|"},
	{"{\"p\": [ \"a\" , \"b\" ] }", true, "a|b|"},
	{"{\"p\":[]}", true, ""},
	{"{\"p\":[\"a\\\"]\"]}", true, "a\\\"]|"},
	{"{\"p\":[\"stop\",\"b\"]}", false, "stop|"},
	{"{\"p\":[\"a\",1]}", false, "a|"},
	{"{\"p\":[\"a\" \"b\"]}", false, "a|"},
	{"{\"p\":[\"a\",]}", false, "a|"},
	{"{\"p\":[\"a\"", false, "a|"},
	{"{\"p\":[\"a", false, ""},
	{"{\"p\":[1]}", false, ""},
	{"{\"p\":{\"a\":\"b\"}}", false, ""},
	{"{\"p\":\"a\"}", false, ""},
	{"{\"q\":{\"p\":[\"a\"]}}", false, ""},
	{"{}", false, ""},
};

START_TEST(walks_a_list_of_strings_and_nothing_else)
{
	char seen[64] = "";

	ck_assert(open_payload(lists[_i].payload));

	ck_assert_int_eq(jwt_each(&jwt, "p", count, seen), lists[_i].is_whole);
	ck_assert_str_eq(seen, lists[_i].seen);
}
END_TEST

START_TEST(an_opaque_token_is_none)
{
	static const char *const tokens[] = {"",      ".",       "a.b",
	                                     "a.!.c", "Bearer ", "opaque"};
	size_t i;

	for (i = 0; i < sizeof(tokens) / sizeof(*tokens); i++) {
		ck_assert(!jwt_open(&jwt, tokens[i], strlen(tokens[i])));
		ck_assert_ptr_null(jwt.payload);
	}
	jwt_close(&jwt);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, NULL, close_payload);
	tcase_add_test(tcase, reads_the_times_of_a_token);
	tcase_add_loop_test(tcase, walks_a_list_of_strings_and_nothing_else, 0,
	                    sizeof(lists) / sizeof(*lists));
	tcase_add_test(tcase, an_opaque_token_is_none);
}

int main(void)
{
	return run_case("jwt", add_tests);
}
