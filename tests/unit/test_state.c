/* SPDX-License-Identifier: Apache-2.0 */
/* state.c: a context's own lock, its journal's place, and the note. */
#include "state.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "config_home.h"
#include "interrupt.h"

static struct astro_error err;

static void set_up(void)
{
	home_make();
	memset(&err, 0, sizeof(err));
}

static void tear_down(void)
{
	clock_replace(NULL, NULL);
	home_remove();
}

static int64_t ticks;

static int64_t hasty_clock(void)
{
	ticks += STATE_REFRESH_WAIT_MS / 3;
	return ticks;
}

static struct state take(const char *key)
{
	struct state state;

	ck_assert_msg(state_lock(&paths, key, STATE_WAIT_MS, &state, &err) ==
	                      ASTRO_OK,
	              "%s", err.message);
	return state;
}

static bool is_there(const char *name)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/.astro/state/%s", home, name);
	return access(path, F_OK) == 0;
}

START_TEST(makes_what_is_missing_and_leaves_the_lock_file)
{
	struct state state = take("astronomer_io");

	state_unlock(&state);
	ck_assert_uint_eq(mode_of(".astro"), 0700);
	ck_assert_uint_eq(mode_of(".astro/state"), 0700);
	ck_assert_uint_eq(mode_of(".astro/state/astronomer_io.lock"), 0600);
	/* Twice is no harm. */
	state_unlock(&state);
}
END_TEST

START_TEST(two_contexts_do_not_wait_for_each_other)
{
	struct state one = take("one"), two = take("two");

	state_unlock(&one);
	state_unlock(&two);
}
END_TEST

START_TEST(a_key_of_either_case_has_one_lock)
{
	struct state one = take("Acme"), two;

	clock_replace(NULL, hasty_clock);
	ck_assert_int_eq(
		state_lock(&paths, "aCME", STATE_REFRESH_WAIT_MS, &two, &err),
		ASTRO_STORE);
	state_unlock(&one);
}
END_TEST

START_TEST(no_key_leads_out_of_the_folder)
{
	struct state state = take("../../e vil");

	state_unlock(&state);
	ck_assert(is_there("%2e.%2f..%2fe%20vil.lock"));
}
END_TEST

START_TEST(overlong_keys_are_kept_apart)
{
	char one[1000], two[1000];
	struct state first, second;

	memset(one, 'a', sizeof(one) - 1);
	one[sizeof(one) - 1] = '\0';
	memcpy(two, one, sizeof(two));
	two[sizeof(two) - 2] = 'b';
	first = take(one);
	second = take(two);
	ck_assert_str_ne(first.journal, second.journal);
	state_unlock(&first);
	state_unlock(&second);
}
END_TEST

/* A child that has taken the lock, says so, and does ACT. */
static pid_t hold_elsewhere(int act)
{
	int ends[2];
	char byte;
	pid_t pid;

	ck_assert_int_eq(pipe(ends), 0);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0) {
		struct state state = take("localhost");

		ck_assert_int_eq(write(ends[1], "x", 1), 1);
		(void)raise(act);
		state_unlock(&state);
		_exit(0);
	}
	ck_assert_int_eq(read(ends[0], &byte, 1), 1);
	(void)close(ends[0]);
	(void)close(ends[1]);
	return pid;
}

START_TEST(names_a_keeper_that_is_stopped)
{
	struct state state;
	char expected[200];
	int status;
	pid_t pid = hold_elsewhere(SIGSTOP);

	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	ck_assert(WIFSTOPPED(status));
	clock_replace(NULL, hasty_clock);
	ck_assert_int_eq(state_lock(&paths, "localhost", STATE_REFRESH_WAIT_MS,
	                            &state, &err),
	                 ASTRO_STORE);
	(void)snprintf(expected, sizeof(expected),
	               "localhost.lock: test_state (process %d), which is "
	               "stopped, has held the lock for 45 seconds",
	               (int)pid);
	ck_assert_str_eq(err.message, expected);
	ck_assert_str_eq(err.hint,
	                 "wait for the other program to finish, or end it");
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
}
END_TEST

START_TEST(a_look_takes_and_makes_nothing)
{
	struct state_sight sight;
	struct state state;
	char expected[200];
	int status, fd;
	pid_t pid;

	state_look(&paths, "localhost", &sight);
	ck_assert(!sight.is_held && !sight.has_journal);
	ck_assert_int_ne(access(paths.folder, F_OK), 0);

	pid = hold_elsewhere(SIGSTOP);
	ck_assert_int_eq(waitpid(pid, &status, WUNTRACED), pid);
	state_look(&paths, "localhost", &sight);
	ck_assert(sight.is_held && !sight.has_journal);
	(void)snprintf(expected, sizeof(expected),
	               "test_state (process %d), which is stopped,", (int)pid);
	ck_assert_str_eq(sight.holder, expected);
	state_look(&paths, "other", &sight);
	ck_assert(!sight.is_held);
	ck_assert_int_eq(kill(pid, SIGKILL), 0);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);

	state = take("localhost");
	fd = openat(state.folder, state.journal, O_WRONLY | O_CREAT, 0600);
	ck_assert_int_ge(fd, 0);
	(void)close(fd);
	state_unlock(&state);
	state_look(&paths, "localhost", &sight);
	ck_assert(!sight.is_held && sight.has_journal);
}
END_TEST

START_TEST(a_dead_keeper_delays_nobody)
{
	struct state state;
	int status;
	pid_t pid = hold_elsewhere(SIGKILL);

	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_int_eq(state_lock(&paths, "localhost", 0, &state, &err),
	                 ASTRO_OK);
	state_unlock(&state);
}
END_TEST

START_TEST(an_interrupt_ends_the_waiting)
{
	struct state one = take("localhost"), two;

	interrupt_install();
	(void)raise(SIGINT);
	ck_assert_int_eq(
		state_lock(&paths, "localhost", STATE_WAIT_MS, &two, &err),
		ASTRO_CANCELLED);
	interrupt_forget();
	state_unlock(&one);
}
END_TEST

START_TEST(refuses_a_folder_that_others_can_write_to)
{
	struct state state = take("localhost");
	char path[128], expected[256];

	state_unlock(&state);
	(void)snprintf(path, sizeof(path), "%s/.astro/state", home);
	ck_assert_int_eq(chmod(path, 0777), 0);
	(void)snprintf(expected, sizeof(expected),
	               "%s: others can write to it (mode 0777)", path);
	ck_assert_int_eq(
		state_lock(&paths, "localhost", STATE_WAIT_MS, &state, &err),
		ASTRO_UNSAFE);
	ck_assert_str_eq(err.message, expected);
	ck_assert_int_eq(state_check(&paths, &err), ASTRO_UNSAFE);
	ck_assert_str_eq(err.message, expected);
}
END_TEST

START_TEST(refuses_a_link_in_the_folders_place)
{
	struct state state;
	char path[128], expected[256];

	put_config("");
	(void)snprintf(path, sizeof(path), "%s/.astro/state", home);
	ck_assert_int_eq(symlink("/tmp", path), 0);
	(void)snprintf(expected, sizeof(expected), "%s: it is no folder", path);
	ck_assert_int_eq(
		state_lock(&paths, "localhost", STATE_WAIT_MS, &state, &err),
		ASTRO_UNSAFE);
	ck_assert_str_eq(err.message, expected);
}
END_TEST

START_TEST(a_check_makes_nothing)
{
	ck_assert_int_eq(state_check(&paths, &err), ASTRO_OK);
	ck_assert_int_ne(access(paths.folder, F_OK), 0);
}
END_TEST

START_TEST(a_check_finds_a_folder_that_is_read_only)
{
	struct state state = take("localhost");
	char expected[256];

	state_unlock(&state);
	ck_assert_int_eq(chmod(paths.state, 0500), 0);
	become_ordinary();
	(void)snprintf(expected, sizeof(expected), "%s: Permission denied",
	               paths.state);
	ck_assert_int_eq(state_check(&paths, &err), ASTRO_STORE);
	ck_assert_str_eq(err.message, expected);
	stay_ordinary_no_more();
	ck_assert_int_eq(chmod(paths.state, 0700), 0);
}
END_TEST

START_TEST(notes_when_a_token_was_obtained)
{
	struct state state;
	int64_t obtained = 0;

	ck_assert(!state_noted(&paths, "localhost", 1700003600, &obtained));
	state = take("localhost");
	state_note(&state, 1700000000, 1700003600);
	state_unlock(&state);
	ck_assert(state_noted(&paths, "localhost", 1700003600, &obtained));
	ck_assert_int_eq(obtained, 1700000000);
	/* Somebody else's token, the Go CLI's for one. */
	ck_assert(!state_noted(&paths, "localhost", 1700003601, &obtained));

	/* A shorter line over a longer one. */
	state = take("localhost");
	state_note(&state, 1, 2);
	state_unlock(&state);
	ck_assert(state_noted(&paths, "localhost", 2, &obtained));
	ck_assert_int_eq(obtained, 1);
}
END_TEST

/* OpenID Connect Core, 12.2: what later id_tokens are held against. */
START_TEST(notes_what_the_first_id_token_said)
{
	const struct state_origin origin = {.issued = 1699999990,
	                                    .nonce = "n-0S6_WzA2Mj"};
	struct state_origin noted;
	struct state state = take("localhost");
	int64_t obtained;

	state_note_origin(&state, 1700000000, 1700003600, &origin);
	state_unlock(&state);
	ck_assert(state_noted(&paths, "localhost", 1700003600, &obtained));
	ck_assert_int_eq(obtained, 1700000000);
	ck_assert(state_noted_origin(&paths, "localhost", 1700003600, &noted));
	ck_assert_int_eq(noted.issued, 1699999990);
	ck_assert_str_eq(noted.nonce, "n-0S6_WzA2Mj");
	/* Of another login. */
	ck_assert(!state_noted_origin(&paths, "localhost", 1, &noted));

	state = take("localhost");
	state_note(&state, 1700000000, 1700003600);
	state_unlock(&state);
	ck_assert(!state_noted_origin(&paths, "localhost", 1700003600, &noted));
}
END_TEST

START_TEST(a_torn_note_is_none)
{
	struct state state = take("localhost");
	int64_t obtained;

	state_note(&state, 1700000000, 1700003600);
	ck_assert_int_eq(ftruncate(state.lock.fd, 34), 0);
	ck_assert(!state_noted(&paths, "localhost", 170000, &obtained));
	state_unlock(&state);
}
END_TEST

START_TEST(drops_a_journal_and_wipes_it_first)
{
	struct state state = take("localhost");
	char *bytes;
	size_t len;
	int fd, i;

	state_drop_journal(&state);
	put_bytes(".astro/state/localhost.journal", "a secret", 8);
	fd = openat(state.folder, state.journal, O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	state_drop_journal(&state);
	ck_assert(!is_there("localhost.journal"));
	bytes = calloc(1, 9);
	ck_assert_int_eq(pread(fd, bytes, 8, 0), 8);
	for (i = 0; i < 8; i++)
		ck_assert_int_eq(bytes[i], 0);
	free(bytes);
	(void)close(fd);
	bytes = get_bytes(".astro/state/localhost.journal", &len);
	ck_assert_ptr_null(bytes);
	state_unlock(&state);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, makes_what_is_missing_and_leaves_the_lock_file);
	tcase_add_test(tcase, two_contexts_do_not_wait_for_each_other);
	tcase_add_test(tcase, a_key_of_either_case_has_one_lock);
	tcase_add_test(tcase, no_key_leads_out_of_the_folder);
	tcase_add_test(tcase, overlong_keys_are_kept_apart);
	tcase_add_test(tcase, names_a_keeper_that_is_stopped);
	tcase_add_test(tcase, a_look_takes_and_makes_nothing);
	tcase_add_test(tcase, a_dead_keeper_delays_nobody);
	tcase_add_test(tcase, an_interrupt_ends_the_waiting);
	tcase_add_test(tcase, refuses_a_folder_that_others_can_write_to);
	tcase_add_test(tcase, refuses_a_link_in_the_folders_place);
	tcase_add_test(tcase, a_check_makes_nothing);
	tcase_add_test(tcase, a_check_finds_a_folder_that_is_read_only);
	tcase_add_test(tcase, notes_when_a_token_was_obtained);
	tcase_add_test(tcase, notes_what_the_first_id_token_said);
	tcase_add_test(tcase, a_torn_note_is_none);
	tcase_add_test(tcase, drops_a_journal_and_wipes_it_first);
}

int main(void)
{
	return run_case("state", add_tests);
}
