/* SPDX-License-Identifier: Apache-2.0 */
/* The JSON of --json: always valid, whatever the texts hold. */
#include "json_out.h"
#include "output.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "secret.h"

static struct json_out json;

static void start(void)
{
	json_out_init(&json);
}

static void finish(void)
{
	json_out_clear(&json);
}

START_TEST(indents_members_by_two_and_separates_them)
{
	json_out_object(&json, NULL);
	json_out_array(&json, "workspaces");
	json_out_object(&json, NULL);
	json_out_string(&json, "name", "Team A");
	json_out_bool(&json, "isCurrent", true);
	json_out_close(&json);
	json_out_object(&json, NULL);
	json_out_string(&json, "name", NULL);
	json_out_bool(&json, "isCurrent", false);
	json_out_close(&json);
	json_out_close(&json);
	json_out_close(&json);

	ck_assert_str_eq(json.text.bytes, "{\n"
	                                  "  \"workspaces\": [\n"
	                                  "    {\n"
	                                  "      \"name\": \"Team A\",\n"
	                                  "      \"isCurrent\": true\n"
	                                  "    },\n"
	                                  "    {\n"
	                                  "      \"name\": null,\n"
	                                  "      \"isCurrent\": false\n"
	                                  "    }\n"
	                                  "  ]\n"
	                                  "}");
}
END_TEST

START_TEST(writes_nothing_between_the_brackets_of_what_is_empty)
{
	json_out_object(&json, NULL);
	json_out_array(&json, "contexts");
	json_out_close(&json);
	json_out_close(&json);

	ck_assert_str_eq(json.text.bytes, "{\n  \"contexts\": []\n}");
}
END_TEST

static const struct {
	const char *in;
	const char *out;
} quoted[] = {
	{"", "\"\""},
	{"plain", "\"plain\""},
	{"a\"b\\c/", "\"a\\\"b\\\\c/\""},
	{"a\nb\tc\r", "\"a\\u000ab\\u0009c\\u000d\""},
	{"\x1b[2J\x01\x7f", "\"\\u001b[2J\\u0001\\u007f\""},
	{"\xc2\x9b", "\"\\u009b\""},
	{"\xe2\x80\xa8\xe2\x80\xae\xe2\x80\xac", "\"\\u2028\\u202e\\u202c\""},
	{"J\xc3\xbcrgen \xf0\x9f\x98\x80",
         "\"J\xc3\xbcrgen \xf0\x9f\x98\x80\""},
	{"\xff", "\"\\ufffd\""},
	{"a\xc3", "\"a\\ufffd\""},
	{"\xc0\xaf", "\"\\ufffd\\ufffd\""},
	{"\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\""},
};

START_TEST(escapes_what_would_break_the_document_or_a_terminal)
{
	json_out_string(&json, NULL, quoted[_i].in);

	ck_assert_str_eq(json.text.bytes, quoted[_i].out);
}
END_TEST

START_TEST(escapes_the_keys_too)
{
	json_out_object(&json, NULL);
	json_out_bool(&json, "a\"\n", true);
	json_out_close(&json);

	ck_assert_str_eq(json.text.bytes, "{\n  \"a\\\"\\u000a\": true\n}");
}
END_TEST

static const struct {
	int64_t time;
	const char *out;
} times[] = {
	{0, "\"1970-01-01T00:00:00Z\""},
	{1795623417, "\"2026-11-25T16:16:57Z\""},
	{253402300799, "\"9999-12-31T23:59:59Z\""},
	{253402300800, "null"},
	{INT64_MAX, "null"},
	{INT64_MIN, "null"},
};

START_TEST(writes_times_in_utc_and_impossible_ones_as_null)
{
	json_out_time(&json, NULL, times[_i].time);

	ck_assert_str_eq(json.text.bytes, times[_i].out);
}
END_TEST

START_TEST(writes_a_secret_whole)
{
	struct astro_secret *secret;

	ck_assert_int_eq(secret_new("ey.token", 8, &secret, NULL), ASTRO_OK);
	json_out_secret(&json, NULL, secret);
	secret_free(secret);

	ck_assert_str_eq(json.text.bytes, "\"ey.token\"");
}
END_TEST

START_TEST(prints_the_document_and_a_line_end_on_standard_output)
{
	struct astro_error err;
	char got[8];
	int ends[2], saved;
	ssize_t len;

	ck_assert_int_eq(pipe(ends), 0);
	saved = dup(STDOUT_FILENO);
	ck_assert_int_eq(dup2(ends[1], STDOUT_FILENO), STDOUT_FILENO);
	json_out_string(&json, NULL, "x");
	ck_assert_int_eq(json_out_print(&json, &err), ASTRO_OK);
	ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);

	len = read(ends[0], got, sizeof(got));
	ck_assert_int_eq(len, 4);
	ck_assert(memcmp(got, "\"x\"\n", 4) == 0);
	(void)close(saved);
	(void)close(ends[0]);
	(void)close(ends[1]);
}
END_TEST

START_TEST(says_that_standard_output_is_full)
{
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	int saved = dup(STDOUT_FILENO);
	struct astro_error err;
	int status;

	ck_assert_int_ge(full, 0);
	ck_assert_int_eq(dup2(full, STDOUT_FILENO), STDOUT_FILENO);
	json_out_string(&json, NULL, "x");
	status = json_out_print(&json, &err);
	ck_assert_int_eq(dup2(saved, STDOUT_FILENO), STDOUT_FILENO);

	ck_assert_int_eq(error_exit_code(status), 1);
	ck_assert_str_eq(err.message,
	                 "standard output: No space left on device");
	(void)close(saved);
	(void)close(full);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("json_out");
	TCase *tcase = tcase_create("json_out");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, start, finish);
	tcase_add_test(tcase, indents_members_by_two_and_separates_them);
	tcase_add_test(tcase,
	               writes_nothing_between_the_brackets_of_what_is_empty);
	tcase_add_loop_test(tcase,
	                    escapes_what_would_break_the_document_or_a_terminal,
	                    0, sizeof(quoted) / sizeof(quoted[0]));
	tcase_add_test(tcase, escapes_the_keys_too);
	tcase_add_loop_test(tcase,
	                    writes_times_in_utc_and_impossible_ones_as_null, 0,
	                    sizeof(times) / sizeof(times[0]));
	tcase_add_test(tcase, writes_a_secret_whole);
	tcase_add_test(tcase,
	               prints_the_document_and_a_line_end_on_standard_output);
	tcase_add_test(tcase, says_that_standard_output_is_full);
	suite_add_tcase(suite, tcase);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
