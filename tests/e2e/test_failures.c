/* SPDX-License-Identifier: Apache-2.0 */
/* What goes wrong, its exit code and its words; and that nothing is changed. */
#include "e2e.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOLO "solo@example.com"
#define AUTH_CONFIG "/private/v1alpha1/cli/auth-config"

static char *before;

static void keep(void)
{
	home_begin();
	before = home_read();
}

/* Whatever failed, the file is as it was. */
static void compare(void)
{
	char *after = home_read();

	ck_assert_str_eq(before, after);
	free(after);
	free(before);
	home_end();
}

static const struct {
	const char *words[5];
} misuses[] = {
	{{"login", "--nope"}},
	{{"login", "a.example.com", "b.example.com"}},
	{{"login", "bad domain"}},
	{{"login", "-leading.example.com"}},
	{{"login", "1.2.3.4"}},
	{{"login", "a.example.com:8080"}},
	{{"login", "a..example.com"}},
	{{"login", "localhost", "--timeout", "soon"}},
	{{"login", "-l", "-t", "token"}},
	{{"login", "houston", "--password-stdin"}},
	{{"login", "-t"}},
	{{"auth", "token", "more"}},
	{{"context", "switch", "bad domain"}},
	{{"nonsense"}},
	{{"auth", "nonsense"}},
};

/* C2 in its own way: what is no host name is asked nothing. */
START_TEST(refuses_wrong_usage)
{
	struct pty_result result =
		astro_ends(2, NULL, misuses[_i].words[0], misuses[_i].words[1],
	                   misuses[_i].words[2], misuses[_i].words[3],
	                   misuses[_i].words[4], NULL);

	ck_assert_str_eq(result.out, "");
	text_expect(result.err, "astro: ");
	sandbox_expect("");
	pty_result_clear(&result);
}
END_TEST

#define UP_TO_CONFIG "GET " AUTH_CONFIG "\n"
#define UP_TO_TOKEN UP_TO_CONFIG "POST /oauth/token\n"
#define UP_TO_ACCOUNT                                                          \
	UP_TO_TOKEN "GET /userinfo\nGET /v1/organizations\n"                   \
		    "GET /v1/users/self\n"
#define UP_TO_WORKSPACES                                                       \
	UP_TO_ACCOUNT "GET /v1/organizations/clorgsolo/workspaces\n"

/* What the server does, what becomes of it, and the last that it was asked. */
static const struct {
	const char *fault;
	int code;
	const char *says;
	const char *asked;
} faults[] = {
	{"{'path': '" AUTH_CONFIG "', 'kind': 'status', 'value': 502}", 3,
         "502", UP_TO_CONFIG},
	{"{'path': '" AUTH_CONFIG "', 'kind': 'status', 'value': 404}", 3,
         "no Astro", UP_TO_CONFIG},
	{"{'path': '" AUTH_CONFIG "', 'kind': 'body', 'value': {}}", 3,
         "how to log in", UP_TO_CONFIG},
	{"{'path': '" AUTH_CONFIG "', 'kind': 'body', 'value': '<html>',"
         " 'content_type': 'text/html'}",
         3, "astro: ", UP_TO_CONFIG},
	{"{'path': '" AUTH_CONFIG "', 'kind': 'truncate'}", 3,
         "astro: ", UP_TO_CONFIG},
	{"{'path': '" AUTH_CONFIG "', 'kind': 'oversize'}", 3,
         "astro: ", UP_TO_CONFIG},
	{"{'path': '" AUTH_CONFIG "', 'kind': 'redirect',"
         " 'value': 'https://elsewhere.example.com/'}",
         7, "astro: ", UP_TO_CONFIG},
	{"{'path': '" AUTH_CONFIG "', 'kind': 'merge',"
         " 'value': {'domainUrl': 'http://192.0.2.1/'}}",
         7, "without https", UP_TO_CONFIG},
	{"{'path': '" AUTH_CONFIG "', 'kind': 'merge',"
         " 'value': {'domainUrl': 'http://127.0.0.1.example.com/'}}",
         7, "without https", UP_TO_CONFIG},
	{"{'path': '" AUTH_CONFIG "', 'kind': 'merge',"
         " 'value': {'domainUrl': 'https://a@b/'}}",
         7, "no sense", UP_TO_CONFIG},
	/* C6, C7, C8, C14, P4 */
	{"{'path': '/oauth/token', 'kind': 'status', 'value': 500}", 3, "500",
         UP_TO_TOKEN},
	{"{'path': '/oauth/token', 'kind': 'body', 'status': 400,"
         " 'value': {'error': 'invalid_grant',"
         " 'error_description': 'told you so'}}",
         4, "told you so", UP_TO_TOKEN},
	{"{'path': '/oauth/token', 'kind': 'body', 'status': 200,"
         " 'value': {'error': 'invalid_grant',"
         " 'error_description': 'told you so'}}",
         4, "told you so", UP_TO_TOKEN},
	{"{'path': '/oauth/token', 'kind': 'merge',"
         " 'value': {'access_token': ''}}",
         3, "access_token", UP_TO_TOKEN},
	/* C4, C5, P7 */
	{"{'path': '/userinfo', 'kind': 'merge', 'value': {'email': null}}", 4,
         "cannot retrieve email", UP_TO_ACCOUNT},
	{"{'path': '/userinfo', 'kind': 'merge', 'value': {'email': ''}}", 4,
         "no email", UP_TO_ACCOUNT},
	{"{'path': '/userinfo', 'kind': 'merge',"
         " 'value': {'email': 'a\\u001b[2J@b'}}",
         3, "\\x1b[2J", UP_TO_ACCOUNT},
	{"{'path': '/userinfo', 'kind': 'merge', 'value': {'sub': 'other'}}", 7,
         "another account", UP_TO_ACCOUNT},
	{"{'path': '/userinfo', 'kind': 'status', 'value': 401}", 4, "401",
         UP_TO_ACCOUNT},
	{"{'path': '/userinfo', 'kind': 'status', 'value': 500}", 3, "500",
         UP_TO_ACCOUNT},
	/* C20, C21, C32 */
	{"{'path': '/v1/users/self', 'kind': 'body', 'status': 500,"
         " 'value': {'message': 'failed to fetch self user'}}",
         3, "failed to fetch self user", UP_TO_ACCOUNT},
	{"{'path': '/v1/users/self', 'kind': 'drop'}", 3,
         "astro: ", UP_TO_ACCOUNT},
	{"{'path': '/v1/organizations', 'kind': 'drop'}", 3,
         "astro: ", UP_TO_ACCOUNT},
	{"{'path': '/v1/organizations', 'kind': 'body', 'value': {}}", 3,
         "no list of organizations", UP_TO_ACCOUNT},
	/* D36 */
	{"{'path': '/v1/organizations', 'kind': 'body', 'value': '<html>',"
         " 'content_type': 'text/html'}",
         3, "astro: ", UP_TO_ACCOUNT},
	/* C23 */
	{"{'path': '/v1/organizations/clorgsolo/workspaces',"
         " 'kind': 'status', 'value': 503}",
         3, "503", UP_TO_WORKSPACES},
	{"{'path': '/v1/organizations/clorgsolo/workspaces',"
         " 'kind': 'status', 'value': 403}",
         4, "403", UP_TO_WORKSPACES},
	{"{'path': '/v1/organizations/clorgsolo/workspaces',"
         " 'kind': 'body', 'value': []}",
         3, "no list of workspaces", UP_TO_WORKSPACES},
};

/* Every line of LINES is one of OTHERS. */
static bool lines_are_in(const char *lines, const char *others)
{
	bool found = true;

	while (found && *lines != '\0') {
		char *line = strndup(lines, strcspn(lines, "\n") + 1);

		found = strstr(others, line) != NULL;
		lines += strlen(line);
		free(line);
	}
	return found;
}

START_TEST(says_what_the_server_did)
{
	struct pty_result result;
	char *requests;

	sandbox_fault(faults[_i].fault);
	env_browser(SOLO);
	result = astro_ends(faults[_i].code, NULL, "login", "localhost", NULL);
	text_expect(result.err, faults[_i].says);
	ck_assert_str_eq(result.out, "");
	ck_assert_ptr_null(strchr(result.err, '\x1b'));
	requests = sandbox_requests();
	/* The three of one round come in any order, and what was dropped may
	 * be asked once more. */
	ck_assert_msg(lines_are_in(requests, faults[_i].asked) &&
	                      lines_are_in(faults[_i].asked, requests),
	              "asked was\n%s\nand should have been\n%s", requests,
	              faults[_i].asked);
	free(requests);
	pty_result_clear(&result);
}
END_TEST

/* A token of a wrong signature or of somebody else's login is refused, and
 * nothing is asked with it. */
static const char *const lies[] = {
	"{'id_token_signature': 'broken'}",
	"{'id_token_signature': 'other_key'}",
	"{'id_token_signature': 'none'}",
	"{'id_token_signature': 'hs256'}",
	"{'id_token_claims': {'iss': 'https://elsewhere.example.com/'}}",
	"{'id_token_claims': {'aud': 'another-client'}}",
	"{'id_token_claims': {'nonce': 'another'}}",
	"{'id_token_claims': {'nonce': null}}",
	"{'id_token_claims': {'exp': 1600000000}}",
	"{'id_token_claims': {'sub': null}}",
};

START_TEST(refuses_a_lying_identity_server)
{
	struct pty_result result;

	sandbox_set(lies[_i]);
	env_browser(SOLO);
	result = astro_ends(7, NULL, "login", "localhost", NULL);
	sandbox_expect(UP_TO_TOKEN);
	pty_result_clear(&result);
}
END_TEST

/* D2: the answer to somebody else's question ends nothing. */
START_TEST(waits_on_after_a_wrong_state)
{
	struct pty_result result;

	sandbox_fault("{'path': '/login', 'method': 'POST',"
	              " 'kind': 'wrong_state'}");
	env_browser(SOLO);
	result = astro_ends(124, NULL, "login", "localhost", "--timeout", "2",
	                    NULL);
	sandbox_expect(UP_TO_CONFIG);
	pty_result_clear(&result);
}
END_TEST

/* C11: the words are those of people, the time is the flag's. */
static const struct {
	const char *words[3];
	const char *prompt; /* answered with Enter */
} waits[] = {
	{{"login", "localhost"}, NULL},
	{{"login", "-l", "localhost"}, "e-mail"},
	{{"login", "houston"}, NULL},
	{{"login", "-o", "houston"}, NULL},
};

START_TEST(gives_up_in_time)
{
	struct pty *pty =
		astro_start("login", "--timeout", "1", waits[_i].words[1],
	                    waits[_i].words[2], NULL);

	if (waits[_i].prompt != NULL) {
		pty_expect(pty, waits[_i].prompt);
		pty_send(pty, "\n");
	}
	astro_finish(pty, 124);
}
END_TEST

/* Where nobody listens; plain http to another machine is not even tried. */
static const struct {
	const char *file;
	int code;
	const char *says;
} addresses[] = {
	{"local:\n  core: http://localhost:1\n"
         "  houston: http://localhost:1/v1\n",
         3, "localhost:1"},
	{"local:\n  core: http://192.0.2.1\n"
         "  houston: http://192.0.2.1/v1\n",
         7, "192.0.2.1"},
	{"local:\n  core: http://127.0.0.1.example.com\n"
         "  houston: http://127.0.0.1.example.com/v1\n",
         7, "127.0.0.1.example.com"},
	{"local:\n  core: nonsense\n  houston: nonsense\n", 5, "nonsense"},
};

START_TEST(says_that_the_server_cannot_be_used)
{
	const char *domain = _i % 2 == 0 ? "localhost" : "houston";
	struct pty *pty;

	home_write(addresses[_i / 2].file);
	free(before);
	before = home_read();
	pty = astro_start("login", domain, NULL);
	pty_expect(pty, addresses[_i / 2].says);
	astro_finish(pty, addresses[_i / 2].code);
}
END_TEST

/* D26: cloud.api.protocol cannot take the encryption away. */
START_TEST(speaks_no_plain_http_to_a_domain)
{
	const char *domain = _i == 0 ? "astronomer.io" : "a.example.com";
	struct pty_result result;

	home_write("cloud:\n  api:\n    protocol: http\n    port: \"80\"\n");
	free(before);
	before = home_read();
	result = astro_ends(7, "x\n", "login", domain, "-t", "-", NULL);
	text_expect(result.err, "http");
	pty_result_clear(&result);
}
END_TEST

START_TEST(says_that_a_provider_is_missing)
{
	struct pty_result result;

	if (_i == 0) {
		result = astro_ends(6, "x\n", "login", "houston", "--provider",
		                    "nosuch", "-t", "-", NULL);
	} else {
		home_write("contexts:\n"
		           "  houston:\n"
		           "    provider: nosuch\n");
		free(before);
		before = home_read();
		result = astro_ends(6, "x\n", "login", "houston", "-t", "-",
		                    NULL);
	}
	text_expect(result.err, "nosuch");
	pty_result_clear(&result);
}
END_TEST

/* At which question the person gives up. */
static const struct {
	const char *words[3];
	const char *browser;  /* or NULL */
	const char *steps[7]; /* expected and answered in turn */
} stops[] = {
	{{"login", "localhost"}, NULL, {"e-mail"}},
	{{"login", "-l", "localhost"}, NULL, {"e-mail", "\n", "it ends on:"}},
	{{"login", "localhost"},
         "many@example.com",
         {"e-mail", "\n", "East", "", "> "}},
	{{"login", "localhost"},
         "jane@example.com",
         {"e-mail", "\n", "Staging", "", "> "}},
	{{"login", "houston"}, NULL, {"Username"}},
	{{"login", "houston"}, NULL, {"Username", "jane\n", "Password:"}},
	{{"login", "houston"},
         NULL,
         {"Username", "jane\n", "Password:", "sandbox-jane\n", "Workspace Two",
          "", "> "}},
	{{"login", "houston"}, NULL, {"Username", "\n", "token:"}},
	{{"login", "-o", "houston"}, NULL, {"token:"}},
	{{"login", "-l", "houston"}, NULL, {"token:"}},
};
enum { STOPS = sizeof(stops) / sizeof(stops[0]) };

static struct pty *reach(int stop)
{
	struct pty *pty;
	size_t i;

	if (stops[stop].browser != NULL)
		env_browser(stops[stop].browser);
	pty = astro_start(stops[stop].words[0], stops[stop].words[1],
	                  stops[stop].words[2], NULL);
	for (i = 0; i < 7 && stops[stop].steps[i] != NULL; i++) {
		if (i % 2 == 0)
			pty_expect(pty, stops[stop].steps[i]);
		else
			pty_send(pty, stops[stop].steps[i]);
	}
	return pty;
}

/* pty_finish() sees to it that the terminal is as it was. */
START_TEST(leaves_no_trace_of_an_interrupted_login)
{
	struct pty *pty = reach(_i);

	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
}
END_TEST

static const int signals[] = {SIGTERM, SIGHUP, SIGQUIT, SIGALRM};
enum { SIGNALS = sizeof(signals) / sizeof(signals[0]) };

/* To the program alone: nothing of it is left, and the shell sees of what it
 * died. */
START_TEST(dies_of_a_signal_with_the_terminal_as_it_was)
{
	struct pty *pty = reach(_i / SIGNALS);
	int number = signals[_i % SIGNALS];
	pid_t group = pty_pid(pty);

	pty_signal(pty, number);
	ck_assert_int_eq(pty_finish(pty), -number);
	text_expect(pty_screen(pty), "astro: interrupted\r\n");
	ck_assert_int_eq(kill(-group, 0), -1);
	ck_assert_int_eq(errno, ESRCH);
	pty_free(pty);
}
END_TEST

START_TEST(takes_the_end_of_input_for_a_no)
{
	struct pty *pty = reach(_i);

	pty_send(pty, PTY_END);
	astro_finish(pty, 4);
}
END_TEST

/* The file itself. */
static const struct {
	const char *text;
	int code;
	const char *says;
} files[] = {
	{"context: [\n", 5, "config.yaml:"},
	{"a: 1\n\tb: 2\n", 5, "config.yaml:2"},
	{"contexts: text\n", 5, "config.yaml"},
	{"contexts:\n  houston:\n    token: x\n    token: y\n", 5, "twice"},
	{"local:\n  houston: [x]\n", 5,
         "config.yaml:2:3: houston: expected a plain value, found a sequence"},
	{"local:\n  houston: {a: b}\n", 5,
         "config.yaml:2:3: houston: expected a plain value, found a mapping"},
	{"local: http://localhost\n", 5,
         "config.yaml:1:1: local: expected a mapping, found a plain value"},
};

START_TEST(says_where_the_file_makes_no_sense)
{
	struct pty_result result;

	home_write(files[_i].text);
	free(before);
	before = home_read();
	result = astro_ends(files[_i].code, "x\n", "login", "houston", "-t",
	                    "-", NULL);
	text_expect(result.err, files[_i].says);
	sandbox_expect("");
	pty_result_clear(&result);
}
END_TEST

/* Read-only even for root.  False where that cannot be done. */
static bool home_freeze(void)
{
	if (geteuid() != 0)
		return chmod(home_folder, 0500) == 0;
	return unshare(CLONE_NEWNS) == 0 &&
	       mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount(home_folder, home_folder, NULL, MS_BIND, NULL) == 0 &&
	       mount(NULL, home_folder, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY,
	             NULL) == 0;
}

/* Nobody types a password for nothing (#848). */
START_TEST(says_at_once_that_the_login_could_not_be_kept)
{
	struct pty_result result;
	char folder[PATH_SIZE];

	ck_assert_int_eq(unlink(home_file), 0);
	(void)snprintf(folder, sizeof(folder), "%.4000s/.astro", home_folder);
	ck_assert_int_eq(rmdir(folder), 0);
	if (home_freeze()) {
		result = astro_ends(5, "x\n", "login", "houston", "-t", "-",
		                    NULL);
		text_expect(result.err, home_folder);
		sandbox_expect("");
		pty_result_clear(&result);
	}
	if (geteuid() == 0)
		(void)umount2(home_folder, MNT_DETACH);
	else
		ck_assert_int_eq(chmod(home_folder, 0700), 0);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	home_write(before);
}
END_TEST

START_TEST(refuses_a_file_that_others_may_write)
{
	struct pty_result result;

	ck_assert_int_eq(chmod(home_file, _i == 0 ? 0620 : 0602), 0);
	result = astro_ends(7, "x\n", "login", "houston", "-t", "-", NULL);
	text_expect(result.err, "config.yaml");
	sandbox_expect("");
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("failures");
	TCase *usage = tcase_create("usage");
	TCase *servers = tcase_create("servers");
	TCase *people = tcase_create("people");
	TCase *machine = tcase_create("machine");
	TCase *all[] = {usage, servers, people, machine};
	size_t i;

	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		tcase_add_checked_fixture(all[i], keep, compare);
		tcase_set_timeout(all[i], 60);
		suite_add_tcase(suite, all[i]);
	}
	tcase_add_loop_test(usage, refuses_wrong_usage, 0,
	                    sizeof(misuses) / sizeof(misuses[0]));

	tcase_add_loop_test(servers, says_what_the_server_did, 0,
	                    sizeof(faults) / sizeof(faults[0]));
	tcase_add_loop_test(servers, refuses_a_lying_identity_server, 0,
	                    sizeof(lies) / sizeof(lies[0]));
	tcase_add_test(servers, waits_on_after_a_wrong_state);
	tcase_add_loop_test(servers, says_that_the_server_cannot_be_used, 0,
	                    2 * sizeof(addresses) / sizeof(addresses[0]));
	tcase_add_loop_test(servers, speaks_no_plain_http_to_a_domain, 0, 2);

	tcase_add_loop_test(people, gives_up_in_time, 0,
	                    sizeof(waits) / sizeof(waits[0]));
	tcase_add_loop_test(people, leaves_no_trace_of_an_interrupted_login, 0,
	                    STOPS);
	tcase_add_loop_test(people,
	                    dies_of_a_signal_with_the_terminal_as_it_was, 0,
	                    STOPS * SIGNALS);
	tcase_add_loop_test(people, takes_the_end_of_input_for_a_no, 0, STOPS);

	tcase_add_loop_test(machine, says_that_a_provider_is_missing, 0, 2);
	tcase_add_loop_test(machine, says_where_the_file_makes_no_sense, 0,
	                    sizeof(files) / sizeof(files[0]));
	tcase_add_test(machine, says_at_once_that_the_login_could_not_be_kept);
	tcase_add_loop_test(machine, refuses_a_file_that_others_may_write, 0,
	                    2);
	return e2e_main(suite);
}
