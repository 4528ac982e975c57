/* SPDX-License-Identifier: Apache-2.0 */
/* What a child reports, and what a hostile one may. */
#include "report.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

static int ends[2];
static struct report *report;

static void set_up(void)
{
	ck_assert_int_eq(pipe2(ends, O_NONBLOCK), 0);
	(void)fcntl(ends[1], F_SETPIPE_SZ, 1024 * 1024);
	report = report_new();
	ck_assert_ptr_nonnull(report);
}

static void tear_down(void)
{
	(void)close(ends[0]);
	(void)close(ends[1]);
	report_free(report);
}

/* Read to the end of the pipe; true when all of it made sense. */
static bool read_all(void)
{
	int i;

	(void)close(ends[1]);
	ends[1] = open("/dev/null", O_WRONLY);
	for (i = 0; i < 1000 && report_read(report, ends[0]); i++)
		;
	ck_assert_int_lt(i, 1000);
	/* At a proper end the pipe is empty, and stays readable as such. */
	return report_reached(report) == REPORT_ENDED;
}

START_TEST(everything_said_is_heard)
{
	struct astro_error err;

	report_stage(ends[1], REPORT_STARTED, NULL);
	report_stage(ends[1], REPORT_PROVIDER, "software");
	report_value(ends[1], "name", "houston");
	report_value(ends[1], "note", "one");
	report_value(ends[1], "note", "");
	report_value(ends[1], "absent", NULL);
	report_end(ends[1], ASTRO_OK, NULL);

	ck_assert(read_all());
	ck_assert_str_eq(report_provider(report), "software");
	ck_assert_str_eq(report_get(report, "name", 0), "houston");
	ck_assert_str_eq(report_get(report, "note", 0), "one");
	ck_assert_str_eq(report_get(report, "note", 1), "");
	ck_assert_ptr_null(report_get(report, "note", 2));
	ck_assert_ptr_null(report_get(report, "absent", 0));
	ck_assert_int_eq(report_status(report, &err), ASTRO_OK);
	ck_assert_str_eq(err.message, "");
}
END_TEST

START_TEST(an_error_arrives_with_its_message_and_hint)
{
	struct astro_error sent, err;

	(void)error_set(&sent, ASTRO_DENIED, "try again", "it was %s", "no");
	report_end(ends[1], ASTRO_DENIED, &sent);

	ck_assert(read_all());
	ck_assert_int_eq(report_status(report, &err), ASTRO_DENIED);
	ck_assert_int_eq(err.status, ASTRO_DENIED);
	ck_assert_str_eq(err.message, "it was no");
	ck_assert_str_eq(err.hint, "try again");
}
END_TEST

START_TEST(an_end_without_a_word_is_no_success)
{
	struct astro_error err;

	report_stage(ends[1], REPORT_PROVIDER, "astro");

	ck_assert(!read_all());
	ck_assert_int_eq(report_reached(report), REPORT_PROVIDER);
	ck_assert_int_eq(report_status(report, &err), ASTRO_INTERNAL);
	ck_assert_str_eq(err.message, "the login process ended without a word");
}
END_TEST

START_TEST(an_error_without_a_message_gets_one)
{
	struct astro_error err;

	report_end(ends[1], ASTRO_STORE, NULL);

	ck_assert(read_all());
	ck_assert_int_eq(report_status(report, &err), ASTRO_STORE);
	ck_assert_str_eq(err.message, "it ended without saying why");
}
END_TEST

START_TEST(a_made_up_status_is_an_internal_error)
{
	report_end(ends[1], 4711, NULL);

	ck_assert(read_all());
	ck_assert_int_eq(report_status(report, NULL), ASTRO_INTERNAL);
}
END_TEST

START_TEST(a_value_of_three_megabytes_arrives_and_five_are_too_many)
{
	size_t len = _i == 0 ? 3u << 20 : 5u << 20;
	char *value = malloc(len + 1);
	size_t sent = 0;
	struct header {
		uint32_t kind;
		int32_t number;
		uint32_t first, second;
	} header = {1, 0, 3, (uint32_t)len};
	bool is_fine = true;

	memset(value, 'x', len);
	value[len] = '\0';
	ck_assert_int_eq(write(ends[1], &header, sizeof(header)),
	                 sizeof(header));
	ck_assert_int_eq(write(ends[1], "key", 3), 3);
	while (sent < len && is_fine) {
		ssize_t written = write(ends[1], value + sent, len - sent);

		if (written > 0)
			sent += (size_t)written;
		is_fine = report_read(report, ends[0]);
	}

	if (_i == 0) {
		report_end(ends[1], ASTRO_OK, NULL);
		ck_assert(read_all());
		ck_assert_str_eq(report_get(report, "key", 0), value);
	} else {
		ck_assert(!is_fine);
		ck_assert_ptr_null(report_get(report, "key", 0));
	}
	free(value);
}
END_TEST

START_TEST(records_may_come_byte_by_byte)
{
	int between[2];
	char byte;

	ck_assert_int_eq(pipe(between), 0);
	report_value(between[1], "key", "value");
	report_end(between[1], ASTRO_OK, NULL);
	(void)close(between[1]);
	while (read(between[0], &byte, 1) == 1) {
		ck_assert_int_eq(write(ends[1], &byte, 1), 1);
		ck_assert(report_read(report, ends[0]));
	}
	(void)close(between[0]);

	ck_assert_int_eq(report_reached(report), REPORT_ENDED);
	ck_assert_str_eq(report_get(report, "key", 0), "value");
}
END_TEST

#define HEADER(kind, number, first, second)                                    \
	kind "\0\0\0" number first "\0\0\0" second "\0\0\0"

static const struct {
	const char *bytes;
	size_t len;
} nonsense[] = {
#define BYTES(text)                                                            \
	{                                                                      \
		text, sizeof(text) - 1                                         \
	}
	BYTES("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
	/* an unknown kind */
	BYTES(HEADER("\x09", "\0\0\0\0", "\0", "\0")),
	/* a stage that is none, or says that it is the end */
	BYTES(HEADER("\0", "\xff\xff\xff\xff", "\0", "\0")),
	BYTES(HEADER("\0", "\x03\0\0\0", "\0", "\0")),
	/* NUL inside of a text */
	BYTES(HEADER("\x01", "\0\0\0\0", "\x03", "\x01") "a\0bx"),
	/* lengths of 4 GiB */
	BYTES("\x01\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff"),
	/* something after the end */
	BYTES(HEADER("\x02", "\0\0\0\0", "\0", "\0")
                      HEADER("\x02", "\0\0\0\0", "\0", "\0")),
	/* back from the provider to the start */
	BYTES(HEADER("\0", "\x01\0\0\0", "\x01",
                     "\0") "p" HEADER("\0", "\0\0\0\0", "\0", "\0")),
};

START_TEST(nonsense_is_not_read_on)
{
	ck_assert_int_gt(write(ends[1], nonsense[_i].bytes, nonsense[_i].len),
	                 0);
	ck_assert(!report_read(report, ends[0]));
	ck_assert(!report_read(report, ends[0]));
}
END_TEST

START_TEST(a_provider_name_without_end_is_refused)
{
	char name[200];

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	report_stage(ends[1], REPORT_PROVIDER, name);

	ck_assert(!report_read(report, ends[0]));
	ck_assert_str_eq(report_provider(report), "");
}
END_TEST

START_TEST(writing_to_nobody_is_no_harm)
{
	(void)signal(SIGPIPE, SIG_IGN);
	(void)close(ends[0]);

	report_value(ends[1], "key", "value");
	report_end(ends[1], ASTRO_OK, NULL);
	ends[0] = open("/dev/null", O_RDONLY);
}
END_TEST

/* A provider that calls the host all the time, which is a login like any
 * other. */
START_TEST(more_turns_than_values_have_room_for_are_heard)
{
	size_t count = 0, sent = 0, round;

	for (round = 0; round < 300; round++) {
		size_t i;

		for (i = 0; i < 1000; i++, sent++)
			report_turn(ends[1], REPORT_TURN_HOST);
		while (report_turn_of(report, &count) == REPORT_TURN_HOST &&
		       count < sent)
			ck_assert(report_read(report, ends[0]));
	}
	report_value(ends[1], "key", "value");
	report_end(ends[1], ASTRO_OK, NULL);

	ck_assert(read_all());
	ck_assert(!report_is_broken(report));
	ck_assert_str_eq(report_get(report, "key", 0), "value");
}
END_TEST

START_TEST(many_values_are_too_many_when_they_are_four_megabytes)
{
	static char value[4096];
	size_t count;

	memset(value, 'x', sizeof(value) - 1);
	for (count = 0; !report_is_broken(report); count++) {
		report_value(ends[1], "key", value);
		(void)report_read(report, ends[0]);
	}

	ck_assert_uint_gt(count, 1000);
	ck_assert_uint_lt(count, 1030);
}
END_TEST

START_TEST(nobody_hears_when_the_reader_has_gone)
{
	ck_assert(report_is_heard(ends[1]));
	report_value(ends[1], "key", "value");
	ck_assert(report_is_heard(ends[1]));

	(void)close(ends[0]);
	ck_assert(!report_is_heard(ends[1]));
	ends[0] = open("/dev/null", O_RDONLY);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_test(tcase, everything_said_is_heard);
	tcase_add_test(tcase, an_error_arrives_with_its_message_and_hint);
	tcase_add_test(tcase, an_end_without_a_word_is_no_success);
	tcase_add_test(tcase, an_error_without_a_message_gets_one);
	tcase_add_test(tcase, a_made_up_status_is_an_internal_error);
	tcase_add_loop_test(
		tcase, a_value_of_three_megabytes_arrives_and_five_are_too_many,
		0, 2);
	tcase_add_test(tcase, records_may_come_byte_by_byte);
	tcase_add_loop_test(tcase, nonsense_is_not_read_on, 0,
	                    sizeof(nonsense) / sizeof(nonsense[0]));
	tcase_add_test(tcase, a_provider_name_without_end_is_refused);
	tcase_add_test(tcase, writing_to_nobody_is_no_harm);
	tcase_add_test(tcase, more_turns_than_values_have_room_for_are_heard);
	tcase_add_test(tcase,
	               many_values_are_too_many_when_they_are_four_megabytes);
	tcase_add_test(tcase, nobody_hears_when_the_reader_has_gone);
}

int main(void)
{
	Suite *suite = suite_create("report");
	TCase *tcase = tcase_create("report");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	add_tests(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
