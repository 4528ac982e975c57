/* SPDX-License-Identifier: Apache-2.0 */
/* A child that may do anything, and one clear status. */
#include "supervise.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "pty.h"
#include "terminal.h"

/* What the child does, after it has told how far it is. */
enum act {
	ACT_OK,
	ACT_FAIL,
	ACT_RETURN,
	ACT_EXIT,
	ACT_CRASH,
	ACT_ABORT,
	ACT_KILLED,
	ACT_TERMINATED,
	ACT_HANG,
	ACT_STOP,
	ACT_BABBLE,
	ACT_BABBLE_ON,
	ACT_BUS
};

struct script {
	bool has_provider;
	enum act act;
	int status;
	const char *message;
};

static void hang(void)
{
	for (;;)
		(void)poll(NULL, 0, -1);
}

static int act(void *data, int fd)
{
	const struct script *script = data;
	struct rlimit no_core = {0, 0};
	struct astro_error err;

	(void)setrlimit(RLIMIT_CORE, &no_core);
	report_stage(fd,
	             script->has_provider ? REPORT_PROVIDER : REPORT_STARTED,
	             "bad");
	switch (script->act) {
	case ACT_OK:
		report_value(fd, "account", "jane");
		report_end(fd, ASTRO_OK, NULL);
		return 0;
	case ACT_FAIL:
		(void)error_set(&err, ASTRO_UNREACHABLE, "try later", "no");
		report_end(fd, ASTRO_UNREACHABLE, &err);
		return 3;
	case ACT_RETURN:
		return 0;
	case ACT_EXIT:
		_exit(0);
	case ACT_CRASH:
		(void)signal(SIGSEGV, SIG_DFL);
		(void)raise(SIGSEGV);
		break;
	case ACT_ABORT:
		(void)signal(SIGABRT, SIG_DFL);
		(void)raise(SIGABRT);
		break;
	case ACT_KILLED:
		(void)raise(SIGKILL);
		break;
	case ACT_TERMINATED:
		(void)signal(SIGTERM, SIG_DFL);
		(void)raise(SIGTERM);
		break;
	case ACT_HANG:
		hang();
		break;
	case ACT_STOP:
		(void)raise(SIGSTOP);
		hang();
		break;
	case ACT_BABBLE:
		return write(fd, "nonsense, and much of it", 24) == 24 ? 0 : 1;
	case ACT_BABBLE_ON:
		(void)!write(fd, "nonsense, and much of it", 24);
		report_turn(fd, REPORT_TURN_HOST);
		hang();
		break;
	case ACT_BUS:
		(void)signal(SIGBUS, SIG_DFL);
		(void)raise(SIGBUS);
		break;
	}
	return 0;
}

static const struct script ends[] = {
	{false, ACT_OK, ASTRO_OK, ""},
	{true, ACT_OK, ASTRO_OK, ""},
	{true, ACT_FAIL, ASTRO_UNREACHABLE, "no"},
	{true, ACT_RETURN, ASTRO_BAD_PLUGIN,
         "the provider bad ended the program by itself (exit 0)"},
	{true, ACT_EXIT, ASTRO_BAD_PLUGIN,
         "the provider bad ended the program by itself (exit 0)"},
	{true, ACT_CRASH, ASTRO_BAD_PLUGIN,
         "the provider bad crashed (signal 11, Segmentation fault)"},
	{true, ACT_ABORT, ASTRO_BAD_PLUGIN,
         "the provider bad crashed (signal 6, Aborted)"},
	{true, ACT_BUS, ASTRO_BAD_PLUGIN,
         "the provider bad crashed (signal 7, Bus error)"},
	{true, ACT_KILLED, ASTRO_BAD_PLUGIN,
         "the provider bad was killed (signal 9, Killed)"},
	{true, ACT_TERMINATED, ASTRO_BAD_PLUGIN,
         "the provider bad was killed (signal 15, Terminated)"},
	{true, ACT_BABBLE, ASTRO_BAD_PLUGIN,
         "the provider bad wrote to files that are not its own: nobody hears "
         "how it ended"},
	{true, ACT_BABBLE_ON, ASTRO_BAD_PLUGIN,
         "the provider bad wrote to files that are not its own: nobody hears "
         "how it ended"},
	{false, ACT_RETURN, ASTRO_INTERNAL,
         "the login process ended early (exit 0)"},
	{false, ACT_EXIT, ASTRO_INTERNAL,
         "the login process ended early (exit 0)"},
	{false, ACT_CRASH, ASTRO_INTERNAL,
         "the login process died of signal 11 (Segmentation fault)"},
};

START_TEST(every_end_has_one_status_and_one_message)
{
	struct script script = ends[_i];
	struct report *report;
	struct astro_error err;

	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(supervise(act, &script, 0, &report, &err),
	                 script.status);
	ck_assert_str_eq(err.message, script.message);
	if (script.act == ACT_OK)
		ck_assert_str_eq(report_get(report, "account", 0), "jane");
	report_free(report);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

static const struct script hangs[] = {
	{true, ACT_HANG, ASTRO_BAD_PLUGIN,
         "the provider bad did not come back in time"},
	{true, ACT_STOP, ASTRO_BAD_PLUGIN,
         "the provider bad did not come back in time"},
	{false, ACT_HANG, ASTRO_INTERNAL,
         "the login process did not come back in time"},
};

/* Looked at often enough, it is late. */
static int64_t hasty(void)
{
	static int64_t now;

	now += 1000;
	return now;
}

START_TEST(a_child_that_does_not_end_is_killed_at_its_deadline)
{
	struct script script = hangs[_i];
	struct report *report;
	struct astro_error err;

	/* The real clock, so that the child has told how far it is. */
	ck_assert_int_eq(
		supervise(act, &script, clock_boot() + 300, &report, &err),
		script.status);
	ck_assert_str_eq(err.message, script.message);
	report_free(report);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

static int outlive_deadline(void *data, int fd)
{
	const int64_t *deadline = data;

	report_stage(fd, REPORT_PROVIDER, "bad");
	report_stage(fd, REPORT_SENT, NULL);
	while (clock_boot() < *deadline + 200)
		(void)poll(NULL, 0, 50);
	report_end(fd, ASTRO_OK, NULL);
	return 0;
}

/* A refresh token that was sent may be spent: the answer must be saved. */
START_TEST(a_child_that_has_sent_a_refresh_token_outlives_the_deadline)
{
	int64_t deadline = clock_boot() + 100;
	struct report *report;
	struct astro_error err = {0};

	ck_assert_int_eq(
		supervise(outlive_deadline, &deadline, deadline, &report, &err),
		ASTRO_OK);
	report_free(report);
}
END_TEST

static int crash_after_sending(void *data, int fd)
{
	(void)data;
	report_stage(fd, REPORT_PROVIDER, "bad");
	report_stage(fd, REPORT_SENT, NULL);
	_exit(0);
}

START_TEST(a_child_that_dies_after_sending_is_blamed_like_any_other)
{
	struct report *report;
	struct astro_error err = {0};

	ck_assert_int_eq(supervise(crash_after_sending, NULL, 0, &report, &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message, "the provider bad ended the program by "
	                              "itself (exit 0)");
	report_free(report);
}
END_TEST

START_TEST(the_deadline_is_that_of_the_injected_clock)
{
	struct script script = hangs[2];
	struct report *report;
	struct astro_error err;

	clock_replace(NULL, hasty);
	ck_assert_int_eq(supervise(act, &script, 3000, &report, &err),
	                 ASTRO_INTERNAL);
	ck_assert_str_eq(err.message,
	                 "the login process did not come back in time");
	clock_replace(NULL, NULL);
	report_free(report);
}
END_TEST

static int hang_in_turn(void *data, int fd)
{
	(void)data;
	report_stage(fd, REPORT_PROVIDER, "bad");
	report_turn(fd, REPORT_TURN_HOST);
	report_turn(fd, REPORT_TURN_PROVIDER);
	hang();
	return 0;
}

/* Nobody waits for a person while a provider has the thread. */
START_TEST(a_provider_that_keeps_its_turn_is_killed_within_five_seconds)
{
	int64_t begin = clock_boot();
	struct report *report;
	struct astro_error err = {0};

	ck_assert_int_eq(supervise(hang_in_turn, NULL, 0, &report, &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message,
	                 "the provider bad did not come back in time");
	ck_assert_int_lt(clock_boot() - begin, 5000);
	ck_assert_int_gt(clock_boot() - begin, 3900);
	report_free(report);
}
END_TEST

static int wait_in_turn_of_host(void *data, int fd)
{
	(void)data;
	report_stage(fd, REPORT_PROVIDER, "good");
	report_turn(fd, REPORT_TURN_HOST);
	(void)poll(NULL, 0, 100);
	report_turn(fd, REPORT_TURN_PROVIDER);
	report_turn(fd, REPORT_TURN_HOST);
	report_end(fd, ASTRO_OK, NULL);
	return 0;
}

static int64_t patient(void)
{
	static int64_t now;

	now += 100000;
	return now;
}

START_TEST(a_turn_of_the_host_lasts_as_long_as_it_takes)
{
	struct report *report;
	struct astro_error err = {0};

	clock_replace(NULL, patient);
	ck_assert_int_eq(
		supervise(wait_in_turn_of_host, NULL, 0, &report, &err),
		ASTRO_OK);
	clock_replace(NULL, NULL);
	report_free(report);
}
END_TEST

static int close_the_pipe(void *data, int fd)
{
	(void)data;
	report_stage(fd, REPORT_PROVIDER, "bad");
	(void)close(fd);
	report_end(fd, ASTRO_OK, NULL);
	return 0;
}

START_TEST(a_child_whose_pipe_was_closed_has_not_succeeded)
{
	struct report *report;
	struct astro_error err = {0};

	ck_assert_int_eq(supervise(close_the_pipe, NULL, 0, &report, &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message,
	                 "the provider bad closed files that are not its own: "
	                 "nobody hears how it ended");
	report_free(report);
}
END_TEST

/* One that lets the parent read nothing else. */
static int turn_for_ever(void *data, int fd)
{
	(void)data;
	report_stage(fd, REPORT_PROVIDER, "bad");
	while (report_is_heard(fd))
		report_turn(fd, REPORT_TURN_HOST);
	return 0;
}

START_TEST(a_child_that_reports_for_ever_is_killed_at_its_deadline)
{
	struct report *report;
	struct astro_error err = {0};

	ck_assert_int_eq(supervise(turn_for_ever, NULL, clock_boot() + 300,
	                           &report, &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message,
	                 "the provider bad did not come back in time");
	report_free(report);
}
END_TEST

static size_t open_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t count = 0;

	ck_assert_ptr_nonnull(folder);
	while (readdir(folder) != NULL)
		count++;
	(void)closedir(folder);
	return count;
}

START_TEST(two_hundred_runs_leave_no_descriptor_and_no_process)
{
	size_t before = open_descriptors();
	int i;

	for (i = 0; i < 200; i++) {
		struct script script = ends[i % 6];
		struct report *report;

		(void)supervise(act, &script, 0, &report, NULL);
		report_free(report);
	}
	ck_assert_uint_eq(open_descriptors(), before);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
}
END_TEST

START_TEST(the_signals_of_the_caller_are_as_before)
{
	static const int numbers[] = {SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU};
	struct script script = {false, ACT_OK, ASTRO_OK, ""};
	struct report *report;
	sigset_t mask;
	size_t i;

	(void)supervise(act, &script, 0, &report, NULL);
	report_free(report);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction action;

		(void)sigaction(numbers[i], NULL, &action);
		ck_assert(action.sa_handler == SIG_DFL);
	}
	(void)sigprocmask(SIG_BLOCK, NULL, &mask);
	for (i = 1; i < 32; i++)
		ck_assert_int_eq(sigismember(&mask, (int)i), 0);
}
END_TEST

/* A grandchild that keeps the pipe open must not keep us. */
static int leave_somebody(void *data, int fd)
{
	pid_t *left = data;
	pid_t child;

	report_stage(fd, REPORT_PROVIDER, "bad");
	child = fork();
	if (child == 0)
		hang();
	*left = child;
	_exit(0);
}

START_TEST(somebody_left_behind_does_not_hold_the_parent_up)
{
	pid_t *left = mmap(NULL, sizeof(*left), PROT_READ | PROT_WRITE,
	                   MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	struct report *report;

	ck_assert_int_eq(supervise(leave_somebody, left, 0, &report, NULL),
	                 ASTRO_BAD_PLUGIN);
	report_free(report);
	(void)kill(*left, SIGKILL);
	(void)munmap(left, sizeof(*left));
}
END_TEST

/* From here on: parent and child on a terminal. */

static int ask_password(void *data, int fd)
{
	struct astro_question question = {.size = sizeof(question),
	                                  .echo = ASTRO_ECHO_OFF,
	                                  .key = "password",
	                                  .label = "Password:"};
	struct astro_secret *answer;
	struct astro_error err;
	int status;

	(void)data;
	memset(&err, 0, sizeof(err));
	report_stage(fd, REPORT_PROVIDER, "bad");
	status = terminal_ask(&question, 0, &answer, &err);
	report_end(fd, status, &err);
	return 0;
}

/* Leaves the terminal without echo, as a bug of a provider may. */
static int spoil_terminal(void *data, int fd)
{
	struct terminal_line *line;
	const enum act *then = data;

	report_stage(fd, REPORT_PROVIDER, "bad");
	(void)terminal_line_open("Paste: ", &line, NULL);
	if (*then == ACT_HANG) {
		(void)signal(SIGINT, SIG_IGN);
		(void)signal(SIGTERM, SIG_IGN);
		hang();
	}
	_exit(0);
}

/* Deaf to ^C, for longer than the parent waits, while it saves something. */
static int finish_first(void *data, int fd)
{
	struct terminal_line *line;
	int64_t until = 0;
	int held, released;

	(void)data;
	interrupt_install();
	interrupt_hold();
	report_stage(fd, REPORT_PROVIDER, "good");
	report_stage(fd, REPORT_SENT, NULL);
	(void)terminal_line_open("Sent. ", &line, NULL);
	terminal_line_close(line);
	while (until == 0 || clock_boot() < until) {
		if (until == 0 && interrupt_signal() != 0)
			until = clock_boot() + 1300;
		(void)poll(NULL, 0, 20);
	}
	held = interrupt_check(NULL);
	interrupt_release();
	released = interrupt_check(NULL);
	report_end(fd,
	           held == ASTRO_OK && released == ASTRO_CANCELLED
	                   ? ASTRO_OK
	                   : ASTRO_INTERNAL,
	           NULL);
	return 0;
}

struct leader {
	int (*work)(void *data, int fd);
	enum act then;
};

static int lead(void *data)
{
	struct leader *leader = data;
	struct report *report;
	struct astro_error err;
	int status;

	interrupt_install();
	memset(&err, 0, sizeof(err));
	status = supervise(leader->work, &leader->then, 0, &report, &err);
	(void)printf("[%d|%s]", status, err.message);
	report_free(report);
	return status;
}

static struct pty *spawn(struct leader *leader)
{
	struct pty_options options = {
		.work = lead, .data = leader, .pipe_stdout = true};

	return pty_spawn(&options);
}

static void expect(struct pty *pty, const char *printed)
{
	(void)pty_finish(pty);
	ck_assert_str_eq(pty_stdout(pty), printed);
	pty_free(pty);
}

START_TEST(the_child_asks_on_the_terminal)
{
	struct leader leader = {ask_password, ACT_OK};
	struct pty *pty = spawn(&leader);

	pty_expect(pty, "Password: ");
	pty_send(pty, "word\n");
	expect(pty, "[0|]");
}
END_TEST

START_TEST(control_c_cancels_both)
{
	struct leader leader = {ask_password, ACT_OK};
	struct pty *pty = spawn(&leader);

	pty_expect(pty, "Password: ");
	pty_send(pty, PTY_INTERRUPT);
	expect(pty, "[1|interrupted]");
}
END_TEST

START_TEST(control_backslash_cancels_both)
{
	struct leader leader = {ask_password, ACT_OK};
	struct pty *pty = spawn(&leader);

	pty_expect(pty, "Password: ");
	pty_send(pty, "\x1c");
	expect(pty, "[1|interrupted]");
}
END_TEST

static const int passed_on[] = {SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGALRM};

START_TEST(a_signal_to_the_parent_alone_reaches_the_child)
{
	struct leader leader = {ask_password, ACT_OK};
	struct pty *pty = spawn(&leader);

	pty_expect(pty, "Password: ");
	pty_signal(pty, passed_on[_i]);
	expect(pty, "[1|interrupted]");
}
END_TEST

START_TEST(control_z_stops_both_with_the_echo_on_and_fg_continues_both)
{
	struct leader leader = {ask_password, ACT_OK};
	struct pty *pty = spawn(&leader);
	int i;

	pty_expect(pty, "Password: ");
	for (i = 0; i < 20; i++) {
		pty_send(pty, PTY_STOP);
		(void)pty_expect_stopped(pty);
		ck_assert(pty_is_restored(pty));
		pty_foreground(pty);
		pty_expect(pty, "Password: ");
	}
	pty_send(pty, "word\n");
	expect(pty, "[0|]");
}
END_TEST

START_TEST(in_the_background_both_stop_again_until_fg)
{
	struct leader leader = {ask_password, ACT_OK};
	struct pty *pty = spawn(&leader);

	pty_expect(pty, "Password: ");
	pty_send(pty, PTY_STOP);
	(void)pty_expect_stopped(pty);
	pty_background(pty);
	(void)pty_expect_stopped(pty);
	ck_assert(pty_is_restored(pty));
	pty_foreground(pty);
	pty_expect(pty, "Password: ");
	pty_send(pty, "word\n");
	expect(pty, "[0|]");
}
END_TEST

START_TEST(the_parent_puts_a_spoilt_terminal_back)
{
	struct leader leader = {spoil_terminal, ACT_EXIT};

	expect(spawn(&leader),
	       "[3|the provider bad ended the program by itself (exit 0)]");
}
END_TEST

START_TEST(a_child_deaf_to_control_c_is_killed_a_second_later)
{
	struct leader leader = {spoil_terminal, ACT_HANG};
	struct pty *pty = spawn(&leader);

	pty_expect(pty, "Paste: ");
	pty_send(pty, PTY_INTERRUPT);
	expect(pty, "[1|interrupted]");
}
END_TEST

START_TEST(a_child_that_has_sent_a_refresh_token_outlives_control_c)
{
	struct leader leader = {finish_first, ACT_OK};
	struct pty *pty = spawn(&leader);

	pty_expect(pty, "Sent. ");
	pty_send(pty, PTY_INTERRUPT);
	expect(pty, "[0|]");
}
END_TEST

START_TEST(a_killed_parent_leaves_no_child)
{
	struct leader leader = {spoil_terminal, ACT_HANG};
	struct pty_options options = {.work = lead,
	                              .data = &leader,
	                              .pipe_stdout = true,
	                              .may_change_settings = true};
	struct pty *pty = pty_spawn(&options);

	pty_expect(pty, "Paste: ");
	pty_signal(pty, SIGKILL);
	ck_assert_int_eq(pty_finish(pty), -SIGKILL);
	/* The group is empty; a process takes a moment to be gone. */
	while (kill(-pty_pid(pty), 0) == 0)
		(void)sched_yield();
	pty_free(pty);
}
END_TEST

static void add_stop_tests(TCase *tcase)
{
	tcase_add_test(
		tcase,
		control_z_stops_both_with_the_echo_on_and_fg_continues_both);
	tcase_add_test(tcase, in_the_background_both_stop_again_until_fg);
}

static void add_tests(TCase *tcase)
{
	tcase_add_loop_test(tcase, every_end_has_one_status_and_one_message, 0,
	                    sizeof(ends) / sizeof(ends[0]));
	tcase_add_loop_test(tcase,
	                    a_child_that_does_not_end_is_killed_at_its_deadline,
	                    0, sizeof(hangs) / sizeof(hangs[0]));
	tcase_add_test(
		tcase,
		a_child_that_has_sent_a_refresh_token_outlives_the_deadline);
	tcase_add_test(
		tcase,
		a_child_that_dies_after_sending_is_blamed_like_any_other);
	tcase_add_test(
		tcase,
		a_child_that_has_sent_a_refresh_token_outlives_control_c);
	tcase_add_test(tcase, the_deadline_is_that_of_the_injected_clock);
	tcase_add_test(
		tcase,
		a_provider_that_keeps_its_turn_is_killed_within_five_seconds);
	tcase_add_test(tcase, a_turn_of_the_host_lasts_as_long_as_it_takes);
	tcase_add_test(tcase, a_child_whose_pipe_was_closed_has_not_succeeded);
	tcase_add_test(tcase,
	               a_child_that_reports_for_ever_is_killed_at_its_deadline);
	tcase_add_test(tcase,
	               two_hundred_runs_leave_no_descriptor_and_no_process);
	tcase_add_test(tcase, the_signals_of_the_caller_are_as_before);
	tcase_add_test(tcase, somebody_left_behind_does_not_hold_the_parent_up);
	tcase_add_test(tcase, the_child_asks_on_the_terminal);
	tcase_add_test(tcase, control_c_cancels_both);
	tcase_add_test(tcase, control_backslash_cancels_both);
	tcase_add_loop_test(tcase,
	                    a_signal_to_the_parent_alone_reaches_the_child, 0,
	                    sizeof(passed_on) / sizeof(passed_on[0]));
	tcase_add_test(tcase, the_parent_puts_a_spoilt_terminal_back);
	tcase_add_test(tcase,
	               a_child_deaf_to_control_c_is_killed_a_second_later);
	tcase_add_test(tcase, a_killed_parent_leaves_no_child);
}

int main(void)
{
	Suite *suite = suite_create("supervise");
	TCase *tcase = tcase_create("supervise");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	add_tests(tcase);
	if (pty_can_stop())
		add_stop_tests(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
