/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c: the lock that is shared with the Go CLI. */
#include "lock.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "config_home.h"
#include "interrupt.h"

static const char name[] = "config.yaml.lock";

static int folder;

static void set_up(void)
{
	home_make();
	folder = open(home, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	ck_assert_int_ge(folder, 0);
}

static void tear_down(void)
{
	clock_replace(NULL, NULL);
	(void)close(folder);
	home_remove();
}

/* A lock as somebody else has it: on a descriptor of its own. */
static int hold(int how)
{
	int fd = openat(folder, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(flock(fd, how), 0);
	return fd;
}

static int64_t ticks;

static int64_t hasty_clock(void)
{
	ticks += LOCK_WAIT_MS / 3;
	return ticks;
}

START_TEST(a_writer_makes_the_lock_file_and_leaves_it)
{
	int fd;

	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &fd, NULL),
	                 ASTRO_OK);
	ck_assert_int_ge(fd, 0);
	lock_release(fd);
	ck_assert_uint_eq(mode_of(name), 0600);
	lock_release(-1);
}
END_TEST

START_TEST(a_reader_makes_no_file)
{
	int fd;

	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_READ, &fd, NULL),
	                 ASTRO_OK);
	ck_assert_int_eq(fd, -1);
	ck_assert_int_ne(faccessat(folder, name, F_OK, 0), 0);
}
END_TEST

START_TEST(readers_share_and_a_writer_does_not)
{
	struct astro_error err = {0};
	int other = hold(LOCK_SH), fd;

	clock_replace(NULL, hasty_clock);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_READ, &fd, &err),
	                 ASTRO_OK);
	lock_release(fd);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &fd, &err),
	                 ASTRO_STORE);
	(void)close(other);
}
END_TEST

START_TEST(waits_ten_seconds_and_then_says_who_is_in_the_way)
{
	struct astro_error err = {0};
	int other = hold(LOCK_EX), fd;
	char expected[160];

	clock_replace(NULL, hasty_clock);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_READ, &fd, &err),
	                 ASTRO_STORE);
	ck_assert_int_eq(fd, -1);
	(void)snprintf(expected, sizeof(expected),
	               "config.yaml.lock: test_lock (process %d) has held the "
	               "lock for 10 seconds",
	               (int)getpid());
	ck_assert_str_eq(err.message, expected);
	ck_assert_str_eq(err.hint,
	                 "wait for the other program to finish, or end it");
	(void)close(other);

	/* A lock file that a dead process left behind delays nobody. */
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &fd, &err),
	                 ASTRO_OK);
	lock_release(fd);
}
END_TEST

START_TEST(an_interrupt_ends_the_waiting)
{
	struct astro_error err = {0};
	int other = hold(LOCK_EX), fd;

	interrupt_install();
	(void)raise(SIGINT);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &fd, &err),
	                 ASTRO_CANCELLED);
	interrupt_forget();
	(void)close(other);
}
END_TEST

START_TEST(a_link_or_a_folder_in_its_place_is_not_followed)
{
	struct astro_error err = {0};
	int fd;

	ck_assert_int_eq(symlinkat("elsewhere", folder, name), 0);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &fd, &err),
	                 ASTRO_STORE);
	ck_assert_int_ne(faccessat(folder, "elsewhere", F_OK, 0), 0);
	ck_assert_int_eq(unlinkat(folder, name, 0), 0);

	ck_assert_int_eq(mkfifoat(folder, name, 0600), 0);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &fd, &err),
	                 ASTRO_UNSAFE);
	ck_assert_str_eq(err.message,
	                 "config.yaml.lock: it is no file of this user");
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_writer_makes_the_lock_file_and_leaves_it);
	tcase_add_test(tcase, a_reader_makes_no_file);
	tcase_add_test(tcase, readers_share_and_a_writer_does_not);
	tcase_add_test(tcase,
	               waits_ten_seconds_and_then_says_who_is_in_the_way);
	tcase_add_test(tcase, an_interrupt_ends_the_waiting);
	tcase_add_test(tcase, a_link_or_a_folder_in_its_place_is_not_followed);
}

int main(void)
{
	return run_case("lock", add_tests);
}
