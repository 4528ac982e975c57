/* SPDX-License-Identifier: Apache-2.0 */
/* A login at the OpenID provider in pieces. */
#include "person.h"

#include <stdio.h>
#include <stdlib.h>

#include <check.h>

#include "fields.h"

enum { FORM_MAX = 8000 };

json_t *person_request(void)
{
	return json_pack(
		"{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "client_id",
		"sandbox-native", "response_type", "code", "redirect_uri",
		PERSON_REDIRECT, "scope", "openid profile email offline_access",
		"code_challenge", CLIENT_CHALLENGE, "code_challenge_method",
		"S256", "state", "s1", "nonce", "n1");
}

void person_ask(const json_t *fields, struct got *got)
{
	struct text path;

	text_init(&path, FORM_MAX);
	text_add_string(&path, "/op/authorize?");
	fields_write(&path, fields);
	client_ask(&(struct ask){.path = path.bytes}, got);
	text_clear(&path);
}

void person_log_in(const json_t *fields, struct got *got)
{
	char form[500], cookie[300];
	char *transaction;
	struct got first;

	person_ask(fields, &first);
	ck_assert_int_eq(first.status, 302);
	transaction = client_parameter(first.location, "transaction");
	ck_assert_msg(transaction != NULL, "%s", first.location);
	(void)snprintf(cookie, sizeof(cookie), "%s", first.cookie);
	got_clear(&first);
	(void)snprintf(form, sizeof(form),
	               "transaction=%s&user=jane%%40example.com"
	               "&password=sandbox-jane&action=login",
	               transaction);
	client_ask(&(struct ask){.path = "/op/login",
	                         .body = form,
	                         .cookie = cookie},
	           got);
	free(transaction);
}

char *person_code(void)
{
	json_t *request = person_request();
	struct got got;
	char *code;

	person_log_in(request, &got);
	code = client_parameter(got.location, "code");
	ck_assert_ptr_nonnull(code);
	got_clear(&got);
	json_decref(request);
	return code;
}

json_t *person_exchange(const char *code)
{
	return json_pack("{s:s, s:s, s:s, s:s, s:s}", "client_id",
	                 "sandbox-native", "grant_type", "authorization_code",
	                 "code", code, "redirect_uri", PERSON_REDIRECT,
	                 "code_verifier", CLIENT_VERIFIER);
}

void person_post(const char *path, const json_t *fields, struct got *got)
{
	struct text form;

	text_init(&form, FORM_MAX);
	fields_write(&form, fields);
	client_ask(&(struct ask){.path = path, .body = form.bytes}, got);
	text_clear(&form);
}

void person_tokens(struct got *got)
{
	char *code = person_code();
	json_t *exchange = person_exchange(code);

	person_post("/op/token", exchange, got);
	ck_assert_msg(got->status == 200, "%s", got->body.bytes);
	json_decref(exchange);
	free(code);
}

void person_settings(const char *json)
{
	json_decref(client_control("settings", json));
}
