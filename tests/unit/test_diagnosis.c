/* SPDX-License-Identifier: Apache-2.0 */
/* The doctor's findings: judged, and sent by a child that is not believed. */
#include "diagnosis.h"

#include <check.h>
#include <string.h>
#include <unistd.h>

#include "report.h"

static struct diagnosis diagnosis;
static struct report *report;
static int ends[2];

static void begin(void)
{
	diagnosis_init(&diagnosis, -1);
	ck_assert_int_eq(pipe(ends), 0);
	report = report_new();
	ck_assert_ptr_nonnull(report);
}

static void end(void)
{
	diagnosis_clear(&diagnosis);
	report_free(report);
	(void)close(ends[0]);
}

/* Everything that the child wrote. */
static void take(void)
{
	(void)close(ends[1]);
	while (report_read(report, ends[0]))
		;
	diagnosis_take(&diagnosis, report);
}

static void add_error(struct diagnosis *where, const char *name,
                      enum astro_status status, const char *hint)
{
	struct astro_error why;

	(void)error_set(&why, status, hint, "%s is broken", name);
	diagnosis_fail(where, name, "the fix", &why);
}

START_TEST(the_gravest_error_has_the_highest_exit_code)
{
	ck_assert_ptr_null(diagnosis_gravest(&diagnosis));
	diagnosis_warn(&diagnosis, "a.warning", "a fix", "odd");
	diagnosis_note(&diagnosis, "a.fact", DIAGNOSIS_FACT, "fine");
	ck_assert_ptr_null(diagnosis_gravest(&diagnosis));

	add_error(&diagnosis, "a.denied", ASTRO_DENIED, NULL);
	add_error(&diagnosis, "a.plugin", ASTRO_BAD_PLUGIN, NULL);
	add_error(&diagnosis, "b.plugin", ASTRO_BAD_PLUGIN, NULL);
	add_error(&diagnosis, "a.unreachable", ASTRO_UNREACHABLE, NULL);

	ck_assert_str_eq(diagnosis_gravest(&diagnosis)->name, "a.plugin");
	ck_assert_uint_eq(diagnosis_count(&diagnosis, DIAGNOSIS_ERROR), 4);
	ck_assert_uint_eq(diagnosis_count(&diagnosis, DIAGNOSIS_WARNING), 1);
}
END_TEST

START_TEST(an_error_has_a_fix_whatever_its_cause_says)
{
	add_error(&diagnosis, "a.mute", ASTRO_STORE, NULL);
	add_error(&diagnosis, "a.clear", ASTRO_STORE, "its own hint");

	ck_assert_str_eq(diagnosis.checks[0].what.hint, "the fix");
	ck_assert_str_eq(diagnosis.checks[1].what.hint, "its own hint");
	ck_assert_str_eq(diagnosis.checks[1].what.message, "a.clear is broken");
}
END_TEST

START_TEST(what_the_child_finds_is_what_the_parent_has)
{
	struct diagnosis child;

	diagnosis_init(&child, ends[1]);
	diagnosis_note(&child, "a.fact", DIAGNOSIS_FACT, "text\x1b[2J");
	diagnosis_warn(&child, "a.warning", "a fix", "odd");
	add_error(&child, "a.unsafe", ASTRO_UNSAFE, NULL);
	diagnosis_clear(&child);
	take();

	ck_assert_uint_eq(diagnosis.count, 3);
	ck_assert_int_eq(diagnosis.checks[0].state, DIAGNOSIS_FACT);
	ck_assert_str_eq(diagnosis.checks[0].what.message, "text\\x1b[2J");
	ck_assert_int_eq(diagnosis.checks[1].state, DIAGNOSIS_WARNING);
	ck_assert_str_eq(diagnosis.checks[1].what.hint, "a fix");
	ck_assert_int_eq(diagnosis.checks[2].what.status, ASTRO_UNSAFE);
	ck_assert_str_eq(diagnosis.checks[2].what.message,
	                 "a.unsafe is broken");
}
END_TEST

static void send_check(const char *state, const char *status)
{
	report_value(ends[1], "check", "a.check");
	report_value(ends[1], "state", state);
	report_value(ends[1], "status", status);
	report_value(ends[1], "text", "said \x1b[2J");
	report_value(ends[1], "fix", "");
}

/* Numbers that are none, an error without a status, a status without an error;
 * and one that was cut off by the child's death. */
START_TEST(what_makes_no_sense_is_left_out)
{
	static const struct {
		const char *state, *status;
	} odd[] = {{"9", "0"}, {"-1", "0"},   {"x", "0"}, {"", "0"},
	           {"4", "0"}, {"4", "9999"}, {"1", "4"}, {"4", "-4"}};
	size_t i;

	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		send_check(odd[i].state, odd[i].status);
	send_check("1", "0");
	report_value(ends[1], "check", "a.torn");
	report_value(ends[1], "state", "1");
	take();

	ck_assert_uint_eq(diagnosis.count, 1);
	ck_assert_str_eq(diagnosis.checks[0].name, "a.check");
	ck_assert_str_eq(diagnosis.checks[0].what.message, "said \\x1b[2J");
}
END_TEST

START_TEST(a_flood_of_findings_is_bounded_and_said)
{
	size_t i;

	for (i = 0; i < 1000; i++)
		diagnosis_note(&diagnosis, "a.check", DIAGNOSIS_OK, "fine");

	ck_assert_uint_eq(diagnosis.count, 200);
	ck_assert(diagnosis.is_broken);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("diagnosis");
	TCase *tcase = tcase_create("diagnosis");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, the_gravest_error_has_the_highest_exit_code);
	tcase_add_test(tcase, an_error_has_a_fix_whatever_its_cause_says);
	tcase_add_test(tcase, what_the_child_finds_is_what_the_parent_has);
	tcase_add_test(tcase, what_makes_no_sense_is_left_out);
	tcase_add_test(tcase, a_flood_of_findings_is_bounded_and_said);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
