/* SPDX-License-Identifier: Apache-2.0 */
/* Faults strike as they are ordered, the log tells the truth, and the scripted
 * browser gets through. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <check.h>

#include "client.h"
#include "fields.h"
#include "suites.h"

#define CONFIG_PATH "/private/v1alpha1/cli/auth-config"
#define ON_CONFIG "{\"path\": \"" CONFIG_PATH "\", "

static void get(const char *path, struct got *got)
{
	client_ask(&(struct ask){.path = path}, got);
}

struct strike {
	const char *fault;
	CURLcode code;
	long status;
	const char *body; /* a part of it */
};

static const struct strike strikes[] = {
	{ON_CONFIG "\"kind\": \"status\", \"value\": 503}", CURLE_OK, 503,
         "told to fail"},
	{ON_CONFIG "\"kind\": \"body\", \"value\": \"<html>\", "
                   "\"content_type\": \"text/html\"}",
         CURLE_OK, 200, "<html>"},
	{ON_CONFIG "\"kind\": \"body\", \"value\": {\"a\": 1}, "
                   "\"status\": 400}",
         CURLE_OK, 400, "{\"a\":1}"},
	{ON_CONFIG "\"kind\": \"redirect\", \"value\": "
                   "\"https://evil.example/\", \"status\": 307}",
         CURLE_OK, 307, ""},
	{ON_CONFIG "\"kind\": \"drop\"}", CURLE_GOT_NOTHING, 0, ""},
	{ON_CONFIG "\"kind\": \"reset\"}", CURLE_RECV_ERROR, 0, ""},
	{ON_CONFIG "\"kind\": \"truncate\", \"value\": 5}", CURLE_PARTIAL_FILE,
         200, "{\"cli"},
	{ON_CONFIG "\"kind\": \"truncate\", \"value\": 5, "
                   "\"unsized\": true}",
         CURLE_RECV_ERROR, 200, "{\"cli"},
	{ON_CONFIG "\"kind\": \"drip\", \"value\": 1}", CURLE_OK, 200,
         "\"clientId\""},
	{ON_CONFIG "\"kind\": \"delay\", \"value\": 1}", CURLE_OK, 200,
         "\"clientId\""},
	{ON_CONFIG "\"kind\": \"merge\", \"value\": {\"clientId\": null, "
                   "\"audience\": 7}}",
         CURLE_OK, 200, "{\"audience\":7"},
	{ON_CONFIG "\"kind\": \"raw\", \"value\": "
                   "\"HTTP/1.1 299 Odd\\r\\nConnection: close\\r\\n\\r\\n"
                   "x\"}",
         CURLE_OK, 299, "x"},
	{"{\"path\": \"/private/*\", \"kind\": \"status\", \"value\": 500}",
         CURLE_OK, 500, "told to fail"},
};

START_TEST(strikes_as_it_was_told)
{
	const struct strike *strike = &strikes[_i];
	struct got got;

	json_decref(client_control("faults", strike->fault));
	get(CONFIG_PATH, &got);

	/* A chunked body that is cut off may be told as either. */
	if (got.code != CURLE_PARTIAL_FILE ||
	    strike->code != CURLE_RECV_ERROR || got.status == 0)
		ck_assert_int_eq(got.code, strike->code);
	ck_assert_int_eq(got.status, strike->status);
	ck_assert_ptr_nonnull(strstr(got.body.bytes, strike->body));
	got_clear(&got);
}
END_TEST

START_TEST(sends_more_than_anybody_wants)
{
	struct got got;

	json_decref(
		client_control("faults", ON_CONFIG
	                       "\"kind\": \"oversize\", \"value\": 2000000}"));
	get(CONFIG_PATH, &got);

	ck_assert_uint_gt(got.body.len, 2000000);
	ck_assert_ptr_nonnull(json_object_get(got.json, "clientId"));
	got_clear(&got);
}
END_TEST

START_TEST(changes_type_and_headers_only)
{
	struct got got;

	json_decref(client_control("faults", ON_CONFIG
	                           "\"kind\": \"content_type\", \"value\": "
	                           "\"text/plain\", \"headers\": "
	                           "{\"Set-Cookie\": \"a=b; Path=/\"}}"));
	get(CONFIG_PATH, &got);

	ck_assert_str_eq(got.type, "text/plain");
	ck_assert_str_eq(got.cookie, "a=b");
	ck_assert_ptr_nonnull(json_object_get(got.json, "clientId"));
	got_clear(&got);
}
END_TEST

START_TEST(strikes_only_so_often_and_after_so_many)
{
	static const long expected[] = {200, 503, 503, 200};
	struct got got;
	size_t i;

	json_decref(client_control("faults", ON_CONFIG
	                           "\"kind\": \"status\", \"value\": 503, "
	                           "\"after\": 1, \"times\": 2}"));
	for (i = 0; i < 4; i++) {
		get(CONFIG_PATH, &got);
		ck_assert_int_eq(got.status, expected[i]);
		got_clear(&got);
	}
}
END_TEST

START_TEST(strikes_one_operation_of_graphql)
{
	struct got hit, missed;

	json_decref(client_control("faults", "{\"operation\": \"workspaces\", "
	                                     "\"kind\": \"status\", "
	                                     "\"value\": 502}"));
	client_ask(&(struct ask){.path = "/v1",
	                         .body = "{\"query\": \"{workspaces {id}}\"}"},
	           &hit);
	client_ask(&(struct ask){.path = "/v1",
	                         .body = "{\"query\": "
	                                 "\"{authConfig {localEnabled}}\"}"},
	           &missed);

	ck_assert_int_eq(hit.status, 502);
	ck_assert_int_eq(missed.status, 200);
	got_clear(&hit);
	got_clear(&missed);
}
END_TEST

START_TEST(loses_the_answer_of_a_refresh_that_took_effect)
{
	struct got login, lost, again;

	client_login(&login);
	json_decref(client_control(
		"faults", "{\"path\": \"/oauth/token\", \"kind\": \"drop\", "
			  "\"when\": \"after\", \"times\": 1}"));
	client_refresh(got_text(&login, "refresh_token"), &lost);
	client_refresh(got_text(&login, "refresh_token"), &again);

	ck_assert_int_eq(lost.code, CURLE_GOT_NOTHING);
	ck_assert_str_eq(got_text(&again, "error"), "invalid_grant");
	got_clear(&login);
	got_clear(&lost);
	got_clear(&again);
}
END_TEST

static const char *const senseless[] = {
	"{\"path\": \"/\", \"kind\": \"explode\"}",
	"{\"kind\": \"drop\"}",
	"{\"path\": \"/\", \"kind\": \"drop\", \"tmies\": 1}",
	"[7]",
	"{\"path\": ",
};

START_TEST(refuses_a_senseless_fault)
{
	struct got got;

	client_ask(
		&(struct ask){.path = "/sandbox/faults", .body = senseless[_i]},
		&got);

	ck_assert_int_eq(got.status, 400);
	ck_assert_str_ne(got_text(&got, "message"), "");
	got_clear(&got);
}
END_TEST

START_TEST(refuses_an_unknown_setting_and_a_wrong_type)
{
	struct got got;

	client_ask(&(struct ask){.path = "/sandbox/settings",
	                         .body = "{\"rotat\": true}"},
	           &got);
	ck_assert_int_eq(got.status, 400);
	ck_assert_str_eq(got_text(&got, "setting"), "rotat");
	got_clear(&got);

	client_ask(&(struct ask){.path = "/sandbox/settings",
	                         .body = "{\"rotate\": 1}"},
	           &got);
	ck_assert_int_eq(got.status, 400);
	got_clear(&got);
}
END_TEST

START_TEST(logs_what_was_asked_in_order_and_on_which_connection)
{
	CURL *kept = curl_easy_init();
	json_t *log, *first, *second, *third;
	struct got got;

	client_ask(&(struct ask){.path = "/v1/organizations?limit=1",
	                         .authorization = "Bearer x",
	                         .curl = kept},
	           &got);
	got_clear(&got);
	client_ask(&(struct ask){.path = "/userinfo", .curl = kept}, &got);
	got_clear(&got);
	client_ask(&(struct ask){.path = "/oauth/token", .body = "a=b"}, &got);
	got_clear(&got);
	curl_easy_cleanup(kept);

	get("/sandbox/log", &got);
	log = got.json;
	ck_assert_uint_eq(json_array_size(log), 3);
	first = json_array_get(log, 0);
	second = json_array_get(log, 1);
	third = json_array_get(log, 2);
	ck_assert_str_eq(fields_get(first, "path"), "/v1/organizations");
	ck_assert_str_eq(fields_get(first, "query"), "limit=1");
	ck_assert_str_eq(
		fields_get(json_object_get(first, "headers"), "authorization"),
		"Bearer x");
	ck_assert_int_eq(json_integer_value(json_object_get(first, "status")),
	                 401);
	ck_assert_str_eq(fields_get(third, "body"), "a=b");
	ck_assert(json_equal(json_object_get(first, "connection"),
	                     json_object_get(second, "connection")));
	ck_assert(!json_equal(json_object_get(first, "connection"),
	                      json_object_get(third, "connection")));
	got_clear(&got);
}
END_TEST

/* Run `astro-sandbox visit`; its output goes to OUT. */
static int visit(const char *option, const char *url, char *out, size_t size)
{
	int ends[2], status = 0;
	size_t used = 0;
	ssize_t got;
	pid_t child;

	ck_assert_int_eq(pipe(ends), 0);
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		unsetenv("ASTRO_SANDBOX_USER");
		unsetenv("ASTRO_SANDBOX_PASSWORD");
		execl(ASTRO_SANDBOX, ASTRO_SANDBOX, "visit", option, url,
		      (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	while (used + 1 < size &&
	       (got = read(ends[0], out + used, size - used - 1)) > 0)
		used += (size_t)got;
	out[used] = '\0';
	close(ends[0]);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	return WEXITSTATUS(status);
}

/* 127.0.0.1 is another origin than localhost, so the sandbox can be the
 * program that waits, too. */
static void prepare_visit(char *url, size_t size, const char *title)
{
	const char *port = strrchr(client_base(), ':');
	char settings[200], fault[300];

	(void)snprintf(settings, sizeof(settings),
	               "{\"redirect_uris\": [\"http://127.0.0.1%s/callback\"]}",
	               port);
	json_decref(client_control("settings", settings));
	(void)snprintf(fault, sizeof(fault),
	               "{\"path\": \"/callback\", \"kind\": \"body\", "
	               "\"value\": \"<title>%s</title>\", "
	               "\"content_type\": \"text/html\"}",
	               title);
	json_decref(client_control("faults", fault));
	(void)snprintf(url, size,
	               "%s/authorize?client_id=astro-sandbox-cli"
	               "&audience=astronomer-ee&response_type=code"
	               "&redirect_uri=http%%3A%%2F%%2F127.0.0.1%%3A%s%%2F"
	               "callback&scope=openid&state=s1"
	               "&code_challenge=" CLIENT_CHALLENGE
	               "&code_challenge_method=S256"
	               "&login_hint=solo%%40example.com",
	               client_base(), port + 1);
}

struct tour {
	const char *option, *title;
	int code;
	const char *printed;
	const char *query; /* in one of the requests to the callback */
};

static const struct tour tours[] = {
	{"--", "You are logged in", 0, "log in as solo@example.com", "code="},
	{"--", "The login did not work", 1, "callback: 200", "state=s1"},
	{"--cancel", "The login did not work", 1, "cancel as",
         "error=access_denied"},
	{"--password=wrong", "You are logged in", 1, "page: 400", NULL},
	{"--user=jane@example.com", "You are logged in", 0,
         "log in as jane@example.com", "code="},
	{"--tamper-state", "You are logged in", 0, "with a wrong state",
         "state=tampered"},
	{"--https", "You are logged in", 0, "by https: no answer", "state=s1"},
	{"--twice", "You are logged in", 0, "callback: 200", "code="},
	{"--stop", "You are logged in", 0, "callback http://127.0.0.1", NULL},
};

START_TEST(visit_goes_the_whole_way_and_tells_it)
{
	const struct tour *tour = &tours[_i];
	char url[1000], out[4000];
	bool seen = false;
	json_t *entry;
	struct got log;
	size_t i;

	prepare_visit(url, sizeof(url), tour->title);
	ck_assert_int_eq(visit(tour->option, url, out, sizeof(out)),
	                 tour->code);

	ck_assert_msg(strstr(out, tour->printed) != NULL, "%s", out);
	get("/sandbox/log?path=/callback", &log);
	json_array_foreach(log.json, i, entry)
	{
		seen = seen || tour->query == NULL ||
		       strstr(fields_get(entry, "query"), tour->query) != NULL;
	}
	ck_assert(seen == (tour->query != NULL));
	got_clear(&log);
}
END_TEST

START_TEST(visit_meets_a_wrong_state_on_demand)
{
	char url[1000], out[4000];
	struct got log;

	prepare_visit(url, sizeof(url), "You are logged in");
	json_decref(client_control("faults",
	                           "{\"path\": \"/login\", \"method\": "
	                           "\"POST\", \"kind\": \"wrong_state\"}"));
	visit("--", url, out, sizeof(out));

	get("/sandbox/log?path=/callback", &log);
	ck_assert_ptr_nonnull(
		strstr(fields_get(json_array_get(log.json, 0), "query"),
	               "state=wrong-state"));
	got_clear(&log);
}
END_TEST

START_TEST(visit_prints_the_token_of_the_token_page)
{
	char url[300], out[4000];

	(void)snprintf(url, sizeof(url), "%s/token", client_base());

	ck_assert_int_eq(visit("--", url, out, sizeof(out)), 0);
	ck_assert_ptr_nonnull(strstr(out, "\ntoken ey"));
}
END_TEST

void suite_add_faults(Suite *suite)
{
	TCase *tcase = tcase_create("faults");

	tcase_add_checked_fixture(tcase, client_reset, NULL);
	tcase_add_loop_test(tcase, strikes_as_it_was_told, 0,
	                    sizeof(strikes) / sizeof(strikes[0]));
	tcase_add_test(tcase, sends_more_than_anybody_wants);
	tcase_add_test(tcase, changes_type_and_headers_only);
	tcase_add_test(tcase, strikes_only_so_often_and_after_so_many);
	tcase_add_test(tcase, strikes_one_operation_of_graphql);
	tcase_add_test(tcase, loses_the_answer_of_a_refresh_that_took_effect);
	tcase_add_loop_test(tcase, refuses_a_senseless_fault, 0,
	                    sizeof(senseless) / sizeof(senseless[0]));
	tcase_add_test(tcase, refuses_an_unknown_setting_and_a_wrong_type);
	tcase_add_test(tcase,
	               logs_what_was_asked_in_order_and_on_which_connection);
	tcase_add_loop_test(tcase, visit_goes_the_whole_way_and_tells_it, 0,
	                    sizeof(tours) / sizeof(tours[0]));
	tcase_add_test(tcase, visit_meets_a_wrong_state_on_demand);
	tcase_add_test(tcase, visit_prints_the_token_of_the_token_page);
	suite_add_tcase(suite, tcase);
}
