/* SPDX-License-Identifier: Apache-2.0 */
/* stamp.c: times of the context file and of tokens. */
#include "stamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "config_home.h"

static const struct {
	const char *text;
	int64_t seconds;
} times[] = {
	{"2026-11-25T16:16:57.044824155Z", 1795623417},
	{"2026-11-25T16:16:57Z", 1795623417},
	{"2026-11-25T11:16:57.5-05:00", 1795623417},
	{"2026-11-25T21:46:57+05:30", 1795623417},
	{"2026-11-25t16:16:57z", 1795623417},
	{"2026-11-25 16:16:57", 1795623417},
	{"2026-11-25", 1795564800},
	{"1795623417", 1795623417},
	{"1970-01-01", 0},
	{"0001-01-01T00:00:00Z", 0},
	{"-5", 0},
	{"2000-02-29T00:00:00Z", 951782400},
	{"2083-12-31T23:59:59Z", 3597523199},
	{"9999-12-31T23:59:59Z", STAMP_MAX},
	{"9999-12-31T23:59:59-01:00", STAMP_MAX},
	{"99999999999999999999999999", STAMP_MAX},
};

START_TEST(reads_every_form_that_the_go_cli_reads)
{
	int64_t seconds = -1;

	ck_assert_msg(stamp_parse(times[_i].text, &seconds), "%s",
	              times[_i].text);
	ck_assert_int_eq(seconds, times[_i].seconds);
}
END_TEST

START_TEST(reads_nothing_else)
{
	static const char *const others[] = {
		"",
		"soon",
		"true",
		"12345x",
		"2026-11-25T",
		"2026-11-25T16:16",
		"2026-13-01",
		"2026-02-29",
		"1900-02-29",
		"2026-11-31",
		"2026-11-25T24:00:00Z",
		"2026-11-25T16:60:00Z",
		"2026-11-25T16:16:57.Z",
		"2026-11-25T16:16:57+5",
		"2026-11-25T16:16:57Zx",
		"2026-11-25T16:16:57+24:00",
		"20261-11-25",
		" 2026-11-25",
		"1.5e9",
	};
	int64_t seconds;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(*others); i++)
		ck_assert_msg(!stamp_parse(others[i], &seconds), "%s",
		              others[i]);
}
END_TEST

START_TEST(writes_what_it_reads)
{
	static const int64_t values[] = {0, 1, 951782400, 1795623417,
	                                 STAMP_MAX};
	size_t i;

	for (i = 0; i < sizeof(values) / sizeof(*values); i++) {
		char text[STAMP_SIZE];
		int64_t seconds = -1;

		stamp_format(values[i], text);
		ck_assert(stamp_parse(text, &seconds));
		ck_assert_int_eq(seconds, values[i]);
	}
}
END_TEST

static const struct {
	const char *payload;
	int64_t exp;
} payloads[] = {
	{"{\"exp\":1795623417}", 1795623417},
	{"{ \"iss\" : \"x\", \"exp\" : 1795623417.75 , \"a\":1}", 1795623417},
	{"{\"a\":{\"exp\":1},\"exp\":2}", 2},
	{"{\"a\":[{\"exp\":1}]}", 77},
	{"{\"a\":\"exp\",\"b\":\"\\\"exp\\\":5\",\"exp\":6}", 6},
	{"{\"name\":\"\\ud83d\\ude00\",\"exp\":7}", 7},
	{"{\"exp\":\"8\"}", 77},
	{"{\"exp\":1e9}", 77},
	{"{\"exp\":-1}", 0},
	{"{\"exp\":99999999999999999999}", STAMP_MAX},
	{"{\"exp\":null}", 77},
	{"{\"exp\"", 77},
	{"{\"exp", 77},
	{"{\"exp\\", 77},
	{"[\"exp\",1]", 77},
	{"", 77},
	{"{}", 77},
};

START_TEST(finds_the_exp_claim_of_a_token_and_nothing_that_looks_like_it)
{
	const char *payload = payloads[_i].payload;
	char token[512], body[256];

	base64_encode(payload, strlen(payload), body);
	(void)snprintf(token, sizeof(token), "AAA.%s.CCC", body);
	ck_assert_int_eq(stamp_of_token(token, strlen(token), 77),
	                 payloads[_i].exp);
	(void)snprintf(token, sizeof(token), "Bearer AAA.%s.CCC", body);
	ck_assert_int_eq(stamp_of_token(token, strlen(token), 77),
	                 payloads[_i].exp);
}
END_TEST

START_TEST(an_opaque_token_has_no_end_of_its_own)
{
	static const char *const tokens[] = {
		"", ".", "..", "a.b", "a.!.c", "a..c", "Bearer ", "a.A.c"};
	size_t i;

	for (i = 0; i < sizeof(tokens) / sizeof(*tokens); i++)
		ck_assert_int_eq(
			stamp_of_token(tokens[i], strlen(tokens[i]), 77), 77);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, reads_every_form_that_the_go_cli_reads, 0,
	                    sizeof(times) / sizeof(*times));
	tcase_add_test(tcase, reads_nothing_else);
	tcase_add_test(tcase, writes_what_it_reads);
	tcase_add_loop_test(
		tcase,
		finds_the_exp_claim_of_a_token_and_nothing_that_looks_like_it,
		0, sizeof(payloads) / sizeof(*payloads));
	tcase_add_test(tcase, an_opaque_token_has_no_end_of_its_own);
}

int main(void)
{
	return run_case("stamp", add_tests);
}
