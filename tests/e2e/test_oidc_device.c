/* SPDX-License-Identifier: Apache-2.0 */
/* Logging in to an OpenID provider from another device, and every way in which
 * nobody comes, says no, or goes away. */
#include <stdlib.h>
#include <string.h>

#include "issuer.h"

#define JANE "jane@example.com"
#define BLOCK "\u2588" /* of the QR code */

static char issuer[ISSUER_SIZE];
static char *before; /* the file */

static void begin(void)
{
	home_begin();
	issuer_of(NULL, issuer);
	issuer_write(NULL, "client_id: sandbox-native\n");
	sandbox_set("{'op_device_interval': 1}");
	before = home_read();
}

static void end(void)
{
	free(before);
	home_end();
}

static void expect_unchanged(void)
{
	char *after = home_read();

	ck_assert_str_eq(before, after);
	free(after);
}

static struct pty *start_device(void)
{
	struct pty *pty = astro_start("login", issuer, "--device", NULL);

	pty_expect(pty, "Waiting for you to confirm it there");
	return pty;
}

static void expect_in_order(struct pty *pty, const char *const *parts)
{
	for (; *parts != NULL; parts++)
		pty_expect(pty, *parts);
}

/* RFC 8628, 3.3 and 5.4; DEV-09. */
START_TEST(shows_address_code_picture_and_warning)
{
	static const char *const parts[] = {
		"Log in with a code, on any device:",
		BLOCK BLOCK BLOCK,
		"Open      http://127.0.0.1:",
		"/op/activate\r\n",
		"Enter     ",
		NULL};
	struct pty *pty = astro_start("login", issuer, "--device", NULL);
	char *shown, *code;

	expect_in_order(pty, parts);
	shown = pty_expect_until(pty, "\r\n");
	code = sandbox_grant("op-device", "user_code");
	text_expect(shown, code);
	pty_expect(pty, " in to http://127.0.0.1:");
	pty_expect(pty, "Confirm it only if you began it yourself");
	pty_expect(pty, " left");
	sandbox_decide("{'action': 'approve'}");
	pty_expect(pty, "Logged in to http://127.0.0.1:");
	astro_finish(pty, 0);
	issuer_expect_keys("domain issuer provider client_id access_token "
	                   "expiresin refresh_token scopes subject user_email");
	ck_assert_uint_eq(home_mode(), 0600);
	free(shown);
	free(code);
}
END_TEST

START_TEST(shows_the_code_without_a_picture_where_that_is_of_no_use)
{
	struct pty *pty;
	char *code;

	env_set("ACCESSIBLE", "1");
	pty = start_device();
	code = sandbox_grant("op-device", "user_code");
	text_expect(pty_screen(pty), code);
	text_expect(pty_screen(pty), "/op/activate");
	text_refuse(pty_screen(pty), BLOCK);
	text_refuse(pty_screen(pty), "\033");
	sandbox_decide("{'action': 'approve'}");
	astro_finish(pty, 0);
	free(code);
}
END_TEST

/* The page, and a person at it. */
START_TEST(is_confirmed_on_the_page_that_it_shows)
{
	struct pty *pty = start_device();
	char *code = sandbox_grant("op-device", "user_code"), *url, *account;

	ck_assert_int_ge(
		asprintf(&url, "%s/activate?user_code=%s", issuer, code), 0);
	browser_visit(url, JANE);
	astro_finish(pty, 0);
	account = home_value("user_email");
	ck_assert_str_eq(account, JANE);
	free(account);
	free(code);
	free(url);
}
END_TEST

START_TEST(says_that_it_was_refused_on_the_other_device)
{
	struct pty *pty = start_device();

	sandbox_decide("{'action': 'deny'}");
	pty_expect(pty, "the login was refused on the other device");
	astro_finish(pty, 4);
	expect_unchanged();
}
END_TEST

/* DEV-11 */
START_TEST(gives_up_asking_at_once_when_interrupted)
{
	struct pty *pty = start_device();

	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
	expect_unchanged();
}
END_TEST

START_TEST(gives_up_when_nobody_confirms)
{
	struct pty_result result = astro_ends(
		124, NULL, "login", issuer, "--device", "--timeout", "2", NULL);

	text_expect(result.err, "nobody confirmed the code in time");
	text_expect(result.err, "--timeout SECONDS");
	expect_unchanged();
	pty_result_clear(&result);
}
END_TEST

START_TEST(says_that_the_server_has_no_such_login)
{
	struct pty_result result;

	sandbox_set("{'op_device': false}");
	result = astro_ends(1, NULL, "login", issuer, "--device", NULL);
	text_expect(result.err, "the server has no login by device code");
	text_expect(result.err, "--login-link");
	expect_unchanged();
	pty_result_clear(&result);
}
END_TEST

START_TEST(is_what_a_login_over_ssh_gets)
{
	struct pty *pty;

	env_set("SSH_CONNECTION", "192.0.2.1 2022 192.0.2.2 22");
	pty = astro_start("login", issuer, NULL);
	pty_expect(pty, "Over SSH: log in with a code, on any device:");
	pty_expect(pty, "Waiting for you");
	sandbox_decide("{'action': 'approve'}");
	astro_finish(pty, 0);
}
END_TEST

/* Announced, and refused to this client. */
START_TEST(gives_way_to_the_link_where_the_server_refuses_it)
{
	struct pty *pty;

	env_set("SSH_CONNECTION", "192.0.2.1 2022 192.0.2.2 22");
	sandbox_fault("{'path': '/op/device', 'kind': 'body', 'status': 400,"
	              " 'value': {'error': 'unauthorized_client'}}");
	pty = astro_start("login", issuer, NULL);
	pty_expect(pty, "Over SSH: open this link on any device:");
	pty_expect(pty, "/op/authorize?");
	pty_expect(pty, "paste the address it ends on: ");
	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
	expect_unchanged();
}
END_TEST

START_TEST(needs_a_person)
{
	struct pty_result result;

	env_browser(JANE);
	result = astro_ends(4, NULL, "login", issuer, "--no-input", NULL);
	text_expect(result.err, "--no-input says that nobody is to be asked");
	pty_result_clear(&result);
	env_set("BROWSER", NULL);
	result = astro_ends(4, NULL, "login", issuer, NULL);
	text_expect(result.err, "there is no terminal");
	text_expect(result.err, "--device");
	pty_result_clear(&result);
	sandbox_expect("");
	expect_unchanged();
}
END_TEST

START_TEST(says_that_the_person_cancelled_in_the_browser)
{
	struct pty_result result;

	env_set("BROWSER", ASTRO_BIN "/astro-sandbox visit --cancel");
	result = astro_ends(4, NULL, "login", issuer, NULL);
	text_expect(result.err, "the server refused: access_denied: The login "
	                        "was cancelled");
	ck_assert_uint_eq(issuer_count("POST", "/op/token"), 0);
	expect_unchanged();
	pty_result_clear(&result);
}
END_TEST

static struct pty *start_link(const char *timeout)
{
	struct pty *pty =
		astro_start("login", issuer, "-l", "--timeout", timeout, NULL);

	pty_expect(pty, "/op/authorize?");
	pty_expect(pty, "paste the address it ends on: ");
	return pty;
}

START_TEST(gives_up_waiting_for_the_browser_when_interrupted)
{
	struct pty *pty = start_link("60");

	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
	expect_unchanged();
}
END_TEST

START_TEST(gives_up_waiting_for_the_browser_in_time)
{
	struct pty *pty = start_link("2");

	pty_expect(pty, "nobody finished the login within 2 s");
	astro_finish(pty, 124);
	expect_unchanged();
}
END_TEST

START_TEST(the_end_of_input_is_a_no)
{
	struct pty *pty = start_link("60");

	pty_send(pty, PTY_END);
	pty_expect(pty, "end of input before the login was finished");
	astro_finish(pty, 4);
	expect_unchanged();
}
END_TEST

static TCase *add_case(Suite *suite, const char *name)
{
	TCase *tcase = tcase_create(name);

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_set_timeout(tcase, 60);
	suite_add_tcase(suite, tcase);
	return tcase;
}

int main(void)
{
	Suite *suite = suite_create("an OpenID provider, elsewhere or nobody");
	TCase *device = add_case(suite, "device");
	TCase *nobody = add_case(suite, "nobody");

	tcase_add_test(device, shows_address_code_picture_and_warning);
	tcase_add_test(
		device,
		shows_the_code_without_a_picture_where_that_is_of_no_use);
	tcase_add_test(device, is_confirmed_on_the_page_that_it_shows);
	tcase_add_test(device, says_that_it_was_refused_on_the_other_device);
	tcase_add_test(device, gives_up_asking_at_once_when_interrupted);
	tcase_add_test(device, gives_up_when_nobody_confirms);
	tcase_add_test(device, says_that_the_server_has_no_such_login);
	tcase_add_test(device, is_what_a_login_over_ssh_gets);
	tcase_add_test(device,
	               gives_way_to_the_link_where_the_server_refuses_it);

	tcase_add_test(nobody, needs_a_person);
	tcase_add_test(nobody, says_that_the_person_cancelled_in_the_browser);
	tcase_add_test(nobody,
	               gives_up_waiting_for_the_browser_when_interrupted);
	tcase_add_test(nobody, gives_up_waiting_for_the_browser_in_time);
	tcase_add_test(nobody, the_end_of_input_is_a_no);
	return e2e_main(suite);
}
