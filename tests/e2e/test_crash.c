/* SPDX-License-Identifier: Apache-2.0 */
/*
 * STO-01: killed at each system call that touches the context's files, one
 * after the other, until the run comes through.  Whatever was left, the next
 * run ends well.  Needs strace; where that may not trace, nothing is played.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "renewal.h"

#define PROGRAM ASTRO_BIN "/astro"

enum { ARGUMENTS_MAX = 32, CALLS_MAX = 60 };

/* Those of a refresh; fallocate and ftruncate for the journal and the note.
 * Without a write() of a file with a steady name, and without a mkdirat() once
 * the folder is there, these two come through at once. */
static const char *const calls[] = {
	"openat",    "read",      "write",   "pwrite64", "fsync",
	"fallocate", "ftruncate", "fchmod",  "close",    "renameat",
	"unlinkat",  "flock",     "mkdirat",
};

/* The program under strace, which does INJECT to the files of .astro. */
static int run_traced(const char *inject)
{
	char folder[PATH_SIZE], state[PATH_SIZE], lock[PATH_SIZE],
		journal[PATH_SIZE], file_lock[PATH_SIZE], home[PATH_SIZE + 16];
	const char *argv[ARGUMENTS_MAX] = {
		"strace", "-qq", "-f",      "-o",   "/dev/null", "-P",
		folder,   "-P",  state,     "-P",   lock,        "-P",
		journal,  "-P",  home_file, "-P",   file_lock,   "-e",
		inject,   "--",  PROGRAM,   "auth", "token",     NULL};
	const char *env[] = {"PATH=/usr/bin:/bin", home, NULL};
	const struct pty_options options = {.argv = argv,
	                                    .env = env,
	                                    .no_terminal = true,
	                                    .pipe_stdout = true,
	                                    .pipe_stderr = true};
	struct pty_result result;

	(void)snprintf(home, sizeof(home), "ASTRO_HOME=%s", home_folder);
	(void)snprintf(folder, sizeof(folder), "%.4000s/.astro", home_folder);
	(void)snprintf(state, sizeof(state), "%.4000s/state", folder);
	(void)snprintf(lock, sizeof(lock), "%.4000s/localhost.lock", state);
	(void)snprintf(journal, sizeof(journal), "%.4000s/localhost.journal",
	               state);
	(void)snprintf(file_lock, sizeof(file_lock), "%.4000s.lock", home_file);
	result = pty_run(&options);
	if (strstr(result.err, "ptrace") != NULL ||
	    strstr(result.err, "PTRACE") != NULL)
		result.status = 127;
	pty_result_clear(&result);
	return result.status;
}

static bool can_trace(void)
{
	if (access("/usr/bin/strace", X_OK) == 0 &&
	    run_traced("inject=openat:delay_enter=1:when=1") == 0)
		return true;
	(void)printf("strace is missing, or may not trace: nothing played\n");
	return false;
}

/* A run after a crash: a whole login, and a token that is the stored one. */
static void expect_recovered(const char *call, int number)
{
	struct pty_result result = astro_piped(NULL, "auth", "token", NULL);
	char *stored = home_value("token");

	ck_assert_msg(result.status == 0, "%s %d: %d\n%s", call, number,
	              result.status, result.err);
	ck_assert_msg(strncmp(result.out, stored + 7, strlen(stored) - 7) == 0,
	              "%s %d: %s", call, number, result.out);
	free(stored);
	pty_result_clear(&result);
}

START_TEST(after_a_kill_at_any_call_the_next_run_ends_well)
{
	const char *call = calls[_i];
	char inject[100];
	int number;

	sandbox_set("{'reuse_interval': 3600}");
	renewal_begin(-5, "");
	if (!can_trace())
		return;
	for (number = 1; number < CALLS_MAX; number++) {
		int status;

		renewal_expire(-5);
		(void)snprintf(inject, sizeof(inject),
		               "inject=%s:signal=KILL:when=%d", call, number);
		status = run_traced(inject);
		expect_recovered(call, number);
		if (status == 0)
			break;
	}
	(void)printf("%s: killed at each of %d\n", call, number - 1);
	ck_assert_int_lt(number, CALLS_MAX);
	/* Only root sees the files of a process that is not dumpable. */
	if (geteuid() == 0 && strcmp(call, "write") != 0 &&
	    strcmp(call, "mkdirat") != 0)
		ck_assert_int_gt(number, 1);
}
END_TEST

/* EIO, ENOSPC: what cannot be kept is not lost either. */
static const char *const faults[] = {"ENOSPC", "EIO"};

START_TEST(after_any_write_that_fails_the_next_run_ends_well)
{
	static const char *const writes[] = {"write", "pwrite64", "fsync",
	                                     "fallocate", "renameat"};
	char inject[100];
	size_t i;
	int number;

	sandbox_set("{'reuse_interval': 3600}");
	renewal_begin(-5, "");
	if (!can_trace())
		return;
	for (i = 0; i < sizeof(writes) / sizeof(writes[0]); i++) {
		for (number = 1; number < 12; number++) {
			renewal_expire(-5);
			(void)snprintf(inject, sizeof(inject),
			               "inject=%s:error=%s:when=%d", writes[i],
			               faults[_i], number);
			(void)run_traced(inject);
			expect_recovered(writes[i], number);
		}
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("crash");
	TCase *tcase = e2e_case(suite, "crash");

	tcase_set_timeout(tcase, 280);
	tcase_add_loop_test(tcase,
	                    after_a_kill_at_any_call_the_next_run_ends_well, 0,
	                    (int)(sizeof(calls) / sizeof(calls[0])));
	tcase_add_loop_test(tcase,
	                    after_any_write_that_fails_the_next_run_ends_well,
	                    0, (int)(sizeof(faults) / sizeof(faults[0])));
	return e2e_main(suite);
}
