/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenID provider before the token endpoint: metadata, the browser, pushed
 * requests, registration, logout. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "fields.h"
#include "person.h"
#include "suites.h"

START_TEST(both_forms_of_metadata_are_one_document)
{
	struct got openid, oauth;
	char issuer[100];

	client_ask(
		&(struct ask){.path = "/op/.well-known/openid-configuration"},
		&openid);
	client_ask(&(struct ask){.path = "/.well-known/"
	                                 "oauth-authorization-server/op"},
	           &oauth);

	(void)snprintf(issuer, sizeof(issuer), "http://127.0.0.1%s/op",
	               strrchr(client_base(), ':'));
	ck_assert_str_eq(got_text(&openid, "issuer"), issuer);
	ck_assert(json_equal(openid.json, oauth.json));
	got_clear(&openid);
	got_clear(&oauth);
}
END_TEST

/* A setting, and the member that it brings and takes away. */
struct ability {
	const char *on, *off, *member;
};

static const struct ability abilities[] = {
	{"{\"op_device\": true}", "{\"op_device\": false}",
         "device_authorization_endpoint"},
	{"{\"op_registration\": true}", "{\"op_registration\": false}",
         "registration_endpoint"},
	{"{\"op_pushed\": true}", "{\"op_pushed\": false}",
         "pushed_authorization_request_endpoint"},
	{"{\"op_dpop\": true}", "{\"op_dpop\": false}",
         "dpop_signing_alg_values_supported"},
};

enum { ABILITIES = sizeof(abilities) / sizeof(abilities[0]) };

static bool is_announced(const char *member)
{
	struct got got;
	bool there;

	client_ask(
		&(struct ask){.path = "/op/.well-known/openid-configuration"},
		&got);
	there = json_object_get(got.json, member) != NULL;
	got_clear(&got);
	return there;
}

START_TEST(announces_what_is_switched_on)
{
	const struct ability *ability = &abilities[_i];

	person_settings(ability->on);
	ck_assert(is_announced(ability->member));
	person_settings(ability->off);
	ck_assert(!is_announced(ability->member));
}
END_TEST

static const struct wrong wrong_requests[] = {
	{"client_id", "other", NULL},
	{"client_id", NULL, NULL},
	{"redirect_uri", "http://127.0.0.1:12345/other", NULL},
	{"redirect_uri", "https://127.0.0.1:12345/callback", NULL},
	{"redirect_uri", "http://127.0.0.1.evil.example/callback", NULL},
	{"redirect_uri", "http://127.0.0.1:12345@evil.example/callback", NULL},
	{"redirect_uri", "http://127.0.0.2:12345/callback", NULL},
	{"redirect_uri", NULL, NULL},
	{"request_uri", "urn:ietf:params:oauth:request_uri:guessed", NULL},
	{"response_type", "token", "unsupported_response_type"},
	{"response_type", NULL, "invalid_request"},
	{"response_mode", "fragment", "invalid_request"},
	{"code_challenge", NULL, "invalid_request"},
	{"code_challenge", "short", "invalid_request"},
	{"code_challenge_method", "plain", "invalid_request"},
	{"code_challenge_method", NULL, "invalid_request"},
	{"scope", "profile email", "invalid_scope"},
	{"resource", "no-address", "invalid_target"},
	{"request", "e30.e30.", "request_not_supported"},
	{"prompt", "none", "login_required"},
};

enum { WRONG_REQUESTS = sizeof(wrong_requests) / sizeof(wrong_requests[0]) };

START_TEST(refuses_a_wrong_authorization_request)
{
	const struct wrong *wrong = &wrong_requests[_i];
	json_t *request = person_request();
	struct got got;

	if (wrong->value != NULL)
		json_object_set_new(request, wrong->parameter,
		                    json_string(wrong->value));
	else
		json_object_del(request, wrong->parameter);
	person_ask(request, &got);

	if (wrong->error == NULL) {
		ck_assert_int_eq(got.status, 400);
		ck_assert_str_eq(got.location, "");
	} else {
		char *error = client_parameter(got.location, "error");
		char *issuer = client_parameter(got.location, "iss");

		ck_assert_int_eq(got.status, 302);
		ck_assert_msg(error != NULL, "%s", got.location);
		ck_assert_str_eq(error, wrong->error);
		ck_assert_ptr_nonnull(issuer);
		free(error);
		free(issuer);
	}
	got_clear(&got);
	json_decref(request);
}
END_TEST

static const char *const loopbacks[] = {
	"http://127.0.0.1:1/callback",  "http://127.0.0.1:65535/callback",
	"http://127.0.0.1/callback",    "http://[::1]:4711/callback",
	"http://localhost:80/callback",
};

enum { LOOPBACKS = sizeof(loopbacks) / sizeof(loopbacks[0]) };

START_TEST(takes_a_loopback_address_with_any_port)
{
	json_t *request = person_request();
	struct got got;

	json_object_set_new(request, "redirect_uri",
	                    json_string(loopbacks[_i]));
	person_log_in(request, &got);

	ck_assert_ptr_eq(strstr(got.location, loopbacks[_i]), got.location);
	got_clear(&got);
	json_decref(request);
}
END_TEST

START_TEST(answers_with_code_state_and_issuer)
{
	json_t *request = person_request();
	char *code, *state, *issuer;
	struct got got;

	person_log_in(request, &got);

	code = client_parameter(got.location, "code");
	state = client_parameter(got.location, "state");
	issuer = client_parameter(got.location, "iss");
	ck_assert_ptr_nonnull(code);
	ck_assert_str_eq(state, "s1");
	ck_assert_ptr_nonnull(strstr(issuer, "/op"));
	free(code);
	free(state);
	free(issuer);
	got_clear(&got);
	json_decref(request);
}
END_TEST

/* RFC 9126: pushed, and the browser gets what is left. */
static char *pushed(struct got *got)
{
	json_t *request = person_request();

	person_post("/op/par", request, got);
	json_decref(request);
	return text_copy(got_text(got, "request_uri"));
}

START_TEST(a_pushed_request_is_good_once)
{
	json_t *request;
	struct got got;
	char *uri = pushed(&got);

	ck_assert_int_eq(got.status, 201);
	ck_assert_ptr_nonnull(json_object_get(got.json, "expires_in"));
	got_clear(&got);
	person_settings("{\"op_pushed_required\": true}");
	request = json_pack("{s:s, s:s}", "client_id", "sandbox-native",
	                    "request_uri", uri);

	person_log_in(request, &got);
	ck_assert_ptr_nonnull(strstr(got.location, "code="));
	got_clear(&got);
	person_ask(request, &got);
	ck_assert_int_eq(got.status, 400);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "request_uri"));
	got_clear(&got);
	json_decref(request);
	free(uri);
}
END_TEST

START_TEST(a_pushed_request_is_its_own_clients_and_ends)
{
	struct got got;
	json_t *request;
	char *uri = pushed(&got);

	got_clear(&got);
	request = json_pack("{s:s, s:s}", "client_id", "sandbox-post",
	                    "request_uri", uri);
	person_ask(request, &got);
	ck_assert_int_eq(got.status, 400);
	got_clear(&got);
	person_settings("{\"clock_offset\": 61}");
	json_object_set_new(request, "client_id",
	                    json_string("sandbox-native"));
	person_ask(request, &got);
	ck_assert_int_eq(got.status, 400);
	got_clear(&got);
	json_decref(request);
	free(uri);
}
END_TEST

static const struct wrong wrong_pushes[] = {
	{"client_id", "other", "invalid_client"},
	{"redirect_uri", "https://evil.example/", "invalid_request"},
	{"request_uri", "urn:x", "invalid_request"},
	{"code_challenge_method", "plain", "invalid_request"},
	{"scope", "profile", "invalid_scope"},
};

enum { WRONG_PUSHES = sizeof(wrong_pushes) / sizeof(wrong_pushes[0]) };

START_TEST(refuses_to_take_a_wrong_request)
{
	const struct wrong *wrong = &wrong_pushes[_i];
	json_t *request = person_request();
	struct got got;

	json_object_set_new(request, wrong->parameter,
	                    json_string(wrong->value));
	person_post("/op/par", request, &got);

	ck_assert_str_eq(got_text(&got, "error"), wrong->error);
	ck_assert_int_ge(got.status, 400);
	got_clear(&got);
	json_decref(request);
}
END_TEST

START_TEST(wants_a_pushed_request_where_it_says_so)
{
	json_t *request = person_request();
	struct got got;
	char *error;

	person_settings("{\"op_pushed_required\": true}");
	person_ask(request, &got);

	error = client_parameter(got.location, "error");
	ck_assert_str_eq(error, "invalid_request");
	free(error);
	got_clear(&got);
	json_decref(request);
}
END_TEST

static void enroll(const char *body, struct got *got)
{
	client_ask(&(struct ask){.path = "/op/register", .body = body}, got);
}

START_TEST(registers_a_client_that_can_log_in)
{
	json_t *request = person_request();
	struct got got;

	person_settings("{\"op_registration\": true}");
	enroll("{\"redirect_uris\": [\"http://127.0.0.1/callback\"],"
	       "\"token_endpoint_auth_method\": \"none\"}",
	       &got);
	ck_assert_int_eq(got.status, 201);
	ck_assert_ptr_null(json_object_get(got.json, "client_secret"));
	json_object_set_new(request, "client_id",
	                    json_string(got_text(&got, "client_id")));
	got_clear(&got);

	person_log_in(request, &got);

	ck_assert_ptr_nonnull(strstr(got.location, "code="));
	got_clear(&got);
	json_decref(request);
}
END_TEST

START_TEST(registers_a_secret_unless_it_is_told_otherwise)
{
	struct got got;

	person_settings("{\"op_registration\": true}");
	enroll("{\"redirect_uris\": [\"http://127.0.0.1/callback\"]}", &got);

	ck_assert_int_eq(got.status, 201);
	ck_assert_str_eq(got_text(&got, "token_endpoint_auth_method"),
	                 "client_secret_basic");
	ck_assert_str_ne(got_text(&got, "client_secret"), "");
	got_clear(&got);
}
END_TEST

START_TEST(refuses_a_wrong_registration)
{
	struct got got;

	enroll("{\"redirect_uris\": [\"http://127.0.0.1/callback\"]}", &got);
	ck_assert_int_eq(got.status, 403);
	got_clear(&got);
	person_settings("{\"op_registration\": true}");
	enroll("{\"redirect_uris\": [\"http://evil.example/\"]}", &got);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_redirect_uri");
	got_clear(&got);
	enroll("{\"redirect_uris\": []}", &got);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_redirect_uri");
	got_clear(&got);
	enroll("{\"redirect_uris\": [\"http://127.0.0.1/callback\"],"
	       "\"token_endpoint_auth_method\": \"telepathy\"}",
	       &got);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_client_metadata");
	got_clear(&got);
}
END_TEST

static void log_out(const char *hint, const char *more, struct got *got)
{
	struct text path;

	text_init(&path, 8000);
	text_addf(&path, "/op/logout?id_token_hint=%s%s", hint, more);
	client_ask(&(struct ask){.path = path.bytes}, got);
	text_clear(&path);
}

START_TEST(logs_out_and_goes_back_with_the_state)
{
	struct got tokens, got;
	json_t *refresh;

	person_tokens(&tokens);
	log_out(got_text(&tokens, "id_token"),
	        "&state=s2&post_logout_redirect_uri="
	        "http%3A%2F%2F127.0.0.1%3A4711%2Flogged-out",
	        &got);

	ck_assert_int_eq(got.status, 302);
	ck_assert_str_eq(got.location,
	                 "http://127.0.0.1:4711/logged-out?state=s2");
	got_clear(&got);
	/* What the login gave has ended with it. */
	refresh = json_pack("{s:s, s:s, s:s}", "client_id", "sandbox-native",
	                    "grant_type", "refresh_token", "refresh_token",
	                    got_text(&tokens, "refresh_token"));
	person_post("/op/token", refresh, &got);
	ck_assert_str_eq(got_text(&got, "error"), "invalid_grant");
	got_clear(&got);
	json_decref(refresh);
	got_clear(&tokens);
}
END_TEST

START_TEST(refuses_a_wrong_logout)
{
	struct got tokens, got;

	person_tokens(&tokens);
	log_out("guessed", "", &got);
	ck_assert_int_eq(got.status, 400);
	got_clear(&got);
	log_out(got_text(&tokens, "id_token"), "&client_id=sandbox-post", &got);
	ck_assert_int_eq(got.status, 400);
	got_clear(&got);
	log_out(got_text(&tokens, "id_token"),
	        "&post_logout_redirect_uri=https%3A%2F%2Fevil.example%2F",
	        &got);
	ck_assert_int_eq(got.status, 400);
	ck_assert_str_eq(got.location, "");
	got_clear(&got);

	log_out(got_text(&tokens, "id_token"), "", &got);
	ck_assert_int_eq(got.status, 200);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "You are logged out"));
	got_clear(&got);
	got_clear(&tokens);
}
END_TEST

void suite_add_provider(Suite *suite)
{
	TCase *tcase = tcase_create("provider");

	tcase_add_checked_fixture(tcase, client_reset, NULL);
	tcase_add_test(tcase, both_forms_of_metadata_are_one_document);
	tcase_add_loop_test(tcase, announces_what_is_switched_on, 0, ABILITIES);
	tcase_add_loop_test(tcase, refuses_a_wrong_authorization_request, 0,
	                    WRONG_REQUESTS);
	tcase_add_loop_test(tcase, takes_a_loopback_address_with_any_port, 0,
	                    LOOPBACKS);
	tcase_add_test(tcase, answers_with_code_state_and_issuer);
	tcase_add_test(tcase, a_pushed_request_is_good_once);
	tcase_add_test(tcase, a_pushed_request_is_its_own_clients_and_ends);
	tcase_add_loop_test(tcase, refuses_to_take_a_wrong_request, 0,
	                    WRONG_PUSHES);
	tcase_add_test(tcase, wants_a_pushed_request_where_it_says_so);
	tcase_add_test(tcase, registers_a_client_that_can_log_in);
	tcase_add_test(tcase, registers_a_secret_unless_it_is_told_otherwise);
	tcase_add_test(tcase, refuses_a_wrong_registration);
	tcase_add_test(tcase, logs_out_and_goes_back_with_the_state);
	tcase_add_test(tcase, refuses_a_wrong_logout);
	suite_add_tcase(suite, tcase);
}
