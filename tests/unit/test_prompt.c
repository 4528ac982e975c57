/* SPDX-License-Identifier: Apache-2.0 */
/* The terminal is as it was, on every way out of a question.  pty_finish()
 * checks that in each of these. */
#include "terminal.h"

#include <check.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "asking.h"
#include "error.h"
#include "interrupt.h"
#include "secret.h"

START_TEST(a_password_is_read_without_being_shown)
{
	struct asking asking = {.key = NULL};
	struct pty *pty = asking_spawn_password(&asking);

	pty_expect_echo(pty, false);
	pty_send(pty, " s3cret pass \n");

	ck_assert_int_eq(pty_finish(pty), 0);
	ck_assert_str_eq(pty_screen(pty), "Password: \r\n");
	asking_expect(pty, "[0| s3cret pass ||]");
}
END_TEST

START_TEST(a_visible_answer_is_shown_once)
{
	struct asking asking = {.key = "username", .label = "Username"};
	struct pty *pty = asking_spawn(&asking);

	pty_expect(pty, "Username ");
	pty_send(pty, "jane\r");

	ck_assert_int_eq(pty_finish(pty), 0);
	ck_assert_str_eq(pty_screen(pty), "Username jane\r\n");
	asking_expect(pty, "[0|jane||]");
}
END_TEST

START_TEST(control_c_cancels_and_starts_a_new_line)
{
	struct asking asking = {.key = NULL};
	struct pty *pty = asking_spawn_password(&asking);

	pty_send(pty, "abc" PTY_INTERRUPT);

	ck_assert_int_eq(pty_finish(pty), ASTRO_CANCELLED);
	ck_assert_str_eq(pty_screen(pty), "Password: \r\n");
	asking_expect(pty, "[1||interrupted|]");
}
END_TEST

static const int cancelling[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM};

START_TEST(a_signal_to_stop_cancels_the_question)
{
	struct asking asking = {.key = NULL};
	struct pty *pty = asking_spawn_password(&asking);

	pty_signal(pty, cancelling[_i]);

	asking_expect(pty, "[1||interrupted|]");
}
END_TEST

static const int deadly[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM};

START_TEST(a_signal_that_nobody_handles_kills_after_the_echo_is_back)
{
	struct asking asking = {.has_no_handlers = true};
	struct pty *pty = asking_spawn_password(&asking);

	pty_signal(pty, deadly[_i]);

	ck_assert_int_eq(pty_finish(pty), -deadly[_i]);
	pty_free(pty);
}
END_TEST

START_TEST(control_backslash_cancels_the_question)
{
	struct asking asking = {.key = NULL};
	struct pty *pty = asking_spawn_password(&asking);

	pty_send(pty, "\x1c");

	asking_expect(pty, "[1||interrupted|]");
}
END_TEST

START_TEST(stopped_at_a_password_the_echo_is_on_and_off_again_after_fg)
{
	struct asking asking = {.key = NULL};
	struct pty *pty = asking_spawn_password(&asking);

	pty_send(pty, "half" PTY_STOP);
	ck_assert_int_eq(pty_expect_stopped(pty), SIGTSTP);
	ck_assert(pty_is_restored(pty));

	pty_foreground(pty);
	pty_expect(pty, "Password: ");
	pty_expect_echo(pty, false);
	pty_send(pty, "whole\n");
	asking_expect(pty, "[0|whole||]");
}
END_TEST

START_TEST(stopping_twice_does_no_harm)
{
	struct asking asking = {.key = NULL};
	struct pty *pty = asking_spawn_password(&asking);
	int i;

	for (i = 0; i < 2; i++) {
		pty_send(pty, PTY_STOP);
		ck_assert_int_eq(pty_expect_stopped(pty), SIGTSTP);
		ck_assert(pty_is_restored(pty));
		pty_foreground(pty);
		pty_expect(pty, "Password: ");
	}
	pty_send(pty, PTY_INTERRUPT);
	asking_expect(pty, "[1||interrupted|]");
}
END_TEST

START_TEST(stopped_at_a_visible_question_what_was_typed_stays)
{
	struct asking asking = {.key = "username", .label = "Username"};
	struct pty *pty = asking_spawn(&asking);

	pty_expect(pty, "Username ");
	pty_send(pty, "ja");
	pty_expect(pty, "ja");
	pty_send(pty, PTY_STOP);
	ck_assert_int_eq(pty_expect_stopped(pty), SIGTSTP);

	pty_foreground(pty);
	pty_expect(pty, "Username ja");
	pty_send(pty, "ne\n");
	asking_expect(pty, "[0|jane||]");
}
END_TEST

START_TEST(continued_in_the_background_it_stops_again_and_waits)
{
	struct asking asking = {.key = NULL};
	struct pty *pty = asking_spawn_password(&asking);

	pty_send(pty, PTY_STOP);
	ck_assert_int_eq(pty_expect_stopped(pty), SIGTSTP);
	pty_background(pty);
	ck_assert_int_eq(pty_expect_stopped(pty), SIGTTOU);
	ck_assert(pty_is_restored(pty));

	pty_foreground(pty);
	pty_expect(pty, "Password: ");
	pty_send(pty, "word\n");
	asking_expect(pty, "[0|word||]");
}
END_TEST

START_TEST(started_in_the_background_it_waits_for_its_turn)
{
	struct asking asking = {
		.key = "password", .label = "Password:", .is_hidden = true};
	struct pty_options options = {.work = asking_work,
	                              .data = &asking,
	                              .pipe_stdout = true,
	                              .in_background = true};
	struct pty *pty = pty_spawn(&options);

	ck_assert_int_eq(pty_expect_stopped(pty), SIGTTOU);
	ck_assert_str_eq(pty_screen(pty), "");
	ck_assert(pty_is_restored(pty));
	pty_foreground(pty);
	pty_expect(pty, "Password: ");
	pty_send(pty, "word\n");
	asking_expect(pty, "[0|word||]");
}
END_TEST

START_TEST(killed_while_stopped_in_the_background_it_ends)
{
	struct asking asking = {.key = NULL};
	struct pty *pty = asking_spawn_password(&asking);

	pty_send(pty, PTY_STOP);
	(void)pty_expect_stopped(pty);
	pty_signal(pty, SIGTERM);
	pty_background(pty);

	asking_expect(pty, "[1||interrupted|]");
}
END_TEST

static const char *const before_end[] = {"", "abc"};

START_TEST(control_d_is_the_end_of_input_with_and_without_typing)
{
	struct asking asking = {.key = NULL};
	struct pty *pty = asking_spawn_password(&asking);

	pty_send(pty, before_end[_i]);
	pty_send(pty, PTY_END);

	ck_assert_int_eq(pty_finish(pty), ASTRO_DENIED);
	ck_assert_str_eq(pty_screen(pty), "Password: \r\n");
	asking_expect(pty, "[4||end of input at the question for the password|"
	                   "give it with --password-stdin]");
}
END_TEST

START_TEST(a_vanished_terminal_is_the_end_of_input)
{
	struct asking asking = {.key = NULL};
	struct pty *pty = asking_spawn_password(&asking);

	pty_hang_up(pty);

	asking_expect(pty, "[4||end of input at the question for the password|"
	                   "give it with --password-stdin]");
}
END_TEST

START_TEST(what_was_typed_before_is_no_password)
{
	struct asking asking = {
		.key = "password", .label = "Password:", .is_hidden = true};
	struct pty_options options = {.work = asking_work,
	                              .data = &asking,
	                              .pipe_stdout = true,
	                              .in_background = true};
	struct pty *pty = pty_spawn(&options);

	(void)pty_expect_stopped(pty);
	pty_send(pty, "typed too early\n");
	pty_expect(pty, "early\r\n"); /* the kernel's echo */
	pty_foreground(pty);
	pty_expect(pty, "Password: ");
	pty_send(pty, "right\n");

	asking_expect(pty, "[0|right||]");
}
END_TEST

START_TEST(what_was_typed_ahead_answers_the_next_visible_question)
{
	struct asking asking = {
		.key = "username", .label = "Name", .questions = 2};
	struct pty *pty = asking_spawn(&asking);

	pty_expect(pty, "Name ");
	pty_send(pty, "one\ntwo\n");

	asking_expect(pty, "[0|one||][0|two||]");
}
END_TEST

START_TEST(odd_settings_come_back_as_they_were)
{
	struct asking asking = {
		.key = "password", .label = "Password:", .is_hidden = true};
	struct pty_options options = {
		.work = asking_work, .data = &asking, .pipe_stdout = true};
	struct termios odd;
	struct pty *pty;

	memset(&odd, 0, sizeof(odd));
	odd.c_iflag = ICRNL;
	odd.c_oflag = OPOST;
	odd.c_cflag = CS8 | CREAD;
	odd.c_cc[VMIN] = 7;
	odd.c_cc[VTIME] = 3;
	odd.c_cc[VINTR] = 0x03;
	cfsetspeed(&odd, B38400);
	options.settings = &odd;
	pty = pty_spawn(&options);
	pty_resize(pty, 0, 0);

	pty_expect(pty, "Password: ");
	pty_send(pty, "word\n");
	asking_expect(pty, "[0|word||]");
}
END_TEST

START_TEST(it_asks_on_the_terminal_though_standard_input_is_a_pipe)
{
	struct asking asking = {
		.key = "password", .label = "Password:", .is_hidden = true};
	struct pty_options options = {.work = asking_work,
	                              .data = &asking,
	                              .input = "not this\n",
	                              .pipe_stdout = true,
	                              .pipe_stderr = true};
	struct pty *pty = pty_spawn(&options);

	pty_expect(pty, "Password: ");
	pty_send(pty, "this\n");
	asking_expect(pty, "[0|this||]");
}
END_TEST

START_TEST(without_a_terminal_the_question_is_named_with_its_flag)
{
	struct asking asking = {
		.key = "password", .label = "Password:", .is_hidden = true};
	struct pty_options options = {.work = asking_work,
	                              .data = &asking,
	                              .input = "not this\n",
	                              .no_terminal = true};
	struct pty *pty = pty_spawn(&options);

	ck_assert_int_eq(pty_finish(pty), ASTRO_DENIED);
	ck_assert_str_eq(pty_stderr(pty), "");
	asking_expect(pty, "[4||no terminal to ask for the password on|"
	                   "give it with --password-stdin]");
}
END_TEST

/* A new session has no /dev/tty; standard input still is the terminal. */
static int ask_in_a_new_session(void *data)
{
	int status = 0;
	pid_t child = fork();

	if (child == 0) {
		(void)setsid();
		status = asking_work(data);
		(void)fflush(stdout);
		_exit(status);
	}
	(void)waitpid(child, &status, 0);
	return WEXITSTATUS(status);
}

START_TEST(a_terminal_on_standard_input_does_when_there_is_no_other)
{
	struct asking asking = {
		.key = "password", .label = "Password:", .is_hidden = true};
	struct pty_options options = {.work = ask_in_a_new_session,
	                              .data = &asking,
	                              .pipe_stdout = true};
	struct pty *pty = pty_spawn(&options);

	pty_expect(pty, "Password: ");
	pty_expect_echo(pty, false);
	pty_send(pty, "word\n");
	asking_expect(pty, "[0|word||]");
}
END_TEST

/* A line beside something else: here, a pipe that says when to close. */
static int poll_a_line(void *data)
{
	struct terminal_line *line;
	struct astro_secret *answer = NULL;
	struct astro_error err;
	bool ended = false;

	(void)data;
	interrupt_install();
	memset(&err, 0, sizeof(err));
	if (terminal_line_open("Paste: ", &line, &err) != ASTRO_OK)
		return 90;
	if (line == NULL)
		return 91;
	while (answer == NULL && !ended && interrupt_signal() == 0) {
		struct pollfd polls[] = {
			{.fd = terminal_line_fd(line), .events = POLLIN},
			{.fd = STDIN_FILENO, .events = POLLIN}};

		/* Now and then, as ^C may come just before the poll. */
		if (poll(polls, 2, 50) <= 0)
			continue;
		if (polls[1].revents != 0)
			break;
		if (terminal_line_read(line, &answer, &ended, &err) != ASTRO_OK)
			break;
	}
	terminal_line_close(line);
	(void)printf("[%s|%d|%s]",
	             answer != NULL ? secret_bytes(answer, NULL) : "", ended,
	             err.message);
	secret_free(answer);
	return 0;
}

static struct pty *spawn_line(void)
{
	struct pty_options options = {
		.work = poll_a_line, .pipe_stdin = true, .pipe_stdout = true};
	struct pty *pty = pty_spawn(&options);

	pty_expect(pty, "Paste: ");
	return pty;
}

START_TEST(a_polled_line_comes_back_whole)
{
	struct pty *pty = spawn_line();

	pty_send(pty, "http://localhost/");
	pty_expect(pty, "localhost/");
	pty_send(pty, "callback?code=1\n");
	asking_expect(pty, "[http://localhost/callback?code=1|0|]");
}
END_TEST

START_TEST(a_polled_line_can_be_given_up_half_typed)
{
	struct pty *pty = spawn_line();

	pty_send(pty, "http");
	pty_expect(pty, "http");
	pty_close_stdin(pty);
	asking_expect(pty, "[|0|]");
}
END_TEST

START_TEST(a_polled_line_ends_with_control_d_and_with_its_terminal)
{
	struct pty *pty = spawn_line();

	if (_i == 0)
		pty_send(pty, PTY_END);
	else
		pty_hang_up(pty);
	asking_expect(pty, "[|1|]");
}
END_TEST

START_TEST(a_polled_line_survives_being_stopped)
{
	struct pty *pty = spawn_line();

	pty_send(pty, "on");
	pty_expect(pty, "on");
	pty_send(pty, PTY_STOP);
	ck_assert_int_eq(pty_expect_stopped(pty), SIGTSTP);
	ck_assert(pty_is_restored(pty));
	pty_foreground(pty);
	pty_expect(pty, "Paste: on");
	pty_send(pty, "e\n");
	asking_expect(pty, "[one|0|]");
}
END_TEST

START_TEST(a_polled_line_is_put_back_after_control_c)
{
	struct pty *pty = spawn_line();

	pty_send(pty, PTY_INTERRUPT);
	asking_expect(pty, "[|0|]");
}
END_TEST

static int no_line(void *data)
{
	struct terminal_line *line;

	(void)data;
	if (terminal_line_open("Paste: ", &line, NULL) != ASTRO_OK)
		return 1;
	terminal_line_close(line);
	return line == NULL && !terminal_can_ask() ? 0 : 2;
}

START_TEST(without_a_terminal_there_is_no_line_and_no_error)
{
	struct pty_options options = {.work = no_line, .no_terminal = true};
	struct pty_result result = pty_run(&options);

	ck_assert_int_eq(result.status, 0);
	ck_assert_str_eq(result.err, "");
	pty_result_clear(&result);
}
END_TEST

static void add_stop_tests(TCase *tcase)
{
	tcase_add_test(
		tcase,
		stopped_at_a_password_the_echo_is_on_and_off_again_after_fg);
	tcase_add_test(tcase, stopping_twice_does_no_harm);
	tcase_add_test(tcase,
	               stopped_at_a_visible_question_what_was_typed_stays);
	tcase_add_test(tcase,
	               continued_in_the_background_it_stops_again_and_waits);
	tcase_add_test(tcase, started_in_the_background_it_waits_for_its_turn);
	tcase_add_test(tcase, killed_while_stopped_in_the_background_it_ends);
	tcase_add_test(tcase, what_was_typed_before_is_no_password);
	tcase_add_test(tcase, a_polled_line_survives_being_stopped);
}

static void add_tests(TCase *tcase)
{
	tcase_add_test(tcase, a_password_is_read_without_being_shown);
	tcase_add_test(tcase, a_visible_answer_is_shown_once);
	tcase_add_test(tcase, control_c_cancels_and_starts_a_new_line);
	tcase_add_loop_test(tcase, a_signal_to_stop_cancels_the_question, 0,
	                    sizeof(cancelling) / sizeof(cancelling[0]));
	tcase_add_loop_test(
		tcase,
		a_signal_that_nobody_handles_kills_after_the_echo_is_back, 0,
		5);
	tcase_add_test(tcase, control_backslash_cancels_the_question);
	tcase_add_loop_test(
		tcase, control_d_is_the_end_of_input_with_and_without_typing, 0,
		2);
	tcase_add_test(tcase, a_vanished_terminal_is_the_end_of_input);
	tcase_add_test(tcase,
	               what_was_typed_ahead_answers_the_next_visible_question);
	tcase_add_test(tcase, odd_settings_come_back_as_they_were);
	tcase_add_test(tcase,
	               it_asks_on_the_terminal_though_standard_input_is_a_pipe);
	tcase_add_test(tcase,
	               without_a_terminal_the_question_is_named_with_its_flag);
	tcase_add_test(
		tcase,
		a_terminal_on_standard_input_does_when_there_is_no_other);
	tcase_add_test(tcase, a_polled_line_comes_back_whole);
	tcase_add_test(tcase, a_polled_line_can_be_given_up_half_typed);
	tcase_add_loop_test(
		tcase, a_polled_line_ends_with_control_d_and_with_its_terminal,
		0, 2);
	tcase_add_test(tcase, a_polled_line_is_put_back_after_control_c);
	tcase_add_test(tcase, without_a_terminal_there_is_no_line_and_no_error);
}

int main(void)
{
	Suite *suite = suite_create("prompt");
	TCase *tcase = tcase_create("prompt");
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
