/* SPDX-License-Identifier: Apache-2.0 */
/* The token that commands work with, and handing it to a program. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SOLO "solo@example.com"

static const char stored[] = "context: localhost\n"
			     "contexts:\n"
			     "  localhost:\n"
			     "    expiresin: 2096-11-25T16:16:57Z\n"
			     "    organization: clorgsolo\n"
			     "    token: Bearer stored.token.x\n"
			     "    workspace: clwsold\n"
			     "local:\n"
			     "  core: http://localhost:@\n";

static const char empty[] = "local:\n"
			    "  core: http://localhost:@\n";

/* An API token of Astro's for SOLO's organization. */
static char *api_token(void)
{
	return sandbox_token("{'user': '" SOLO "', 'claims': {'apiTokenId':"
	                     " 'cltoken', 'permissions':"
	                     " ['workspaceId:clwsstage',"
	                     " 'organizationId:clorgsolo']}}",
	                     "access_token");
}

static void use_api_token(void)
{
	char *token = api_token();

	env_set("ASTRO_API_TOKEN", token);
	free(token);
}

/* The row of `auth status --json` for NAME; the caller frees. */
static json_t *status_of(int code, const char *name)
{
	struct pty_result result =
		astro_ends(code, NULL, "auth", "status", "--json", NULL);
	json_t *document = json_loads(result.out, 0, NULL), *row, *found = NULL;
	size_t i;

	ck_assert_msg(document != NULL, "%s", result.out);
	json_array_foreach(json_object_get(document, "contexts"), i, row)
	{
		if (strcmp(json_string_value(json_object_get(row, "name")),
		           name) == 0)
			found = json_incref(row);
	}
	ck_assert_msg(found != NULL, "no %s in %s", name, result.out);
	json_decref(document);
	pty_result_clear(&result);
	return found;
}

/* PATH must have been asked for once; the log, for the caller to free. */
static json_t *log_once(const char *path)
{
	json_t *log = sandbox_log(), *entry;
	size_t i, count = 0;

	json_array_foreach(log, i, entry)
	{
		if (strcmp(json_string_value(json_object_get(entry, "path")),
		           path) == 0)
			count++;
	}
	ck_assert_uint_eq(count, 1);
	return log;
}

/* ---- ASTRO_API_TOKEN ---- */

START_TEST(lists_workspaces_with_the_token_of_the_environment)
{
	struct pty_result result;

	home_write(stored);
	use_api_token();
	result = astro_ends(0, NULL, "workspace", "list", NULL);
	text_expect(result.out, "clwsstage");
	text_expect(result.err, "astro: using ASTRO_API_TOKEN instead of the "
	                        "login stored for localhost\n");
	pty_result_clear(&result);
	sandbox_expect("GET /v1/organizations/clorgsolo/workspaces\n");
	home_expect(stored);
}
END_TEST

/* D16: what is chosen is kept, the token is not. */
START_TEST(keeps_a_chosen_workspace_and_never_the_token)
{
	struct pty_result result;

	home_write(stored);
	use_api_token();
	result = astro_ends(0, NULL, "workspace", "switch", "clwsstage", NULL);
	pty_result_clear(&result);
	home_expect("context: localhost\n"
	            "contexts:\n"
	            "  localhost:\n"
	            "    expiresin: 2096-11-25T16:16:57Z\n"
	            "    last_used_workspace: clwsstage\n"
	            "    organization: clorgsolo\n"
	            "    token: Bearer stored.token.x\n"
	            "    workspace: clwsstage\n"
	            "local:\n"
	            "  core: http://localhost:@\n");
}
END_TEST

/* A build machine has a token and nothing else; the token says for which
 * organization it is. */
START_TEST(needs_no_context_beside_the_token_of_the_environment)
{
	struct pty_result result;

	home_write(empty);
	env_set("ASTRO_DOMAIN", "localhost");
	use_api_token();
	result = astro_ends(0, NULL, "workspace", "list", "--json", NULL);
	text_expect(result.out, "\"clwsstage\"");
	text_expect(result.err, "astro: using ASTRO_API_TOKEN\n");
	pty_result_clear(&result);
	json_decref(status_of(0, "localhost"));
	home_expect(empty);
	result = astro_ends(0, NULL, "workspace", "switch", "clwsstage", NULL);
	pty_result_clear(&result);
	home_expect("contexts:\n"
	            "  localhost:\n"
	            "    domain: localhost\n"
	            "    last_used_workspace: clwsstage\n"
	            "    workspace: clwsstage\n"
	            "local:\n"
	            "  core: http://localhost:@\n");
}
END_TEST

START_TEST(login_ignores_the_token_of_the_environment)
{
	struct pty_result result;
	char *token;

	env_set("ASTRO_API_TOKEN", "env.token.x");
	result = astro_ends(0, "sandbox-solo\n", "login", "houston", "-u",
	                    "solo", "--password-stdin", NULL);
	text_refuse(result.err, "ASTRO_API_TOKEN");
	pty_result_clear(&result);
	token = home_value("token");
	ck_assert_str_ne(token, "env.token.x");
	free(token);
}
END_TEST

static const struct {
	const char *words[4];
} users[] = {
	{{"auth", "token"}},
	{{"auth", "status"}},
	{{"exec", "--", "true"}},
	{{"workspace", "list"}},
	{{"workspace", "switch", "clwsstage"}},
};

/* Whoever would use a token is told what has replaced the keys. */
START_TEST(refuses_the_retired_keys_and_names_their_replacement)
{
	struct pty_result result;

	home_write(stored);
	env_set("CI", "true");
	env_set("ASTRONOMER_KEY_ID", "old");
	env_set("ASTRONOMER_KEY_SECRET", "canary");
	result = astro_ends(4, NULL, users[_i].words[0], users[_i].words[1],
	                    users[_i].words[2], users[_i].words[3], NULL);
	text_expect(result.err, "ASTRONOMER_KEY_ID is set");
	text_expect(result.err, "set ASTRO_API_TOKEN");
	text_refuse(result.err, "canary");
	text_refuse(result.out, "stored.token.x");
	pty_result_clear(&result);
	sandbox_expect("");
	home_expect(stored);
}
END_TEST

START_TEST(refuses_a_token_of_the_environment_that_no_server_would_take)
{
	char *token = sandbox_token("{'claims': {'apiTokenId': 'x',"
	                            " 'permissions': ['workspaceId']}}",
	                            "access_token");
	struct pty_result result;

	home_write(stored);
	env_set("ASTRO_API_TOKEN", token);
	result = astro_ends(4, NULL, "workspace", "list", NULL);
	text_expect(result.err, "names permissions that make no sense");
	pty_result_clear(&result);
	result = astro_ends(4, NULL, "auth", "status", NULL);
	text_expect(result.out, "environment");
	pty_result_clear(&result);
	sandbox_expect("");
	free(token);
}
END_TEST

/* ---- auth status ---- */

static const struct {
	const char *lines;
	int code;
	const char *source, *login;
	bool is_renewable_known, is_renewable;
} logins[] = {
	{"    token: Bearer x\n    expiresin: 2096-01-01T00:00:00Z\n", 0,
         "file", "until 2096-01-01 00:00 UTC", true, false},
	{"    token: Bearer x\n    expiresin: 2020-01-01T00:00:00Z\n", 4,
         "file", "expired 2020-01-01 00:00 UTC", true, false},
	{"    token: Bearer x\n    expiresin: 2020-01-01T00:00:00Z\n"
         "    refreshtoken: r\n",
         0, "file", "renewed at the next use", true, true},
	{"    token: Bearer x\n    expiresin: 2096-01-01T00:00:00Z\n"
         "    refreshtoken: r\n",
         0, "file", "until 2096-01-01 00:00 UTC", true, true},
	{"    store: keyring\n    expiresin: 2096-01-01T00:00:00Z\n", 0,
         "keyring", "until 2096-01-01 00:00 UTC", false, false},
	{"    store: helper:pass\n    expiresin: 2020-01-01T00:00:00Z\n", 0,
         "helper:pass", "renewed at the next use", false, false},
	{"    store: session\n    user_email: jane@example.com\n", 0, "session",
         "no known end", false, false},
	{"    store: keyring\n", 4, "-", "not logged in", false, false},
	{"    store: none\n    token: Bearer x\n", 4, "-", "not logged in",
         true, false},
	{"    refreshtoken: r\n", 4, "-", "not logged in", true, false},
};

START_TEST(tells_from_the_file_alone_who_is_logged_in)
{
	struct pty_result result;
	json_t *row, *renewable;
	char text[1024];

	(void)snprintf(text, sizeof(text),
	               "context: localhost\ncontexts:\n  localhost:\n%s",
	               logins[_i].lines);
	home_write(text);
	result = astro_ends(logins[_i].code, NULL, "auth", "status", NULL);
	text_expect(result.out, logins[_i].source);
	text_expect(result.out, logins[_i].login);
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "context", "show", NULL);
	text_expect(result.out, logins[_i].login);
	pty_result_clear(&result);

	row = status_of(logins[_i].code, "localhost");
	ck_assert_int_eq(json_is_true(json_object_get(row, "isLoggedIn")),
	                 logins[_i].code == 0);
	renewable = json_object_get(row, "isRenewable");
	ck_assert_int_eq(!json_is_null(renewable),
	                 logins[_i].is_renewable_known);
	ck_assert_int_eq(json_is_true(renewable), logins[_i].is_renewable);
	json_decref(row);
	sandbox_expect("");
	home_expect(text);
}
END_TEST

START_TEST(says_which_login_the_environment_stands_before)
{
	struct pty_result result;
	json_t *row;

	home_write(stored);
	env_set("ASTRO_API_TOKEN", "env.token.x");
	result = astro_ends(0, NULL, "auth", "status", NULL);
	text_expect(result.out, "environment");
	text_expect(result.err, "ASTRO_API_TOKEN is used instead of the login "
	                        "stored for localhost");
	text_refuse(result.out, "env.token.x");
	pty_result_clear(&result);
	row = status_of(0, "localhost");
	ck_assert_str_eq(json_string_value(json_object_get(row, "source")),
	                 "environment");
	json_decref(row);
}
END_TEST

/* ---- auth token ---- */

static const struct {
	const char *name, *file, *token;
	const char *header;
} headers[] = {
	{"ASTRO_API_TOKEN", stored, "env.token.x",
         "Authorization: Bearer env.token.x\n"},
	{"UNUSED", stored, "", "Authorization: Bearer stored.token.x\n"},
	{"UNUSED",
         "context: houston\ncontexts:\n  houston:\n    token: x.y.z\n", "",
         "Authorization: x.y.z\n"},
	{"ASTRO_API_TOKEN",
         "context: houston\ncontexts:\n  houston:\n    token: x.y.z\n",
         "env.token.x", "Authorization: env.token.x\n"},
};

/* Houston takes its token bare, wherever it comes from. */
START_TEST(prints_a_token_as_a_header)
{
	struct pty_result result;

	home_write(headers[_i].file);
	env_set(headers[_i].name, headers[_i].token);
	result = astro_ends(0, NULL, "auth", "token", "--header", NULL);
	ck_assert_str_eq(result.out, headers[_i].header);
	pty_result_clear(&result);
}
END_TEST

/* ---- renewed ---- */

static const struct {
	const char *words[4];
} renewing[] = {
	{{"auth", "token"}},
	{{"auth", "token", "--json"}},
	{{"exec", "--", "env"}},
	{{"workspace", "list"}},
	{{"workspace", "switch", "clwsstage"}},
};

/* A login that has ended and has a refresh token serves every command. */
START_TEST(renews_a_token_that_has_ended_for_every_command)
{
	struct pty_result result;
	char *token, *old;

	env_browser(SOLO);
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	pty_result_clear(&result);
	old = home_value("token");
	home_expire();
	sandbox_forget();

	result = astro_ends(0, NULL, renewing[_i].words[0],
	                    renewing[_i].words[1], renewing[_i].words[2],
	                    renewing[_i].words[3], NULL);
	token = home_value("token");
	ck_assert_str_ne(token, old);
	if (strcmp(renewing[_i].words[0], "workspace") != 0)
		text_expect(result.out, token + strlen("Bearer "));
	text_refuse(result.out, old + strlen("Bearer "));
	json_decref(log_once("/oauth/token"));
	pty_result_clear(&result);
	free(token);
	free(old);
}
END_TEST

static const struct {
	int64_t left;
	const char *min_valid;
	int code;
} down[] = {
	{-10, "0", 3},
	{120, "0", 0},
	{120, "119", 0},
	{120, "200", 3},
};

/* A server that is down does not spoil what is good, nor change anything. */
START_TEST(hands_a_good_token_out_while_the_server_is_down)
{
	struct pty_result result;
	char text[1024];

	(void)snprintf(text, sizeof(text),
	               "context: localhost\n"
	               "contexts:\n"
	               "  localhost:\n"
	               "    expiresin: %lld\n"
	               "    refreshtoken: refresh.x\n"
	               "    token: Bearer stored.token.x\n"
	               "local:\n"
	               "  core: http://localhost:@\n",
	               (long long)(time(NULL) + down[_i].left));
	home_write(text);
	sandbox_fault("{'path': '/*', 'kind': 'status', 'value': 503}");

	result = astro_ends(down[_i].code, NULL, "auth", "token", "--min-valid",
	                    down[_i].min_valid, NULL);
	ck_assert_str_eq(result.out,
	                 down[_i].code == 0 ? "stored.token.x\n" : "");
	text_expect(result.err, "astro: ");
	pty_result_clear(&result);
	home_expect(text);
}
END_TEST

/* ---- exec ---- */

START_TEST(gives_the_token_to_the_command_alone)
{
	struct pty_result result;

	home_write(stored);
	result = astro_ends(0, NULL, "exec", "--", "sh", "-c",
	                    "echo \"$ASTRO_API_TOKEN $ASTRO_DOMAIN\"", NULL);
	ck_assert_str_eq(result.out, "stored.token.x localhost\n");
	ck_assert_str_eq(result.err, "");
	pty_result_clear(&result);
	home_expect(stored);
}
END_TEST

START_TEST(gives_the_environments_token_on_to_the_command)
{
	struct pty_result result;

	env_set("ASTRO_API_TOKEN", "Bearer env.token.x");
	env_set("ASTRO_DOMAIN", "other.example.com");
	result = astro_ends(0, NULL, "exec", "env", NULL);
	text_expect(result.out, "\nASTRO_API_TOKEN=env.token.x\n");
	text_expect(result.out, "\nASTRO_DOMAIN=other.example.com\n");
	text_refuse(result.out, "Bearer");
	text_expect(result.err, "astro: using ASTRO_API_TOKEN\n");
	pty_result_clear(&result);
}
END_TEST

/* The rest of the environment, standard input and the arguments are its. */
START_TEST(changes_nothing_else_for_the_command)
{
	struct pty_result result;

	home_write(stored);
	env_set("KEPT", "as it is");
	env_set("ASTRO_API_TOKEN", "env.token.x");
	result =
		astro_ends(3, "a line\n", "exec", "-d", "localhost", "sh", "-c",
	                   "cat; echo \"$KEPT|$ASTRO_API_TOKEN|$1|$2\"; exit 3",
	                   "sh", "-v", "a  b;id", NULL);
	ck_assert_str_eq(result.out,
	                 "a line\nas it is|stored.token.x|-v|a  b;id\n");
	ck_assert_str_eq(result.err, "");
	pty_result_clear(&result);
}
END_TEST

START_TEST(lets_the_command_die_of_a_broken_pipe)
{
	struct pty_result result;

	home_write(stored);
	result =
		astro_ends(0, NULL, "exec", "grep", "SigIgn:\t0000000000000000",
	                   "/proc/self/status", NULL);
	pty_result_clear(&result);
}
END_TEST

static void put_file(const char *name, const char *text, mode_t mode)
{
	char path[PATH_SIZE];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%.4000s/%s", home_folder, name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static const struct {
	const char *name;
	int code;
	const char *says;
} programs[] = {
	{"nonesuch", 127, "exec: nonesuch: the command was not found"},
	{"", 127, "exec: : the command was not found"},
	{"./nonesuch", 127, "exec: ./nonesuch: the command was not found"},
	{"./plain", 126, "exec: ./plain: Permission denied"},
	{"/", 126, "exec: /: Permission denied"},
	/* Without "#!" it is no program, and no shell guesses. */
	{"./script", 126, "exec: ./script: Exec format error"},
	/* The folder one works in is not searched. */
	{"trap", 127, "exec: trap: the command was not found"},
};

START_TEST(fails_as_env_does_when_there_is_no_such_command)
{
	struct pty_result result;

	home_write(stored);
	put_file("plain", "#!/bin/sh\n", 0600);
	put_file("script", "echo caught\n", 0700);
	put_file("trap", "#!/bin/sh\necho caught\n", 0700);
	env_set("PATH", ".::/usr/bin:/bin");
	result = astro_ends(programs[_i].code, NULL, "exec", "--",
	                    programs[_i].name, NULL);
	text_expect(result.err, programs[_i].says);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}
END_TEST

START_TEST(runs_nothing_without_a_token)
{
	struct pty_result result;

	home_write("context: localhost\ncontexts:\n  localhost:\n    a: b\n");
	result = astro_ends(4, NULL, "exec", "echo", "ran", NULL);
	ck_assert_str_eq(result.out, "");
	text_expect(result.err, "not logged in to localhost");
	pty_result_clear(&result);
	result = astro_ends(1, NULL, "exec", "-d", "nobody.example.com", "echo",
	                    "ran", NULL);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	result = astro_ends(2, NULL, "exec", NULL);
	text_expect(result.err, "exec: COMMAND [ARGUMENT...] is missing");
	pty_result_clear(&result);
	result = astro_ends(2, NULL, "exec", "--login", "true", NULL);
	text_expect(result.err, "exec: unknown flag --login");
	pty_result_clear(&result);
}
END_TEST

#define LENGTH(array) (sizeof(array) / sizeof((array)[0]))

int main(void)
{
	Suite *suite = suite_create("access");
	TCase *variable = e2e_case(suite, "ASTRO_API_TOKEN");
	TCase *status = e2e_case(suite, "auth status");
	TCase *token = e2e_case(suite, "auth token");
	TCase *exec = e2e_case(suite, "exec");

	tcase_add_test(variable,
	               lists_workspaces_with_the_token_of_the_environment);
	tcase_add_test(variable, keeps_a_chosen_workspace_and_never_the_token);
	tcase_add_test(variable,
	               needs_no_context_beside_the_token_of_the_environment);
	tcase_add_test(variable, login_ignores_the_token_of_the_environment);
	tcase_add_loop_test(
		variable, refuses_the_retired_keys_and_names_their_replacement,
		0, LENGTH(users));
	tcase_add_test(
		variable,
		refuses_a_token_of_the_environment_that_no_server_would_take);

	tcase_add_loop_test(status, tells_from_the_file_alone_who_is_logged_in,
	                    0, LENGTH(logins));
	tcase_add_test(status, says_which_login_the_environment_stands_before);
	tcase_add_loop_test(token, prints_a_token_as_a_header, 0,
	                    LENGTH(headers));

	tcase_add_loop_test(token,
	                    renews_a_token_that_has_ended_for_every_command, 0,
	                    LENGTH(renewing));
	tcase_add_loop_test(token,
	                    hands_a_good_token_out_while_the_server_is_down, 0,
	                    LENGTH(down));

	tcase_add_test(exec, gives_the_token_to_the_command_alone);
	tcase_add_test(exec, gives_the_environments_token_on_to_the_command);
	tcase_add_test(exec, changes_nothing_else_for_the_command);
	tcase_add_test(exec, lets_the_command_die_of_a_broken_pipe);
	tcase_add_loop_test(exec,
	                    fails_as_env_does_when_there_is_no_such_command, 0,
	                    LENGTH(programs));
	tcase_add_test(exec, runs_nothing_without_a_token);
	return e2e_main(suite);
}
