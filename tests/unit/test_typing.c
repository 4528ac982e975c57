/* SPDX-License-Identifier: Apache-2.0 */
/* What the keys do to a line. */
#include "typing.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"

static const struct typing_keys usual = {
	.erase = 0x7F, .word = 0x17, .kill = 0x15, .end = 0x04};

/* Type KEYS; the event of the last one. */
static enum typing_event type(struct typing *typing, const char *keys,
                              size_t len)
{
	enum typing_event event = TYPING_GOES_ON;
	size_t i;

	for (i = 0; i < len; i++)
		event = typing_key(typing, &usual, (unsigned char)keys[i]);
	return event;
}

static const struct {
	const char *keys, *line;
} edited[] = {
	{"plain\n", "plain"},
	{"carriage return\r", "carriage return"},
	{"\n", ""},
	{"  blanks stay  \n", "  blanks stay  "},
	{"abx\x7f"
         "c\n",
         "abc"},
	{"abx\b"
         "c\n",
         "abc"},
	{"\x7f\x7f"
         "a\n",
         "a"},
	/* Characters of two, three and four bytes go as one. */
	{"a\xc3\xbc\x7f"
         "b\n",
         "ab"},
	{"a\xe2\x82\xac\x7f"
         "b\n",
         "ab"},
	{"a\xf0\x9f\x94\x91\x7f"
         "b\n",
         "ab"},
	{"\xc3\xbc\xe2\x82\xac\x7f\n", "\xc3\xbc"},
	/* A combining accent is a character of its own. */
	{"e\xcc\x81\x7f\n", "e"},
	{"all gone\x15new\n", "new"},
	{"two words  \x17one\n", "two one"},
	{"word\x17\x17x\n", "x"},
	/* Cursor and function keys are left out. */
	{"a\x1b[Ab\x1b[1;5Cc\x1bOPd\x1b[[Ae\n", "abcde"},
	{"\x1b[200~pasted\x1b[201~\n", "pasted"},
	{"a\x1b]11;rgb:0/0/0\ab\n", "ab"},
	{"a\x1bP1$r0m\x1b\\b\n", "ab"},
	{"a\x1bxb\n", "ab"}, /* Alt and a letter */
	{"a\x1b\n", "a"},
	{"a\x1b[12\n", "a"},
	/* A control character is gone with the line that it was in. */
	{"a\tb\x15"
         "c\n",
         "c"},
	{"back\\slash\n", "back\\slash"},
};

START_TEST(keys_edit_as_people_expect)
{
	const char *keys = edited[_i].keys;
	struct typing typing;

	ck_assert(typing_init(&typing, 100, NULL));

	ck_assert_int_eq(type(&typing, keys, strlen(keys)), TYPING_LINE);
	ck_assert_str_eq(typing.bytes, edited[_i].line);
	ck_assert_uint_eq(typing.len, strlen(edited[_i].line));
	ck_assert_int_eq(typing_check(&typing, "answer", NULL), ASTRO_OK);
	typing_clear(&typing);
}
END_TEST

static const struct {
	const char *keys;
	size_t len;
	const char *message;
} refused[] = {
	{"a\tb\n", 4, "the name holds a control character"},
	{"a\0b\n", 4, "the name holds a control character"},
	{"a\x01\n", 3, "the name holds a control character"},
	{"a\xc2\x9b\n", 4, "the name holds a control character"},
	{"a\x9b\n", 3, "the name is not UTF-8"},
	{"\xc3\n", 2, "the name is not UTF-8"},
	{"12345678901\n", 12, "the name is longer than 10 bytes"},
};

START_TEST(a_line_that_cannot_be_used_says_why)
{
	struct typing typing;
	struct astro_error err;

	ck_assert(typing_init(&typing, 10, NULL));

	ck_assert_int_eq(type(&typing, refused[_i].keys, refused[_i].len),
	                 TYPING_LINE);
	ck_assert_int_eq(typing_check(&typing, "name", &err), ASTRO_DENIED);
	ck_assert_str_eq(err.message, refused[_i].message);
	typing_reset(&typing);
	ck_assert_int_eq(typing_check(&typing, "name", &err), ASTRO_OK);
	typing_clear(&typing);
}
END_TEST

START_TEST(a_line_of_the_greatest_length_is_taken)
{
	struct typing typing;

	ck_assert(typing_init(&typing, 10, NULL));

	ck_assert_int_eq(type(&typing, "1234567890\n", 11), TYPING_LINE);
	ck_assert_int_eq(typing_check(&typing, "name", NULL), ASTRO_OK);
	ck_assert_str_eq(typing.bytes, "1234567890");
	typing_clear(&typing);
}
END_TEST

START_TEST(the_echo_shows_whole_characters_and_takes_them_back)
{
	struct typing typing;
	struct text echo;

	text_init(&echo, 1000);
	ck_assert(typing_init(&typing, 100, &echo));

	(void)type(&typing, "a\xc3", 2);
	ck_assert_str_eq(echo.bytes, "a");
	(void)type(&typing, "\xbc\x7f\x1b[A", 5);
	ck_assert_str_eq(echo.bytes, "a\xc3\xbc\b \b");

	typing_clear(&typing);
	text_clear(&echo);
}
END_TEST

START_TEST(the_echo_holds_nothing_that_moves_the_cursor)
{
	struct typing typing;
	struct text echo;

	text_init(&echo, 1000);
	ck_assert(typing_init(&typing, 100, &echo));

	(void)type(&typing, "a\x1b[2J\t\xc2\x9b\x9b\x01", 10);
	ck_assert_str_eq(echo.bytes, "a");

	typing_clear(&typing);
	text_clear(&echo);
}
END_TEST

START_TEST(what_is_erased_is_wiped)
{
	static const char nothing[101];
	struct typing typing;

	ck_assert(typing_init(&typing, 100, NULL));
	(void)type(&typing, "secret\x17top secret\x15", 18);
	ck_assert(memcmp(typing.bytes, nothing, sizeof(nothing)) == 0);
	typing_clear(&typing);
}
END_TEST

START_TEST(the_terminals_own_keys_count_too)
{
	const struct typing_keys odd = {
		.erase = '#', .word = 0, .kill = '@', .end = 0x1D};
	struct typing typing;
	const char *keys = "xx@abx#c";

	ck_assert(typing_init(&typing, 100, NULL));
	for (; *keys != '\0'; keys++)
		ck_assert_int_eq(
			typing_key(&typing, &odd, (unsigned char)*keys),
			TYPING_GOES_ON);
	ck_assert_str_eq(typing.bytes, "abc");
	ck_assert_int_eq(typing_key(&typing, &odd, 0x1D), TYPING_END);
	typing_clear(&typing);
}
END_TEST

START_TEST(any_two_keys_keep_the_line_within_its_bounds)
{
	struct typing typing;
	unsigned first, second;

	ck_assert(typing_init(&typing, 3, NULL));
	for (first = 0; first < 256; first++)
		for (second = 0; second < 256; second++) {
			const char keys[] = {'a', (char)first, (char)second,
			                     (char)first, (char)second};

			(void)type(&typing, keys, sizeof(keys));
			ck_assert_uint_le(typing.len, 3);
			ck_assert_int_eq(typing.bytes[typing.len], '\0');
			typing_reset(&typing);
		}
	typing_clear(&typing);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("typing");
	TCase *tcase = tcase_create("typing");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, keys_edit_as_people_expect, 0,
	                    sizeof(edited) / sizeof(edited[0]));
	tcase_add_loop_test(tcase, a_line_that_cannot_be_used_says_why, 0,
	                    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tcase, a_line_of_the_greatest_length_is_taken);
	tcase_add_test(tcase,
	               the_echo_shows_whole_characters_and_takes_them_back);
	tcase_add_test(tcase, the_echo_holds_nothing_that_moves_the_cursor);
	tcase_add_test(tcase, what_is_erased_is_wiped);
	tcase_add_test(tcase, the_terminals_own_keys_count_too);
	tcase_add_test(tcase, any_two_keys_keep_the_line_within_its_bounds);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
