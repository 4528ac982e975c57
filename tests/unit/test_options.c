/* SPDX-License-Identifier: Apache-2.0 */
/* Flags and operands: what is understood, and what is refused and how. */
#include "options.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "secret.h"
#include "token.h"

enum { WORDS_MAX = 8 };

static const struct option known[] = {
	{"login-link", 'l', OPTION_SWITCH, NULL, "help"},
	{"token-login", 't', OPTION_SECRET, "TOKEN", "help"},
	{"username", 'u', OPTION_TEXT, "NAME", "help"},
	{"workspace", 0, OPTION_TEXT, "NAME", "help"},
	{"timeout", 0, OPTION_TEXT, "SECONDS", "help"},
	{NULL, 'f', OPTION_SWITCH, NULL, "help"},
};

static struct options options;
static struct astro_error err;
/* The arguments, where the parser may wipe them. */
static char *words[WORDS_MAX];

/* LINE into words, split at blanks; "''" is an empty argument. */
static int split(const char *line)
{
	int count = 0;

	while (*line != '\0') {
		size_t len = strcspn(line, " ");

		ck_assert_int_lt(count, WORDS_MAX);
		words[count++] = len == 2 && strncmp(line, "''", 2) == 0
		                         ? strdup("")
		                         : strndup(line, len);
		line += len + strspn(line + len, " ");
	}
	return count;
}

static int parse(const char *line)
{
	return options_parse(&options, "login", known,
	                     sizeof(known) / sizeof(known[0]), split(line),
	                     words, &err);
}

static int parse_front(const char *line)
{
	return options_parse_front(&options, "exec", known,
	                           sizeof(known) / sizeof(known[0]),
	                           split(line), words, &err);
}

static void clear(void)
{
	int i;

	options_clear(&options);
	for (i = 0; i < WORDS_MAX; i++) {
		free(words[i]);
		words[i] = NULL;
	}
}

static const struct {
	const char *line;
	const char *user;
} spellings[] = {
	{"--username jane", "jane"},
	{"--username=jane", "jane"},
	{"-u jane", "jane"},
	{"-ujane", "jane"},
	{"-u=jane", "jane"},
	{"-lu jane", "jane"},
	{"-lfujane", "jane"},
	{"-u -", "-"},
	{"--username=-x", "-x"},
	{"--username=a=b", "a=b"},
	{"astronomer.io -u jane", "jane"},
	{"-u jane -- -l", "jane"},
};

START_TEST(understands_every_spelling_of_a_value)
{
	ck_assert_int_eq(parse(spellings[_i].line), ASTRO_OK);

	ck_assert(options_has(&options, "username"));
	ck_assert_str_eq(options_text(&options, "username"),
	                 spellings[_i].user);
}
END_TEST

START_TEST(takes_everything_after_two_dashes_as_operands)
{
	ck_assert_int_eq(parse("a -- -l -- -"), ASTRO_OK);

	ck_assert(!options_has(&options, "login-link"));
	ck_assert_uint_eq(options.operand_count, 4);
	ck_assert_str_eq(options.operands[1], "-l");
	ck_assert_str_eq(options.operands[2], "--");
	ck_assert_str_eq(options.operands[3], "-");
}
END_TEST

START_TEST(knows_help_and_verbose_for_every_command)
{
	ck_assert_int_eq(parse("-v --help"), ASTRO_OK);
	ck_assert(options.help);
	ck_assert(options.verbose);
	clear();

	ck_assert_int_eq(parse("-lhv"), ASTRO_OK);
	ck_assert(options.help);
	ck_assert(options.verbose);
	ck_assert(options_has(&options, "login-link"));
}
END_TEST

START_TEST(lets_a_switch_be_repeated)
{
	ck_assert_int_eq(parse("-l --login-link -f"), ASTRO_OK);

	ck_assert(options_has(&options, "login-link"));
	ck_assert(options_has(&options, "f"));
}
END_TEST

static const struct {
	const char *line;
	const char *message;
	const char *hint;
} refused[] = {
	{"--frobnicate", "login: unknown flag --frobnicate",
         "see `astro login --help`"},
	{"--workspce=x", "login: unknown flag --workspce",
         "did you mean `--workspace`?"},
	{"--user", "login: unknown flag --user", "see `astro login --help`"},
	{"--verbos", "login: unknown flag --verbos",
         "did you mean `--verbose`?"},
	{"--h", "login: unknown flag --h", "see `astro login --help`"},
	{"--=x", "login: unknown flag --", "see `astro login --help`"},
	{"-x", "login: unknown flag -x", "see `astro login --help`"},
	{"-lx", "login: unknown flag -x", "see `astro login --help`"},
	{"--help=1", "login: --help takes no value",
         "see `astro login --help`"},
	{"-u", "login: -u/--username needs a value",
         "see `astro login --help`"},
	{"-t", "login: -t/--token-login needs a value",
         "see `astro login --help`"},
	{"--workspace", "login: --workspace needs a value",
         "see `astro login --help`"},
	{"-t -l",
         "login: -t/--token-login needs a value; one that begins with "
         "\"-\" is written after \"=\"",
         "see `astro login --help`"},
	{"--token-login=",
         "login: -t/--token-login needs a value, not an empty one",
         "see `astro login --help`"},
	{"-t ''", "login: -t/--token-login needs a value, not an empty one",
         "see `astro login --help`"},
	{"-u a -u b", "login: -u/--username is given twice",
         "see `astro login --help`"},
	{"-t aaaa --token-login=bbbb", "login: -t/--token-login is given twice",
         "see `astro login --help`"},
	{"--login-link=yes", "login: -l/--login-link takes no value",
         "see `astro login --help`"},
	{"-l=yes", "login: -l/--login-link takes no value",
         "see `astro login --help`"},
	{"a b c d e", "login: too many arguments", "see `astro login --help`"},
};

START_TEST(refuses_what_makes_no_sense_and_says_which_flag)
{
	ck_assert_int_eq(parse(refused[_i].line), ASTRO_USAGE);

	ck_assert_str_eq(err.message, refused[_i].message);
	ck_assert_str_eq(err.hint, refused[_i].hint);
}
END_TEST

static const char *const secret_lines[] = {"-t canary", "-tcanary", "-t=canary",
                                           "--token-login canary",
                                           "--token-login=canary"};

START_TEST(wipes_a_secret_from_the_argument_list)
{
	const char *last;
	size_t len;

	ck_assert_int_eq(parse(secret_lines[_i]), ASTRO_OK);

	ck_assert_str_eq(
		secret_bytes(options_secret(&options, "token-login"), &len),
		"canary");
	ck_assert_uint_eq(len, 6);
	ck_assert_ptr_null(options_text(&options, "token-login"));
	last = words[1] == NULL ? words[0] : words[1];
	ck_assert_ptr_null(strstr(last, "canary"));
}
END_TEST

START_TEST(wipes_the_second_of_two_secrets_too)
{
	ck_assert_int_eq(parse("-t aaaa -t bbbb"), ASTRO_USAGE);

	ck_assert_str_eq(words[1], "");
	ck_assert_str_eq(words[3], "");
}
END_TEST

static const struct {
	const char *line;
	int status;
	int64_t value;
} numbers[] = {
	{"--timeout 1", ASTRO_OK, 1},
	{"--timeout 0300", ASTRO_OK, 300},
	{"--timeout 86400", ASTRO_OK, 86400},
	{"", ASTRO_OK, 7},
	{"--timeout 0", ASTRO_USAGE, 7},
	{"--timeout 86401", ASTRO_USAGE, 7},
	{"--timeout=-1", ASTRO_USAGE, 7},
	{"--timeout +1", ASTRO_USAGE, 7},
	{"--timeout 1s", ASTRO_USAGE, 7},
	{"--timeout 0x10", ASTRO_USAGE, 7},
	{"--timeout 99999999999999999999999999", ASTRO_USAGE, 7},
};

START_TEST(takes_whole_numbers_within_their_limits_only)
{
	int64_t value = 7;

	ck_assert_int_eq(parse(numbers[_i].line), ASTRO_OK);
	ck_assert_int_eq(
		options_number(&options, "timeout", 1, 86400, &value, &err),
		numbers[_i].status);

	ck_assert_int_eq(value, numbers[_i].value);
	if (numbers[_i].status != ASTRO_OK)
		ck_assert_ptr_nonnull(strstr(err.message,
		                             "login: --timeout is a whole "
		                             "number from 1 to 86400, not "));
}
END_TEST

START_TEST(names_both_flags_that_exclude_each_other)
{
	ck_assert_int_eq(parse("-t aaaa -l"), ASTRO_OK);

	ck_assert_int_eq(
		options_exclude(&options, "token-login", "login-link", &err),
		ASTRO_USAGE);
	ck_assert_str_eq(err.message,
	                 "login: -t/--token-login and -l/--login-link "
	                 "exclude each other");
	ck_assert_int_eq(
		options_exclude(&options, "token-login", "workspace", &err),
		ASTRO_OK);
}
END_TEST

static const struct {
	const char *in;
	size_t len;
	const char *out; /* or NULL: */
	const char *message;
} tokens[] = {
	{"abc", 3, "abc", NULL},
	{"Bearer abc", 10, "abc", NULL},
	{"bearer abc", 10, "abc", NULL},
	{"AAA.BBB-_~+/==", 14, "AAA.BBB-_~+/==", NULL},
	{"", 0, NULL, "X: the token is empty"},
	{"Bearer ", 7, NULL, "X: the token is empty"},
	{"a b", 3, NULL, "X: this is no token: character 2 cannot be in one"},
	{"Bearer Bearer x", 15, NULL,
         "X: this is no token: character 7 cannot be in one"},
	{"a\nAuthorization:x", 17, NULL,
         "X: this is no token: character 2 cannot be in one"},
	{"a\r", 2, NULL, "X: this is no token: character 2 cannot be in one"},
	{"a\0b", 3, NULL, "X: this is no token: character 2 cannot be in one"},
	{"\xff", 1, NULL, "X: this is no token: character 1 cannot be in one"},
	{"\x7f", 1, NULL, "X: this is no token: character 1 cannot be in one"},
};

static const struct {
	const char *in, *out;
} copied[] = {
	{"abc", "abc"},
	{"  abc\t\r", "abc"},
	{"Authorization: Bearer abc", "Bearer abc"},
	{" authorization:abc ", "abc"},
	{"a b", "a b"},
	{"   ", ""},
	{"", ""},
};

START_TEST(leaves_out_what_is_copied_along_with_a_token)
{
	const char *bytes = copied[_i].in;
	size_t len = strlen(bytes);

	token_trim(&bytes, &len);

	ck_assert_uint_eq(len, strlen(copied[_i].out));
	ck_assert_mem_eq(bytes, copied[_i].out, len);
}
END_TEST

START_TEST(takes_only_tokens_that_cannot_break_out_of_a_header)
{
	struct astro_secret *token;
	int status = token_clean(tokens[_i].in, tokens[_i].len, "X",
	                         ASTRO_USAGE, &token, &err);

	if (tokens[_i].out == NULL) {
		ck_assert_int_eq(status, ASTRO_USAGE);
		ck_assert_ptr_null(token);
		ck_assert_str_eq(err.message, tokens[_i].message);
	} else {
		ck_assert_int_eq(status, ASTRO_OK);
		ck_assert_str_eq(secret_bytes(token, NULL), tokens[_i].out);
	}
	secret_free(token);
}
END_TEST

START_TEST(takes_tokens_of_64_kibibytes_and_not_one_byte_more)
{
	struct astro_secret *token;
	char *bytes = malloc(TOKEN_MAX_BYTES + 1);

	ck_assert_ptr_nonnull(bytes);
	memset(bytes, 'a', TOKEN_MAX_BYTES + 1);

	ck_assert_int_eq(token_clean(bytes, TOKEN_MAX_BYTES, "X", ASTRO_DENIED,
	                             &token, &err),
	                 ASTRO_OK);
	secret_free(token);
	ck_assert_int_eq(token_clean(bytes, TOKEN_MAX_BYTES + 1, "X",
	                             ASTRO_DENIED, &token, &err),
	                 ASTRO_DENIED);
	ck_assert_str_eq(err.message,
	                 "X: the token is longer than 65536 bytes");
	free(bytes);
}
END_TEST

static const struct {
	const char *line;
	int at; /* where the program begins, -1: there is none */
	const char *user;
} programs[] = {
	{"ls -l --help", 0, NULL},    {"-u jane ls -u joe", 2, "jane"},
	{"-u jane -- ls", 3, "jane"}, {"-- -l", 1, NULL},
	{"-- -- ls", 1, NULL},        {"- -l", 0, NULL},
	{"'' -l", 0, NULL},           {"-u jane", -1, "jane"},
	{"-u jane --", -1, "jane"},   {"", -1, NULL},
};

START_TEST(flags_behind_the_first_operand_are_the_programs_own)
{
	ck_assert_int_eq(parse_front(programs[_i].line), ASTRO_OK);

	if (programs[_i].at < 0)
		ck_assert_ptr_null(options.program);
	else
		ck_assert_ptr_eq(options.program, words + programs[_i].at);
	ck_assert_uint_eq(options.operand_count, 0);
	ck_assert(!options_has(&options, "login-link"));
	ck_assert(!options.help);
	ck_assert_pstr_eq(options_text(&options, "username"),
	                  programs[_i].user);
}
END_TEST

START_TEST(a_flag_before_the_program_must_be_known)
{
	ck_assert_int_eq(parse_front("--nonesuch ls"), ASTRO_USAGE);
	ck_assert_str_eq(err.message, "exec: unknown flag --nonesuch");
}
END_TEST

#define LENGTH(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
	Suite *suite = suite_create("options");
	TCase *tcase = tcase_create("options");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, NULL, clear);
	tcase_add_loop_test(tcase, understands_every_spelling_of_a_value, 0,
	                    LENGTH(spellings));
	tcase_add_test(tcase, takes_everything_after_two_dashes_as_operands);
	tcase_add_test(tcase, knows_help_and_verbose_for_every_command);
	tcase_add_test(tcase, lets_a_switch_be_repeated);
	tcase_add_loop_test(tcase,
	                    refuses_what_makes_no_sense_and_says_which_flag, 0,
	                    LENGTH(refused));
	tcase_add_loop_test(tcase, wipes_a_secret_from_the_argument_list, 0,
	                    LENGTH(secret_lines));
	tcase_add_test(tcase, wipes_the_second_of_two_secrets_too);
	tcase_add_loop_test(tcase, takes_whole_numbers_within_their_limits_only,
	                    0, LENGTH(numbers));
	tcase_add_test(tcase, names_both_flags_that_exclude_each_other);
	tcase_add_loop_test(tcase,
	                    takes_only_tokens_that_cannot_break_out_of_a_header,
	                    0, LENGTH(tokens));
	tcase_add_loop_test(tcase, leaves_out_what_is_copied_along_with_a_token,
	                    0, sizeof(copied) / sizeof(copied[0]));
	tcase_add_test(tcase,
	               takes_tokens_of_64_kibibytes_and_not_one_byte_more);
	tcase_add_loop_test(tcase,
	                    flags_behind_the_first_operand_are_the_programs_own,
	                    0, LENGTH(programs));
	tcase_add_test(tcase, a_flag_before_the_program_must_be_known);
	suite_add_tcase(suite, tcase);

	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
