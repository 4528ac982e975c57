/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded texts, and text from outside made safe to show. */
#include "text.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

START_TEST(holds_exactly_its_maximum_and_refuses_one_byte_more)
{
	struct text text;

	text_init(&text, 4);

	ck_assert(text_add(&text, "abcd", 4));
	ck_assert(!text_add(&text, "e", 1));
	ck_assert_str_eq(text.bytes, "abcd");
	ck_assert_uint_eq(text.len, 4);
	text_clear(&text);
	ck_assert_str_eq(text.bytes, "");
}
END_TEST

START_TEST(formats_at_its_end)
{
	struct text text;

	text_init(&text, 1000);
	ck_assert(text_add_string(&text, "a"));
	ck_assert(text_addf(&text, "%d-%s", 7, "x"));
	ck_assert(text_addf(&text, "%300s", ""));

	ck_assert_uint_eq(text.len, 304);
	ck_assert(strncmp(text.bytes, "a7-x ", 5) == 0);
	text_clear(&text);
}
END_TEST

static const struct {
	const char *in;
	const char *out;
} shown[] = {
	{"plain", "plain"},
	{"a\nb\tc\r", "a\\nb\\tc\\r"},
	{"\x1b[2J", "\\x1b[2J"},
	{"\x7f", "\\x7f"},
	{"\xc2\x9b"
         "31m",
         "\\u009b31m"}, /* CSI as one character */
	{"\x9b"
         "31m",
         "\\x9b31m"}, /* ... as one byte */
	{"\xe2\x80\xae"
         "evil",
         "\\u202eevil"},
	{"\xe2\x81\xa6", "\\u2066"},
	{"\xe2\x80\xa8", "\\u2028"},
	{"J\xc3\xbcrgen \xe2\x9c\x93", "J\xc3\xbcrgen \xe2\x9c\x93"},
	{"\xc0\xaf", "\\xc0\\xaf"},          /* overlong */
	{"\xed\xa0\x80", "\\xed\\xa0\\x80"}, /* surrogate */
	{"\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"},
	{"cut \xe2\x82", "cut \\xe2\\x82"},
};

START_TEST(escapes_what_could_move_the_cursor_or_mislead)
{
	char out[200];

	text_escape(out, sizeof(out), shown[_i].in, strlen(shown[_i].in));

	ck_assert_str_eq(out, shown[_i].out);
}
END_TEST

START_TEST(escaped_text_never_leaves_its_buffer_whatever_its_size)
{
	char in[64], out[80];
	size_t size;

	memset(in, 0x1b, sizeof(in));
	for (size = 1; size < sizeof(out); size++) {
		memset(out, 'X', sizeof(out));
		text_escape(out, size, in, sizeof(in));
		ck_assert_uint_lt(strlen(out), size);
		ck_assert_int_eq(out[size], 'X');
	}
}
END_TEST

START_TEST(every_byte_pair_comes_out_printable)
{
	unsigned first, second;

	for (first = 0; first < 256; first++) {
		for (second = 0; second < 256; second++) {
			char in[2] = {(char)first, (char)second};
			char out[32], again[64];

			text_escape(out, sizeof(out), in, 2);
			ck_assert(text_is_utf8(out, strlen(out)));
			text_escape(again, sizeof(again), out, strlen(out));
			ck_assert_str_eq(out, again);
		}
	}
}
END_TEST

START_TEST(long_text_is_cut_visibly)
{
	char *in = malloc(3000), *out = malloc(4000);

	memset(in, 'a', 3000);
	text_escape(out, 4000, in, 3000);

	ck_assert_uint_eq(strlen(out), TEXT_SHOWN_MAX + 3);
	ck_assert_str_eq(out + TEXT_SHOWN_MAX, "...");
	free(in);
	free(out);
}
END_TEST

static const struct {
	const char *a, *b;
	int order; /* the sign */
} pairs[] = {
	{"", "", 0},
	{"token", "Token", 0},
	{"TOKEN", "token", 0},
	{"token", "toke", 1},
	{"a", "B", -1},
	{"[", "{", -1},
	{"\xc3\xa4", "\xc3\x84", 1}, /* beyond ASCII nothing is folded */
};

START_TEST(compares_without_regard_to_the_case_of_ascii)
{
	int order = text_compare_folded(pairs[_i].a, pairs[_i].b);

	ck_assert_int_eq((order > 0) - (order < 0), pairs[_i].order);
	order = text_compare_folded(pairs[_i].b, pairs[_i].a);
	ck_assert_int_eq((order > 0) - (order < 0), -pairs[_i].order);
}
END_TEST

START_TEST(a_line_is_text_without_controls)
{
	static const char *const lines[] = {"", "a b",
	                                    "J\xc3\xb6rg \xe2\x82\xac"};
	static const char *const others[] = {"a\nb", "\t",     "a\r",
	                                     "\x1b", "a\177b", "\xff"};
	size_t i;

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		ck_assert(text_is_line(lines[i], strlen(lines[i])));
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		ck_assert(!text_is_line(others[i], strlen(others[i])));
	ck_assert(!text_is_line("a\0b", 3));
}
END_TEST

START_TEST(finds_a_beginning_in_either_case)
{
	ck_assert(text_begins_folded("HTTPS://x", "https://"));
	ck_assert(text_begins_folded("x", ""));
	ck_assert(!text_begins_folded("http", "https"));
	ck_assert(!text_begins_folded("", "a"));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("text");
	TCase *tcase = tcase_create("text");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase,
	               holds_exactly_its_maximum_and_refuses_one_byte_more);
	tcase_add_test(tcase, formats_at_its_end);
	tcase_add_loop_test(tcase,
	                    escapes_what_could_move_the_cursor_or_mislead, 0,
	                    sizeof(shown) / sizeof(shown[0]));
	tcase_add_test(tcase,
	               escaped_text_never_leaves_its_buffer_whatever_its_size);
	tcase_add_test(tcase, every_byte_pair_comes_out_printable);
	tcase_add_test(tcase, long_text_is_cut_visibly);
	tcase_add_loop_test(tcase, compares_without_regard_to_the_case_of_ascii,
	                    0, sizeof(pairs) / sizeof(pairs[0]));
	tcase_add_test(tcase, finds_a_beginning_in_either_case);
	tcase_add_test(tcase, a_line_is_text_without_controls);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
