/* SPDX-License-Identifier: Apache-2.0 */
/* Errors and their exit codes, the clocks, ^C, random bytes. */
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "random.h"

static const struct {
	int status, code;
} codes[] = {
	{ASTRO_OK, 0},
	{ASTRO_CANCELLED, 130},
	{ASTRO_BAD_CONFIG, 5},
	{ASTRO_BAD_PLUGIN, 6},
	{ASTRO_DENIED, 4},
	{ASTRO_EXPIRED, 4},
	{ASTRO_UNREACHABLE, 3},
	{ASTRO_BAD_ANSWER, 3},
	{ASTRO_NOT_FOUND, 1},
	{ASTRO_UNSUPPORTED, 1},
	{ASTRO_UNSAFE, 7},
	{ASTRO_TIMED_OUT, 124},
	{ASTRO_STORE, 5},
	{ASTRO_USAGE, 2},
	{ASTRO_NO_MEMORY, 1},
	{ASTRO_INTERNAL, 1},
	{4711, 1},
};

START_TEST(every_status_has_its_exit_code)
{
	ck_assert_int_eq(error_exit_code(codes[_i].status), codes[_i].code);
}
END_TEST

START_TEST(a_message_from_outside_is_escaped)
{
	struct astro_error err;

	ck_assert_int_eq(error_set(&err, ASTRO_DENIED, NULL, "said %s",
	                           "\x1b]52;c;x\x07\nok"),
	                 ASTRO_DENIED);

	ck_assert_int_eq(err.status, ASTRO_DENIED);
	ck_assert_str_eq(err.message, "said \\x1b]52;c;x\\x07\\nok");
	ck_assert_str_eq(err.hint, "");
}
END_TEST

START_TEST(a_system_error_is_named)
{
	struct astro_error err;

	ck_assert_int_eq(error_set_system(&err, ASTRO_STORE, ENOSPC, "do it",
	                                  "cannot write %s", "x"),
	                 ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "cannot write x: No space left on device");
	ck_assert_str_eq(err.hint, "do it");
}
END_TEST

static int64_t fixed(void)
{
	return 42;
}

START_TEST(clocks_can_be_replaced_and_put_back)
{
	clock_replace(fixed, fixed);
	ck_assert_int_eq(clock_wall(), 42);
	ck_assert_int_eq(clock_boot(), 42);

	clock_replace(NULL, NULL);
	ck_assert_int_gt(clock_wall(), 1700000000);
}
END_TEST

/* As nohup(1) starts a program, and a shell a job in the background. */
START_TEST(a_signal_that_was_ignored_stays_ignored)
{
	static const int numbers[] = {SIGHUP, SIGINT, SIGQUIT};
	size_t i;

	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)signal(numbers[i], SIG_IGN);
	interrupt_install();
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		ck_assert_int_eq(raise(numbers[i]), 0);
	ck_assert_int_eq(interrupt_signal(), 0);
	ck_assert_int_eq(raise(SIGTERM), 0);
	ck_assert_int_eq(interrupt_signal(), SIGTERM);
}
END_TEST

START_TEST(the_end_of_a_cancelled_run_tells_the_signal)
{
	interrupt_forget();
	ck_assert_int_eq(interrupt_exit_code(ASTRO_CANCELLED), 130);
	interrupt_install();
	ck_assert_int_eq(raise(SIGTERM), 0);
	ck_assert_int_eq(interrupt_exit_code(ASTRO_CANCELLED), 143);
	ck_assert_int_eq(interrupt_exit_code(ASTRO_STORE), 5);
	interrupt_end();
}
END_TEST

START_TEST(an_interrupt_is_a_flag_and_a_status)
{
	struct astro_error err = {0};

	interrupt_install();
	ck_assert_int_eq(interrupt_check(&err), ASTRO_OK);
	ck_assert_int_eq(raise(SIGINT), 0);

	ck_assert_int_eq(interrupt_signal(), SIGINT);
	ck_assert_int_eq(interrupt_check(&err), ASTRO_CANCELLED);
	ck_assert_str_eq(err.message, "interrupted");
	interrupt_forget();
	ck_assert_int_eq(interrupt_check(&err), ASTRO_OK);
}
END_TEST

static int broken(void *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	errno = ENOSYS;
	return -1;
}

START_TEST(no_random_source_is_an_error_never_a_guess)
{
	struct astro_error err = {0};
	unsigned char bytes[8] = {0}, again[8] = {0};

	random_replace(broken);
	ck_assert_int_eq(random_fill(bytes, 8, &err), ASTRO_INTERNAL);
	ck_assert_str_eq(err.message, "no random numbers from the system: "
	                              "Function not implemented");

	random_replace(NULL);
	ck_assert_int_eq(random_fill(bytes, 8, &err), ASTRO_OK);
	ck_assert_int_eq(random_fill(again, 8, &err), ASTRO_OK);
	ck_assert_mem_ne(bytes, again, 8);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("base");
	TCase *tcase = tcase_create("base");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, every_status_has_its_exit_code, 0,
	                    sizeof(codes) / sizeof(codes[0]));
	tcase_add_test(tcase, a_message_from_outside_is_escaped);
	tcase_add_test(tcase, a_system_error_is_named);
	tcase_add_test(tcase, clocks_can_be_replaced_and_put_back);
	tcase_add_test(tcase, an_interrupt_is_a_flag_and_a_status);
	tcase_add_test(tcase, a_signal_that_was_ignored_stays_ignored);
	tcase_add_test_raise_signal(
		tcase, the_end_of_a_cancelled_run_tells_the_signal, SIGTERM);
	tcase_add_test(tcase, no_random_source_is_an_error_never_a_guess);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
