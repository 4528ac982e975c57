/* SPDX-License-Identifier: Apache-2.0 */
/* The device grant, RFC 8628, of Astro's client and of the OpenID provider. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "client.h"
#include "device.h"
#include "fields.h"
#include "suites.h"

/* The two that offer it. */
struct offer {
	const char *begin, *token, *page, *setting, *client;
};

static const struct offer offers[] = {
	{"/oauth/device/code", "/oauth/token", "/activate",
         "device_authorization",
         "client_id=astro-sandbox-cli&audience=astronomer-ee"},
	{"/op/device", "/op/token", "/op/activate", "op_device",
         "client_id=sandbox-native"},
};

enum { OFFERS = sizeof(offers) / sizeof(offers[0]) };

static void set(const char *json)
{
	json_decref(client_control("settings", json));
}

static void switch_to(const struct offer *offer, const char *value)
{
	char json[100];

	(void)snprintf(json, sizeof(json), "{\"%s\": %s}", offer->setting,
	               value);
	set(json);
}

static void begin(const struct offer *offer, struct got *got)
{
	char form[300];

	(void)snprintf(form, sizeof(form),
	               "%s&scope=openid%%20email%%20offline_access",
	               offer->client);
	client_ask(&(struct ask){.path = offer->begin, .body = form}, got);
}

/* Begun, with the codes in CODE and USER_CODE. */
static void open_code(const struct offer *offer, char code[100],
                      char user_code[20])
{
	struct got got;

	switch_to(offer, "true");
	begin(offer, &got);
	ck_assert_int_eq(got.status, 200);
	(void)snprintf(code, 100, "%s", got_text(&got, "device_code"));
	(void)snprintf(user_code, 20, "%s", got_text(&got, "user_code"));
	got_clear(&got);
}

static void poll(const struct offer *offer, const char *code, struct got *got)
{
	char form[500];

	(void)snprintf(form, sizeof(form),
	               "%s&grant_type=urn%%3Aietf%%3Aparams%%3Aoauth%%3A"
	               "grant-type%%3Adevice_code&device_code=%s",
	               offer->client, code);
	client_ask(&(struct ask){.path = offer->token, .body = form}, got);
}

/* The poll says ERROR ("": it gives tokens). */
static void expect(const struct offer *offer, const char *code,
                   const char *error)
{
	struct got got;

	poll(offer, code, &got);
	ck_assert_str_eq(got_text(&got, "error"), error);
	ck_assert_int_eq(got.status, error[0] == '\0' ? 200 : 400);
	if (error[0] == '\0') {
		ck_assert_str_ne(got_text(&got, "access_token"), "");
		ck_assert_str_ne(got_text(&got, "refresh_token"), "");
		ck_assert_str_ne(got_text(&got, "id_token"), "");
	}
	got_clear(&got);
}

/* Five seconds per step, so that no poll comes too early. */
static void wait_steps(int steps)
{
	char json[100];

	(void)snprintf(json, sizeof(json), "{\"clock_offset\": %d}", steps * 5);
	set(json);
}

static void submit(const struct offer *offer, const char *user_code,
                   const char *more, struct got *got)
{
	char form[300];

	(void)snprintf(form, sizeof(form),
	               "user_code=%s&user=jane%%40example.com&%s", user_code,
	               more);
	client_ask(&(struct ask){.path = offer->page, .body = form}, got);
}

START_TEST(gives_tokens_once_the_person_has_approved)
{
	const struct offer *offer = &offers[_i];
	char code[100], user_code[20];
	struct got got;

	open_code(offer, code, user_code);
	expect(offer, code, "authorization_pending");
	submit(offer, user_code, "password=sandbox-jane&action=login", &got);
	ck_assert_int_eq(got.status, 200);
	ck_assert_ptr_nonnull(
		strstr(got.body.bytes, "The device is logged in"));
	got_clear(&got);

	wait_steps(1);
	expect(offer, code, "");
	wait_steps(2);
	expect(offer, code, "invalid_grant");
}
END_TEST

START_TEST(takes_the_code_however_it_is_typed)
{
	const struct offer *offer = &offers[_i];
	char code[100], user_code[20], typed[20];
	struct got got;
	size_t i, at = 0;

	open_code(offer, code, user_code);
	for (i = 0; user_code[i] != '\0'; i++)
		if (user_code[i] != '-')
			typed[at++] = (char)(user_code[i] + ('a' - 'A'));
	typed[at] = '\0';
	submit(offer, typed, "password=sandbox-jane&action=login", &got);

	ck_assert_int_eq(got.status, 200);
	got_clear(&got);
	expect(offer, code, "");
}
END_TEST

START_TEST(refuses_a_wrong_code_or_password_on_the_page)
{
	const struct offer *offer = &offers[_i];
	char code[100], user_code[20];
	struct got got;

	open_code(offer, code, user_code);
	submit(offer, "BBBB-BBBB", "password=sandbox-jane&action=login", &got);
	ck_assert_int_eq(got.status, 400);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "Unknown code"));
	got_clear(&got);
	submit(offer, user_code, "password=wrong&action=login", &got);
	ck_assert_int_eq(got.status, 400);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "Wrong email"));
	got_clear(&got);

	expect(offer, code, "authorization_pending");
}
END_TEST

START_TEST(says_access_denied_when_the_person_refuses)
{
	const struct offer *offer = &offers[_i];
	char code[100], user_code[20];
	struct got got;

	open_code(offer, code, user_code);
	submit(offer, user_code, "action=cancel", &got);
	ck_assert_int_eq(got.status, 200);
	got_clear(&got);

	expect(offer, code, "access_denied");
}
END_TEST

START_TEST(says_slow_down_to_whoever_asks_too_early)
{
	const struct offer *offer = &offers[_i];
	char code[100], user_code[20];

	open_code(offer, code, user_code);
	expect(offer, code, "authorization_pending");
	expect(offer, code, "slow_down");
	/* Five seconds were right before; now it is ten. */
	wait_steps(1);
	expect(offer, code, "slow_down");
	/* ... and fifteen. */
	wait_steps(4);
	expect(offer, code, "authorization_pending");
}
END_TEST

START_TEST(says_expired_token_when_the_time_is_over)
{
	const struct offer *offer = &offers[_i];
	char code[100], user_code[20];

	open_code(offer, code, user_code);
	wait_steps(1000);
	expect(offer, code, "expired_token");
}
END_TEST

START_TEST(refuses_an_unknown_device_code)
{
	const struct offer *offer = &offers[_i];

	switch_to(offer, "true");
	expect(offer, "guessed", "invalid_grant");
}
END_TEST

START_TEST(refuses_a_client_or_scope_that_is_wrong)
{
	const struct offer *offer = &offers[_i];
	char form[200];
	struct got got;

	switch_to(offer, "true");
	client_ask(&(struct ask){.path = offer->begin,
	                         .body = "client_id=other&scope=openid"},
	           &got);
	ck_assert_int_eq(got.status, 401);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_client");
	got_clear(&got);
	(void)snprintf(form, sizeof(form), "%s&scope=profile", offer->client);
	client_ask(&(struct ask){.path = offer->begin, .body = form}, &got);
	ck_assert_int_eq(got.status, 400);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_scope");
	got_clear(&got);
}
END_TEST

START_TEST(refuses_every_part_when_it_is_switched_off)
{
	const struct offer *offer = &offers[_i];
	char code[100], user_code[20];
	struct got got;

	open_code(offer, code, user_code);
	switch_to(offer, "false");

	expect(offer, code, "unsupported_grant_type");
	begin(offer, &got);
	ck_assert_str_eq(got_text(&got, "error"), "unauthorized_client");
	got_clear(&got);
}
END_TEST

START_TEST(astro_announces_it_only_when_told_to)
{
	static const char path[] = "/.well-known/openid-configuration";
	static const char name[] = "device_authorization_endpoint";
	struct got got;

	client_ask(&(struct ask){.path = path}, &got);
	ck_assert_ptr_null(json_object_get(got.json, name));
	got_clear(&got);
	set("{\"device_authorization\": true}");
	client_ask(&(struct ask){.path = path}, &got);

	ck_assert_ptr_nonnull(
		strstr(got_text(&got, name), "/oauth/device/code"));
	ck_assert_ptr_nonnull(strstr(got.body.bytes, DEVICE_GRANT_TYPE));
	got_clear(&got);
}
END_TEST

START_TEST(polls_follow_the_script)
{
	const struct offer *offer = &offers[_i];
	char code[100], user_code[20];

	set("{\"device_script\": [\"authorization_pending\", \"frobnicate\","
	    " \"approve:solo@example.com\"], \"op_device_script\":"
	    " [\"authorization_pending\", \"frobnicate\","
	    " \"approve:solo@example.com\"]}");
	open_code(offer, code, user_code);

	expect(offer, code, "authorization_pending");
	wait_steps(1);
	expect(offer, code, "frobnicate");
	wait_steps(2);
	expect(offer, code, "");
}
END_TEST

static void act(const char *json)
{
	json_decref(client_control("device", json));
}

START_TEST(a_test_decides_in_the_place_of_a_person)
{
	const struct offer *offer = &offers[_i];
	char code[100], user_code[20];
	struct got got;

	open_code(offer, code, user_code);
	act("{\"action\": \"approve\", \"user\": \"solo@example.com\"}");
	expect(offer, code, "");
	open_code(offer, code, user_code);
	act("{\"action\": \"deny\"}");
	expect(offer, code, "access_denied");
	open_code(offer, code, user_code);
	act("{\"action\": \"expire\"}");
	expect(offer, code, "expired_token");

	client_ask(&(struct ask){.path = "/sandbox/device",
	                         .body = "{\"action\": \"deny\"}"},
	           &got);
	ck_assert_int_eq(got.status, 400);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "no such device code"));
	got_clear(&got);
}
END_TEST

START_TEST(the_page_fills_in_the_code_without_trusting_it)
{
	char path[100];
	struct got got;

	(void)snprintf(path, sizeof(path), "%s?user_code=a%%22%%3E%%3Cb",
	               offers[_i].page);
	client_ask(&(struct ask){.path = path}, &got);

	ck_assert_int_eq(got.status, 200);
	ck_assert_ptr_nonnull(
		strstr(got.body.bytes, "value=\"a&quot;&gt;&lt;b\""));
	got_clear(&got);
}
END_TEST

/* The scripted browser as a person with the code; its exit code. */
static int visit(const char *code, const char *address)
{
	int status = 0;
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0) {
		execl(ASTRO_SANDBOX, ASTRO_SANDBOX, "visit", "--output",
		      "/dev/null", "--code", code, address, (char *)NULL);
		_exit(127);
	}
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	return WEXITSTATUS(status);
}

START_TEST(the_scripted_browser_approves_a_device)
{
	const struct offer *offer = &offers[_i];
	char code[100], user_code[20], address[100];

	open_code(offer, code, user_code);
	(void)snprintf(address, sizeof(address), "%s%s", client_base(),
	               offer->page);

	ck_assert_int_eq(visit("BBBB-BBBB", address), 1);
	ck_assert_int_eq(visit(user_code, address), 0);
	expect(offer, code, "");
}
END_TEST

void suite_add_devices(Suite *suite)
{
	TCase *tcase = tcase_create("device");

	tcase_add_checked_fixture(tcase, client_reset, NULL);
	tcase_add_loop_test(tcase, gives_tokens_once_the_person_has_approved, 0,
	                    OFFERS);
	tcase_add_loop_test(tcase, takes_the_code_however_it_is_typed, 0,
	                    OFFERS);
	tcase_add_loop_test(tcase, refuses_a_wrong_code_or_password_on_the_page,
	                    0, OFFERS);
	tcase_add_loop_test(tcase, says_access_denied_when_the_person_refuses,
	                    0, OFFERS);
	tcase_add_loop_test(tcase, says_slow_down_to_whoever_asks_too_early, 0,
	                    OFFERS);
	tcase_add_loop_test(tcase, says_expired_token_when_the_time_is_over, 0,
	                    OFFERS);
	tcase_add_loop_test(tcase, refuses_an_unknown_device_code, 0, OFFERS);
	tcase_add_loop_test(tcase, refuses_a_client_or_scope_that_is_wrong, 0,
	                    OFFERS);
	tcase_add_loop_test(tcase, refuses_every_part_when_it_is_switched_off,
	                    0, OFFERS);
	tcase_add_test(tcase, astro_announces_it_only_when_told_to);
	tcase_add_loop_test(tcase, polls_follow_the_script, 0, OFFERS);
	tcase_add_loop_test(tcase, a_test_decides_in_the_place_of_a_person, 0,
	                    OFFERS);
	tcase_add_loop_test(tcase,
	                    the_page_fills_in_the_code_without_trusting_it, 0,
	                    OFFERS);
	tcase_add_loop_test(tcase, the_scripted_browser_approves_a_device, 0,
	                    OFFERS);
	suite_add_tcase(suite, tcase);
}
