/* SPDX-License-Identifier: Apache-2.0 */
/* lock.c: the lock that is shared with the Go CLI. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "config_home.h"
#include "held.h"
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

/* In the place of libc's: as a file system without locks has it. */
static int flock_number;

int flock(int fd, int how)
{
	if (flock_number == 0)
		return (int)syscall(SYS_flock, fd, how);
	errno = flock_number;
	return -1;
}

static int64_t ticks;

static int64_t hasty_clock(void)
{
	ticks += LOCK_WAIT_MS / 3;
	return ticks;
}

START_TEST(a_writer_makes_the_lock_file_and_leaves_it)
{
	struct lock lock;

	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &lock, NULL),
	                 ASTRO_OK);
	ck_assert_int_ge(lock.fd, 0);
	lock_release(&lock);
	ck_assert_uint_eq(mode_of(name), 0600);
	lock_release(&lock);
}
END_TEST

START_TEST(a_reader_makes_no_file)
{
	struct lock lock;

	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_READ, &lock, NULL),
	                 ASTRO_OK);
	ck_assert_int_eq(lock.fd, -1);
	ck_assert_int_ne(faccessat(folder, name, F_OK, 0), 0);
}
END_TEST

START_TEST(readers_share_and_a_writer_does_not)
{
	struct astro_error err = {0};
	int other = hold(LOCK_SH);
	struct lock lock;

	clock_replace(NULL, hasty_clock);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_READ, &lock, &err),
	                 ASTRO_OK);
	lock_release(&lock);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &lock, &err),
	                 ASTRO_STORE);
	(void)close(other);
}
END_TEST

START_TEST(waits_ten_seconds_and_then_says_who_is_in_the_way)
{
	struct astro_error err = {0};
	int other = hold(LOCK_EX);
	struct lock lock;
	char expected[160];

	clock_replace(NULL, hasty_clock);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_READ, &lock, &err),
	                 ASTRO_STORE);
	ck_assert_int_eq(lock.fd, -1);
	(void)snprintf(expected, sizeof(expected),
	               "config.yaml.lock: test_lock (process %d) has held the "
	               "lock for 10 seconds",
	               (int)getpid());
	ck_assert_str_eq(err.message, expected);
	ck_assert_str_eq(err.hint,
	                 "wait for the other program to finish, or end it");
	(void)close(other);

	/* A lock file that a dead process left behind delays nobody. */
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &lock, &err),
	                 ASTRO_OK);
	lock_release(&lock);
}
END_TEST

START_TEST(an_interrupt_ends_the_waiting)
{
	struct astro_error err = {0};
	int other = hold(LOCK_EX);
	struct lock lock;

	interrupt_install();
	(void)raise(SIGINT);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &lock, &err),
	                 ASTRO_CANCELLED);
	interrupt_forget();
	(void)close(other);
}
END_TEST

START_TEST(a_link_or_a_folder_in_its_place_is_not_followed)
{
	struct astro_error err = {0};
	struct lock lock;

	ck_assert_int_eq(symlinkat("elsewhere", folder, name), 0);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &lock, &err),
	                 ASTRO_STORE);
	ck_assert_int_ne(faccessat(folder, "elsewhere", F_OK, 0), 0);
	ck_assert_int_eq(unlinkat(folder, name, 0), 0);

	ck_assert_int_eq(mkfifoat(folder, name, 0600), 0);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &lock, &err),
	                 ASTRO_UNSAFE);
	ck_assert_str_eq(err.message,
	                 "config.yaml.lock: it is no file of this user");
}
END_TEST

/* ---- where there are no locks ---- */

static const char held[] = "config.yaml.lock.held";
static const int numbers[] = {ENOLCK, EOPNOTSUPP, ENOSYS};

static bool is_held(void)
{
	return faccessat(folder, held, F_OK, 0) == 0;
}

static void expect_taken(bool is_taken)
{
	struct astro_error err = {0};
	struct lock lock;

	clock_replace(NULL, hasty_clock);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &lock, &err),
	                 is_taken ? ASTRO_OK : ASTRO_STORE);
	lock_release(&lock);
}

START_TEST(a_file_stands_for_the_lock_where_there_are_none)
{
	struct astro_error err = {0};
	struct lock lock, other;
	char expected[200];

	flock_number = numbers[_i];
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &lock, &err),
	                 ASTRO_OK);
	ck_assert(is_held());
	ck_assert_uint_eq(mode_of(held), 0600);

	clock_replace(NULL, hasty_clock);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &other, &err),
	                 ASTRO_STORE);
	(void)snprintf(expected, sizeof(expected),
	               "config.yaml.lock: process %d on ", (int)getpid());
	ck_assert_ptr_eq(strstr(err.message, expected), err.message);
	ck_assert_ptr_nonnull(
		strstr(err.message, " has held the lock for 10 seconds"));
	ck_assert_str_eq(err.hint, "wait for it to finish; if it is no more, "
	                           "remove config.yaml.lock.held");
	ck_assert(is_held());

	lock_release(&lock);
	ck_assert(!is_held());
	expect_taken(true);
}
END_TEST

/* What is read is one whole file or another. */
START_TEST(a_reader_waits_for_nobody_where_there_are_no_locks)
{
	struct lock lock, reader;

	flock_number = ENOLCK;
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &lock, NULL),
	                 ASTRO_OK);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_READ, &reader, NULL),
	                 ASTRO_OK);
	lock_release(&reader);
	ck_assert(is_held());
	lock_release(&lock);
	ck_assert(!is_held());
}
END_TEST

START_TEST(a_lock_that_a_dead_process_left_delays_nobody)
{
	pid_t child;

	flock_number = ENOLCK;
	child = fork();
	if (child == 0) {
		struct lock lock;

		_exit(lock_take(folder, name, LOCK_TO_WRITE, &lock, NULL));
	}
	ck_assert_int_eq(waitpid(child, NULL, 0), child);
	ck_assert(is_held());
	expect_taken(true);
	ck_assert(!is_held());
}
END_TEST

static const char *const lines[] = {"4194304 1 0 0 else.where\n", "nonsense\n"};

START_TEST(a_lock_of_nobody_here_is_left_alone)
{
	flock_number = ENOLCK;
	put_bytes(held, lines[_i], strlen(lines[_i]));
	expect_taken(false);
	ck_assert(is_held());
}
END_TEST

/* "PID START BOOT NAMESPACE HOST": one of them replaced in our own. */
static void put_own_with(int word, const char *text)
{
	char *own, *rest, *at, changed[300] = "";
	struct lock lock;
	size_t len;
	int i;

	(void)unlinkat(folder, held, 0);
	ck_assert_int_eq(lock_take(folder, name, LOCK_TO_WRITE, &lock, NULL),
	                 ASTRO_OK);
	own = get_bytes(held, &len);
	lock_release(&lock);
	for (i = 0, rest = own; (at = strsep(&rest, " \n")) != NULL; i++)
		if (*at != '\0')
			(void)snprintf(changed + strlen(changed),
			               sizeof(changed) - strlen(changed),
			               "%s%s", i == 0 ? "" : " ",
			               i == word ? text : at);
	put_bytes(held, changed, strlen(changed));
	free(own);
}

START_TEST(a_process_is_known_by_more_than_its_number)
{
	flock_number = ENOLCK;
	put_own_with(-1, "");
	expect_taken(false);
	put_own_with(1, "12345");
	expect_taken(true);
	put_own_with(2, "another-boot");
	expect_taken(true);
	put_own_with(3, "1");
	expect_taken(false);
}
END_TEST

static int64_t count_in_file(void)
{
	size_t len;
	char *bytes = get_bytes("count", &len);
	int64_t count = bytes == NULL ? 0 : atoll(bytes);

	free(bytes);
	return count;
}

START_TEST(many_writers_have_the_file_one_after_the_other)
{
	enum { WRITERS = 8, EACH = 10 };
	int i;

	flock_number = ENOLCK;
	for (i = 0; i < WRITERS; i++) {
		if (fork() != 0)
			continue;
		for (i = 0; i < EACH; i++) {
			struct lock lock;
			char text[32];

			if (lock_take(folder, name, LOCK_TO_WRITE, &lock,
			              NULL) != ASTRO_OK)
				_exit(1);
			(void)snprintf(text, sizeof(text), "%lld",
			               (long long)count_in_file() + 1);
			put_bytes("count", text, strlen(text));
			lock_release(&lock);
		}
		_exit(0);
	}
	for (i = 0; i < WRITERS; i++) {
		int status;

		ck_assert_int_gt(wait(&status), 0);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_int_eq(count_in_file(), WRITERS * EACH);
	ck_assert(!is_held());
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
	tcase_add_loop_test(tcase,
	                    a_file_stands_for_the_lock_where_there_are_none, 0,
	                    sizeof(numbers) / sizeof(numbers[0]));
	tcase_add_test(tcase,
	               a_reader_waits_for_nobody_where_there_are_no_locks);
	tcase_add_test(tcase, a_lock_that_a_dead_process_left_delays_nobody);
	tcase_add_loop_test(tcase, a_lock_of_nobody_here_is_left_alone, 0,
	                    sizeof(lines) / sizeof(lines[0]));
	tcase_add_test(tcase, a_process_is_known_by_more_than_its_number);
	tcase_add_test(tcase, many_writers_have_the_file_one_after_the_other);
}

int main(void)
{
	return run_case("lock", add_tests);
}
