/* SPDX-License-Identifier: Apache-2.0 */
/* Astro's REST interface and Houston's GraphQL, as the sandbox plays them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <check.h>

#include "client.h"
#include "fields.h"
#include "suites.h"

/* GET PATH with a token minted for USER; NULL: without any. */
static void get_as(const char *user, const char *path, struct got *got)
{
	char wish[200];
	struct text header;
	json_t *token = NULL;

	text_init(&header, 10000);
	if (user != NULL) {
		(void)snprintf(wish, sizeof(wish), "{\"user\": \"%s\"}", user);
		token = client_control("token", wish);
		text_addf(&header, "Bearer %s",
		          fields_get(token, "access_token"));
	}
	client_ask(&(struct ask){.path = path,
	                         .authorization =
	                                 user == NULL ? NULL : header.bytes},
	           got);
	json_decref(token);
	text_clear(&header);
}

struct access {
	const char *user, *path;
	long status;
};

static const struct access accesses[] = {
	{NULL, "/v1/users/self?createIfNotExist=true", 401},
	{NULL, "/v1/organizations", 401},
	{NULL, "/v1/organizations/clorgacme/workspaces", 401},
	{NULL, "/userinfo", 401},
	{"jane@example.com", "/v1/users/self?createIfNotExist=true", 200},
	{"jane@example.com", "/v1/organizations/clorgacme", 200},
	{"jane@example.com", "/v1/organizations/clorgsolo", 403},
	{"jane@example.com", "/v1/organizations/clorgnone", 404},
	{"jane@example.com", "/v1/organizations/clorgsolo/workspaces", 403},
	{"jane@example.com", "/v1/organizations?limit=1001", 400},
	{"jane@example.com", "/v1/organizations?limit=-1", 400},
	{"jane@example.com",
         "/v1/organizations/clorgacme/workspaces?sorts=size%3Aasc", 400},
	{"jane@example.com", "/v1/elsewhere", 404},
	{NULL, "/oauth/token", 405},
};

START_TEST(answers_each_request_with_its_status)
{
	const struct access *access = &accesses[_i];
	struct got got;

	get_as(access->user, access->path, &got);

	ck_assert_int_eq(got.status, access->status);
	ck_assert_str_eq(got.type, "application/json");
	got_clear(&got);
}
END_TEST

START_TEST(refuses_an_expired_token)
{
	json_t *token = client_control("token", "{\"expired\": true}");
	struct text header;
	struct got got;

	text_init(&header, 10000);
	text_addf(&header, "Bearer %s", fields_get(token, "access_token"));
	client_ask(&(struct ask){.path = "/v1/organizations",
	                         .authorization = header.bytes},
	           &got);

	ck_assert_int_eq(got.status, 401);
	got_clear(&got);
	text_clear(&header);
	json_decref(token);
}
END_TEST

static const char *first_name(const struct got *got, const char *list)
{
	return fields_get(json_array_get(json_object_get(got->json, list), 0),
	                  "name");
}

START_TEST(sorts_workspaces_and_caps_their_pages)
{
	struct got got;

	get_as("jane@example.com",
	       "/v1/organizations/clorgacme/workspaces?sorts=name%3Aasc", &got);
	ck_assert_str_eq(first_name(&got, "workspaces"), "Production");
	got_clear(&got);

	get_as("many@example.com",
	       "/v1/organizations/clorgnorth/workspaces"
	       "?limit=1000&offset=40&sorts=name%3Aasc",
	       &got);
	ck_assert_str_eq(first_name(&got, "workspaces"), "Workspace 41");
	ck_assert_int_eq(
		json_integer_value(json_object_get(got.json, "totalCount")),
		45);
	got_clear(&got);

	get_as("many@example.com",
	       "/v1/organizations/clorgnorth/workspaces?limit=1000", &got);
	ck_assert_uint_eq(
		json_array_size(json_object_get(got.json, "workspaces")), 20);
	got_clear(&got);
}
END_TEST

START_TEST(looks_up_the_organizations_of_an_address)
{
	struct got got;
	json_t *ids;

	client_ask(&(struct ask){.path = "/hub/organization-lookup",
	                         .body = "{\"email\": \"jane@example.com\"}"},
	           &got);

	ids = json_object_get(got.json, "organizationIds");
	ck_assert_str_eq(json_string_value(json_array_get(ids, 0)), "org_acme");
	got_clear(&got);
}
END_TEST

static void graphql(const char *body, const char *authorization,
                    struct got *got)
{
	client_ask(&(struct ask){.path = "/v1",
	                         .body = body,
	                         .authorization = authorization},
	           got);
}

static const char *first_error(const struct got *got)
{
	json_t *errors = json_object_get(got->json, "errors");
	const char *message = fields_get(json_array_get(errors, 0), "message");

	return message == NULL ? "" : message;
}

#define CREATE_TOKEN                                                           \
	"{\"query\": \"mutation t($i: String, $p: String!) "                   \
	"{createToken(identity: $i, password: $p) {token {value}}}\", "        \
	"\"variables\": {\"i\": \"jane\", \"p\": "

struct refusal {
	const char *body;
	long status;
	const char *message;
};

static const struct refusal refusals[] = {
	{CREATE_TOKEN "\"wrong\"}}", 200, "Invalid username or password"},
	{CREATE_TOKEN "null}}", 400, "\"$p\" of required type \"String!\""},
	{CREATE_TOKEN "7}}", 400, "invalid value"},
	{"{\"query\": \"mutation {createToken(identity: \\\"jane\\\", "
         "password: \\\"sandbox-jane\\\") {token {value}}}\"}",
         400, "from a variable only"},
	{"{\"query\": \"mutation t($i: String) {createToken(identity: $i) "
         "{token {value}}}\"}",
         400, "is required"},
	{"{\"query\": \"{workspaces {id}}\"}", 200,
         "You do not have the appropriate permissions for that"},
	{"{\"query\": \"{appConfig {version}}\"}", 200,
         "You do not have the appropriate permissions for that"},
	{"{\"query\": \"{authConfig {nothing}}\"}", 400,
         "Cannot query field \"nothing\" on type \"AuthConfig\""},
	{"{\"query\": \"{deployments {id}}\"}", 400,
         "Cannot query field \"deployments\" on type \"Query\""},
	{"{\"query\": \"{createToken {token {value}}}\"}", 400,
         "Cannot query field \"createToken\" on type \"Query\""},
	{"{\"query\": \"{authConfig(x: 1) {localEnabled}}\"}", 400,
         "Unknown argument \"x\""},
	{"{\"query\": \"{authConfig}\"}", 400, "must have a selection"},
	{"{\"query\": \"{workspace(workspaceUuid: $w) {id}}\"}", 400,
         "\"$w\" is not defined"},
	{"{\"query\": \"{authConfig {localEnabled}\"}", 400, "Syntax Error"},
	{"{\"query\": \"\"}", 400, "Syntax Error"},
	{"{\"variables\": {}}", 400, "Must provide query string"},
};

START_TEST(houston_refuses_a_wrong_operation)
{
	const struct refusal *refusal = &refusals[_i];
	struct got got;

	graphql(refusal->body, NULL, &got);

	ck_assert_int_eq(got.status, refusal->status);
	ck_assert_msg(strstr(first_error(&got), refusal->message) != NULL,
	              "\"%s\" instead of \"%s\"", first_error(&got),
	              refusal->message);
	ck_assert(json_is_null(json_object_get(got.json, "data")));
	got_clear(&got);
}
END_TEST

START_TEST(houston_takes_the_bare_token_only)
{
	struct got got, with, without;
	struct text header;
	json_t *login, *data;
	const char *token;

	graphql(CREATE_TOKEN "\"sandbox-jane\"}}", NULL, &got);
	login = json_object_get(json_object_get(got.json, "data"),
	                        "createToken");
	token = fields_get(json_object_get(login, "token"), "value");
	ck_assert_ptr_nonnull(token);
	text_init(&header, 10000);
	text_addf(&header, "Bearer %s", token);

	graphql("{\"query\": \"{workspaces {id label}}\"}", header.bytes,
	        &with);
	graphql("{\"query\": \"{workspaces {id label}}\"}", token, &without);

	ck_assert_str_eq(
		first_error(&with),
		"You do not have the appropriate permissions for that");
	data = json_object_get(without.json, "data");
	ck_assert_uint_eq(json_array_size(json_object_get(data, "workspaces")),
	                  2);
	text_clear(&header);
	got_clear(&got);
	got_clear(&with);
	got_clear(&without);
}
END_TEST

struct version {
	const char *settings, *query;
	bool known;
};

static const struct version versions[] = {
	{"{\"houston_version\": \"0.24.0\"}", "appConfig {version}", true},
	{"{\"houston_version\": \"0.24.0\"}", "appConfig {baseDomain}", false},
	{"{\"houston_version\": \"0.27.9\"}", "appConfig {featureFlags}",
         false},
	{"{\"houston_version\": \"0.28.0-rc1\"}", "appConfig {featureFlags}",
         true},
	{"{\"houston_version\": \"0.29.1\"}",
         "appConfig {byoUpdateRegistryHost}", false},
	{"{\"houston_version\": \"0.29.2\"}",
         "appConfig {byoUpdateRegistryHost}", true},
	{"{\"houston_version\": \"2.0.0\"}", "appConfig {hardDeleteDeployment}",
         false},
	{"{\"houston_version\": \"0.29.9\"}",
         "paginatedWorkspaces(take: 2, pageNumber: 0) {id}", false},
	{"{\"houston_version\": \"0.30.0\"}",
         "paginatedWorkspaces(take: 2, pageNumber: 0) {id}", true},
};

START_TEST(houston_knows_the_fields_of_its_version)
{
	const struct version *version = &versions[_i];
	json_t *token;
	struct got got;
	char body[300];

	json_decref(client_control("settings", version->settings));
	token = client_control("token", "{\"product\": \"software\"}");
	(void)snprintf(body, sizeof(body), "{\"query\": \"{%s}\"}",
	               version->query);
	graphql(body, fields_get(token, "token"), &got);

	if (version->known)
		ck_assert_str_eq(first_error(&got), "");
	else
		ck_assert_ptr_nonnull(
			strstr(first_error(&got), "Cannot query field"));
	got_clear(&got);
	json_decref(token);
}
END_TEST

START_TEST(houston_refuses_passwords_where_they_are_off)
{
	struct got got;

	json_decref(client_control("settings",
	                           "{\"houston_local_enabled\": false}"));
	graphql(CREATE_TOKEN "\"sandbox-jane\"}}", NULL, &got);

	ck_assert_str_eq(first_error(&got), "Local authentication is disabled");
	got_clear(&got);
}
END_TEST

START_TEST(token_page_gives_a_token_for_the_right_password)
{
	struct got got;

	client_ask(&(struct ask){.path = "/v1/token",
	                         .body = "user=jane&password=wrong"},
	           &got);
	ck_assert_int_eq(got.status, 400);
	got_clear(&got);

	client_ask(&(struct ask){.path = "/v1/token",
	                         .body = "user=jane&password=sandbox-jane"},
	           &got);

	ck_assert_int_eq(got.status, 200);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, "<code id=\"token\">ey"));
	got_clear(&got);
}
END_TEST

void suite_add_services(Suite *suite)
{
	TCase *tcase = tcase_create("services");

	tcase_add_checked_fixture(tcase, client_reset, NULL);
	tcase_add_loop_test(tcase, answers_each_request_with_its_status, 0,
	                    sizeof(accesses) / sizeof(accesses[0]));
	tcase_add_test(tcase, refuses_an_expired_token);
	tcase_add_test(tcase, sorts_workspaces_and_caps_their_pages);
	tcase_add_test(tcase, looks_up_the_organizations_of_an_address);
	tcase_add_loop_test(tcase, houston_refuses_a_wrong_operation, 0,
	                    sizeof(refusals) / sizeof(refusals[0]));
	tcase_add_test(tcase, houston_takes_the_bare_token_only);
	tcase_add_loop_test(tcase, houston_knows_the_fields_of_its_version, 0,
	                    sizeof(versions) / sizeof(versions[0]));
	tcase_add_test(tcase, houston_refuses_passwords_where_they_are_off);
	tcase_add_test(tcase, token_page_gives_a_token_for_the_right_password);
	suite_add_tcase(suite, tcase);
}
