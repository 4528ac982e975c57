/* SPDX-License-Identifier: Apache-2.0 */
/* Stores that are locked, absent, broken or hang: nothing is kept anywhere
 * else, and nothing that is kept is lost. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "desktop.h"
#include "places.h"

static void have_bus_alone(void)
{
	desktop_start_bus();
	place_hand_on();
}

static void have_locked_keyring(void)
{
	place_open("keyring");
	place_lock_keyring();
}

static void have_hanging_keyring(void)
{
	place_open("keyring");
	desktop_signal_keyring(SIGSTOP);
}

static void have_bus_elsewhere(void)
{
	env_set("DBUS_SESSION_BUS_ADDRESS", "tcp:host=127.0.0.1,port=1");
}

static void have_failing_helper(void)
{
	place_make_helper("fails", "cat >/dev/null; echo out of order; exit 1");
}

static void have_forgetful_helper(void)
{
	place_make_helper("forgets",
	                  "cat >/dev/null\n"
	                  "[ $1 != get ] || {\n"
	                  "	echo credentials not found in native keychain\n"
	                  "	exit 1\n"
	                  "}");
}

static void have_dying_helper(void)
{
	place_make_helper("dies", "kill -9 $$");
}

static void have_hanging_helper(void)
{
	place_make_helper("hangs", "exec sleep 60");
}

#define TO_FILE "--store file"

/* Those that need not be waited for come first. */
static const struct {
	const char *store;
	void (*make)(void); /* or NULL: nothing is there */
	int code;
	const char *says, *hint;
	bool keeps; /* nothing is missing when a login is looked for */
} broken[] = {
	{"keyring", NULL, 5,
         "the keyring cannot be reached: there is no session bus here", TO_FILE,
         false},
	{"keyring", have_bus_alone, 5,
         "no keyring service runs on the session bus", TO_FILE, false},
	{"keyring", have_locked_keyring, 5,
         "the keyring is locked, and nobody is here to unlock it", TO_FILE,
         false},
	{"keyring", have_bus_elsewhere, 7,
         "the keyring is not asked over a bus that is no local socket",
         "set DBUS_SESSION_BUS_ADDRESS to your own session's", false},
	{"helper:absent", NULL, 5,
         "the credential helper docker-credential-absent is not on PATH",
         TO_FILE, false},
	{"helper:secretservice", NULL, 5,
         "the credential helper secretservice said no to ", TO_FILE, false},
	{"helper:fails", have_failing_helper, 5,
         "the credential helper fails said no to ", TO_FILE, false},
	{"helper:dies", have_dying_helper, 5, "was ended by signal 9", TO_FILE,
         false},
	{"helper:forgets", have_forgetful_helper, 5,
         "the credential helper forgets does not keep what it is given",
         TO_FILE, true},
	{"keyring", have_hanging_keyring, 5,
         "the keyring did not answer within 3 seconds", TO_FILE, false},
	{"helper:hangs", have_hanging_helper, 5,
         "did not answer within 10 seconds", TO_FILE, false},
};
enum { BROKEN = sizeof(broken) / sizeof(broken[0]), HANGING = 2 };

static void begin(int row)
{
	if (broken[row].make != NULL)
		broken[row].make();
}

/* RESULT is the failure of that row, which changed and asked nothing. */
static void expect_failure(int row, const struct pty_result *result,
                           const char *before)
{
	char *after = home_read();

	ck_assert_msg(result->status == broken[row].code, "ended with %d\n%s%s",
	              result->status, result->out, result->err);
	text_expect(result->err, broken[row].says);
	ck_assert_str_eq(result->out, "");
	ck_assert_str_eq(before, after);
	sandbox_expect("");
	free(after);
}

/* Neither a browser nor a server was asked. */
START_TEST(fails_a_login_before_it_begins)
{
	struct pty_result result;
	char *before;
	json_t *log;

	begin(_i);
	before = home_read();
	result = astro_piped(NULL, "login", "localhost", "--store",
	                     broken[_i].store, NULL);
	expect_failure(_i, &result, before);
	text_expect(result.err, broken[_i].hint);
	pty_result_clear(&result);
	log = sandbox_log();
	ck_assert_uint_eq(json_array_size(log), 0);
	json_decref(log);
	free(before);
}
END_TEST

/* config.yaml says that there is a login in STORE. */
static void write_login(const char *store)
{
	char *text;

	ck_assert_int_ge(asprintf(&text,
	                          "local:\n"
	                          "  core: http://localhost:@\n"
	                          "context: localhost\n"
	                          "contexts:\n"
	                          "  localhost:\n"
	                          "    domain: localhost\n"
	                          "    expiresin: 2099-01-01T00:00:00Z\n"
	                          "    organization: clorgsolo\n"
	                          "    store: %s\n"
	                          "    user_email: solo@example.com\n"
	                          "    workspace: clwsstage\n",
	                          store),
	                 0);
	home_write(text);
	free(text);
}

static const struct {
	const char *words[6];
} commands[] = {
	{{"auth", "token"}},
	{{"auth", "token", "--header"}},
	{{"workspace", "list"}},
	{{"exec", "true"}},
	{{"login"}},
	{{"logout"}},
	{{"logout", "--local"}},
	{{"logout", "--all"}},
	{{"context", "delete", "-f", "localhost"}},
	{{"context", "move-store", "localhost", "file"}},
};
enum { COMMANDS = sizeof(commands) / sizeof(commands[0]) };

/* Not "not logged in", and nothing is forgotten. */
START_TEST(says_where_the_login_is_and_forgets_nothing)
{
	size_t count = _i < BROKEN - HANGING ? COMMANDS : 1, i;
	struct pty_result result;
	char *before;

	if (broken[_i].keeps)
		return;
	begin(_i);
	write_login(broken[_i].store);
	before = home_read();
	for (i = 0; i < count; i++) {
		const char *const *word = commands[i].words;

		result = astro_piped(NULL, word[0], word[1], word[2], word[3],
		                     word[4], NULL);
		expect_failure(_i, &result, before);
		pty_result_clear(&result);
	}
	/* What needs no token does not ask for it. */
	result = astro_ends(0, NULL, "auth", "status", NULL);
	text_expect(result.out, broken[_i].store);
	pty_result_clear(&result);
	free(before);
}
END_TEST

START_TEST(finds_the_login_again_once_the_keyring_is_open)
{
	struct pty_result result;
	char *first;

	place_open("keyring");
	result = astro_ends(0, NULL, "login", "localhost", "--store", "keyring",
	                    NULL);
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "auth", "token", NULL);
	first = strdup(result.out);
	pty_result_clear(&result);
	place_lock_keyring();
	result = astro_ends(5, NULL, "auth", "token", NULL);
	text_expect(result.err, "the keyring is locked");
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);

	desktop_signal_keyring(SIGKILL);
	result = astro_ends(5, NULL, "auth", "token", NULL);
	text_expect(result.err, "no keyring service runs");
	pty_result_clear(&result);
	desktop_start_keyring("password");
	result = astro_ends(0, NULL, "auth", "token", NULL);
	ck_assert_str_eq(result.out, first);
	pty_result_clear(&result);
	free(first);
}
END_TEST

START_TEST(prints_the_token_of_a_login_that_is_kept_nowhere)
{
	struct pty_result result;
	char *before, *after, *given;

	before = home_read();
	result = astro_ends(0, NULL, "login", "localhost", "--store", "none",
	                    NULL);
	given = sandbox_grant("access", "value");
	ck_assert_uint_eq(strlen(result.out), strlen(given) + 1);
	ck_assert(strncmp(result.out, given, strlen(given)) == 0);
	text_refuse(result.err, given);
	pty_result_clear(&result);
	after = home_read();
	ck_assert_str_eq(before, after);
	place_expect_no_file_with(given);
	free(before);
	free(after);
	free(given);
}
END_TEST

static const char *const nonsense[] = {
	"bogus",    "files",   "helper:",      "helper:../x",
	"helper:A", "Keyring", "session:more", "keyring "};
enum { NONSENSE = sizeof(nonsense) / sizeof(nonsense[0]) };

START_TEST(refuses_a_store_that_there_is_not)
{
	struct pty_result result;
	char *before, *after, line[100];

	write_login("file");
	before = home_read();
	(void)snprintf(line, sizeof(line), "there is no store \"%s\"",
	               nonsense[_i]);
	result = astro_ends(2, NULL, "login", "localhost", "--store",
	                    nonsense[_i], NULL);
	text_expect(result.err, line);
	text_expect(result.err, "file, keyring, helper:NAME, session or none");
	pty_result_clear(&result);
	result = astro_ends(2, NULL, "context", "move-store", "localhost",
	                    nonsense[_i], NULL);
	text_expect(result.err, line);
	pty_result_clear(&result);
	after = home_read();
	ck_assert_str_eq(before, after);
	sandbox_expect("");
	free(before);
	free(after);
}
END_TEST

START_TEST(refuses_a_file_whose_store_makes_no_sense)
{
	struct pty_result result;
	char *before, *after;
	size_t i;

	write_login("bogus");
	before = home_read();
	for (i = 0; i < COMMANDS; i++) {
		const char *const *word = commands[i].words;

		result = astro_ends(5, NULL, word[0], word[1], word[2], word[3],
		                    word[4], NULL);
		text_expect(result.err, "there is no store \"bogus\"");
		pty_result_clear(&result);
	}
	result = astro_ends(5, NULL, "auth", "status", NULL);
	text_expect(result.err, "there is no store \"bogus\"");
	pty_result_clear(&result);
	after = home_read();
	ck_assert_str_eq(before, after);
	sandbox_expect("");
	free(before);
	free(after);
}
END_TEST

static const struct {
	const char *line;
	int code;
	const char *says;
} traces[] = {
	{"expiresin: 2099-01-01T00:00:00Z", 0, "until 2099-01-01"},
	{"user_email: jane@example.com", 0, "no known end"},
	{"username: jane", 0, "no known end"},
	{"subject: auth0|jane", 0, "no known end"},
	{"workspace: clwsold", 4, "not logged in"},
};

/* What a logout takes away was there because of a login. */
START_TEST(tells_by_the_file_whether_there_is_a_login)
{
	struct pty_result result;
	char *text;

	ck_assert_int_ge(asprintf(&text,
	                          "context: a.example.com\n"
	                          "contexts:\n"
	                          "  a_example_com:\n"
	                          "    domain: a.example.com\n"
	                          "    store: keyring\n"
	                          "    %s\n",
	                          traces[_i].line),
	                 0);
	home_write(text);
	result = astro_ends(traces[_i].code, NULL, "auth", "status", NULL);
	text_expect(result.out, traces[_i].says);
	pty_result_clear(&result);
	free(text);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stores that fail");
	TCase *broken_ones = place_case(suite, "broken");
	TCase *others = place_case(suite, "others");

	tcase_add_loop_test(broken_ones, fails_a_login_before_it_begins, 0,
	                    BROKEN);
	tcase_add_loop_test(broken_ones,
	                    says_where_the_login_is_and_forgets_nothing, 0,
	                    BROKEN);
	tcase_add_test(others, finds_the_login_again_once_the_keyring_is_open);
	tcase_add_test(others,
	               prints_the_token_of_a_login_that_is_kept_nowhere);
	tcase_add_loop_test(others, refuses_a_store_that_there_is_not, 0,
	                    NONSENSE);
	tcase_add_test(others, refuses_a_file_whose_store_makes_no_sense);
	tcase_add_loop_test(others, tells_by_the_file_whether_there_is_a_login,
	                    0, sizeof(traces) / sizeof(traces[0]));
	return e2e_main(suite);
}
