/* SPDX-License-Identifier: Apache-2.0 */
/* Whose turn it is, as the parent hears of it. */
#include "turn.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core.h"
#include "error.h"
#include "host.h"
#include "report.h"

static struct astro_core core;
static struct astro_error err;
static struct report *report;
static int ends[2];
/* Whose turn it was in the middle of the call, and what was called. */
static enum report_turn meanwhile;
static int shown;

/* What the parent has heard by now. */
static enum report_turn hear(void)
{
	struct pollfd pipe_end = {.fd = ends[0], .events = POLLIN};
	size_t count;

	while (poll(&pipe_end, 1, 0) > 0 && report_read(report, ends[0]))
		;
	return report_turn_of(report, &count);
}

static int fake_ask(struct astro_core *unused,
                    const struct astro_question *question,
                    struct astro_secret **answer, struct astro_error *error)
{
	(void)unused;
	(void)question;
	*answer = NULL;
	meanwhile = hear();
	return error_set(error, ASTRO_DENIED, NULL, "no");
}

static int fake_wait(struct astro_core *unused, uint32_t ms,
                     struct astro_error *error)
{
	(void)unused;
	(void)ms;
	(void)error;
	meanwhile = hear();
	return ASTRO_OK;
}

static void fake_tell(struct astro_core *unused, const char *fmt, ...)
{
	(void)unused;
	(void)fmt;
	meanwhile = hear();
	shown++;
}

static void setup(void)
{
	memset(&core, 0, sizeof(core));
	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
	report = report_new();
	ck_assert_ptr_nonnull(report);
	core.report_fd = ends[1];
	host_fill(&core.host, &core);
	core.host.ask = fake_ask;
	core.host.wait = fake_wait;
	core.host.tell = fake_tell;
	shown = 0;
	turn_watch(&core);
	turn_of_provider(&core);
	ck_assert_int_eq(hear(), REPORT_TURN_PROVIDER);
}

static void teardown(void)
{
	report_free(report);
	(void)close(ends[0]);
	(void)close(ends[1]);
}

START_TEST(waiting_for_a_person_is_the_hosts_turn)
{
	struct astro_question question = {.size = sizeof(question)};
	struct astro_secret *answer;

	ck_assert_int_eq(core.host.ask(&core, &question, &answer, &err),
	                 ASTRO_DENIED);

	ck_assert_str_eq(err.message, "no");
	ck_assert_int_eq(meanwhile, REPORT_TURN_HOST);
	ck_assert_int_eq(hear(), REPORT_TURN_PROVIDER);
}
END_TEST

START_TEST(waiting_for_time_is_the_hosts_turn)
{
	ck_assert_int_eq(core.host.wait(&core, 10, &err), ASTRO_OK);

	ck_assert_int_eq(meanwhile, REPORT_TURN_HOST);
	ck_assert_int_eq(hear(), REPORT_TURN_PROVIDER);
}
END_TEST

START_TEST(what_does_not_wait_is_no_turn)
{
	size_t before, after;

	(void)report_turn_of(report, &before);
	(void)core.host.now(&core);
	(void)core.host.setting(&core.settings, "nothing");
	(void)hear();
	(void)report_turn_of(report, &after);
	ck_assert_uint_eq(before, after);
}
END_TEST

/* A flood is not shown, and does not buy time. */
START_TEST(a_thousand_lines_are_enough)
{
	size_t before, after;
	int i;

	for (i = 0; i < 1000; i++)
		core.host.tell(&core, "line %d", i);
	ck_assert_int_eq(shown, 1000);
	ck_assert_int_eq(meanwhile, REPORT_TURN_HOST);
	core.host.tell(&core, "one too many");
	(void)hear();
	(void)report_turn_of(report, &before);

	for (i = 0; i < 1000; i++)
		core.host.tell(&core, "line %d", i);

	ck_assert_int_eq(shown, 1000);
	ck_assert_int_eq(hear(), REPORT_TURN_PROVIDER);
	(void)report_turn_of(report, &after);
	ck_assert_uint_eq(before, after);
}
END_TEST

START_TEST(watching_twice_is_watching_once)
{
	turn_watch(&core);
	ck_assert(core.waiting.wait == fake_wait);
}
END_TEST

START_TEST(a_call_without_its_first_argument_makes_no_sense)
{
	struct astro_secret *answer;

	ck_assert_int_eq(core.host.ask(NULL, NULL, &answer, &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message, "the provider called ask() with "
	                              "arguments that make no sense");
	core.host.tell(NULL, "nothing");
	ck_assert_int_eq(shown, 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("turn");
	TCase *tcase = tcase_create("turn");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_add_test(tcase, waiting_for_a_person_is_the_hosts_turn);
	tcase_add_test(tcase, waiting_for_time_is_the_hosts_turn);
	tcase_add_test(tcase, what_does_not_wait_is_no_turn);
	tcase_add_test(tcase, a_thousand_lines_are_enough);
	tcase_add_test(tcase, watching_twice_is_watching_once);
	tcase_add_test(tcase, a_call_without_its_first_argument_makes_no_sense);
	suite_add_tcase(suite, tcase);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
