/* SPDX-License-Identifier: Apache-2.0 */
/* After the browser: organization, workspace, and what is asked and kept. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SOLO "solo@example.com"

static void log_in(const char *user)
{
	struct pty_result result;

	env_browser(user);
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	pty_result_clear(&result);
}

START_TEST(lets_the_person_choose_an_organization_and_a_workspace)
{
	struct pty *pty;
	char *value;

	env_browser("many@example.com");
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	pty_expect(pty, "North");
	pty_expect(pty, "South");
	pty_expect(pty, "East");
	pty_expect(pty, "> ");
	pty_send(pty, "3\n");
	pty_expect(pty, "Noon");
	pty_expect(pty, "Sunrise");
	pty_expect(pty, "> ");
	pty_send(pty, "1\n");
	astro_finish(pty, 0);
	value = home_value("organization");
	ck_assert_str_eq(value, "clorgeast");
	free(value);
	value = home_value("organization_product");
	ck_assert_str_eq(value, "HYBRID");
	free(value);
	value = home_value("workspace");
	ck_assert_str_eq(value, "clwsnoon");
	free(value);
}
END_TEST

/* C27: no product means HYBRID; the flags stand for the menus. */
START_TEST(takes_organization_and_workspace_from_flags)
{
	struct pty_result result;
	char *value;

	env_browser("many@example.com");
	result = astro_ends(0, NULL, "login", "localhost", "--organization",
	                    "clorgsouth", "--workspace", "Pole", NULL);
	value = home_value("organization_product");
	ck_assert_str_eq(value, "HYBRID");
	free(value);
	value = home_value("workspace");
	ck_assert_str_eq(value, "clwspole");
	free(value);
	pty_result_clear(&result);
}
END_TEST

/* #2083: an unknown organization never becomes another one. */
START_TEST(refuses_an_organization_that_is_not_the_accounts)
{
	char *before = home_read(), *after;
	struct pty_result result;

	env_browser(SOLO);
	result = astro_ends(1, NULL, "login", "localhost", "--organization",
	                    "clorgacme", NULL);
	text_expect(result.err, "clorgacme");
	after = home_read();
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
	pty_result_clear(&result);
}
END_TEST

START_TEST(names_the_flag_when_nobody_can_choose_an_organization)
{
	struct pty_result result;

	env_browser("many@example.com");
	result = astro_ends(4, NULL, "login", "localhost", NULL);
	text_expect(result.err, "--organization");
	pty_result_clear(&result);
}
END_TEST

/* #1974, #2083: the list has more than one page. */
START_TEST(lists_the_organizations_of_all_pages)
{
	struct pty *pty;
	char *value;

	sandbox_set("{'organizations_page_cap': 1}");
	env_browser("many@example.com");
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	pty_expect(pty, "East");
	pty_expect(pty, "> ");
	pty_send(pty, "2\n");
	astro_finish(pty, 0);
	value = home_value("organization");
	ck_assert_str_eq(value, "clorgsouth");
	free(value);
}
END_TEST

START_TEST(lists_the_workspaces_of_all_pages)
{
	struct pty_result result;
	char *value;

	env_browser("many@example.com");
	result = astro_ends(0, NULL, "login", "localhost", "--organization",
	                    "clorgnorth", "--workspace", "Workspace 45", NULL);
	value = home_value("workspace");
	ck_assert_str_eq(value, "clwsno45");
	free(value);
	pty_result_clear(&result);
}
END_TEST

static void file_with_organization(const char *id)
{
	char text[500];

	(void)snprintf(text, sizeof(text),
	               "local:\n"
	               "  core: http://localhost:@\n"
	               "contexts:\n"
	               "  localhost:\n"
	               "    organization: %s\n"
	               "    last_used_workspace: clwspole\n",
	               id);
	home_write(text);
}

/* C24, C25, C17: asked for by its id, the list never. */
START_TEST(keeps_the_organization_of_the_context)
{
	struct pty_result result;
	char *value;

	sandbox_set("{'organizations_page_cap': 1}");
	file_with_organization("clorgsouth");
	env_browser("many@example.com");
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	sandbox_expect_set("GET /private/v1alpha1/cli/auth-config\n"
	                   "POST /oauth/token\n"
	                   "GET /userinfo\n"
	                   "GET /v1/organizations/clorgsouth\n"
	                   "GET /v1/users/self\n"
	                   "GET /v1/organizations/clorgsouth/workspaces\n");
	value = home_value("workspace");
	ck_assert_str_eq(value, "clwspole");
	free(value);
	pty_result_clear(&result);
}
END_TEST

/* C28: 404 for the one, 403 for the other. */
static const char *const stale[] = {"clorggone", "clorgacme"};

START_TEST(falls_back_from_a_stale_organization)
{
	struct pty_result result;
	char *value;

	file_with_organization(stale[_i]);
	env_browser(SOLO);
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	text_expect(result.err, stale[_i]);
	value = home_value("organization");
	ck_assert_str_eq(value, "clorgsolo");
	free(value);
	pty_result_clear(&result);
}
END_TEST

/* C19 */
START_TEST(says_whom_to_ask_when_there_is_no_organization)
{
	struct pty_result result;

	env_browser("none@example.com");
	result = astro_ends(4, NULL, "login", "localhost", NULL);
	text_expect(result.err, "no organization found");
	text_expect(result.err, "Organization Owner");
	pty_result_clear(&result);
}
END_TEST

START_TEST(succeeds_where_there_is_no_workspace)
{
	struct pty_result result;
	char *text;

	env_browser("empty@example.com");
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	text = home_read();
	text_refuse(text, "workspace");
	free(text);
	pty_result_clear(&result);
}
END_TEST

/* The place of the first request for PATH in the log. */
static int64_t entry_number(json_t *log, const char *path)
{
	return json_integer_value(
		json_object_get(log_find(log, path), "number"));
}

/* The code; then all that needs the token alone; then the workspaces, which
 * need the organization.  Over HTTP/2, those of a round go out at once. */
START_TEST(takes_three_rounds_after_the_callback)
{
	static const char *const together[] = {"/userinfo", "/v1/users/self",
	                                       "/v1/organizations"};
	struct pty_result result;
	int64_t exchange, workspaces, number;
	json_t *log;
	size_t i;

	env_browser(SOLO);
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	log = sandbox_log();
	exchange = entry_number(log, "/oauth/token");
	workspaces =
		entry_number(log, "/v1/organizations/clorgsolo/workspaces");
	for (i = 0; i < sizeof(together) / sizeof(together[0]); i++) {
		number = entry_number(log, together[i]);
		ck_assert_int_gt(number, exchange);
		ck_assert_int_lt(number, workspaces);
	}
	/* Nothing else is asked on the way. */
	ck_assert_int_eq(workspaces - exchange, 4);
	ck_assert_int_eq(workspaces, (int64_t)json_array_size(log));
	json_decref(log);
	pty_result_clear(&result);
}
END_TEST

/* The answer to the last request came over a connection that had served. */
START_TEST(uses_its_connections_again)
{
	struct pty_result result;
	json_t *log, *connection;
	size_t i;
	bool seen = false;

	env_browser(SOLO);
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	log = sandbox_log();
	connection = json_object_get(
		log_find(log, "/v1/organizations/clorgsolo/workspaces"),
		"connection");
	for (i = 0; i + 1 < json_array_size(log); i++) {
		if (json_equal(json_object_get(json_array_get(log, i),
		                               "connection"),
		               connection))
			seen = true;
	}
	ck_assert(seen);
	json_decref(log);
	pty_result_clear(&result);
}
END_TEST

/* C34, F8: one context's login is no business of the others'. */
START_TEST(leaves_other_contexts_alone)
{
	home_write("contexts:\n"
	           "  mycompany_example_com:\n"
	           "    token: theirs # by hand\n"
	           "    unknown_key: [1, 2]\n"
	           "  localhost:\n"
	           "    extra: kept\n"
	           "context: mycompany.example.com\n"
	           "local:\n"
	           "  core: http://localhost:@\n");
	log_in(SOLO);
	home_expect("contexts:\n"
	            "  mycompany_example_com:\n"
	            "    token: theirs # by hand\n"
	            "    unknown_key: [1, 2]\n"
	            "  localhost:\n"
	            "    domain: localhost\n"
	            "    expiresin: *Z\n"
	            "    extra: kept\n"
	            "    last_used_workspace: clwsstage\n"
	            "    organization: clorgsolo\n"
	            "    organization_product: HOSTED\n"
	            "    refreshtoken: *\n"
	            "    token: Bearer *\n"
	            "    user_email: solo@example.com\n"
	            "    workspace: clwsstage\n"
	            "context: localhost\n"
	            "local:\n"
	            "  core: http://localhost:@\n");
}
END_TEST

/* D23: the domain of the argument is the one that is written to. */
START_TEST(writes_to_the_domain_that_was_named)
{
	char *text, *account;

	env_set("ASTRO_DOMAIN", "mycompany.example.com");
	log_in(SOLO);
	text = home_read();
	text_refuse(text, "mycompany");
	free(text);
	account = home_value("user_email");
	ck_assert_str_eq(account, SOLO);
	free(account);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("a session of Astro");
	TCase *organizations = e2e_case(suite, "organizations");
	TCase *wire = e2e_case(suite, "wire and file");

	tcase_add_test(organizations,
	               lets_the_person_choose_an_organization_and_a_workspace);
	tcase_add_test(organizations,
	               takes_organization_and_workspace_from_flags);
	tcase_add_test(organizations,
	               refuses_an_organization_that_is_not_the_accounts);
	tcase_add_test(organizations,
	               names_the_flag_when_nobody_can_choose_an_organization);
	tcase_add_test(organizations, lists_the_organizations_of_all_pages);
	tcase_add_test(organizations, lists_the_workspaces_of_all_pages);
	tcase_add_test(organizations, keeps_the_organization_of_the_context);
	tcase_add_loop_test(organizations, falls_back_from_a_stale_organization,
	                    0, sizeof(stale) / sizeof(stale[0]));
	tcase_add_test(organizations,
	               says_whom_to_ask_when_there_is_no_organization);
	tcase_add_test(organizations, succeeds_where_there_is_no_workspace);

	tcase_add_test(wire, takes_three_rounds_after_the_callback);
	tcase_add_test(wire, uses_its_connections_again);
	tcase_add_test(wire, leaves_other_contexts_alone);
	tcase_add_test(wire, writes_to_the_domain_that_was_named);
	return e2e_main(suite);
}
