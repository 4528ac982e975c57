/* SPDX-License-Identifier: Apache-2.0 */
/* Lines for the person. */
#include "terminal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "pty.h"
#include "secret.h"

static int tell(void *line)
{
	terminal_tell("%s", (const char *)line);
	return 0;
}

/* What standard error has after LINE was told; standard output has nothing. */
static struct pty_result told(const char *line)
{
	struct pty_options options = {
		.work = tell, .data = (void *)line, .no_terminal = true};
	struct pty_result result = pty_run(&options);

	ck_assert_int_eq(result.status, 0);
	ck_assert_str_eq(result.out, "");
	return result;
}

START_TEST(a_line_goes_to_standard_error_made_harmless)
{
	struct pty_result result = told("J\xc3\xbcrgen\x1b[2J\n\xff");

	ck_assert_str_eq(result.err, "J\xc3\xbcrgen\\x1b[2J\\n\\xff\n");
	pty_result_clear(&result);
}
END_TEST

/* A link that is cut is of no use. */
START_TEST(a_long_line_is_not_cut)
{
	char line[9001];
	struct pty_result result;
	size_t i;

	/* Characters of two bytes, at odd places. */
	line[0] = 'h';
	for (i = 1; i + 2 < sizeof(line); i += 2)
		memcpy(line + i, "\xc3\xbc", 2);
	line[i] = '\0';
	result = told(line);

	ck_assert_uint_eq(strlen(result.err), i + 1);
	ck_assert(strncmp(result.err, line, i) == 0);
	pty_result_clear(&result);
}
END_TEST

START_TEST(secrets_are_masked)
{
	struct astro_secret *secret;
	struct pty_result result;

	ck_assert_int_eq(secret_new("hush-hush", 9, &secret, NULL), ASTRO_OK);
	result = told("the word is hush-hush, they say");

	ck_assert_str_eq(result.err, "the word is ***, they say\n");
	pty_result_clear(&result);
	secret_free(secret);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("tell");
	TCase *tcase = tcase_create("tell");
	SRunner *runner;
	int failed;

	tcase_add_test(tcase, a_line_goes_to_standard_error_made_harmless);
	tcase_add_test(tcase, a_long_line_is_not_cut);
	tcase_add_test(tcase, secrets_are_masked);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
