/* SPDX-License-Identifier: Apache-2.0 */
/* Every way in of Astro: what is asked, sent and kept. */
#include "e2e.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SOLO "solo@example.com"

static const char file_of_solo[] = "# kept by hand\n"
				   "context: localhost\n"
				   "contexts:\n"
				   "  localhost:\n"
				   "    domain: localhost\n"
				   "    expiresin: *Z\n"
				   "    last_used_workspace: clwsstage\n"
				   "    organization: clorgsolo\n"
				   "    organization_product: HOSTED\n"
				   "    refreshtoken: *\n"
				   "    token: Bearer *\n"
				   "    user_email: solo@example.com\n"
				   "    workspace: clwsstage\n"
				   "local:\n"
				   "  core: http://localhost:@\n"
				   "  houston: http://localhost:@/v1\n"
				   "upgrade_message: \"false\"\n";

/* The last requests of a login whose organization is not known before. */
static const char requests_of_solo[] =
	"GET /private/v1alpha1/cli/auth-config\n"
	"POST /oauth/token\n"
	"GET /userinfo\n"
	"GET /v1/organizations\n"
	"GET /v1/users/self\n"
	"GET /v1/organizations/clorgsolo/workspaces\n";

static char *token_of_solo(void)
{
	return sandbox_token("{'user': '" SOLO "'}", "access_token");
}

/* What stands on the screen between "http" and the end of the line. */
static char *link_shown(struct pty *pty)
{
	char *rest, *link;

	pty_expect(pty, "http://localhost:");
	rest = pty_expect_until(pty, "\r\n");
	ck_assert_int_ge(asprintf(&link, "http://localhost:%s", rest), 0);
	free(rest);
	return link;
}

/* C12, C18, C29, C33, C37 */
START_TEST(logs_in_with_the_browser)
{
	struct pty *pty;

	env_browser(SOLO);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	pty_expect(pty, SOLO);
	pty_expect(pty, "Main Stage");
	astro_finish(pty, 0);
	home_expect(file_of_solo);
	ck_assert_uint_eq(home_mode(), 0600);
	sandbox_expect_set(requests_of_solo);
}
END_TEST

/* The person's address is data, whatever is in it (D8). */
START_TEST(sends_the_address_as_a_hint)
{
	struct pty *pty;
	json_t *log;
	const char *query;

	env_browser(SOLO);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "jane+x&prompt=none@example.com\n");
	astro_finish(pty, 0);
	log = sandbox_log();
	query = json_string_value(
		json_object_get(log_find(log, "/authorize"), "query"));
	text_expect(query, "login_hint=jane%2Bx%26prompt%3Dnone%40example.com");
	text_expect(query, "code_challenge_method=S256");
	text_expect(query, "prompt=login");
	text_expect(query, "state=");
	text_expect(query, "nonce=");
	json_decref(log);
}
END_TEST

START_TEST(offers_the_address_of_the_last_login)
{
	struct pty *pty;
	json_t *log;

	home_write("local:\n"
	           "  core: http://localhost:@\n"
	           "contexts:\n"
	           "  localhost:\n"
	           "    user_email: jane@example.com\n");
	env_browser(SOLO);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "[jane@example.com]");
	pty_send(pty, "\n");
	astro_finish(pty, 0);
	log = sandbox_log();
	text_expect(json_string_value(json_object_get(
			    log_find(log, "/authorize"), "query")),
	            "login_hint=jane%40example.com");
	json_decref(log);
}
END_TEST

START_TEST(goes_on_without_what_is_no_address)
{
	struct pty *pty;
	json_t *log;

	env_browser(SOLO);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "jane doe\n");
	pty_expect(pty, "no e-mail address");
	astro_finish(pty, 0);
	log = sandbox_log();
	text_refuse(json_string_value(json_object_get(
			    log_find(log, "/authorize"), "query")),
	            "login_hint");
	json_decref(log);
}
END_TEST

/* Section 4.3 of the protocol's notes: only where auth-config asks for it. */
START_TEST(looks_the_organization_up_where_the_server_wants_it)
{
	struct pty *pty;
	json_t *log;

	sandbox_set("{'auth_flow': 'ORG_FIRST'}");
	env_browser(SOLO);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, SOLO "\n");
	astro_finish(pty, 0);
	log = sandbox_log();
	text_expect(json_string_value(json_object_get(
			    log_find(log, "/authorize"), "query")),
	            "organization=org_solo");
	json_decref(log);
}
END_TEST

START_TEST(says_that_no_organization_knows_the_address)
{
	struct pty *pty;

	sandbox_set("{'auth_flow': 'ORG_FIRST'}");
	env_browser(SOLO);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "nobody@example.com\n");
	pty_expect(pty, "no organization is known for nobody@example.com");
	astro_finish(pty, 4);
	sandbox_expect("GET /private/v1alpha1/cli/auth-config\n"
	               "POST /hub/organization-lookup\n");
}
END_TEST

/* Without a terminal, but with a browser that is named. */
START_TEST(logs_in_without_a_terminal_when_a_browser_is_named)
{
	struct pty_result result;

	env_browser(SOLO);
	result = astro_ends(0, NULL, "login", "localhost", NULL);
	ck_assert_str_eq(result.out, "");
	home_expect(file_of_solo);
	pty_result_clear(&result);
}
END_TEST

START_TEST(fails_at_once_without_terminal_and_browser)
{
	struct pty_result result =
		astro_ends(4, NULL, "login", "localhost", NULL);

	text_expect(result.err, "--token-login -");
	text_expect(result.err, "ASTRO_API_TOKEN");
	text_expect(result.err, "--device");
	pty_result_clear(&result);
}
END_TEST

/* C15, #598, #1158: the browser is elsewhere, its address is pasted. */
START_TEST(finishes_a_link_by_pasting)
{
	struct pty *pty = astro_start("login", "-l", "localhost", NULL);
	char *link, *address;

	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	link = link_shown(pty);
	address = browser_visit_elsewhere(link, SOLO);
	pty_send(pty, address);
	pty_send(pty, "\n");
	astro_finish(pty, 0);
	home_expect(file_of_solo);
	free(link);
	free(address);
}
END_TEST

START_TEST(finishes_a_link_by_the_callback)
{
	struct pty *pty = astro_start("login", "-l", "localhost", NULL);
	char *link;

	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	link = link_shown(pty);
	browser_visit(link, SOLO);
	astro_finish(pty, 0);
	home_expect(file_of_solo);
	free(link);
}
END_TEST

/* D2 */
START_TEST(refuses_a_pasted_address_with_a_wrong_state)
{
	struct pty *pty = astro_start("login", "-l", "localhost", NULL);
	char *before = home_read(), *after, *link;

	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	link = link_shown(pty);
	pty_send(pty, "http://localhost:12345/callback?code=abc&state=wrong\n");
	astro_finish(pty, 7);
	after = home_read();
	ck_assert_str_eq(before, after);
	sandbox_expect("GET /private/v1alpha1/cli/auth-config\n");
	free(before);
	free(after);
	free(link);
}
END_TEST

/* C13 */
START_TEST(goes_on_when_the_browser_cannot_be_opened)
{
	struct pty *pty;
	char *link;

	env_set("BROWSER", "/bin/false");
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	link = link_shown(pty);
	browser_visit(link, SOLO);
	astro_finish(pty, 0);
	free(link);
}
END_TEST

static int port_occupy(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(12345),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	ck_assert_int_ge(fd, 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof(address)),
	                 0);
	ck_assert_int_eq(listen(fd, 1), 0);
	return fd;
}

/* D3, #1158 */
START_TEST(goes_on_by_pasting_when_the_port_is_taken)
{
	int fd = port_occupy();
	struct pty *pty;
	char *link, *address;

	env_browser(SOLO);
	pty = astro_start("login", "localhost", NULL);
	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	pty_expect(pty, "12345");
	link = link_shown(pty);
	/* No browser was opened: it could only end on a stranger's port. */
	sandbox_expect("GET /private/v1alpha1/cli/auth-config\n");
	address = browser_visit_elsewhere(link, SOLO);
	pty_send(pty, address);
	pty_send(pty, "\n");
	astro_finish(pty, 0);
	home_expect(file_of_solo);
	(void)close(fd);
	free(link);
	free(address);
}
END_TEST

/* C10, C14, C31: the server's word is shown. */
START_TEST(says_that_the_login_was_denied)
{
	struct pty *pty = astro_start("login", "-l", "localhost", NULL);
	char *link, *state, query[300];

	pty_expect(pty, "e-mail");
	pty_send(pty, "\n");
	link = link_shown(pty);
	state = strstr(link, "state=");
	ck_assert_ptr_nonnull(state);
	(void)snprintf(query, sizeof(query),
	               "http://localhost:12345/callback?error=access_denied"
	               "&error_description=fatal%%20error&%.*s&iss="
	               "http%%3A%%2F%%2Flocalhost%%3A%u%%2F\n",
	               (int)strcspn(state, "&"), state, sandbox_port);
	pty_send(pty, query);
	pty_expect(pty, "fatal error");
	astro_finish(pty, 4);
	sandbox_expect("GET /private/v1alpha1/cli/auth-config\n");
	free(link);
}
END_TEST

/* -t and -t - */
START_TEST(logs_in_with_a_token)
{
	char *token = token_of_solo(), *kept;
	const char *first = _i == 0 ? token : "-";
	struct pty_result result =
		astro_ends(0, _i == 0 ? NULL : token, "login", "localhost",
	                   "-t", first, NULL);

	kept = home_value("token");
	ck_assert_str_eq(kept + strlen("Bearer "), token);
	text_refuse(result.err, token);
	text_expect(result.err, "cannot be refreshed");
	sandbox_expect_set("GET /private/v1alpha1/cli/auth-config\n"
	                   "GET /userinfo\n"
	                   "GET /v1/organizations\n"
	                   "GET /v1/users/self\n"
	                   "GET /v1/organizations/clorgsolo/workspaces\n");
	free(kept);
	free(token);
	pty_result_clear(&result);
}
END_TEST

/* CLI-14: validated before anything is written (D16). */
START_TEST(keeps_no_token_that_the_server_refuses)
{
	char *before = home_read(), *after;
	struct pty_result result = astro_ends(4, "opaque-nonsense", "login",
	                                      "localhost", "-t", "-", NULL);

	after = home_read();
	ck_assert_str_eq(before, after);
	ck_assert_str_eq(result.out, "");
	free(before);
	free(after);
	pty_result_clear(&result);
}
END_TEST

START_TEST(sends_no_token_that_has_ended)
{
	/* {"alg":"none"}.{"exp":1600000000}.x */
	struct pty_result result =
		astro_ends(4, "eyJhbGciOiJub25lIn0.eyJleHAiOjE2MDAwMDAwMDB9.eA",
	                   "login", "localhost", "-t", "-", NULL);

	text_expect(result.err, "2020-09-13");
	sandbox_expect("");
	pty_result_clear(&result);
}
END_TEST

/* An opaque token gets an hour. */
START_TEST(gives_an_opaque_token_an_hour)
{
	struct pty_result result;
	char *token, *end;

	token = sandbox_token("{'user': '" SOLO "', 'opaque': true}",
	                      "access_token");
	result = astro_ends(0, token, "login", "localhost", "-t", "-", NULL);
	end = home_value("expiresin");
	ck_assert_uint_ge(strlen(end), strlen("2026-11-25T16:16:57Z"));
	ck_assert_ptr_null(strchr(token, '.'));
	free(token);
	free(end);
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("logging in to Astro");
	TCase *ways = e2e_case(suite, "ways in");
	TCase *tokens = e2e_case(suite, "tokens");

	tcase_add_test(ways, logs_in_with_the_browser);
	tcase_add_test(ways, sends_the_address_as_a_hint);
	tcase_add_test(ways, offers_the_address_of_the_last_login);
	tcase_add_test(ways, goes_on_without_what_is_no_address);
	tcase_add_test(ways,
	               looks_the_organization_up_where_the_server_wants_it);
	tcase_add_test(ways, says_that_no_organization_knows_the_address);
	tcase_add_test(ways,
	               logs_in_without_a_terminal_when_a_browser_is_named);
	tcase_add_test(ways, fails_at_once_without_terminal_and_browser);
	tcase_add_test(ways, finishes_a_link_by_pasting);
	tcase_add_test(ways, finishes_a_link_by_the_callback);
	tcase_add_test(ways, refuses_a_pasted_address_with_a_wrong_state);
	tcase_add_test(ways, goes_on_when_the_browser_cannot_be_opened);
	tcase_add_test(ways, goes_on_by_pasting_when_the_port_is_taken);
	tcase_add_test(ways, says_that_the_login_was_denied);

	tcase_add_loop_test(tokens, logs_in_with_a_token, 0, 2);
	tcase_add_test(tokens, keeps_no_token_that_the_server_refuses);
	tcase_add_test(tokens, sends_no_token_that_has_ended);
	tcase_add_test(tokens, gives_an_opaque_token_an_hour);
	return e2e_main(suite);
}
