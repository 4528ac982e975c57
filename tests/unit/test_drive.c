/* SPDX-License-Identifier: Apache-2.0 */
/* `login --json`: what the driving program reads, and what it may answer. */
#include "drive.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "json.h"
#include "secret.h"

static struct drive *drive;
static struct astro_error err;
static int answers, events; /* the driving program's ends */
static char read_back[65536];

static void set_up(void)
{
	int in[2], out[2];

	ck_assert(pipe(in) == 0 && pipe(out) == 0);
	ck_assert(dup2(in[0], STDIN_FILENO) == STDIN_FILENO);
	ck_assert(dup2(out[1], STDOUT_FILENO) == STDOUT_FILENO);
	(void)close(in[0]);
	(void)close(out[1]);
	answers = in[1];
	events = out[0];
	ck_assert(fcntl(events, F_SETFL, O_NONBLOCK) == 0);
	memset(&err, 0, sizeof(err));
	json_setup();
	interrupt_install();
	ck_assert_int_eq(drive_new(STDOUT_FILENO, &drive, &err), ASTRO_OK);
}

static void tear_down(void)
{
	drive_free(drive);
}

static void say(const char *line)
{
	ck_assert_int_eq(write(answers, line, strlen(line)),
	                 (ssize_t)strlen(line));
}

/* Everything that was written to standard output since. */
static const char *heard(void)
{
	ssize_t len = read(events, read_back, sizeof(read_back) - 1);

	read_back[len > 0 ? len : 0] = '\0';
	return read_back;
}

static const struct astro_question question = {
	.size = sizeof(question),
	.echo = ASTRO_ECHO_OFF,
	.key = "password",
	.label = "Password:",
};

static const struct astro_item items[] = {{"id1", "One"}, {"id2", "Two"}};
static const struct astro_menu menu = {
	.size = sizeof(menu),
	.key = "workspace",
	.label = "Choose a workspace",
	.items = items,
	.count = 2,
};

START_TEST(an_event_is_one_line_whatever_its_text_holds)
{
	const struct drive_member members[] = {
		{.name = "url", .text = "a\nb\033[2J\"\\\xff"},
		{.name = "absent", .text = NULL},
		{.name = "seconds", .kind = DRIVE_NUMBER, .number = -7},
	};

	drive_event(drive, "open_url", members, 3);

	ck_assert_str_eq(heard(),
	                 "{\"event\":\"open_url\",\"url\":\"a\\u000ab\\u001b"
	                 "[2J\\\"\\\\\\ufffd\",\"seconds\":-7}\n");
}
END_TEST

START_TEST(a_question_is_an_event_and_its_answer_a_line)
{
	struct astro_secret *answer = NULL;

	say("{\"key\": \"password\", \"answer\": \"s3cr\\u0065t\"}\r\n");
	ck_assert_int_eq(drive_ask(drive, &question, 0, &answer, &err),
	                 ASTRO_OK);
	ck_assert_str_eq(secret_bytes(answer, NULL), "s3cret");
	secret_free(answer);
	ck_assert_str_eq(heard(), "{\"event\":\"prompt\",\"key\":\"password\","
	                          "\"label\":\"Password:\",\"secret\":true}\n");
}
END_TEST

START_TEST(answers_may_come_before_their_questions)
{
	struct astro_secret *answer = NULL;
	size_t picked = 9;

	say("{\"key\":\"workspace\",\"answer\":\"Two\"}\n"
	    "\n{\"key\":\"password\",\"answer\":\"x\"}\n");
	ck_assert_int_eq(drive_ask(drive, &question, 0, &answer, &err),
	                 ASTRO_OK);
	ck_assert_str_eq(secret_bytes(answer, NULL), "x");
	secret_free(answer);
	ck_assert_int_eq(drive_choose(drive, &menu, 0, &picked, &err),
	                 ASTRO_OK);
	ck_assert_uint_eq(picked, 1);
}
END_TEST

static const struct {
	const char *answer;
	size_t row;
} choices[] = {{"id2", 1}, {"One", 0}, {"2", 1}};

START_TEST(a_row_is_named_by_its_id_its_name_or_its_number)
{
	char line[128];
	size_t picked = 9;

	(void)snprintf(line, sizeof(line),
	               "{\"key\":\"workspace\",\"answer\":\"%s\"}\n",
	               choices[_i].answer);
	say(line);
	ck_assert_int_eq(drive_choose(drive, &menu, 0, &picked, &err),
	                 ASTRO_OK);
	ck_assert_uint_eq(picked, choices[_i].row);
	ck_assert_ptr_nonnull(strstr(
		heard(), "\"choices\":[{\"id\":\"id1\",\"name\":\"One\"},"
			 "{\"id\":\"id2\",\"name\":\"Two\"}]}\n"));
}
END_TEST

START_TEST(three_unusable_rows_are_the_end)
{
	size_t picked;

	say("{\"key\":\"workspace\",\"answer\":\"3\"}\n"
	    "{\"key\":\"workspace\",\"answer\":\"0\"}\n"
	    "{\"key\":\"workspace\",\"answer\":\"-1\"}\n");
	ck_assert_int_eq(drive_choose(drive, &menu, 0, &picked, &err),
	                 ASTRO_NOT_FOUND);
	ck_assert_str_eq(err.message,
	                 "no row was chosen for \"workspace\" in 3 answers");
}
END_TEST

#define LONG_KEY                                                               \
	"{\"key\":\"a-key-of-more-than-sixty-four-characters-which-no-"        \
	"question-of-ours-has\",\"answer\":\"x\"}\n"

static const char *const bad[] = {
	"password\n",
	"[]\n",
	"{\"key\":\"password\"}\n",
	"{\"key\":1,\"answer\":\"x\"}\n",
	"{\"key\":\"password\",\"answer\":null}\n",
	"{\"key\":\"password\",\"key\":\"a\",\"answer\":\"x\"}\n",
	LONG_KEY,
};

START_TEST(a_line_that_is_no_answer_is_said_to_be_none)
{
	struct astro_secret *answer = NULL;

	say(bad[_i]);
	ck_assert_int_eq(drive_ask(drive, &question, 0, &answer, &err),
	                 ASTRO_DENIED);
	ck_assert_ptr_null(answer);
	ck_assert_int_eq(
		strncmp(err.message,
	                "standard input has a line that is no answer: ", 45),
		0);
}
END_TEST

START_TEST(the_end_of_input_is_an_answer_of_its_own)
{
	struct astro_secret *answer = NULL;

	(void)close(answers);
	ck_assert_int_eq(drive_ask(drive, &question, 0, &answer, &err),
	                 ASTRO_DENIED);
	ck_assert_str_eq(err.message, "standard input ended before the answer "
	                              "to \"password\"");
}
END_TEST

START_TEST(nobody_is_waited_for_beyond_the_deadline)
{
	struct astro_secret *answer = NULL;

	ck_assert_int_eq(
		drive_ask(drive, &question, clock_boot() - 1, &answer, &err),
		ASTRO_TIMED_OUT);
}
END_TEST

START_TEST(waiting_is_said_once_in_five_seconds)
{
	const char *line;

	drive_waiting(drive, "browser", 299001);
	drive_waiting(drive, "browser", 298000);
	line = heard();
	ck_assert_str_eq(line, "{\"event\":\"waiting\",\"for\":\"browser\","
	                       "\"seconds_left\":300}\n");
}
END_TEST

START_TEST(a_driver_that_has_gone_ends_the_login)
{
	struct astro_secret *answer = NULL;

	ck_assert_int_eq(drive_check(drive, &err), ASTRO_OK);
	(void)close(events);
	ck_assert_int_eq(drive_ask(drive, &question, 0, &answer, &err),
	                 ASTRO_CANCELLED);
	ck_assert_str_eq(err.message,
	                 "the program that drives the login has gone");
	ck_assert_int_eq(drive_check(drive, NULL), ASTRO_CANCELLED);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("drive");
	TCase *tcase = tcase_create("drive");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, an_event_is_one_line_whatever_its_text_holds);
	tcase_add_test(tcase, a_question_is_an_event_and_its_answer_a_line);
	tcase_add_test(tcase, answers_may_come_before_their_questions);
	tcase_add_loop_test(tcase,
	                    a_row_is_named_by_its_id_its_name_or_its_number, 0,
	                    sizeof(choices) / sizeof(choices[0]));
	tcase_add_test(tcase, three_unusable_rows_are_the_end);
	tcase_add_loop_test(tcase, a_line_that_is_no_answer_is_said_to_be_none,
	                    0, sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tcase, the_end_of_input_is_an_answer_of_its_own);
	tcase_add_test(tcase, nobody_is_waited_for_beyond_the_deadline);
	tcase_add_test(tcase, waiting_is_said_once_in_five_seconds);
	tcase_add_test(tcase, a_driver_that_has_gone_ends_the_login);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
