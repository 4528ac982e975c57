/* SPDX-License-Identifier: Apache-2.0 */
/* `login --json`: driven as an editor or an agent would, well and badly. */
#include "e2e.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PYTHON "/usr/bin/python3"
#define SCHEMA DOCUMENTS "/login-events.schema.json"
#define DRIVER DOCUMENTS "/examples/drive-login.py"
#define JANE "jane@example.com"

enum { DRIVER_WORDS_MAX = 12 };

static void answer(struct pty *pty, const char *key, const char *text)
{
	json_t *line = json_pack("{s:s, s:s}", "key", key, "answer", text);
	char *bytes = json_dumps(line, JSON_COMPACT);

	pty_feed(pty, bytes, strlen(bytes));
	pty_feed(pty, "\n", 1);
	free(bytes);
	json_decref(line);
}

static void expect_prompt(struct pty *pty, const char *key)
{
	char start[100];

	(void)snprintf(start, sizeof(start),
	               "{\"event\":\"prompt\",\"key\":\"%s\",", key);
	pty_expect_stdout(pty, start);
}

/* The address of the event `open_url`. */
static char *expect_url(struct pty *pty)
{
	static const char start[] = "{\"event\":\"open_url\",\"url\":\"";
	const char *at;

	pty_expect_stdout(pty, start);
	expect_prompt(pty, "callback");
	at = strstr(pty_stdout(pty), start) + strlen(start);
	return strndup(at, strcspn(at, "\""));
}

/* What the checker says of LINES: its exit code. */
static int check(const char *lines, char **why)
{
	const char *const words[] = {PYTHON, CHECKER, SCHEMA, NULL};
	const struct pty_options options = {.argv = words,
	                                    .no_terminal = true,
	                                    .input = lines,
	                                    .pipe_stdout = true,
	                                    .pipe_stderr = true};
	struct pty_result result = pty_run(&options);

	*why = strdup(result.err);
	pty_result_clear(&result);
	return result.status;
}

static void expect_events(const char *lines)
{
	char *why;
	int status = check(lines, &why);

	ck_assert_msg(status == 0, "%s\nof\n%s", why, lines);
	free(why);
}

/* The end, and every line that came before it. */
static void finish(struct pty *pty, int code, const char *last)
{
	int status = pty_finish(pty);
	const char *lines = pty_stdout(pty), *at;

	ck_assert_msg(status == code, "ended with %d\n%s\n%s", status, lines,
	              pty_stderr(pty));
	expect_events(lines);
	at = strstr(lines, last);
	ck_assert_msg(at != NULL && strchr(at, '\n')[1] == '\0',
	              "%s\nis not the last of\n%s", last, lines);
	pty_free(pty);
}

START_TEST(a_browser_and_a_menu_of_astro)
{
	struct pty *pty =
		astro_start_alone("login", "localhost", "--json", NULL);
	char *url;

	expect_prompt(pty, "email");
	answer(pty, "email", JANE);
	url = expect_url(pty);
	text_expect(url, "login_hint=jane%40example.com");
	pty_expect_stdout(pty, "{\"event\":\"waiting\",\"for\":\"browser\"");
	browser_visit(url, JANE);
	expect_prompt(pty, "workspace");
	pty_expect_stdout(pty, "\"choices\":[{\"id\":\"clwsproduction\","
	                       "\"name\":\"Production\"}");
	answer(pty, "workspace", "Staging");
	finish(pty, 0,
	       "{\"event\":\"logged_in\",\"domain\":\"localhost\","
	       "\"account\":\"" JANE "\",\"provider\":\"astro\","
	       "\"organization\":\"clorgacme\","
	       "\"workspace\":\"clwsstaging\"}\n");
	free(url);
}
END_TEST

START_TEST(user_and_password_of_software)
{
	struct pty *pty = astro_start_alone("login", "houston", "--json", NULL);

	/* All of it before it is asked for. */
	answer(pty, "workspace", "2");
	answer(pty, "password", "sandbox-jane");
	answer(pty, "username", "jane");
	finish(pty, 0,
	       "{\"event\":\"logged_in\",\"domain\":\"houston\","
	       "\"account\":\"jane\",\"provider\":\"software\","
	       "\"organization\":null,\"workspace\":\"ckwstwo\"}\n");
}
END_TEST

START_TEST(a_code_for_another_device)
{
	struct pty *pty;

	sandbox_set("{'device_authorization': true, 'device_interval': 1, "
	            "'device_script': ['authorization_pending', "
	            "'approve:solo@example.com']}");
	pty = astro_start_alone("login", "localhost", "--json", "--device",
	                        NULL);
	answer(pty, "email", "");
	pty_expect_stdout(pty, "{\"event\":\"device_code\",\"user_code\":\"");
	pty_expect_stdout(pty, "/activate\",\"verification_uri_complete\":\"");
	pty_expect_stdout(pty, "\"expires_in\":900}");
	pty_expect_stdout(pty, "{\"event\":\"waiting\",\"for\":\"device\"");
	/* It has nothing more to say. */
	pty_close_stdin(pty);
	finish(pty, 0, "{\"event\":\"logged_in\",\"domain\":\"localhost\"");
}
END_TEST

START_TEST(the_address_that_a_browser_elsewhere_ended_on)
{
	struct pty *pty = astro_start_alone("login", "localhost", "--json",
	                                    "--workspace", "Staging", NULL);
	char *url, *address;

	answer(pty, "email", "");
	url = expect_url(pty);
	answer(pty, "callback", "http://localhost:12345/callback");
	/* Not usable: it is asked for again. */
	expect_prompt(pty, "callback");
	address = browser_visit_elsewhere(url, JANE);
	answer(pty, "callback", address);
	finish(pty, 0, "{\"event\":\"logged_in\"");
	free(address);
	free(url);
}
END_TEST

START_TEST(the_address_of_another_login_is_refused)
{
	struct pty *pty =
		astro_start_alone("login", "localhost", "--json", NULL);
	char *url;

	answer(pty, "email", "");
	url = expect_url(pty);
	answer(pty, "callback",
	       "http://localhost:12345/callback?code=abc&state=wrong");
	finish(pty, 7, "{\"event\":\"error\",\"code\":7,");
	free(url);
}
END_TEST

/* The example: its own output, and the exit code of the login. */
static struct pty *drive(const char *const *words)
{
	const char *whole[DRIVER_WORDS_MAX + 3] = {PYTHON, DRIVER};
	size_t i;

	for (i = 0; words[i] != NULL; i++) {
		ck_assert_uint_lt(i, DRIVER_WORDS_MAX);
		whole[i + 2] = words[i];
	}
	env_set("PATH", ASTRO_BIN ":/usr/bin:/bin");
	return program_start_alone(whole);
}

START_TEST(the_example_logs_in_to_astro)
{
	static const char *const words[] = {"email=" JANE,
	                                    "workspace=clwsproduction", "--",
	                                    "localhost", NULL};
	struct pty *pty = drive(words);
	const char *at;
	char *url;

	pty_expect_stdout(pty, "Open: http");
	pty_expect_stdout(pty, "\n");
	at = strstr(pty_stdout(pty), "http");
	url = strndup(at, strcspn(at, "\n"));
	browser_visit(url, JANE);
	pty_expect_stdout(pty, "  clwsproduction Production\n");
	pty_expect_stdout(pty, "Logged in to localhost as " JANE "\n");
	astro_finish(pty, 0);
	free(url);
}
END_TEST

START_TEST(the_example_logs_in_to_software)
{
	static const char *const words[] = {
		"password=sandbox-solo", "--", "houston", "-u", "solo", NULL};
	struct pty *pty = drive(words);

	pty_expect_stdout(pty, "Logged in to houston as solo\n");
	astro_finish(pty, 0);
}
END_TEST

START_TEST(the_example_logs_in_by_a_code)
{
	static const char *const words[] = {"email=", "--", "localhost",
	                                    "--device", NULL};
	struct pty *pty;

	sandbox_set("{'device_authorization': true, 'device_interval': 1, "
	            "'device_script': ['approve:solo@example.com']}");
	pty = drive(words);
	pty_expect_stdout(pty, "Enter ");
	pty_expect_stdout(pty, "/activate\n");
	pty_expect_stdout(pty, "Logged in to localhost as solo@example.com\n");
	astro_finish(pty, 0);
}
END_TEST

START_TEST(the_example_says_what_failed)
{
	static const char *const words[] = {
		"password=wrong", "--", "houston", "-u", "jane", NULL};
	struct pty *pty = drive(words);

	pty_expect_stdout(pty, "Failed: ");
	astro_finish(pty, 4);
}
END_TEST

/* What a bad driver writes.  BEFORE: answered properly until then. */
static const struct {
	const char *line;
	bool has_begun; /* the login waits for its browser */
	const char *message;
} mischief[] = {
	{"", false, "standard input ended before the answer to \\\"email\\\""},
	{"nonsense\n", false, "a line that is no answer"},
	{"{\"key\": \"email\"}\n", false, "no \\\"key\\\" and \\\"answer\\\""},
	{"{\"key\": \"email\", \"answer\": 1}\n", false,
         "no \\\"key\\\" and \\\"answer\\\""},
	{"[]\n", false, "no \\\"key\\\" and \\\"answer\\\""},
	{"{\"key\": \"email\", \"answer\": \"a\", \"answer\": \"b\"}\n", false,
         "a line that is no answer"},
	{"{\"key\": \"email\", \"answer\": \"a\"\n", false,
         "a line that is no answer"},
	{"\xff\xfe\n", false, "a line that is no answer"},
	{"nonsense\n", true, "a line that is no answer"},
	{"{\"key\": \"callback\", \"answer\": null}\n", true,
         "no \\\"key\\\" and \\\"answer\\\""},
};

static void expect_untouched(const char *before)
{
	char *after = home_read();

	ck_assert_str_eq(before, after);
	free(after);
}

START_TEST(a_bad_driver_gets_one_error_and_nothing_is_kept)
{
	struct pty *pty =
		astro_start_alone("login", "localhost", "--json", NULL);
	char *before = home_read(), *url = NULL;

	expect_prompt(pty, "email");
	if (mischief[_i].has_begun) {
		answer(pty, "email", "");
		url = expect_url(pty);
	}
	pty_feed(pty, mischief[_i].line, strlen(mischief[_i].line));
	pty_close_stdin(pty);
	pty_expect_stdout(pty,
	                  "{\"event\":\"error\",\"code\":4,\"message\":\"");
	pty_expect_stdout(pty, mischief[_i].message);
	finish(pty, 4, "{\"event\":\"error\",\"code\":4,");
	expect_untouched(before);
	free(before);
	free(url);
}
END_TEST

START_TEST(a_line_without_an_end_is_not_collected_for_ever)
{
	struct pty *pty =
		astro_start_alone("login", "localhost", "--json", NULL);
	char *before = home_read();
	static char line[262145];

	expect_prompt(pty, "email");
	memset(line, 'a', sizeof(line));
	pty_feed(pty, line, sizeof(line));
	pty_expect_stdout(pty, "it is longer than 262144 bytes");
	finish(pty, 4, "{\"event\":\"error\",\"code\":4,");
	expect_untouched(before);
	free(before);
}
END_TEST

START_TEST(answers_that_nobody_asked_for_are_bounded)
{
	struct pty *pty =
		astro_start_alone("login", "localhost", "--json", NULL);
	char *before = home_read();
	int i;

	for (i = 0; i < 33; i++)
		answer(pty, "unknown", "x");
	pty_expect_stdout(pty, "too many answers that nobody asked for");
	finish(pty, 4, "{\"event\":\"error\",\"code\":4,");
	expect_untouched(before);
	free(before);
}
END_TEST

START_TEST(members_and_keys_that_are_unknown_do_no_harm)
{
	static const char line[] =
		"\r\n\n{\"id\": [1], \"key\": \"username\", \"answer\": "
		"\"jane\", \"x\": {\"key\": 1}}\r\n";
	struct pty *pty = astro_start_alone("login", "houston", "--json", NULL);

	answer(pty, "nonsense", "\xc3\xa4\x1b[2J");
	pty_feed(pty, line, sizeof(line) - 1);
	answer(pty, "password", "sandbox-jane");
	answer(pty, "workspace", "ckwsone");
	finish(pty, 0, "{\"event\":\"logged_in\"");
}
END_TEST

START_TEST(three_organizations_that_there_are_not)
{
	struct pty *pty =
		astro_start_alone("login", "localhost", "--json", NULL);
	char *before = home_read(), *url;

	answer(pty, "email", "");
	url = expect_url(pty);
	browser_visit(url, "many@example.com");
	answer(pty, "organization", "0");
	answer(pty, "organization", "4");
	answer(pty, "organization", "");
	finish(pty, 1, "{\"event\":\"error\",\"code\":1,");
	expect_untouched(before);
	free(before);
	free(url);
}
END_TEST

/* A login is good without a workspace. */
START_TEST(three_workspaces_that_there_are_not)
{
	struct pty *pty = astro_start_alone("login", "houston", "--json", NULL);

	answer(pty, "username", "jane");
	answer(pty, "password", "sandbox-jane");
	answer(pty, "workspace", "0");
	answer(pty, "workspace", "3");
	answer(pty, "workspace", "");
	pty_expect_stdout(pty, "\"workspace\":null}");
	finish(pty, 0, "{\"event\":\"logged_in\"");
}
END_TEST

START_TEST(time_runs_out)
{
	struct pty *pty = astro_start_alone("login", "localhost", "--json",
	                                    "--timeout", "1", NULL);

	answer(pty, "email", "");
	finish(pty, 124, "{\"event\":\"error\",\"code\":124,");
}
END_TEST

START_TEST(a_signal_is_an_error_of_its_own)
{
	struct pty *pty =
		astro_start_alone("login", "localhost", "--json", NULL);

	expect_prompt(pty, "email");
	pty_signal(pty, SIGINT);
	finish(pty, 130,
	       "{\"event\":\"error\",\"code\":130,\"message\":"
	       "\"interrupted\",\"hint\":null}\n");
}
END_TEST

START_TEST(a_wrong_password_is_an_event)
{
	struct pty *pty = astro_start_alone("login", "houston", "--json", "-u",
	                                    "jane", NULL);

	answer(pty, "password", "wrong");
	finish(pty, 4, "{\"event\":\"error\",\"code\":4,");
}
END_TEST

/* With a token there is nothing to ask. */
START_TEST(a_token_needs_no_answers)
{
	char *token =
		sandbox_token("{'user': 'solo@example.com'}", "access_token");
	struct pty_result result = astro_ends(0, NULL, "login", "localhost",
	                                      "--json", "-t", token, NULL);

	expect_events(result.out);
	text_expect(result.out, "\"account\":\"solo@example.com\"");
	text_refuse(result.out, token);
	pty_result_clear(&result);
	free(token);
}
END_TEST

START_TEST(wrong_usage_is_no_event)
{
	struct pty_result result = astro_ends(2, NULL, "login", "localhost",
	                                      "--json", "-t", "-", NULL);

	ck_assert_str_eq(result.out, "");
	text_expect(result.err, "--json reads its answers from standard input");
	pty_result_clear(&result);
}
END_TEST

#define ENDED                                                                  \
	"{\"event\":\"error\",\"code\":4,\"message\":\"m\",\"hint\":null}\n"

/* Lines that the schema, and the order, do not allow. */
static const char *const wrong[] = {
	"",
	"{\"event\":\"logged_in\",\"domain\":\"d\",\"account\":null,"
	"\"provider\":\"p\"}",
	"{\"event\":\"waiting\",\"for\":\"browser\",\"seconds_left\":1}\n",
	"{\"event\":\"waiting\",\"for\":\"godot\",\"seconds_left\":1}\n" ENDED,
	"{\"event\":\"waiting\",\"for\":\"browser\"}\n" ENDED,
	"{\"event\":\"note\"}\n" ENDED,
	"{\"event\":\"open_url\",\"url\":\"file:///etc/passwd\"}\n" ENDED,
	"{\"event\":\"open_url\",\"url\":\"http://a/\",\"more\":1}\n" ENDED,
	"{\"event\":\"prompt\",\"key\":\"k\",\"label\":\"l\"}\n" ENDED,
	ENDED ENDED,
};

START_TEST(the_check_of_events_would_see_a_wrong_one)
{
	char *why;

	ck_assert_int_eq(check(wrong[_i], &why), 1);
	ck_assert_str_ne(why, "");
	ck_assert_msg(strstr(why, "Traceback") == NULL, "%s", why);
	free(why);
	ck_assert_int_eq(check(ENDED, &why), 0);
	free(why);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("a login that is driven");
	TCase *good = e2e_case(suite, "drivers");
	TCase *bad = e2e_case(suite, "bad drivers");
	TCase *other = e2e_case(suite, "ends");

	tcase_add_test(good, a_browser_and_a_menu_of_astro);
	tcase_add_test(good, user_and_password_of_software);
	tcase_add_test(good, a_code_for_another_device);
	tcase_add_test(good, the_address_that_a_browser_elsewhere_ended_on);
	tcase_add_test(good, the_example_logs_in_to_astro);
	tcase_add_test(good, the_example_logs_in_to_software);
	tcase_add_test(good, the_example_logs_in_by_a_code);
	tcase_add_test(good, the_example_says_what_failed);
	tcase_add_test(good, a_token_needs_no_answers);

	tcase_add_loop_test(bad,
	                    a_bad_driver_gets_one_error_and_nothing_is_kept, 0,
	                    sizeof(mischief) / sizeof(mischief[0]));
	tcase_add_test(bad, a_line_without_an_end_is_not_collected_for_ever);
	tcase_add_test(bad, answers_that_nobody_asked_for_are_bounded);
	tcase_add_test(bad, members_and_keys_that_are_unknown_do_no_harm);
	tcase_add_test(bad, three_organizations_that_there_are_not);
	tcase_add_test(bad, three_workspaces_that_there_are_not);
	tcase_add_test(bad, the_address_of_another_login_is_refused);

	tcase_add_test(other, time_runs_out);
	tcase_add_test(other, a_signal_is_an_error_of_its_own);
	tcase_add_test(other, a_wrong_password_is_an_event);
	tcase_add_test(other, wrong_usage_is_no_event);
	tcase_add_loop_test(other, the_check_of_events_would_see_a_wrong_one, 0,
	                    sizeof(wrong) / sizeof(wrong[0]));
	return e2e_main(suite);
}
