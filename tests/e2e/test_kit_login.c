/* SPDX-License-Identifier: Apache-2.0 */
/* A login through each of the broken providers: one clear line, in time, the
 * terminal as it was, the file untouched. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kit_cases.h"

enum { PARALLEL_MAX = 16, TRIES = 7, OUTSIDE_MS = 50, HANG_MS = 5000 };

#if defined(__SANITIZE_ADDRESS__) || defined(RUNNING_ON_VALGRIND)
#define IS_SLOW true
#else
#define IS_SLOW false
#endif

static char *before;

static void begin(void)
{
	char folder[PATH_SIZE + 100];

	home_begin();
	(void)snprintf(folder, sizeof(folder), "%.4000s/.astro/providers",
	               home_folder);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	before = home_read();
}

static void end(void)
{
	char *after = home_read();

	ck_assert_str_eq(before, after);
	free(after);
	free(before);
	home_end();
}

static void make(const struct kit_case *broken)
{
	char folder[PATH_SIZE + 100];

	(void)snprintf(folder, sizeof(folder), "%.4000s/.astro/providers",
	               home_folder);
	kit_make(broken, folder);
}

static int64_t now(void)
{
	struct timespec time;

	(void)clock_gettime(CLOCK_MONOTONIC, &time);
	return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

static struct pty *start(const struct kit_case *broken)
{
	return astro_start("login", "kit.example", "--provider", broken->name,
	                   NULL);
}

/* pty_finish() ends the test unless the terminal is as it was. */
static void finish(struct pty *pty, const struct kit_case *broken)
{
	int code = pty_finish(pty);

	ck_assert_msg(code == broken->login, "%s: %d\n%s", broken->name, code,
	              pty_screen(pty));
	/* A sanitizer has other words for a crash. */
	if (!IS_SLOW)
		ck_assert_msg(strstr(pty_screen(pty), broken->login_says) !=
		                      NULL,
		              "%s: no \"%s\" in\n%s", broken->name,
		              broken->login_says, pty_screen(pty));
	text_expect(pty_screen(pty), "astro: ");
	pty_free(pty);
}

START_TEST(each_ends_a_login_with_one_clear_line)
{
	const struct kit_case *broken = &kit_cases[_i];

	if (broken->login < 0 || broken->shows == KIT_HANGS ||
	    !kit_can_make(broken))
		return;
	make(broken);
	finish(start(broken), broken);
}
END_TEST

/* The fastest of a few: other people use this machine, too. */
START_TEST(what_shows_from_outside_is_said_within_fifty_milliseconds)
{
	const struct kit_case *broken = &kit_cases[_i];
	int64_t best = INT64_MAX;
	int i;

	if (broken->shows != KIT_OUTSIDE || !kit_can_make(broken) || IS_SLOW)
		return;
	make(broken);
	for (i = 0; i < TRIES && best > OUTSIDE_MS; i++) {
		int64_t since = now();
		struct pty_result result =
			astro_ends(broken->login, NULL, "login", "kit.example",
		                   "--provider", broken->name, NULL);

		if (now() - since < best)
			best = now() - since;
		pty_result_clear(&result);
	}
	ck_assert_msg(best <= OUTSIDE_MS, "%s: %lld ms", broken->name,
	              (long long)best);
}
END_TEST

/* They do nothing but wait: all at once. */
START_TEST(each_that_hangs_is_ended_within_five_seconds)
{
	struct pty *ptys[PARALLEL_MAX];
	const struct kit_case *cases[PARALLEL_MAX];
	int64_t since = now();
	size_t count = 0, i;

	for (i = 0; i < kit_case_count; i++)
		if (kit_cases[i].shows == KIT_HANGS &&
		    strncmp(kit_cases[i].name, "floods", 6) != 0) {
			ck_assert_uint_lt(count, PARALLEL_MAX);
			cases[count++] = &kit_cases[i];
			make(&kit_cases[i]);
		}
	ck_assert_uint_ge(count, 8);
	for (i = 0; i < count; i++)
		ptys[i] = start(cases[i]);
	for (i = 0; i < count; i++)
		finish(ptys[i], cases[i]);
	ck_assert_int_gt(now() - since, 3900);
	ck_assert_int_lt(now() - since, IS_SLOW ? 4 * HANG_MS : HANG_MS);
}
END_TEST

/* What is shown has an end, and buys no time. */
START_TEST(a_flood_is_ended_like_a_hang)
{
	const struct kit_case *broken = &kit_cases[_i];
	int64_t since = now();

	if (strncmp(broken->name, "floods", 6) != 0)
		return;
	make(broken);
	finish(start(broken), broken);
	ck_assert_int_lt(now() - since, IS_SLOW ? 4 * HANG_MS : HANG_MS);
}
END_TEST

/* The same provider, and a person who takes longer than a hang may last. */
START_TEST(a_person_may_think_for_longer_than_a_provider)
{
	const struct kit_case careful = {.name = "careful"};
	int64_t since = now();
	struct pty *pty;

	make(&careful);
	pty = start(&careful);
	pty_expect(pty, "Password: ");
	while (now() - since < 5200)
		(void)usleep(50000);
	pty_send(pty, "word\n");
	/* Nobody is at login.example. */
	astro_finish(pty, 3);
}
END_TEST

/* At least thirty, the kit says, that end a login. */
START_TEST(the_kit_is_large_enough)
{
	size_t contained = 0, i;

	for (i = 0; i < kit_case_count; i++)
		if (kit_cases[i].login == 6 || kit_cases[i].login == 7)
			contained++;
	ck_assert_uint_ge(contained, 30);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("the kit's logins");
	TCase *tcase = tcase_create("kit");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, each_ends_a_login_with_one_clear_line, 0,
	                    (int)kit_case_count);
	tcase_add_loop_test(
		tcase,
		what_shows_from_outside_is_said_within_fifty_milliseconds, 0,
		(int)kit_case_count);
	tcase_add_test(tcase, each_that_hangs_is_ended_within_five_seconds);
	tcase_add_loop_test(tcase, a_flood_is_ended_like_a_hang, 0,
	                    (int)kit_case_count);
	tcase_add_test(tcase, a_person_may_think_for_longer_than_a_provider);
	tcase_add_test(tcase, the_kit_is_large_enough);
	suite_add_tcase(suite, tcase);
	return e2e_main(suite);
}
