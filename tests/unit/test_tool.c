/* SPDX-License-Identifier: Apache-2.0 */
/* Programs that are run to be configured. */
#include "tool.h"

#include <check.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "config_home.h"
#include "error.h"

static struct astro_error err;

static const char *const words[] = {
	"",
	"plain",
	"/usr/bin/astro",
	"two words",
	"it's",
	"''",
	"$(touch x)`touch y`;|&<>\"\\!*?#~",
	"https://login.example.com/realms/a'b(c)",
};

START_TEST(quotes_a_word_so_that_a_shell_reads_it_back)
{
	const char *argv[] = {"/bin/sh", "-c", NULL, NULL};
	struct text command, output;
	int code;

	text_init(&command, 1000);
	ck_assert(text_add_string(&command, "printf %s "));
	ck_assert(tool_add_word(&command, words[_i]));
	argv[2] = command.bytes;
	ck_assert_int_eq(tool_run(argv, &output, &code, &err), ASTRO_OK);
	ck_assert_int_eq(code, 0);
	ck_assert_str_eq(output.bytes, words[_i]);
	text_clear(&output);
	text_clear(&command);
}
END_TEST

static const struct {
	const char *command;
	int code;
	const char *output;
} runs[] = {
	{"echo out; echo err >&2", 0, "out\nerr\n"},
	{"exit 3", 3, ""},
	{"kill -9 $$", 128 + SIGKILL, ""},
	{"cat", 0, ""}, /* there is no input */
	{"echo \"${ASTRO_API_TOKEN-none}\"", 0, "none\n"},
};

START_TEST(says_how_a_program_ended_and_what_it_printed)
{
	const char *argv[] = {"/bin/sh", "-c", runs[_i].command, NULL};
	struct text output;
	int code;

	ck_assert_int_eq(setenv("ASTRO_API_TOKEN", "secret", 1), 0);
	ck_assert_int_eq(tool_run(argv, &output, &code, &err), ASTRO_OK);
	ck_assert_int_eq(code, runs[_i].code);
	ck_assert_str_eq(output.bytes, runs[_i].output);
	text_clear(&output);
}
END_TEST

START_TEST(keeps_so_much_of_the_output_and_lets_the_program_end)
{
	const char *argv[] = {"/bin/sh", "-c",
	                      "head -c 1000000 /dev/zero; exit 5", NULL};
	struct text output;
	int code;

	ck_assert_int_eq(tool_run(argv, &output, &code, &err), ASTRO_OK);
	ck_assert_int_eq(code, 5);
	ck_assert_uint_le(output.len, TOOL_OUTPUT_MAX);
	text_clear(&output);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, quotes_a_word_so_that_a_shell_reads_it_back,
	                    0, sizeof(words) / sizeof(words[0]));
	tcase_add_loop_test(tcase, says_how_a_program_ended_and_what_it_printed,
	                    0, sizeof(runs) / sizeof(runs[0]));
	tcase_add_test(tcase,
	               keeps_so_much_of_the_output_and_lets_the_program_end);
}

int main(void)
{
	return run_case("tool", add_tests);
}
