/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The promises that provider.h asks of a provider, tried on the one named on
 * the command line: test_contract path/to/NAME.so
 */
#include <check.h>
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An old name of a macro of Check. */
#undef fail

#include "error.h"
#include "fake_host.h"
#include "secret.h"

/* Between them they know every request of the providers that we ship. */
static const struct fake_route routes[] = {
	{"/cli/auth-config", NULL, 200,
         "{\"clientId\":\"client\",\"audience\":\"audience\","
         "\"domainUrl\":\"https://auth.example/\","
         "\"authFlow\":\"EMAIL_FIRST\"}"},
	{"op.example/.well-known/openid-configuration", NULL, 200,
         "{\"issuer\":\"https://op.example\","
         "\"authorization_endpoint\":\"https://op.example/authorize\","
         "\"token_endpoint\":\"https://op.example/token\","
         "\"userinfo_endpoint\":\"https://op.example/userinfo\","
         "\"registration_endpoint\":\"https://op.example/register\","
         "\"jwks_uri\":\"https://op.example/jwks\"}"},
	{"op.example/register", NULL, 201,
         "{\"client_id\":\"client\",\"client_secret\":"
         "\"" FAKE_CANARY "client\"}"},
	{"organization-lookup", NULL, 200, "{\"organizationIds\":[\"org_1\"]}"},
	{"userinfo", NULL, 200,
         "{\"sub\":\"subject\",\"email\":\"jane@example.com\"}"},
	{"/users/self", NULL, 200, "{\"id\":\"user1\"}"},
	{"/workspaces?", NULL, 200,
         "{\"workspaces\":[{\"id\":\"ws1\",\"name\":\"One\"},"
         "{\"id\":\"ws2\",\"name\":\"Two\"}],\"totalCount\":2}"},
	{"/organizations?", NULL, 200,
         "{\"organizations\":[{\"id\":\"org1\",\"name\":\"First\","
         "\"product\":\"HOSTED\"},{\"id\":\"org2\",\"name\":\"Second\"}],"
         "\"totalCount\":2}"},
	{"houston", "authConfig", 200,
         "{\"data\":{\"authConfig\":{\"localEnabled\":true,"
         "\"providers\":[{\"name\":\"okta\"}]}}}"},
	{"houston", "createToken", 200,
         "{\"data\":{\"createToken\":{\"token\":{\"value\":"
         "\"" FAKE_CANARY "houston\"}}}}"},
	{"houston", "workspaces", 200,
         "{\"data\":{\"workspaces\":[{\"id\":\"ck1\",\"label\":\"One\"}]}}"},
	{"houston", "appConfig", 200,
         "{\"data\":{\"appConfig\":{\"version\":\"0.37.0\"}}}"},
	{NULL, NULL, 0, NULL}};

static const struct fake_answer answers[] = {
	{"email", "jane@example.com"},
	{"username", "jane"},
	{"password", FAKE_CANARY "password"},
	{"token", FAKE_CANARY "token"},
	{NULL, NULL}};

static const char *path;
static const struct astro_provider *provider;
static struct fake_script script;
static struct fake_host fake;
static struct astro_error err;

/* The name in path/to/NAME.so, into OUT. */
static void stem(char *out, size_t size)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash != NULL ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t len = dot != NULL ? (size_t)(dot - name) : strlen(name);

	(void)snprintf(out, size, "%.*s", (int)len, name);
}

/* A domain that is the provider's own. */
static const char *domain_of(const char *name)
{
	if (strcmp(name, "astro") == 0)
		return "astronomer.io";
	return strcmp(name, "oidc") == 0 ? "op.example" : "software.example";
}

static void setup(void)
{
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);

	ck_assert_msg(library != NULL, "%s", dlerror());
	provider = dlsym(library, ASTRO_PROVIDER_SYMBOL);
	ck_assert_msg(provider != NULL, "%s", dlerror());
	script = (struct fake_script){
		.domain = domain_of(provider->name),
		.routes = routes,
		.answers = answers,
	};
	memset(&err, 0, sizeof(err));
	fake_host_init(&fake, &script);
}

/* With the token given in advance, or with everything asked. */
static const char *const givens[] = {NULL, "token"};
enum { GIVENS = sizeof(givens) / sizeof(givens[0]) };

/*
 * One operation's promise: a failure has a message of its own, without secrets
 * and not of success.
 */
static int judge(int status)
{
	ck_assert_int_ge(status, ASTRO_OK);
	ck_assert_int_le(status, ASTRO_INTERNAL);
	if (status != ASTRO_OK) {
		ck_assert_str_ne(err.message, "");
		ck_assert_ptr_null(strstr(err.message, FAKE_CANARY));
		ck_assert_ptr_null(strstr(err.hint, FAKE_CANARY));
	}
	return status;
}

static int converse(struct astro_session *session,
                    struct astro_credential **credential,
                    struct astro_listing *listing)
{
	int status = ASTRO_OK;

	if (provider->prompt != NULL)
		status = judge(provider->prompt(session, &err));
	if (status != ASTRO_OK)
		return status;
	status = judge(provider->authenticate(session, credential, &err));
	if (status != ASTRO_OK) {
		ck_assert_ptr_null(*credential);
		return status;
	}
	ck_assert_ptr_nonnull(*credential);
	ck_assert_ptr_nonnull(
		fake.table.credential_get(*credential, "access_token"));
	if (provider->workspaces != NULL)
		status = judge(provider->workspaces(session, *credential,
		                                    listing, &err));
	if (status == ASTRO_OK && provider->store != NULL)
		status = judge(provider->store(session, *credential, &err));
	return status;
}

/* A login from open() to close(), after which nothing is left of it. */
static int log_in(void)
{
	struct astro_session *session = NULL;
	struct astro_credential *credential = NULL;
	struct astro_listing *listing = fake_listing_new();
	int status;

	ck_assert_ptr_nonnull(listing);
	status = judge(
		provider->open(&fake.table, fake.settings, &session, &err));
	if (status != ASTRO_OK) {
		ck_assert_ptr_null(session);
	} else {
		ck_assert_ptr_nonnull(session);
		status = converse(session, &credential, listing);
		provider->close(session);
	}
	fake.table.credential_free(credential);
	fake_listing_free(listing);
	fake.is_closed = true;

	ck_assert_int_eq(fake.secrets, 0);
	ck_assert_int_eq(fake.credentials, 0);
	ck_assert_int_eq(fake.live_responses, 0);
	ck_assert(!fake.called_too_late);
	ck_assert(!fake.told_a_secret);
	return status;
}

static void begin(const char *given)
{
	memset(&err, 0, sizeof(err));
	script.given = given;
	fake_host_init(&fake, &script);
}

START_TEST(its_table_is_of_this_contract)
{
	char name[64];

	stem(name, sizeof(name));
	ck_assert_uint_eq(provider->abi_major, ASTRO_ABI_MAJOR);
	ck_assert(ASTRO_HAS(struct astro_provider, provider, name));
	ck_assert(ASTRO_HAS(struct astro_provider, provider, title));
	ck_assert(ASTRO_HAS(struct astro_provider, provider, open));
	ck_assert(ASTRO_HAS(struct astro_provider, provider, close));
	ck_assert(ASTRO_HAS(struct astro_provider, provider, authenticate));
	ck_assert_str_eq(provider->name, name);
	ck_assert_uint_gt(strlen(provider->title), 0);
	ck_assert_uint_le(strlen(provider->title), 64);
}
END_TEST

START_TEST(closing_nothing_is_fine)
{
	size_t before = fake.calls;

	provider->close(NULL);

	ck_assert_uint_eq(fake.calls, before);
}
END_TEST

START_TEST(opening_and_closing_leaves_nothing)
{
	struct astro_session *session = NULL;

	ck_assert_int_eq(judge(provider->open(&fake.table, fake.settings,
	                                      &session, &err)),
	                 ASTRO_OK);
	provider->close(session);
	ck_assert_int_eq(fake.secrets, 0);
	ck_assert_int_eq(fake.live_responses, 0);
}
END_TEST

START_TEST(a_login_succeeds_and_leaves_nothing_behind)
{
	begin(givens[_i]);
	ck_assert_msg(log_in() == ASTRO_OK, "%s", err.message);
	ck_assert(provider->store == NULL || fake.is_kept);
}
END_TEST

START_TEST(two_logins_in_one_process_do_not_know_each_other)
{
	struct astro_session *first = NULL, *second = NULL;

	ck_assert_int_eq(
		provider->open(&fake.table, fake.settings, &first, &err),
		ASTRO_OK);
	ck_assert_int_eq(
		provider->open(&fake.table, fake.settings, &second, &err),
		ASTRO_OK);
	ck_assert_ptr_ne(first, second);
	provider->close(first);
	if (provider->prompt != NULL)
		ck_assert_int_eq(provider->prompt(second, &err), ASTRO_OK);
	provider->close(second);
	ck_assert_int_eq(fake.secrets, 0);
}
END_TEST

static const int failures[] = {ASTRO_CANCELLED, ASTRO_NO_MEMORY,
                               ASTRO_UNREACHABLE, ASTRO_DENIED,
                               ASTRO_TIMED_OUT};
enum { FAILURES = sizeof(failures) / sizeof(failures[0]) };

/* Every call of the host fails once.  What failed below is passed on. */
START_TEST(a_host_call_that_fails_is_passed_on)
{
	size_t at;

	for (at = 1;; at++) {
		int status;

		begin(givens[_i / FAILURES]);
		fake.fail_at = at;
		fake.fail_status = failures[_i % FAILURES];
		status = log_in();
		if (fake.calls < at) {
			ck_assert_int_eq(status, ASTRO_OK);
			break;
		}
		if (!fake.failure_may_pass)
			ck_assert_msg(status == fake.fail_status,
			              "call %zu failed with %d, but the login "
			              "ended with %d: %s",
			              at, fake.fail_status, status,
			              err.message);
	}
	/* At least a credential was made, and something put into it. */
	ck_assert_uint_gt(at, 2);
}
END_TEST

static const struct {
	int status;
	const char *body;
} spoiled[] = {
	{200, "{}"},
	{200, "[]"},
	{200, "{\"data\":null}"},
	{200, "{\"errors\":[{\"message\":\"\\u001b[31mno\"}],\"data\":{}}"},
	{200, "{\"errors\":[{}]}"},
	{200, "{\"organizations\":[{\"id\":7}],\"totalCount\":\"many\"}"},
	{200, "{\"organizations\":[],\"workspaces\":{},\"totalCount\":-1}"},
	{200, "{\"clientId\":1,\"audience\":[],\"domainUrl\":{}}"},
	{200, "{\"clientId\":\"c\",\"audience\":\"a\","
              "\"domainUrl\":\"http://evil.example/\"}"},
	{200, "{\"sub\":\"somebody else\",\"email\":\"a\\nb@c\"}"},
	{200, "{\"data\":{\"createToken\":{\"token\":{\"value\":\"a\\nb\"}}}}"},
	{204, "{}"},
	{400, "{\"message\":\"no\"}"},
	{401, "{}"},
	{403, "{\"message\":\"\"}"},
	{404, "{}"},
	{302, "{}"},
};
enum { SPOILED = sizeof(spoiled) / sizeof(spoiled[0]) };

/* Every answer is once another than expected: an error or not, but never a
 * crash, a leak or a failure without words. */
START_TEST(an_unexpected_answer_is_survived)
{
	size_t at;

	for (at = 1; at < 100; at++) {
		begin(givens[_i / SPOILED]);
		fake.spoil_at = at;
		fake.spoil_status = spoiled[_i % SPOILED].status;
		fake.spoil_body = spoiled[_i % SPOILED].body;
		(void)log_in();
		if (fake.responses < at)
			break;
	}
	ck_assert_uint_lt(at, 100);
}
END_TEST

int main(int argc, char **argv)
{
	Suite *suite = suite_create("contract");
	TCase *tcase = tcase_create("contract");
	SRunner *runner = srunner_create(suite);
	int failed;

	if (argc != 2) {
		(void)fprintf(stderr, "usage: test_contract path/to/NAME.so\n");
		return EXIT_FAILURE;
	}
	path = argv[1];

	tcase_add_checked_fixture(tcase, setup, NULL);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase, its_table_is_of_this_contract);
	tcase_add_test(tcase, closing_nothing_is_fine);
	tcase_add_test(tcase, opening_and_closing_leaves_nothing);
	tcase_add_loop_test(tcase, a_login_succeeds_and_leaves_nothing_behind,
	                    0, GIVENS);
	tcase_add_test(tcase, two_logins_in_one_process_do_not_know_each_other);
	tcase_add_loop_test(tcase, a_host_call_that_fails_is_passed_on, 0,
	                    GIVENS * FAILURES);
	tcase_add_loop_test(tcase, an_unexpected_answer_is_survived, 0,
	                    GIVENS * SPOILED);
	suite_add_tcase(suite, tcase);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
