/* SPDX-License-Identifier: Apache-2.0 */
/* Every way in of Software: what is asked, sent and kept. */
#include "e2e.h"

#include <stdlib.h>
#include <string.h>

static const char file_of_solo[] = "# kept by hand\n"
				   "context: houston\n"
				   "contexts:\n"
				   "  houston:\n"
				   "    domain: houston\n"
				   "    last_used_workspace: ckwssolo\n"
				   "    token: *\n"
				   "    workspace: ckwssolo\n"
				   "local:\n"
				   "  core: http://localhost:@\n"
				   "  houston: http://localhost:@/v1\n"
				   "upgrade_message: \"false\"\n";

static char *token_of_solo(void)
{
	return sandbox_token("{'user': 'solo', 'product': 'software'}",
	                     "token");
}

/* A1, A6, A14; the workspace is the only one. */
START_TEST(logs_in_with_user_name_and_password)
{
	struct pty *pty = astro_start("login", "houston", NULL);

	pty_expect(pty, "Username");
	pty_send(pty, "solo\n");
	pty_expect(pty, "Password:");
	pty_expect_echo(pty, false);
	pty_send(pty, "sandbox-solo\n");
	pty_expect(pty, "solo");
	pty_expect(pty, "Only One");
	astro_finish(pty, 0);
	home_expect(file_of_solo);
	ck_assert_uint_eq(home_mode(), 0600);
	sandbox_expect("POST /v1 authConfig\n"
	               "POST /v1 createToken\n"
	               "POST /v1 workspaces\n");
}
END_TEST

/* A7, and the token is the one that auth token hands out. */
START_TEST(lets_the_person_choose_one_of_two_workspaces)
{
	struct pty *pty = astro_start("login", "houston", NULL);
	struct pty_result result;
	char *token, *workspace;

	pty_expect(pty, "Username");
	pty_send(pty, "jane\n");
	pty_expect(pty, "Password:");
	pty_send(pty, "sandbox-jane\n");
	pty_expect(pty, "Workspace One");
	pty_expect(pty, "Workspace Two");
	pty_expect(pty, "> ");
	pty_send(pty, "2\n");
	astro_finish(pty, 0);
	workspace = home_value("workspace");
	ck_assert_str_eq(workspace, "ckwstwo");
	token = home_value("token");
	result = astro_ends(0, NULL, "auth", "token", NULL);
	ck_assert_int_eq(strncmp(result.out, token, strlen(token)), 0);
	ck_assert_str_eq(result.out + strlen(token), "\n");
	pty_result_clear(&result);
	free(workspace);
	free(token);
}
END_TEST

START_TEST(takes_the_password_from_standard_input)
{
	struct pty_result result =
		astro_ends(0, "sandbox-solo\n", "login", "houston", "-u",
	                   "solo", "--password-stdin", NULL);

	ck_assert_str_eq(result.out, "");
	home_expect(file_of_solo);
	pty_result_clear(&result);
}
END_TEST

/* GQL-07: variables, never text pasted into the query. */
START_TEST(sends_any_password_as_a_variable)
{
	static const char password[] = "a\"b\\c`$(x)'{}\xc3\xa9 $password";
	struct pty_result result =
		astro_ends(4, password, "login", "houston", "-u", "so\"lo",
	                   "--password-stdin", NULL);
	json_t *log = sandbox_log(), *body = NULL;
	size_t i;

	for (i = 0; i < json_array_size(log); i++) {
		const char *text = json_string_value(
			json_object_get(json_array_get(log, i), "body"));

		if (text != NULL && strstr(text, "createToken") != NULL)
			body = json_loads(text, 0, NULL);
	}
	ck_assert_ptr_nonnull(body);
	ck_assert_str_eq(
		json_string_value(json_object_get(
			json_object_get(body, "variables"), "password")),
		password);
	ck_assert_str_eq(
		json_string_value(json_object_get(
			json_object_get(body, "variables"), "identity")),
		"so\"lo");
	text_refuse(json_string_value(json_object_get(body, "query")), "`$(x)");
	json_decref(body);
	json_decref(log);
	pty_result_clear(&result);
}
END_TEST

/* A15: no user name means the web page's token. */
START_TEST(asks_for_the_token_when_the_user_name_is_blank)
{
	char *token = token_of_solo();
	struct pty *pty = astro_start("login", "houston", NULL);

	pty_expect(pty, "Username");
	pty_send(pty, "\n");
	pty_expect(pty, "/v1/token");
	pty_expect(pty, "token:");
	pty_expect_echo(pty, false);
	pty_send(pty, token);
	pty_send(pty, "\n");
	astro_finish(pty, 0);
	free(token);
	sandbox_expect("POST /v1 authConfig\n"
	               "POST /v1 workspaces\n");
}
END_TEST

/* -o and -l: the page's address, then the token, no user name. */
static const char *const token_flags[] = {"-o", "-l", "--oauth",
                                          "--login-link"};

START_TEST(asks_for_the_token_at_once)
{
	char *token = token_of_solo(), *kept;
	struct pty *pty =
		astro_start("login", token_flags[_i], "houston", NULL);

	pty_expect(pty, "/v1/token");
	pty_expect(pty, "token:");
	/* As people paste it. */
	pty_send(pty, "  Authorization: Bearer ");
	pty_send(pty, token);
	pty_send(pty, " \n");
	text_refuse(pty_screen(pty), "Username");
	astro_finish(pty, 0);
	kept = home_value("token");
	ck_assert_str_eq(kept, token);
	free(kept);
	free(token);
}
END_TEST

START_TEST(takes_the_token_from_standard_input)
{
	char *token = token_of_solo(), *kept;
	struct pty_result result =
		astro_ends(0, token, "login", "houston", "-t", "-", NULL);

	kept = home_value("token");
	ck_assert_str_eq(kept, token);
	text_refuse(result.err, token);
	/* The way in is not asked where it is given. */
	sandbox_expect("POST /v1 workspaces\n");
	free(kept);
	free(token);
	pty_result_clear(&result);
}
END_TEST

START_TEST(takes_the_token_from_an_argument)
{
	char *token = token_of_solo(), *kept;
	struct pty_result result =
		astro_ends(0, NULL, "login", "houston", "-t", token, NULL);

	kept = home_value("token");
	ck_assert_str_eq(kept, token);
	text_refuse(result.err, token);
	free(kept);
	free(token);
	pty_result_clear(&result);
}
END_TEST

/* GQL-10 */
static const char *const no_tokens[] = {"\n", "two words\n", "Bearer \n",
                                        "abc\001def\n", "t\xc3\xb6ken\n"};

START_TEST(refuses_what_is_no_token)
{
	char *before = home_read(), *after;
	struct pty *pty = astro_start("login", "-o", "houston", NULL);

	pty_expect(pty, "token:");
	pty_send(pty, no_tokens[_i]);
	astro_finish(pty, 4);
	after = home_read();
	ck_assert_str_eq(before, after);
	sandbox_expect("POST /v1 authConfig\n");
	free(before);
	free(after);
}
END_TEST

/* D32: a token that the server does not know is not kept. */
START_TEST(keeps_no_token_that_the_server_refuses)
{
	char *before = home_read(), *after;
	struct pty_result result = astro_ends(4, "not-a-token\n", "login",
	                                      "houston", "-t", "-", NULL);

	text_expect(result.err, "astro: ");
	ck_assert_str_eq(result.out, "");
	after = home_read();
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
	pty_result_clear(&result);
}
END_TEST

/* GQL-02, GQL-13; A10 */
START_TEST(says_that_a_password_is_wrong_and_asks_once)
{
	char *before = home_read(), *after;
	struct pty *pty = astro_start("login", "houston", NULL);

	pty_expect(pty, "Username");
	pty_send(pty, "solo\n");
	pty_expect(pty, "Password:");
	pty_send(pty, "wrong-password\n");
	pty_expect(pty, "astro: ");
	astro_finish(pty, 4);
	after = home_read();
	ck_assert_str_eq(before, after);
	sandbox_expect("POST /v1 authConfig\n"
	               "POST /v1 createToken\n");
	free(before);
	free(after);
}
END_TEST

/* A15: "cannot authenticate, oauth is disabled" */
START_TEST(says_that_oauth_is_disabled_where_nobody_provides_it)
{
	struct pty *pty;

	sandbox_set("{'houston_providers': []}");
	pty = astro_start("login", "-o", "houston", NULL);
	pty_expect(pty, "OAuth is disabled");
	astro_finish(pty, 4);
}
END_TEST

START_TEST(says_that_passwords_are_switched_off)
{
	struct pty_result result;

	sandbox_set("{'houston_local_enabled': false}");
	result = astro_ends(4, "sandbox-solo\n", "login", "houston", "-u",
	                    "solo", "--password-stdin", NULL);
	text_expect(result.err, "switched off");
	text_expect(result.err, "--oauth");
	sandbox_expect("POST /v1 authConfig\n");
	pty_result_clear(&result);
}
END_TEST

START_TEST(asks_no_user_name_where_passwords_are_switched_off)
{
	struct pty *pty;

	sandbox_set("{'houston_local_enabled': false}");
	pty = astro_start("login", "houston", NULL);
	pty_expect(pty, "token:");
	text_refuse(pty_screen(pty), "Username");
	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
}
END_TEST

/* D28 and GQL-03: answers that made the Go CLI panic, or that say two things
 * at once. */
static const struct {
	const char *answer;
	int code;
	const char *says;
} odd_answers[] = {
	{"{'data': {'authConfig': null}}", 3, "how to log in"},
	{"{'data': null}", 3, "how to log in"},
	{"{'errors': [], 'data': null}", 3, "how to log in"},
	{"{'errors': [{'message': 'closed'}, {'message': 'b'}],"
         " 'data': {'authConfig': {'localEnabled': true}}}",
         4, "closed (and 1 more)"},
	{"{'errors': [{'message': 'AUTH_TOKEN_REFRESH_FAILED'}]}", 4,
         "expired"},
	{"{'errors': [{'message': 'Cannot query field x'}]}", 3,
         "Cannot query field"},
	{"[]", 3, "how to log in"},
};

START_TEST(survives_an_odd_answer)
{
	struct pty_result result;
	char fault[600];

	(void)snprintf(fault, sizeof(fault),
	               "{'path': '/v1', 'kind': 'body', 'value': %s}",
	               odd_answers[_i].answer);
	sandbox_fault(fault);
	result = astro_ends(odd_answers[_i].code, "sandbox-solo\n", "login",
	                    "houston", "-u", "solo", "--password-stdin", NULL);
	text_expect(result.err, odd_answers[_i].says);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}
END_TEST

static const char *const not_sent[] = {"two words", "a\\nb", "Bearer "};

START_TEST(takes_no_token_from_the_server_that_is_none)
{
	struct pty_result result;
	char fault[300];

	(void)snprintf(fault, sizeof(fault),
	               "{'operation': 'createToken', 'kind': 'body', 'value': "
	               "{'data': {'createToken': {'token': {'value': '%s'}}}}}",
	               not_sent[_i]);
	sandbox_fault(fault);
	result = astro_ends(3, "sandbox-solo\n", "login", "houston", "-u",
	                    "solo", "--password-stdin", NULL);
	text_expect(result.err, "/v1 answered with something that is no token");
	pty_result_clear(&result);
}
END_TEST

/* D29: what another login earned is nobody else's business. */
START_TEST(sends_no_old_token_before_the_login)
{
	struct pty_result result;
	json_t *log;
	size_t i, with_token = 0;

	home_write("context: houston\n"
	           "local:\n"
	           "  houston: http://localhost:@/v1\n"
	           "contexts:\n"
	           "    houston:\n"
	           "        token: old-token\n");
	result = astro_ends(0, "sandbox-solo\n", "login", "-u", "solo",
	                    "--password-stdin", NULL);
	log = sandbox_log();
	for (i = 0; i < json_array_size(log); i++) {
		const json_t *entry = json_array_get(log, i);
		const char *token = json_string_value(json_object_get(
			json_object_get(entry, "headers"), "authorization"));

		if (token == NULL)
			continue;
		with_token++;
		ck_assert_str_ne(token, "old-token");
		text_refuse(token, "Bearer");
	}
	ck_assert_uint_eq(with_token, 1);
	json_decref(log);
	pty_result_clear(&result);
}
END_TEST

/* A8, A9: two rows first, then pages where the person wants them and the
 * platform has them. */
static const struct {
	const char *version, *requests;
} versions[] = {
	{"0.29.4", "POST /v1 authConfig\n"
                   "POST /v1 createToken\n"
                   "POST /v1 appConfig\n"
                   "POST /v1 workspaces\n"},
	{"0.30.0", "POST /v1 authConfig\n"
                   "POST /v1 createToken\n"
                   "POST /v1 appConfig\n"
                   "POST /v1 paginatedWorkspaces\n"
                   "POST /v1 paginatedWorkspaces\n"
                   "POST /v1 paginatedWorkspaces\n"
                   "POST /v1 paginatedWorkspaces\n"},
	{"1.0.0-rc1", "POST /v1 authConfig\n"
                      "POST /v1 createToken\n"
                      "POST /v1 appConfig\n"
                      "POST /v1 paginatedWorkspaces\n"
                      "POST /v1 paginatedWorkspaces\n"
                      "POST /v1 paginatedWorkspaces\n"
                      "POST /v1 paginatedWorkspaces\n"},
};

START_TEST(lists_by_pages_when_interactive)
{
	struct pty_result result;
	char settings[100], *workspace;

	home_write("interactive: \"true\"\n"
	           "local:\n"
	           "  houston: http://localhost:@/v1\n"
	           "page_size: \"20\"\n");
	(void)snprintf(settings, sizeof(settings), "{'houston_version': '%s'}",
	               versions[_i].version);
	sandbox_set(settings);
	result = astro_ends(0, "sandbox-many\n", "login", "houston", "-u",
	                    "many", "--password-stdin", "--workspace",
	                    "Workspace 45", NULL);
	sandbox_expect(versions[_i].requests);
	workspace = home_value("workspace");
	ck_assert_str_eq(workspace, "ckwsno45");
	free(workspace);
	pty_result_clear(&result);
}
END_TEST

START_TEST(takes_the_workspace_used_last_without_asking)
{
	struct pty_result result;
	char *workspace;

	home_write("local:\n"
	           "  houston: http://localhost:@/v1\n"
	           "contexts:\n"
	           "    houston:\n"
	           "        domain: houston\n"
	           "        last_used_workspace: ckwstwo\n"
	           "        workspace: gone\n");
	result = astro_ends(0, "sandbox-jane\n", "login", "houston", "-u",
	                    "jane", "--password-stdin", NULL);
	workspace = home_value("workspace");
	ck_assert_str_eq(workspace, "ckwstwo");
	free(workspace);
	pty_result_clear(&result);
}
END_TEST

/* A11, C26: the login is good, even if no workspace was chosen. */
START_TEST(succeeds_after_three_unusable_answers_to_the_menu)
{
	struct pty *pty = astro_start("login", "houston", "-u", "jane", NULL);
	char *text;
	int i;

	pty_expect(pty, "Password:");
	pty_send(pty, "sandbox-jane\n");
	for (i = 0; i < 3; i++) {
		pty_expect(pty, "> ");
		pty_send(pty, i == 0 ? "3\n" : "x\n");
	}
	pty_expect(pty, "No default workspace");
	astro_finish(pty, 0);
	text = home_read();
	text_expect(text, "token: ");
	text_refuse(text, "workspace");
	free(text);
}
END_TEST

START_TEST(succeeds_where_there_is_no_workspace)
{
	struct pty_result result =
		astro_ends(0, "sandbox-none\n", "login", "houston", "-u",
	                   "none", "--password-stdin", NULL);

	pty_result_clear(&result);
	home_expect("# kept by hand\n"
	            "context: houston\n"
	            "contexts:\n"
	            "  houston:\n"
	            "    domain: houston\n"
	            "    token: *\n"
	            "local:\n"
	            "  core: http://localhost:@\n"
	            "  houston: http://localhost:@/v1\n"
	            "upgrade_message: \"false\"\n");
}
END_TEST

/* Nobody to ask: at once, before the server is bothered. */
START_TEST(fails_at_once_where_nobody_can_be_asked)
{
	struct pty_result result =
		astro_ends(4, NULL, "login", "houston", NULL);

	text_expect(result.err, "--token-login -");
	text_expect(result.err, "--password-stdin");
	text_expect(result.err, "ASTRO_API_TOKEN");
	sandbox_expect("");
	pty_result_clear(&result);
}
END_TEST

START_TEST(asks_nobody_with_no_input)
{
	struct pty *pty = astro_start("login", "houston", "--no-input", NULL);

	pty_expect(pty, "--token-login -");
	astro_finish(pty, 4);
	sandbox_expect("");
}
END_TEST

/* GQL-08: D32, an empty password is not sent. */
START_TEST(sends_no_empty_password)
{
	struct pty *pty = astro_start("login", "houston", NULL);

	pty_expect(pty, "Username");
	pty_send(pty, "solo\n");
	pty_expect(pty, "Password:");
	pty_send(pty, "\n");
	pty_expect(pty, "no password");
	astro_finish(pty, 4);
	sandbox_expect("POST /v1 authConfig\n");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("logging in to Software");
	TCase *ways = e2e_case(suite, "ways in");
	TCase *refusals = e2e_case(suite, "refusals");
	TCase *workspaces = e2e_case(suite, "workspaces");

	tcase_add_test(ways, logs_in_with_user_name_and_password);
	tcase_add_test(ways, takes_the_password_from_standard_input);
	tcase_add_test(ways, sends_any_password_as_a_variable);
	tcase_add_test(ways, asks_for_the_token_when_the_user_name_is_blank);
	tcase_add_loop_test(ways, asks_for_the_token_at_once, 0,
	                    sizeof(token_flags) / sizeof(token_flags[0]));
	tcase_add_test(ways, takes_the_token_from_standard_input);
	tcase_add_test(ways, takes_the_token_from_an_argument);
	tcase_add_test(ways, sends_no_old_token_before_the_login);
	tcase_add_test(ways,
	               asks_no_user_name_where_passwords_are_switched_off);

	tcase_add_loop_test(refusals, refuses_what_is_no_token, 0,
	                    sizeof(no_tokens) / sizeof(no_tokens[0]));
	tcase_add_test(refusals, keeps_no_token_that_the_server_refuses);
	tcase_add_test(refusals, says_that_a_password_is_wrong_and_asks_once);
	tcase_add_test(refusals,
	               says_that_oauth_is_disabled_where_nobody_provides_it);
	tcase_add_test(refusals, says_that_passwords_are_switched_off);
	tcase_add_loop_test(refusals,
	                    takes_no_token_from_the_server_that_is_none, 0,
	                    sizeof(not_sent) / sizeof(not_sent[0]));
	tcase_add_loop_test(refusals, survives_an_odd_answer, 0,
	                    sizeof(odd_answers) / sizeof(odd_answers[0]));
	tcase_add_test(refusals, fails_at_once_where_nobody_can_be_asked);
	tcase_add_test(refusals, asks_nobody_with_no_input);
	tcase_add_test(refusals, sends_no_empty_password);

	tcase_add_test(workspaces,
	               lets_the_person_choose_one_of_two_workspaces);
	tcase_add_loop_test(workspaces, lists_by_pages_when_interactive, 0,
	                    sizeof(versions) / sizeof(versions[0]));
	tcase_add_test(workspaces,
	               takes_the_workspace_used_last_without_asking);
	tcase_add_test(workspaces, succeeds_where_there_is_no_workspace);
	tcase_add_test(workspaces,
	               succeeds_after_three_unusable_answers_to_the_menu);
	return e2e_main(suite);
}
