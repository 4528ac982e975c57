/* SPDX-License-Identifier: Apache-2.0 */
/* Logging out: what the server is told, what is erased, what is said. */
#include "e2e.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SOLO "solo@example.com"
#define REVOKE "/oauth/revoke"
#define CONFIG "GET /private/v1alpha1/cli/auth-config\n"

enum { REVOCATIONS_MAX = 8 };

static void log_in(void)
{
	struct pty_result result;

	env_browser(SOLO);
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	pty_result_clear(&result);
	sandbox_forget();
}

/* The file of log_in() when nothing of the login is left in it. */
static const char logged_out[] = "# kept by hand\n"
				 "context: \"\"\n"
				 "contexts:\n"
				 "  localhost:\n"
				 "    domain: localhost\n"
				 "    last_used_workspace: clwsstage\n"
				 "    organization: clorgsolo\n"
				 "    organization_product: HOSTED\n"
				 "    workspace: clwsstage\n"
				 "local:\n"
				 "  core: http://localhost:@\n"
				 "  houston: http://localhost:@/v1\n"
				 "upgrade_message: \"false\"\n";

static const char *entry_text(const json_t *entry, const char *name)
{
	const char *text = json_string_value(json_object_get(entry, name));

	return text != NULL ? text : "";
}

/* The bodies that the revocation endpoint was sent, borrowed from LOG. */
static size_t revocations(json_t *log, const char *bodies[REVOCATIONS_MAX])
{
	size_t count = 0, i;
	json_t *entry;

	json_array_foreach(log, i, entry)
	{
		if (strcmp(entry_text(entry, "path"), REVOKE) != 0)
			continue;
		ck_assert_uint_lt(count, REVOCATIONS_MAX);
		ck_assert_str_eq(entry_text(entry, "method"), "POST");
		bodies[count++] = entry_text(entry, "body");
	}
	return count;
}

static void expect_revocation(const char *body, const char *token,
                              const char *hint)
{
	char *wanted;

	ck_assert_int_ge(asprintf(&wanted,
	                          "token=%s&token_type_hint=%s&"
	                          "client_id=astro-sandbox-cli",
	                          token, hint),
	                 0);
	ck_assert_str_eq(body, wanted);
	free(wanted);
}

/* The stored token, without "Bearer ". */
static char *access_token(void)
{
	char *value = home_value("token");

	ck_assert_int_eq(strncmp(value, "Bearer ", 7), 0);
	(void)memmove(value, value + 7, strlen(value + 7) + 1);
	return value;
}

/* STO-44: refresh token first, then access token, each with the client. */
START_TEST(revokes_both_tokens_and_erases_them)
{
	const char *bodies[REVOCATIONS_MAX];
	struct pty_result result;
	char *access, *refresh, *before;
	json_t *log;

	log_in();
	access = access_token();
	refresh = home_value("refreshtoken");
	before = home_read();
	result = astro_ends(0, NULL, "logout", NULL);
	ck_assert_str_eq(result.out, "");
	ck_assert_str_eq(result.err,
	                 "Revoked the refresh token\n"
	                 "Revoked the access token\n"
	                 "Erased: token, refresh token, expiry time, "
	                 "account's e-mail\n"
	                 "Logged out of localhost\n");
	pty_result_clear(&result);
	log = sandbox_log();
	ck_assert_uint_eq(revocations(log, bodies), 2);
	expect_revocation(bodies[0], refresh, "refresh_token");
	expect_revocation(bodies[1], access, "access_token");
	json_decref(log);
	sandbox_expect(CONFIG "POST " REVOKE "\nPOST " REVOKE "\n");
	home_expect(logged_out);

	/* A copy of the file is of no use any more. */
	home_write(before);
	result = astro_ends(4, NULL, "workspace", "list", NULL);
	pty_result_clear(&result);
	free(access);
	free(refresh);
	free(before);
}
END_TEST

START_TEST(logs_out_twice)
{
	struct pty_result result;

	log_in();
	result = astro_ends(0, NULL, "logout", "localhost", NULL);
	pty_result_clear(&result);
	sandbox_forget();
	result = astro_ends(0, NULL, "logout", "localhost", NULL);
	ck_assert_str_eq(result.err, "Already logged out of localhost\n");
	pty_result_clear(&result);
	sandbox_expect("");
	home_expect(logged_out);
}
END_TEST

/* RFC 7009, 2.2: the body of the answer does not count. */
static const char *const bodies_of_success[] = {
	"{'kind': 'body', 'value': ''}",
	"{'kind': 'body', 'value': 'OK', 'content_type': 'text/plain'}",
	"{'kind': 'body', 'value': '{broken'}",
	"{'kind': 'body', 'value': '', 'status': 204}",
};

START_TEST(takes_any_answer_of_status_200_for_done)
{
	struct pty_result result;
	char fault[300];

	log_in();
	(void)snprintf(fault, sizeof(fault), "{'path': '" REVOKE "', %s",
	               bodies_of_success[_i] + 1);
	sandbox_fault(fault);
	result = astro_ends(0, NULL, "logout", NULL);
	text_expect(result.err, "Revoked the refresh token\n");
	text_expect(result.err, "Revoked the access token\n");
	pty_result_clear(&result);
	home_expect(logged_out);
}
END_TEST

/* STO-45: what the server says keeps nothing from being erased; the access
 * token is tried although the refresh token failed. */
static const struct {
	const char *fault;
	const char *says;
	int code;
} failures[] = {
	{"{'kind': 'status', 'value': 503, 'headers': {'Retry-After': '7'}}",
         "answered 503", 3},
	{"{'kind': 'status', 'value': 429}", "answered 429", 3},
	{"{'kind': 'drop'}", "closed without an answer", 3},
	{"{'kind': 'reset'}", "cannot reach", 3},
	{"{'kind': 'body', 'status': 401, 'value': {'error': "
         "'invalid_client'}}",
         "the server refused: invalid_client", 3},
	{"{'kind': 'body', 'status': 400, 'value': {'error': "
         "'unsupported_token_type'}}",
         "the server refused: unsupported_token_type", 3},
	{"{'kind': 'status', 'value': 404}", "the server refused", 3},
	{"{'kind': 'redirect', 'value': 'https://evil.example/'}",
         "redirects to", 7},
};

START_TEST(erases_what_could_not_be_revoked)
{
	struct pty_result result;
	char fault[300];

	log_in();
	(void)snprintf(fault, sizeof(fault),
	               "{'path': '" REVOKE "', 'times': 1, %s",
	               failures[_i].fault + 1);
	sandbox_fault(fault);
	result = astro_ends(failures[_i].code, NULL, "logout", NULL);
	text_expect(result.err, "Could not revoke the refresh token: ");
	text_expect(result.err, failures[_i].says);
	text_expect(result.err, "Revoked the access token\n");
	text_expect(result.err, "Erased: token, refresh token");
	text_expect(result.err, "\nLogged out of localhost\n");
	text_expect(result.err, "\nastro: logged out of localhost here, but "
	                        "not at the server: ");
	text_expect(result.err, "until it ends");
	pty_result_clear(&result);
	sandbox_expect(CONFIG "POST " REVOKE "\nPOST " REVOKE "\n");
	home_expect(logged_out);
}
END_TEST

/* Trying again would not help: what is refused as unsafe is said as such. */
START_TEST(says_that_it_asked_no_server_that_is_not_safe)
{
	struct pty_result result;

	home_write("context: localhost\n"
	           "contexts:\n"
	           "  localhost:\n"
	           "    domain: localhost\n"
	           "    token: Bearer one\n"
	           "local:\n"
	           "  core: http://example.com:@\n");
	result = astro_ends(7, NULL, "logout", NULL);
	text_expect(result.err, "Could not revoke the login at the server: ");
	text_expect(result.err, "Erased: token\n");
	text_expect(result.err, "\nastro: logged out of localhost here, but "
	                        "not at the server: ");
	text_expect(result.err, "plain http to example.com");
	pty_result_clear(&result);
	home_expect("context: \"\"\n"
	            "contexts:\n"
	            "  localhost:\n"
	            "    domain: localhost\n"
	            "local:\n"
	            "  core: http://example.com:@\n");
}
END_TEST

/* RFC 7009, 2.2.1 */
START_TEST(takes_a_server_that_leaves_access_tokens_out_for_done)
{
	struct pty_result result;

	log_in();
	sandbox_fault("{'path': '" REVOKE "', 'after': 1, 'kind': 'body', "
	              "'status': 400, "
	              "'value': {'error': 'unsupported_token_type'}}");
	result = astro_ends(0, NULL, "logout", NULL);
	text_expect(result.err, "Revoked the refresh token\n");
	text_expect(result.err, "stays valid there until it ends");
	pty_result_clear(&result);
	home_expect(logged_out);
}
END_TEST

START_TEST(erases_when_offline)
{
	struct pty_result result;

	log_in();
	home_write("context: astronomer.io\n"
	           "contexts:\n"
	           "    astronomer_io:\n"
	           "        token: Bearer a.b.c\n"
	           "        refreshtoken: r\n"
	           "        expiresin: 2096-01-01T00:00:00Z\n");
	env_set("HTTPS_PROXY", "http://127.0.0.1:1");
	result = astro_ends(3, NULL, "logout", NULL);
	text_expect(result.err, "Could not revoke the login at the server: "
	                        "cannot reach api.astronomer.io: ");
	text_expect(result.err, "Erased: token, refresh token, expiry time\n");
	pty_result_clear(&result);
	home_expect("context: \"\"\n"
	            "contexts:\n"
	            "    astronomer_io:\n");
}
END_TEST

START_TEST(tells_no_server_with_local)
{
	struct pty_result result;

	log_in();
	result = astro_ends(0, NULL, "logout", "--local", NULL);
	ck_assert_str_eq(result.err,
	                 "Erased: token, refresh token, expiry time, "
	                 "account's e-mail\n"
	                 "Logged out of localhost\n");
	pty_result_clear(&result);
	sandbox_expect("");
	home_expect(logged_out);
}
END_TEST

/* The Go CLI's logout leaves the refresh token, which is as good as a login. */
START_TEST(says_that_astro_offers_no_end_of_the_browsers_session)
{
	struct pty_result result;

	log_in();
	result = astro_ends(1, NULL, "logout", "--end-session", NULL);
	text_expect(result.err,
	            "Revoked the refresh token\nRevoked the access token\n"
	            "Could not end the session in the browser: ");
	text_expect(result.err,
	            "astro: logged out of localhost, but the session in the "
	            "browser goes on: Astro offers no address that ends a "
	            "session\n  try: sign out there in the browser\n");
	home_expect(logged_out);
	pty_result_clear(&result);
}
END_TEST

START_TEST(takes_end_session_for_one_context_and_its_server)
{
	static const char *const others[] = {"--all", "--local"};
	struct pty_result result;
	char *before, *after;

	log_in();
	before = home_read();
	result = astro_ends(2, NULL, "logout", "--end-session", others[_i],
	                    NULL);
	text_expect(result.err, "--end-session and ");
	text_expect(result.err, others[_i]);
	text_expect(result.err, " exclude each other");
	after = home_read();
	ck_assert_str_eq(after, before);
	sandbox_expect("");
	free(before);
	free(after);
	pty_result_clear(&result);
}
END_TEST

START_TEST(revokes_a_refresh_token_that_was_left_over)
{
	const char *bodies[REVOCATIONS_MAX];
	struct pty_result result;
	json_t *log;

	home_write("local:\n"
	           "  core: http://localhost:@\n"
	           "contexts:\n"
	           "  localhost:\n"
	           "    token: \"\"\n"
	           "    refreshtoken: left-over\n"
	           "    domain: localhost\n");
	result = astro_ends(0, NULL, "logout", "localhost", NULL);
	text_expect(result.err, "Revoked the refresh token\n"
	                        "Erased: refresh token\n");
	pty_result_clear(&result);
	log = sandbox_log();
	ck_assert_uint_eq(revocations(log, bodies), 1);
	expect_revocation(bodies[0], "left-over", "refresh_token");
	json_decref(log);
	home_expect("local:\n"
	            "  core: http://localhost:@\n"
	            "contexts:\n"
	            "  localhost:\n"
	            "    token: \"\"\n"
	            "    domain: localhost\n");
}
END_TEST

/* STO-47: a login that makes no sense can be got rid of. */
START_TEST(logs_out_of_a_damaged_login)
{
	struct pty_result result;

	home_write("local:\n"
	           "  core: http://localhost:@\n"
	           "contexts:\n"
	           "  localhost:\n"
	           "    token: \"Bearer a\\tb\"\n"
	           "    refreshtoken: still-good\n"
	           "    expiresin: yesterday\n"
	           "    domain: localhost\n");
	result = astro_ends(3, NULL, "logout", "localhost", NULL);
	text_expect(result.err, "Revoked the refresh token\n");
	text_expect(result.err, "characters that no token has");
	pty_result_clear(&result);
	home_expect("local:\n"
	            "  core: http://localhost:@\n"
	            "contexts:\n"
	            "  localhost:\n"
	            "    domain: localhost\n");
}
END_TEST

/* STO-46: one context's logout is no business of the others'. */
static const char three[] = "contexts:\n"
			    "  localhost: # mine\n"
			    "    token: Bearer one\n"
			    "    refreshtoken: refresh-one\n"
			    "    domain: localhost\n"
			    "  astronomer_io:\n"
			    "    token: Bearer two # by hand\n"
			    "    user_email: jane@example.com\n"
			    "  mycompany_example_com:\n"
			    "    token: three\n"
			    "    unknown_key: [1, 2]\n"
			    "context: mycompany.example.com\n"
			    "local:\n"
			    "  core: http://localhost:@\n";

START_TEST(leaves_the_other_contexts_byte_for_byte)
{
	struct pty_result result;

	home_write(three);
	result = astro_ends(0, NULL, "logout", "localhost", NULL);
	pty_result_clear(&result);
	home_expect("contexts:\n"
	            "  localhost: # mine\n"
	            "    domain: localhost\n"
	            "  astronomer_io:\n"
	            "    token: Bearer two # by hand\n"
	            "    user_email: jane@example.com\n"
	            "  mycompany_example_com:\n"
	            "    token: three\n"
	            "    unknown_key: [1, 2]\n"
	            "context: mycompany.example.com\n"
	            "local:\n"
	            "  core: http://localhost:@\n");
}
END_TEST

START_TEST(leaves_the_comments_of_what_it_erases)
{
	struct pty_result result;

	home_write("context: localhost # now\n"
	           "contexts:\n"
	           "    localhost: # mine\n"
	           "        # of today\n"
	           "        token: \"Bearer one\" # do not share\n"
	           "        workspace: w\n"
	           "    software_example_com: {token: two} # hers\n");
	result = astro_ends(0, NULL, "logout", "--local", NULL);
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "context", "delete",
	                    "software.example.com", NULL);
	pty_result_clear(&result);
	home_expect("context: \"\" # now\n"
	            "contexts:\n"
	            "    localhost: # mine\n"
	            "        # of today\n"
	            "        # do not share\n"
	            "        workspace: w\n"
	            "    # hers\n");
}
END_TEST

/* A person may have written it in one line. */
static const char in_flow_style[] =
	"context: localhost\n"
	"contexts: {localhost: {domain: localhost, token: Bearer one,\n"
	"    refreshtoken: two, workspace: w}, b_io: {token: three}} # mine\n"
	"local: {core: 'http://localhost:@'}\n";

START_TEST(logs_out_of_a_context_in_flow_style)
{
	struct pty_result result;

	home_write(in_flow_style);
	result = astro_ends(0, NULL, "logout", NULL);
	text_expect(result.err, "Erased: token, refresh token\n");
	pty_result_clear(&result);
	home_expect("context: \"\"\n"
	            "contexts: {localhost: {domain: localhost, \n"
	            "    workspace: w}, b_io: {token: three}} # mine\n"
	            "local: {core: 'http://localhost:@'}\n");
}
END_TEST

START_TEST(deletes_a_context_in_flow_style)
{
	struct pty_result result;

	home_write(in_flow_style);
	result = astro_ends(0, NULL, "context", "delete", "-f", "localhost",
	                    NULL);
	pty_result_clear(&result);
	home_expect("context: \"\"\n"
	            "contexts: {b_io: {token: three}} # mine\n"
	            "local: {core: 'http://localhost:@'}\n");
}
END_TEST

/* The value may stand for others, so a person must decide; and the server is
 * not told of what is not done here. */
START_TEST(asks_no_server_about_a_token_that_is_an_alias)
{
	static const char *const commands[] = {"login", "logout", "token"};
	struct pty_result result;

	env_browser(SOLO);
	home_write("other: &t Bearer one\n"
	           "context: localhost\n"
	           "contexts:\n"
	           "  localhost:\n"
	           "    domain: localhost\n"
	           "    expiresin: 2020-01-01T00:00:00Z\n"
	           "    refreshtoken: two\n"
	           "    token: *t\n"
	           "local:\n"
	           "  core: http://localhost:@\n");
	if (_i == 2)
		result = astro_ends(5, NULL, "auth", "token", NULL);
	else
		result = astro_ends(5, NULL, commands[_i], NULL);
	ck_assert_str_eq(result.out, "");
	text_expect(result.err, "config.yaml:8:12: an anchor or alias is not "
	                        "changed\n");
	text_expect(result.err, "/.astro/config.yaml by hand\n");
	pty_result_clear(&result);
	sandbox_expect("");
}
END_TEST

/* One that fails stops none of the others, and decides the exit code. */
START_TEST(logs_out_of_all_contexts)
{
	struct pty_result result;

	home_write(three);
	env_set("HTTPS_PROXY", "http://127.0.0.1:1");
	result = astro_ends(3, NULL, "logout", "--all", NULL);
	text_expect(result.err, "Logged out of localhost\n");
	text_expect(result.err, "Logged out of astronomer.io\n");
	text_expect(result.err, "Logged out of mycompany.example.com\n");
	text_expect(result.err, "Not complete: astronomer.io: ");
	text_expect(result.err, "astro: not complete: 1 of 3 logouts\n");
	pty_result_clear(&result);
	sandbox_expect(CONFIG "POST " REVOKE "\nPOST " REVOKE "\n");
	home_expect("contexts:\n"
	            "  localhost: # mine\n"
	            "    domain: localhost\n"
	            "  astronomer_io:\n"
	            "    # by hand\n"
	            "  mycompany_example_com:\n"
	            "    unknown_key: [1, 2]\n"
	            "context: \"\"\n"
	            "local:\n"
	            "  core: http://localhost:@\n");
	result = astro_ends(0, NULL, "logout", "--all", NULL);
	text_expect(result.err, "Already logged out of localhost\n");
	pty_result_clear(&result);
}
END_TEST

START_TEST(logs_out_of_all_contexts_without_a_server)
{
	struct pty_result result;

	home_write(three);
	result = astro_ends(0, NULL, "logout", "--all", "--local", NULL);
	text_expect(result.err, "Logged out of astronomer.io\n");
	pty_result_clear(&result);
	sandbox_expect("");
}
END_TEST

/* APC has nothing that takes a token back. */
START_TEST(says_that_a_token_of_software_stays_valid)
{
	struct pty_result result =
		astro_ends(0, "sandbox-solo\n", "login", "houston", "-u",
	                   "solo", "--password-stdin", NULL);

	pty_result_clear(&result);
	sandbox_forget();
	result = astro_ends(0, NULL, "logout", NULL);
	ck_assert_str_eq(result.err,
	                 "The server takes no token back: it stays valid there "
	                 "until it ends\n"
	                 "Erased: token\n"
	                 "Logged out of houston\n");
	pty_result_clear(&result);
	sandbox_expect("");
}
END_TEST

/* A provider that is missing, faulty or crashes keeps nothing from being
 * erased. */
static void install(const char *plugin)
{
	char command[PATH_SIZE];
	const char *words[] = {"sh", "-c", command, NULL};
	const struct pty_options options = {.argv = words};
	struct pty_result result;

	(void)snprintf(command, sizeof(command),
	               "cd %.200s/.astro && mkdir -m 700 -p providers && "
	               "cp " TEST_PLUGINS "/%s.so providers && "
	               "chmod 600 providers/%s.so",
	               home_folder, plugin, plugin);
	result = pty_run(&options);
	ck_assert_msg(result.status == 0, "%s", result.screen);
	pty_result_clear(&result);
}

static const struct {
	const char *plugin; /* NULL: none */
	const char *name;
	const char *says;
} providers[] = {
	{NULL, "absent", "absent"},
	{NULL, "No Name", "no name of a provider"},
	{"major2", "major2", "major2"},
	{"crash", "crash", "signal 7"},
	{"exits", "exits", "ended the program by itself"},
};

START_TEST(erases_whatever_becomes_of_the_provider)
{
	struct pty_result result;
	char text[300];

	if (providers[_i].plugin != NULL)
		install(providers[_i].plugin);
	(void)snprintf(text, sizeof(text),
	               "context: a.example.com\n"
	               "contexts:\n"
	               "    a_example_com:\n"
	               "        access_token: a.b.c\n"
	               "        provider: %s\n",
	               providers[_i].name);
	home_write(text);
	result = astro_ends(3, NULL, "logout", NULL);
	text_expect(result.err, "Could not revoke the login at the server: ");
	text_expect(result.err, providers[_i].says);
	text_expect(result.err, "Erased: access token\n");
	pty_result_clear(&result);
	(void)snprintf(text, sizeof(text),
	               "context: \"\"\n"
	               "contexts:\n"
	               "    a_example_com:\n"
	               "        provider: %s\n",
	               providers[_i].name);
	home_expect(text);
}
END_TEST

START_TEST(shows_no_token_whatever_is_traced)
{
	struct pty_result result;
	char *access, *refresh;

	log_in();
	access = access_token();
	refresh = home_value("refreshtoken");
	result = astro_ends(0, NULL, "logout", "-v", NULL);
	text_expect(result.err, "astro: revoke: ok");
	text_refuse(result.err, access);
	text_refuse(result.err, refresh);
	pty_result_clear(&result);
	free(access);
	free(refresh);
}
END_TEST

/* Nothing is half done: what is still there can be revoked the next time. */
START_TEST(changes_nothing_when_interrupted)
{
	struct pty *pty;
	char *before, *after;

	log_in();
	before = home_read();
	sandbox_fault("{'path': '" REVOKE "', 'kind': 'delay', "
	              "'value': 60000}");
	pty = astro_start("logout", "-v", NULL);
	pty_expect(pty, "auth-config: 200");
	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
	after = home_read();
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
}
END_TEST

START_TEST(says_what_it_cannot_erase)
{
	struct pty_result result;
	char *before, *after;

	log_in();
	before = home_read();
	ck_assert_int_eq(chmod(home_file, 0666), 0);
	result = astro_ends(7, NULL, "logout", NULL);
	text_refuse(result.err, "Logged out");
	pty_result_clear(&result);
	after = home_read();
	ck_assert_str_eq(before, after);
	sandbox_expect("");
	free(before);
	free(after);
}
END_TEST

START_TEST(says_that_a_deleted_login_lives_on_at_the_server)
{
	struct pty_result result;

	home_write(three);
	result = astro_ends(0, NULL, "context", "delete", "localhost", NULL);
	ck_assert_str_eq(result.err,
	                 "Deleted context localhost\n"
	                 "The server was not told: the token stays valid "
	                 "there until it ends\n");
	pty_result_clear(&result);
	sandbox_expect("");
	home_write("contexts:\n  a_example_com:\n    workspace: x\n");
	result =
		astro_ends(0, NULL, "context", "delete", "a.example.com", NULL);
	ck_assert_str_eq(result.err, "Deleted context a.example.com\n");
	pty_result_clear(&result);
}
END_TEST

/* ---- side by side with others ---- */

/* The context's own lock, taken as a refresh takes it. */
static int take_lock(void)
{
	char path[PATH_SIZE];
	int fd;

	(void)snprintf(path, sizeof(path), "%.2000s/.astro/state", home_folder);
	ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
	(void)snprintf(path, sizeof(path),
	               "%.2000s/.astro/state/localhost.lock", home_folder);
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(flock(fd, LOCK_EX | LOCK_NB), 0);
	return fd;
}

/* How many descriptors of that file there are on this machine. */
static size_t count_open(int fd)
{
	struct stat wanted, info;
	glob_t found;
	size_t i, count = 0;

	ck_assert_int_eq(fstat(fd, &wanted), 0);
	ck_assert_int_eq(glob("/proc/[0-9]*/fd/*", GLOB_NOSORT, NULL, &found),
	                 0);
	for (i = 0; i < found.gl_pathc; i++)
		count += stat(found.gl_pathv[i], &info) == 0 &&
		         info.st_dev == wanted.st_dev &&
		         info.st_ino == wanted.st_ino;
	globfree(&found);
	return count;
}

/* What a refresh under way wins is what is taken back: the token that was read
 * before it would be a dead one. */
START_TEST(waits_for_a_refresh_and_revokes_what_it_has_won)
{
	const struct timespec moment = {.tv_nsec = 10 * 1000 * 1000};
	const char *bodies[REVOCATIONS_MAX];
	struct pty *pty;
	json_t *log;
	int lock;

	home_write(three);
	lock = take_lock();
	pty = astro_start("logout", "localhost", NULL);
	while (count_open(lock) < 2)
		(void)nanosleep(&moment, NULL);
	home_write("contexts:\n"
	           "  localhost:\n"
	           "    token: Bearer won\n"
	           "    refreshtoken: refresh-won\n"
	           "    domain: localhost\n"
	           "local:\n"
	           "  core: http://localhost:@\n");
	(void)close(lock);

	astro_finish(pty, 0);
	log = sandbox_log();
	ck_assert_uint_eq(revocations(log, bodies), 2);
	expect_revocation(bodies[0], "refresh-won", "refresh_token");
	expect_revocation(bodies[1], "won", "access_token");
	json_decref(log);
	home_expect("contexts:\n"
	            "  localhost:\n"
	            "    domain: localhost\n"
	            "local:\n"
	            "  core: http://localhost:@\n");
}
END_TEST

/* The Go CLI takes no such lock: what it has stored since stays. */
START_TEST(erases_no_login_that_another_program_has_stored_meanwhile)
{
	static const char theirs[] = "contexts:\n"
				     "  localhost:\n"
				     "    token: Bearer theirs\n"
				     "    domain: localhost\n"
				     "local:\n"
				     "  core: http://localhost:@\n";
	struct pty *pty;

	home_write(three);
	sandbox_fault("{'path': '" REVOKE "', 'kind': 'delay', "
	              "'value': 3000, 'times': 1}");
	pty = astro_start("logout", "-v", "localhost", NULL);
	pty_expect(pty, "auth-config: 200");
	home_write(theirs);
	pty_expect(pty, "changed the login meanwhile; nothing was erased");
	astro_finish(pty, 1);
	home_expect(theirs);
}
END_TEST

/* Whatever a refresh that was cut off has left is no secret any more. */
START_TEST(removes_the_journal_of_a_refresh)
{
	static const char *const flags[] = {NULL, "--local"};
	struct pty_result result;
	char path[PATH_SIZE];
	FILE *out;

	home_write(three);
	(void)close(take_lock());
	(void)snprintf(path, sizeof(path),
	               "%.2000s/.astro/state/localhost.journal", home_folder);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs("answered refresh-won\n", out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, 0600), 0);

	result = astro_ends(0, NULL, "logout", "localhost", flags[_i], NULL);

	pty_result_clear(&result);
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("logging out");
	TCase *server = e2e_case(suite, "at the server");
	TCase *here = e2e_case(suite, "here");
	TCase *others = e2e_case(suite, "side by side");

	tcase_add_test(server, revokes_both_tokens_and_erases_them);
	tcase_add_loop_test(server, takes_any_answer_of_status_200_for_done, 0,
	                    sizeof(bodies_of_success) /
	                            sizeof(bodies_of_success[0]));
	tcase_add_loop_test(server, erases_what_could_not_be_revoked, 0,
	                    sizeof(failures) / sizeof(failures[0]));
	tcase_add_test(server,
	               takes_a_server_that_leaves_access_tokens_out_for_done);
	tcase_add_test(server, erases_when_offline);
	tcase_add_test(server, says_that_it_asked_no_server_that_is_not_safe);
	tcase_add_test(server,
	               says_that_astro_offers_no_end_of_the_browsers_session);
	tcase_add_loop_test(
		server, takes_end_session_for_one_context_and_its_server, 0, 2);
	tcase_add_test(server, revokes_a_refresh_token_that_was_left_over);
	tcase_add_test(server, says_that_a_token_of_software_stays_valid);
	tcase_add_loop_test(server, erases_whatever_becomes_of_the_provider, 0,
	                    sizeof(providers) / sizeof(providers[0]));
	tcase_add_test(server, shows_no_token_whatever_is_traced);

	tcase_add_test(here, logs_out_twice);
	tcase_add_test(here, tells_no_server_with_local);
	tcase_add_test(here, logs_out_of_a_damaged_login);
	tcase_add_test(here, leaves_the_other_contexts_byte_for_byte);
	tcase_add_test(here, leaves_the_comments_of_what_it_erases);
	tcase_add_test(here, logs_out_of_a_context_in_flow_style);
	tcase_add_test(here, deletes_a_context_in_flow_style);
	tcase_add_loop_test(here, asks_no_server_about_a_token_that_is_an_alias,
	                    0, 3);
	tcase_add_test(here, logs_out_of_all_contexts);
	tcase_add_test(here, logs_out_of_all_contexts_without_a_server);
	tcase_add_test(here, changes_nothing_when_interrupted);
	tcase_add_test(here, says_what_it_cannot_erase);
	tcase_add_test(here, says_that_a_deleted_login_lives_on_at_the_server);

	tcase_add_test(others, waits_for_a_refresh_and_revokes_what_it_has_won);
	tcase_add_test(
		others,
		erases_no_login_that_another_program_has_stored_meanwhile);
	tcase_add_loop_test(others, removes_the_journal_of_a_refresh, 0, 2);
	return e2e_main(suite);
}
