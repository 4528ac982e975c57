/* SPDX-License-Identifier: Apache-2.0 */
/* Tables, and when there is colour. */
#include "terminal.h"

#include <check.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pty.h"

static const char *const header[] = {"NAME", "ID"};
static const char *const cells[] = {
	"a", "first", "a\xc3\xbc\xe2\x82\xac longer", "2", "x\ny", NULL};

/* The table as text; the caller frees it. */
static char *print(size_t rows, size_t marked)
{
	char *printed = NULL;
	size_t len;
	FILE *stream = open_memstream(&printed, &len);

	terminal_table(stream, header, 2, cells, rows, marked);
	(void)fclose(stream);
	return printed;
}

static void plain(void)
{
	(void)unsetenv("NO_COLOR");
	(void)unsetenv("CLICOLOR_FORCE");
	(void)unsetenv("ACCESSIBLE");
	(void)setenv("TERM", "xterm", 1);
}

START_TEST(columns_are_as_wide_as_their_longest_cell_in_characters)
{
	char *printed = print(3, SIZE_MAX);

	ck_assert_str_eq(printed, "NAME        ID\n"
	                          "a           first\n"
	                          "a\xc3\xbc\xe2\x82\xac longer  2\n"
	                          "x\\ny        \n");
	free(printed);
}
END_TEST

START_TEST(the_current_row_has_a_star)
{
	char *printed = print(2, 1);

	ck_assert_str_eq(printed, "  NAME        ID\n"
	                          "  a           first\n"
	                          "* a\xc3\xbc\xe2\x82\xac longer  2\n");
	free(printed);
}
END_TEST

START_TEST(where_there_is_colour_the_current_row_is_bold)
{
	char *printed;

	(void)setenv("CLICOLOR_FORCE", "1", 1);
	printed = print(1, 0);

	ck_assert_str_eq(printed, "  NAME  ID\n"
	                          "\033[1m* a     first\033[0m\n");
	free(printed);
}
END_TEST

START_TEST(a_table_without_rows_is_its_header)
{
	char *printed = print(0, SIZE_MAX);

	ck_assert_str_eq(printed, "NAME  ID\n");
	free(printed);
}
END_TEST

struct colour {
	const char *name, *value;
	bool in_pipe, on_terminal;
};

static struct colour colours[] = {
	{"TERM", "xterm", false, true},
	{"TERM", "dumb", false, false},
	{"TERM", "", false, false},
	{"NO_COLOR", "1", false, false},
	{"NO_COLOR", "", false, true},
	{"ACCESSIBLE", "1", false, false},
	{"CLICOLOR_FORCE", "1", true, true},
	{"CLICOLOR_FORCE", "0", false, true},
	{"CLICOLOR_FORCE", "", false, true},
};

static int look_for_colour(void *data)
{
	const struct colour *colour = data;

	plain();
	(void)setenv(colour->name, colour->value, 1);
	return terminal_has_colour(stdout) ? 1 : 0;
}

START_TEST(colour_is_for_terminals_unless_the_environment_says_else)
{
	struct pty_options options = {.work = look_for_colour,
	                              .data = &colours[_i]};
	struct pty_result result = pty_run(&options);

	ck_assert_int_eq(result.status, colours[_i].on_terminal);
	pty_result_clear(&result);

	options.pipe_stdout = true;
	result = pty_run(&options);
	ck_assert_int_eq(result.status, colours[_i].in_pipe);
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("table");
	TCase *tcase = tcase_create("table");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, plain, NULL);
	tcase_add_test(tcase,
	               columns_are_as_wide_as_their_longest_cell_in_characters);
	tcase_add_test(tcase, the_current_row_has_a_star);
	tcase_add_test(tcase, where_there_is_colour_the_current_row_is_bold);
	tcase_add_test(tcase, a_table_without_rows_is_its_header);
	tcase_add_loop_test(
		tcase, colour_is_for_terminals_unless_the_environment_says_else,
		0, sizeof(colours) / sizeof(colours[0]));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
