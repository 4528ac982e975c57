/* SPDX-License-Identifier: Apache-2.0 */
/* The browser's side: the sandbox refuses a wrong request as the real service
 * would. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "client.h"
#include "fields.h"
#include "suites.h"

static const struct wrong wrong_requests[] = {
	{"client_id", "other", NULL},
	{"client_id", NULL, NULL},
	{"redirect_uri", "http://localhost:12345/other", NULL},
	{"redirect_uri", "http://127.0.0.1:12345/callback", NULL},
	{"redirect_uri", NULL, NULL},
	{"response_type", "token", "unsupported_response_type"},
	{"response_type", NULL, "invalid_request"},
	{"response_mode", "fragment", "invalid_request"},
	{"code_challenge", NULL, "invalid_request"},
	{"code_challenge", "short", "invalid_request"},
	{"code_challenge_method", "plain", "invalid_request"},
	{"code_challenge_method", NULL, "invalid_request"},
	{"scope", "profile email", "invalid_scope"},
	{"audience", "somebody-else", "access_denied"},
	{"prompt", "none", "login_required"},
};

enum { WRONG_REQUESTS = sizeof(wrong_requests) / sizeof(wrong_requests[0]) };

static json_t *right_request(void)
{
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}",
		"client_id", "astro-sandbox-cli", "audience", "astronomer-ee",
		"response_type", "code", "response_mode", "query",
		"redirect_uri", "http://localhost:12345/callback", "scope",
		"openid profile email offline_access", "code_challenge",
		CLIENT_CHALLENGE, "code_challenge_method", "S256", "state",
		"s1", "nonce", "n1");
}

static void authorize(const json_t *request, struct got *got)
{
	struct text path;

	text_init(&path, 4000);
	text_add_string(&path, "/authorize?");
	fields_write(&path, request);
	client_ask(&(struct ask){.path = path.bytes}, got);
	text_clear(&path);
}

START_TEST(refuses_a_wrong_authorization_request)
{
	const struct wrong *wrong = &wrong_requests[_i];
	json_t *request = right_request();
	struct got got;

	if (wrong->value != NULL)
		json_object_set_new(request, wrong->parameter,
		                    json_string(wrong->value));
	else
		json_object_del(request, wrong->parameter);
	authorize(request, &got);

	if (wrong->error == NULL) {
		ck_assert_int_eq(got.status, 400);
		ck_assert_str_eq(got.location, "");
	} else {
		char *error = client_parameter(got.location, "error");
		char *state = client_parameter(got.location, "state");

		ck_assert_int_eq(got.status, 302);
		ck_assert_str_eq(error, wrong->error);
		ck_assert_str_eq(state, "s1");
		free(error);
		free(state);
	}
	got_clear(&got);
	json_decref(request);
}
END_TEST

START_TEST(refuses_a_parameter_that_comes_twice)
{
	struct got got;

	client_ask(&(struct ask){.path = "/authorize?state=a&state=b"}, &got);

	ck_assert_int_eq(got.status, 400);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "twice"));
	got_clear(&got);
}
END_TEST

/* As far as the login page; TRANSACTION and COOKIE for its form. */
static void open_login(const char *hint, char **transaction, char cookie[300],
                       struct got *page)
{
	json_t *request = right_request();
	char path[300];
	struct got got;

	json_object_set_new(request, "login_hint", json_string(hint));
	authorize(request, &got);
	ck_assert_int_eq(got.status, 302);
	*transaction = client_parameter(got.location, "transaction");
	(void)snprintf(cookie, 300, "%s", got.cookie);
	got_clear(&got);
	json_decref(request);
	(void)snprintf(path, sizeof(path), "/login?transaction=%s",
	               *transaction);
	client_ask(&(struct ask){.path = path, .cookie = cookie}, page);
}

static void submit(const char *transaction, const char *cookie,
                   const char *more, struct got *got)
{
	char form[500];

	(void)snprintf(form, sizeof(form),
	               "transaction=%s&user=jane%%40example.com&%s",
	               transaction, more);
	client_ask(
		&(struct ask){.path = "/login", .body = form, .cookie = cookie},
		got);
}

START_TEST(fills_in_the_login_hint_without_trusting_it)
{
	char cookie[300], *transaction;
	struct got page;

	open_login("a\"><script>", &transaction, cookie, &page);

	ck_assert_int_eq(page.status, 200);
	ck_assert_ptr_nonnull(
		strstr(page.body.bytes, "value=\"a&quot;&gt;&lt;script&gt;\""));
	got_clear(&page);
	free(transaction);
}
END_TEST

START_TEST(shows_the_page_again_after_a_wrong_password)
{
	char cookie[300], *transaction;
	struct got page, got;

	open_login("", &transaction, cookie, &page);
	submit(transaction, cookie, "password=wrong&action=login", &got);

	ck_assert_int_eq(got.status, 400);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "Wrong email"));
	got_clear(&got);

	submit(transaction, cookie, "password=sandbox-jane&action=login", &got);

	ck_assert_int_eq(got.status, 302);
	got_clear(&got);
	got_clear(&page);
	free(transaction);
}
END_TEST

START_TEST(sends_access_denied_when_the_person_cancels)
{
	char cookie[300], *transaction, *error, *state;
	struct got page, got;

	open_login("", &transaction, cookie, &page);
	submit(transaction, cookie, "action=cancel", &got);

	error = client_parameter(got.location, "error");
	state = client_parameter(got.location, "state");
	ck_assert_str_eq(error, "access_denied");
	ck_assert_str_eq(state, "s1");
	free(error);
	free(state);
	got_clear(&got);
	got_clear(&page);
	free(transaction);
}
END_TEST

START_TEST(refuses_the_login_form_of_another_browser)
{
	char cookie[300], *transaction;
	struct got page, got;

	open_login("", &transaction, cookie, &page);
	submit(transaction, "other=1", "password=sandbox-jane", &got);

	ck_assert_int_eq(got.status, 400);
	ck_assert_str_eq(got.location, "");
	got_clear(&got);
	got_clear(&page);
	free(transaction);
}
END_TEST

void suite_add_oauth(Suite *suite)
{
	TCase *tcase = tcase_create("oauth");

	tcase_add_checked_fixture(tcase, client_reset, NULL);
	tcase_add_loop_test(tcase, refuses_a_wrong_authorization_request, 0,
	                    WRONG_REQUESTS);
	tcase_add_test(tcase, refuses_a_parameter_that_comes_twice);
	tcase_add_test(tcase, fills_in_the_login_hint_without_trusting_it);
	tcase_add_test(tcase, shows_the_page_again_after_a_wrong_password);
	tcase_add_test(tcase, sends_access_denied_when_the_person_cancels);
	tcase_add_test(tcase, refuses_the_login_form_of_another_browser);
	suite_add_tcase(suite, tcase);
}
