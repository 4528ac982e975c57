/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in to an OpenID provider by browser and by link: what is asked, and
 * what is kept. */
#include <stdlib.h>
#include <string.h>

#include "issuer.h"

#define JANE "jane@example.com"
#define SOLO "solo@example.com"
#define NATIVE "client_id: sandbox-native\n"
#define CONFIDENTIAL                                                           \
	"client_id: sandbox-confidential\n"                                    \
	"client_secret: sandbox-client-secret\n"

static const char file_of_jane[] = "# kept by hand\n"
				   "context: http://127.0.0.1:@/op\n"
				   "contexts:\n"
				   "  http___127_0_0_1_*_op:\n"
				   "    access_token: *\n"
				   "    client_id: sandbox-native\n"
				   "    domain: http://127.0.0.1:@/op\n"
				   "    expiresin: *Z\n"
				   "    issuer: http://127.0.0.1:@/op\n"
				   "    provider: oidc\n"
				   "    refresh_token: *\n"
				   "    scopes: openid profile email "
				   "offline_access\n"
				   "    subject: auth0|sandbox-jane\n"
				   "    user_email: jane@example.com\n"
				   "local:\n"
				   "  core: http://localhost:@\n"
				   "  houston: http://localhost:@/v1\n"
				   "upgrade_message: \"false\"\n";

START_TEST(logs_in_with_the_browser)
{
	struct pty *pty = astro_start("login", issuer_address, "--client-id",
	                              "sandbox-native", NULL);
	char *asked;

	pty_expect(pty, "Opening your browser");
	pty_expect(pty, "Logged in to http://127.0.0.1:");
	pty_expect(pty, " as " JANE);
	astro_finish(pty, 0);
	home_expect(file_of_jane);
	ck_assert_uint_eq(home_mode(), 0600);
	/* Pushed, as it offers: the browser gets the name of the request. */
	asked = issuer_asked("/op/par");
	text_expect(asked, "code_challenge_method=S256");
	text_expect(asked, "redirect_uri=http%3A%2F%2F127.0.0.1%3A");
	text_expect(asked, "state=");
	text_expect(asked, "nonce=");
	text_expect(asked, "prompt=consent");
	free(asked);
	asked = issuer_asked("/op/authorize");
	text_refuse(asked, "state=");
	text_refuse(asked, "scope=");
	free(asked);
}
END_TEST

/* An issuer is any https:// address: no provider has to be named. */
START_TEST(what_it_keeps_is_found_by_the_other_commands)
{
	struct pty_result result;
	char *token;

	issuer_write(NULL, NATIVE);
	issuer_works();
	token = home_value("access_token");
	result = astro_ends(0, NULL, "auth", "token", NULL);
	ck_assert_int_eq(strncmp(result.out, token, strlen(token)), 0);
	ck_assert_str_eq(result.out + strlen(token), "\n");
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "auth", "status", NULL);
	text_expect(result.out, JANE);
	text_expect(result.out, "oidc");
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "context", "list", NULL);
	text_expect(result.out, issuer_address);
	pty_result_clear(&result);
	free(token);
}
END_TEST

/* Core, 5.3: userinfo knows what the id_token leaves out. */
START_TEST(takes_the_account_from_userinfo)
{
	char *name;

	sandbox_set("{'op_claims': {'email': null}}");
	sandbox_fault("{'path': '/op/userinfo', 'kind': 'merge',"
	              " 'value': {'email': 'j.doe@example.com'}}");
	issuer_write(NULL, NATIVE);
	issuer_works();
	name = home_value("user_email");
	ck_assert_str_eq(name, "j.doe@example.com");
	free(name);
}
END_TEST

/* IDT-28 */
START_TEST(says_that_somebody_else_has_logged_in)
{
	char *text;

	issuer_write(NULL, NATIVE);
	text = issuer_log_in(0);
	text_refuse(text, "This context was");
	free(text);
	env_browser(SOLO);
	text = issuer_log_in(0);
	text_expect(text, "This context was the login of " JANE
	                  "; it is now that of " SOLO);
	free(text);
	text = home_value("subject");
	ck_assert_str_eq(text, "auth0|sandbox-solo");
	free(text);
}
END_TEST

START_TEST(keeps_a_token_that_was_given)
{
	struct pty_result result;
	char *token;

	issuer_write(NULL, NATIVE);
	issuer_works();
	token = home_value("access_token");
	sandbox_forget();
	result = astro_ends(0, token, "login", issuer_address, "-t", "-", NULL);
	text_expect(result.err, JANE);
	sandbox_expect("GET /op/.well-known/openid-configuration\n"
	               "GET /op/userinfo\n");
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "auth", "token", NULL);
	ck_assert_int_eq(strncmp(result.out, token, strlen(token)), 0);
	pty_result_clear(&result);
	free(token);
}
END_TEST

/* RFC 7009, with the client's own proof. */
START_TEST(logs_out_at_the_provider)
{
	struct pty_result result;
	char *header;

	issuer_write(NULL, CONFIDENTIAL);
	issuer_works();
	sandbox_forget();
	result = astro_ends(0, NULL, "logout", issuer_address, NULL);
	sandbox_expect("GET /op/.well-known/openid-configuration\n"
	               "POST /op/revoke\n"
	               "POST /op/revoke\n");
	header = issuer_header("/op/revoke", "authorization");
	text_expect(header, "Basic ");
	/* The client's secret is no part of the login. */
	issuer_expect_keys("domain issuer provider client_id client_secret "
	                   "scopes");
	pty_result_clear(&result);
	free(header);
}
END_TEST

static struct pty *start_link(char **link)
{
	struct pty *pty;
	char *rest;

	sandbox_set("{'op_pushed': false}");
	pty = astro_start("login", "-l", issuer_address, "--client-id",
	                  "sandbox-native", NULL);
	pty_expect(pty, "http://127.0.0.1:");
	rest = pty_expect_until(pty, "\r\n");
	ck_assert_int_ge(asprintf(link, "http://127.0.0.1:%s", rest), 0);
	free(rest);
	return pty;
}

enum paste { WHOLE, QUERY, CODE, PASTES };

/* The browser is elsewhere, and shows or gives back what it can. */
START_TEST(finishes_a_link_by_pasting)
{
	char *link, *address, *answer, *pasted;
	struct pty *pty = start_link(&link);

	address = browser_visit_elsewhere(link, JANE);
	answer = strchr(address, '?');
	ck_assert_ptr_nonnull(answer);
	pasted = address;
	if (_i == QUERY)
		pasted = answer;
	if (_i == CODE) {
		pasted = strstr(answer, "code=") + strlen("code=");
		pasted[strcspn(pasted, "&")] = '\0';
	}
	pty_send(pty, pasted);
	pty_send(pty, "\n");
	astro_finish(pty, 0);
	home_expect(file_of_jane);
	free(address);
	free(link);
}
END_TEST

static const struct {
	const char *cut, *instead;
} forged[] = {
	{"iss=", "iss=https%3A%2F%2Fevil.example%2Fop"},
	{"iss=", "no_iss=1"},
	{"state=", "state=another"},
};

/* RFC 9207, 2.4; RFC 8252, 8.9. */
START_TEST(refuses_a_pasted_answer_of_somebody_else)
{
	char *link, *address, *at, *pasted, *before = home_read(), *after;
	struct pty *pty = start_link(&link);

	address = browser_visit_elsewhere(link, JANE);
	at = strstr(address, forged[_i].cut);
	ck_assert_ptr_nonnull(at);
	ck_assert_int_ge(asprintf(&pasted, "%.*s%s%s\n", (int)(at - address),
	                          address, forged[_i].instead,
	                          at + strcspn(at, "&")),
	                 0);
	pty_send(pty, pasted);
	astro_finish(pty, 7);
	after = home_read();
	ck_assert_str_eq(before, after);
	ck_assert_uint_eq(issuer_count("POST", "/op/token"), 0);
	free(before);
	free(after);
	free(pasted);
	free(address);
	free(link);
}
END_TEST

/* RFC 8252, 7.3: the name, too, may be asked for, and a port of one's own. */
START_TEST(finishes_a_link_by_the_callback)
{
	char *link;
	struct pty *pty = start_link(&link);

	browser_visit(link, JANE);
	astro_finish(pty, 0);
	home_expect(file_of_jane);
	free(link);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("logging in to an OpenID provider");
	TCase *browser = issuer_case(suite, "browser");
	TCase *link = issuer_case(suite, "link");

	tcase_add_test(browser, logs_in_with_the_browser);
	tcase_add_test(browser, what_it_keeps_is_found_by_the_other_commands);
	tcase_add_test(browser, takes_the_account_from_userinfo);
	tcase_add_test(browser, says_that_somebody_else_has_logged_in);
	tcase_add_test(browser, keeps_a_token_that_was_given);
	tcase_add_test(browser, logs_out_at_the_provider);

	tcase_add_loop_test(link, finishes_a_link_by_pasting, 0, PASTES);
	tcase_add_loop_test(link, refuses_a_pasted_answer_of_somebody_else, 0,
	                    3);
	tcase_add_test(link, finishes_a_link_by_the_callback);

	return e2e_main(suite);
}
