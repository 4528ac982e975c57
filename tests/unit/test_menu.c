/* SPDX-License-Identifier: Apache-2.0 */
/* Menus, and which row an answer means. */
#include "terminal.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "interrupt.h"
#include "pty.h"

static const struct astro_item workspaces[] = {
	{"cl1", "Team A"}, {"cl2", "2"},           {"cl3", "Twin"},
	{"cl4", "Twin"},   {"3", "J\xc3\xbcrgen"}, {"cl6\x1b[2J", "evil\nname"},
};

static const struct astro_menu menu = {
	.size = sizeof(menu),
	.key = "workspace",
	.label = "Choose a workspace",
	.items = workspaces,
	.count = sizeof(workspaces) / sizeof(workspaces[0]),
	.current = "cl2",
};

static int choose(void *data)
{
	struct astro_error err;
	size_t picked;
	int status;

	interrupt_install();
	(void)unsetenv("CLICOLOR_FORCE");
	(void)setenv("TERM", "dumb", 1);
	memset(&err, 0, sizeof(err));
	status = terminal_choose(data, 0, &picked, &err);
	(void)printf("[%d|%zu|%s|%s]", status, picked, err.message, err.hint);
	return status;
}

static struct pty *spawn(const struct astro_menu *shown, bool pipe_stderr)
{
	struct pty_options options = {.work = choose,
	                              .data = (void *)shown,
	                              .pipe_stdout = true,
	                              .pipe_stderr = pipe_stderr};

	return pty_spawn(&options);
}

static void expect(struct pty *pty, const char *printed)
{
	(void)pty_finish(pty);
	ck_assert_str_eq(pty_stdout(pty), printed);
	pty_free(pty);
}

static const char table[] = "Choose a workspace\r\n"
			    "  #  NAME        ID\r\n"
			    "  1  Team A      cl1\r\n"
			    "* 2  2           cl2\r\n"
			    "  3  Twin        cl3\r\n"
			    "  4  Twin        cl4\r\n"
			    "  5  J\xc3\xbcrgen      3\r\n"
			    "  6  evil\\nname  cl6\\x1b[2J\r\n"
			    "> ";

START_TEST(a_menu_is_a_table_with_the_current_row_marked)
{
	struct pty *pty = spawn(&menu, false);

	pty_expect(pty, "> ");
	ck_assert_str_eq(pty_screen(pty), table);
	pty_send(pty, "1\n");
	expect(pty, "[0|0||]");
}
END_TEST

START_TEST(a_menu_is_on_the_terminal_though_standard_error_is_not)
{
	struct pty *pty = spawn(&menu, true);

	pty_expect(pty, strchr(table, '#'));
	pty_send(pty, "6\n");
	expect(pty, "[0|5||]");
}
END_TEST

static const struct {
	const char *typed, *printed;
} answers[] = {
	{"1\n", "[0|0||]"},
	{"6\n", "[0|5||]"},
	{"cl4\n", "[0|3||]"},
	{"Team A\n", "[0|0||]"},
	{"J\xc3\xbcrgen\n", "[0|4||]"},
	/* What is seen first counts: the number, the id, the name. */
	{"2\n", "[0|1||]"},
	{"3\n", "[0|2||]"},
	/* Asked again. */
	{"0\n7\n1\n", "[0|0||]"},
	{"\nTwin\ncl3\n", "[0|2||]"},
	{"team a\n01\nTeam\n", "[8|0|no usable answer for the workspace in 3 "
                               "tries|run it again, and type a row's number]"},
};

START_TEST(an_answer_is_a_number_an_id_or_a_name)
{
	struct pty *pty = spawn(&menu, false);

	pty_expect(pty, "> ");
	pty_send(pty, answers[_i].typed);
	expect(pty, answers[_i].printed);
}
END_TEST

START_TEST(an_unusable_answer_says_what_would_be_one)
{
	struct pty *pty = spawn(&menu, false);

	pty_expect(pty, "> ");
	pty_send(pty, "99\n");
	pty_expect(pty, "that is none of the rows: type a number from 1 to 6");
	pty_expect(pty, "> ");
	pty_send(pty, PTY_INTERRUPT);
	expect(pty, "[1|0|interrupted|]");
}
END_TEST

START_TEST(the_end_of_input_is_no_choice)
{
	struct pty *pty = spawn(&menu, false);

	pty_expect(pty, "> ");
	pty_send(pty, PTY_END);
	ck_assert_int_eq(pty_finish(pty), ASTRO_DENIED);
	expect(pty, "[4|0|end of input at the question for the workspace|"
	            "give it with --workspace ID]");
}
END_TEST

START_TEST(a_menu_of_nothing_asks_nothing)
{
	struct astro_menu empty = menu;
	struct pty *pty;

	empty.count = 0;
	pty = spawn(&empty, false);
	(void)pty_finish(pty);
	ck_assert_str_eq(pty_screen(pty), "");
	expect(pty, "[8|0|nothing to choose from for the workspace|]");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("menu");
	TCase *tcase = tcase_create("menu");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, a_menu_is_a_table_with_the_current_row_marked);
	tcase_add_test(tcase,
	               a_menu_is_on_the_terminal_though_standard_error_is_not);
	tcase_add_loop_test(tcase, an_answer_is_a_number_an_id_or_a_name, 0,
	                    sizeof(answers) / sizeof(answers[0]));
	tcase_add_test(tcase, an_unusable_answer_says_what_would_be_one);
	tcase_add_test(tcase, the_end_of_input_is_no_choice);
	tcase_add_test(tcase, a_menu_of_nothing_asks_nothing);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
