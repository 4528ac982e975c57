/* SPDX-License-Identifier: Apache-2.0 */
/* Questions and their answers: lengths, fallbacks, clocks, pipes. */
#include "terminal.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "asking.h"
#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "secret.h"

START_TEST(an_empty_answer_is_the_fallback)
{
	struct asking asking = {.key = "email",
	                        .label = "E-mail [jane@example.com]:",
	                        .fallback = "jane@example.com"};
	struct pty *pty = asking_spawn(&asking);

	pty_expect(pty, "E-mail [jane@example.com]: ");
	pty_send(pty, "\n");
	asking_expect(pty, "[0|jane@example.com||]");
}
END_TEST

START_TEST(an_answer_is_not_the_fallback)
{
	struct asking asking = {
		.key = "email", .label = "E-mail:", .fallback = "x"};
	struct pty *pty = asking_spawn(&asking);

	pty_expect(pty, "E-mail: ");
	pty_send(pty, "y\n");
	asking_expect(pty, "[0|y||]");
}
END_TEST

START_TEST(an_empty_answer_without_a_fallback_is_empty)
{
	struct asking asking = {.key = "email", .label = "E-mail:"};
	struct pty *pty = asking_spawn(&asking);

	pty_expect(pty, "E-mail: ");
	pty_send(pty, "\n");
	asking_expect(pty, "[0|||]");
}
END_TEST

START_TEST(a_label_cannot_move_the_cursor)
{
	struct asking asking = {.key = "otp", .label = "Code\x1b[2J\n:"};
	struct pty *pty = asking_spawn(&asking);

	pty_expect(pty, "Code\\x1b[2J\\n: ");
	pty_send(pty, PTY_END);
	asking_expect(pty, "[4||end of input at the question for the otp|"
	                   "run it on a terminal, and answer there]");
}
END_TEST

START_TEST(a_control_character_in_an_answer_is_refused)
{
	struct asking asking = {.key = "username", .label = "Username:"};
	struct pty *pty = asking_spawn(&asking);

	pty_expect(pty, "Username: ");
	pty_send(pty, "jane\tdoe\n");
	asking_expect(pty, "[4||the username holds a control character|"
	                   "type it again, without special keys]");
}
END_TEST

/* Prints the answer's length and whether it is "xxx...". */
static int ask_at_length(void *data)
{
	struct astro_question *question = data;
	struct astro_secret *answer;
	struct astro_error err;
	size_t len = 0, i;
	int status;

	interrupt_install();
	memset(&err, 0, sizeof(err));
	status = terminal_ask(question, 0, &answer, &err);
	if (status == ASTRO_OK) {
		const char *bytes = secret_bytes(answer, &len);

		for (i = 0; i < len; i++)
			if (bytes[i] != 'x')
				return 90;
	}
	(void)printf("[%d|%zu|%s]", status, len, err.message);
	secret_free(answer);
	return 0;
}

static const struct {
	const char *key;
	enum astro_echo echo;
	size_t len;
	const char *printed;
} lengths[] = {
	{"password", ASTRO_ECHO_OFF, 4095, "[0|4095|]"},
	{"password", ASTRO_ECHO_OFF, 4096, "[0|4096|]"},
	{"password", ASTRO_ECHO_OFF, 4097,
         "[4|0|the password is longer than 4096 bytes]"},
	{"token", ASTRO_ECHO_OFF, 60 * 1024, "[0|61440|]"},
	{"token", ASTRO_ECHO_ON, 60 * 1024, "[0|61440|]"},
	{"token", ASTRO_ECHO_OFF, 65536, "[0|65536|]"},
	{"token", ASTRO_ECHO_OFF, 65537,
         "[4|0|the token is longer than 65536 bytes]"},
	{"token", ASTRO_ECHO_ON, 300000,
         "[4|0|the token is longer than 65536 bytes]"},
};

START_TEST(long_answers_come_whole_or_not_at_all)
{
	struct astro_question question = {.size = sizeof(question),
	                                  .echo = lengths[_i].echo,
	                                  .key = lengths[_i].key,
	                                  .label = "It:"};
	struct pty_options options = {
		.work = ask_at_length, .data = &question, .pipe_stdout = true};
	struct pty *pty = pty_spawn(&options);
	char *typed = malloc(lengths[_i].len + 1);

	memset(typed, 'x', lengths[_i].len);
	typed[lengths[_i].len] = '\n';
	pty_expect(pty, "It: ");
	pty_send_bytes(pty, typed, lengths[_i].len + 1);

	asking_expect(pty, lengths[_i].printed);
	free(typed);
}
END_TEST

START_TEST(a_refused_paste_is_not_left_to_the_shell)
{
	struct asking asking = {.key = "username", .label = "Username:"};
	struct pty *pty = asking_spawn(&asking);

	pty_expect(pty, "Username: ");
	pty_send(pty, "a\tb\nrm -rf important\n");
	ck_assert_int_eq(pty_finish(pty), ASTRO_DENIED);
	ck_assert_int_eq(pty_typed_ahead(pty), 0);
	pty_free(pty);
}
END_TEST

/* A clock that takes a minute for every look at it. */
static int64_t hasty(void)
{
	static int64_t now;

	now += 60000;
	return now;
}

static int ask_hastily(void *data)
{
	clock_replace(NULL, hasty);
	return asking_work(data);
}

START_TEST(a_question_ends_at_its_deadline)
{
	struct asking asking = {.key = "password",
	                        .label = "Password:",
	                        .is_hidden = true,
	                        .deadline = 1};
	struct pty_options options = {
		.work = ask_hastily, .data = &asking, .pipe_stdout = true};
	struct pty *pty = pty_spawn(&options);

	ck_assert_int_eq(pty_finish(pty), ASTRO_TIMED_OUT);
	ck_assert_str_eq(pty_screen(pty), "Password: \r\n");
	asking_expect(pty, "[11||nobody answered the question for the password "
	                   "in time|]");
}
END_TEST

static int confirm(void *data)
{
	struct astro_error err;
	bool yes;
	int status;

	(void)data;
	interrupt_install();
	memset(&err, 0, sizeof(err));
	status = terminal_confirm("Delete it?", &yes, &err);
	(void)printf("[%d|%d|%s]", status, yes, err.message);
	return 0;
}

static const struct {
	const char *typed, *printed;
} confirmed[] = {
	{"y\n", "[0|1|]"},
	{"yes\n", "[0|1|]"},
	{"\n", "[0|0|]"},
	{"Y\n", "[0|0|]"},
	{" y\n", "[0|0|]"},
	{"n\n", "[0|0|]"},
	{"yess\n", "[0|0|]"},
	{PTY_INTERRUPT, "[1|0|interrupted]"},
	{PTY_END, "[4|0|end of input at the question for the confirmation]"},
};

START_TEST(only_y_and_yes_are_yes)
{
	struct pty_options options = {.work = confirm, .pipe_stdout = true};
	struct pty *pty = pty_spawn(&options);

	pty_expect(pty, "Delete it? (y/n) ");
	pty_send(pty, confirmed[_i].typed);
	asking_expect(pty, confirmed[_i].printed);
}
END_TEST

static int read_input(void *data)
{
	struct astro_secret *secret;
	struct astro_error err;
	int status;

	(void)data;
	interrupt_install();
	memset(&err, 0, sizeof(err));
	(void)fputs("ready", stderr);
	status = terminal_read_stdin("password", 8, &secret, &err);
	(void)printf("[%d|%s|%s]", status,
	             secret != NULL ? secret_bytes(secret, NULL) : "",
	             err.message);
	secret_free(secret);
	return 0;
}

static const struct {
	const char *input;
	size_t len;
	const char *printed;
} inputs[] = {
	{"word\n", 5, "[0|word|]"},
	{"word", 4, "[0|word|]"},
	{"word\r\n", 6, "[0|word|]"},
	{"word\nmore\n", 10, "[0|word|]"},
	{" w d \n", 6, "[0| w d |]"},
	{"12345678\n", 9, "[0|12345678|]"},
	{"12345678\r\n", 10, "[0|12345678|]"},
	{"12345678", 8, "[0|12345678|]"},
	{"123456789\n", 10,
         "[4||the password on standard input is longer than 8 bytes]"},
	{"123456789abcdefghi\n", 19,
         "[4||the password on standard input is longer than 8 bytes]"},
	{"\n", 1, "[4||no password on standard input]"},
	{"\r\nword\n", 7, "[4||no password on standard input]"},
	{"a\0b\n", 4, "[4||the password on standard input holds a NUL byte]"},
};

START_TEST(one_line_of_standard_input_is_read)
{
	struct pty_options options = {.work = read_input,
	                              .input = inputs[_i].input,
	                              .input_len = inputs[_i].len,
	                              .no_terminal = true};

	asking_expect(pty_spawn(&options), inputs[_i].printed);
}
END_TEST

START_TEST(standard_input_that_is_closed_or_empty_is_refused)
{
	struct pty_options options = {.work = read_input, .no_terminal = true};

	asking_expect(pty_spawn(&options),
	              "[4||no password on standard input]");
}
END_TEST

START_TEST(a_line_that_comes_in_pieces_is_put_together)
{
	struct pty_options options = {
		.work = read_input, .pipe_stdin = true, .pipe_stdout = true};
	struct pty *pty = pty_spawn(&options);
	const char *at;

	for (at = "word\n"; *at != '\0'; at++)
		pty_feed(pty, at, 1);
	asking_expect(pty, "[0|word|]");
}
END_TEST

START_TEST(control_c_ends_the_wait_for_standard_input)
{
	struct pty_options options = {
		.work = read_input, .pipe_stdin = true, .pipe_stdout = true};
	struct pty *pty = pty_spawn(&options);

	pty_expect(pty, "ready");
	pty_send(pty, PTY_INTERRUPT);
	asking_expect(pty, "[1||interrupted]");
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_test(tcase, an_empty_answer_is_the_fallback);
	tcase_add_test(tcase, an_answer_is_not_the_fallback);
	tcase_add_test(tcase, an_empty_answer_without_a_fallback_is_empty);
	tcase_add_test(tcase, a_label_cannot_move_the_cursor);
	tcase_add_test(tcase, a_control_character_in_an_answer_is_refused);
	tcase_add_loop_test(tcase, long_answers_come_whole_or_not_at_all, 0,
	                    sizeof(lengths) / sizeof(lengths[0]));
	tcase_add_test(tcase, a_refused_paste_is_not_left_to_the_shell);
	tcase_add_test(tcase, a_question_ends_at_its_deadline);
	tcase_add_loop_test(tcase, only_y_and_yes_are_yes, 0,
	                    sizeof(confirmed) / sizeof(confirmed[0]));
	tcase_add_loop_test(tcase, one_line_of_standard_input_is_read, 0,
	                    sizeof(inputs) / sizeof(inputs[0]));
	tcase_add_test(tcase,
	               standard_input_that_is_closed_or_empty_is_refused);
	tcase_add_test(tcase, a_line_that_comes_in_pieces_is_put_together);
	tcase_add_test(tcase, control_c_ends_the_wait_for_standard_input);
}

int main(void)
{
	Suite *suite = suite_create("ask");
	TCase *tcase = tcase_create("ask");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 60);
	add_tests(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
