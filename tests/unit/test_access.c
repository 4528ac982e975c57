/* SPDX-License-Identifier: Apache-2.0 */
/* The token of a command: which one, how long it is good, what is said. */
#include "access.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base64.h"
#include "clock.h"
#include "config_home.h"
#include "engine_open.h"
#include "files.h"
#include "secret.h"
#include "state.h"
#include "stored.h"

/* 2026-11-28T00:00:00Z */
#define NOW INT64_C(1795824000)

static int64_t now;
static struct files files;
static struct access found;
static struct astro_error err;
static char *said; /* on standard error */

/* ---- an engine that does as it is told ---- */

static struct {
	int calls;
	int status;
	const char *token, *expiry, *note;
	enum engine_task task;
	char name[DOMAIN_NAME_MAX];
	int64_t min_valid;
	bool is_issuer;
} engine;

int engine_run(struct engine_job *job, int64_t limit, struct report **out,
               struct astro_error *error)
{
	int ends[2];

	engine.calls++;
	engine.task = job->task;
	engine.min_valid = job->min_valid;
	engine.is_issuer = job->is_issuer;
	(void)snprintf(engine.name, sizeof(engine.name), "%s", job->name);
	ck_assert_int_gt(limit, job->deadline);
	*out = report_new();
	ck_assert_ptr_nonnull(*out);
	ck_assert_int_eq(pipe(ends), 0);
	if (engine.note != NULL)
		report_value(ends[1], "note", engine.note);
	if (engine.token != NULL)
		report_value(ends[1], "token", engine.token);
	if (engine.expiry != NULL)
		report_value(ends[1], "expiry", engine.expiry);
	(void)close(ends[1]);
	while (report_read(*out, ends[0]))
		;
	(void)close(ends[0]);
	if (engine.status == ASTRO_OK)
		return ASTRO_OK;
	return error_set(error, (enum astro_status)engine.status, "a hint",
	                 "the engine says no");
}

static int64_t wall(void)
{
	return now;
}

static void begin(void)
{
	home_make();
	now = NOW;
	clock_replace(wall, NULL);
	memset(&engine, 0, sizeof(engine));
	memset(&files, 0, sizeof(files));
	memset(&found, 0, sizeof(found));
	memset(&err, 0, sizeof(err));
	(void)unsetenv("ASTRO_API_TOKEN");
	(void)unsetenv("ASTRO_DOMAIN");
	(void)unsetenv("ASTRONOMER_KEY_ID");
	(void)unsetenv("ASTRONOMER_KEY_SECRET");
}

static void end(void)
{
	access_clear(&found);
	files_clear(&files);
	free(said);
	said = NULL;
	clock_replace(NULL, NULL);
	home_remove();
}

/* access_get(), with what it says. */
static int get_wish(const struct access_wish *wish)
{
	FILE *heard = tmpfile();
	size_t size = 0;
	int saved, status;

	ck_assert_ptr_nonnull(heard);
	(void)fflush(stderr);
	saved = dup(STDERR_FILENO);
	ck_assert_int_ge(dup2(fileno(heard), STDERR_FILENO), 0);
	access_clear(&found);
	status = access_get(&files, wish, &found, &err);
	(void)fflush(stderr);
	ck_assert_int_ge(dup2(saved, STDERR_FILENO), 0);
	(void)close(saved);
	rewind(heard);
	free(said);
	said = NULL;
	if (getdelim(&said, &size, '\0', heard) < 0) {
		free(said);
		said = strdup("");
	}
	(void)fclose(heard);
	ck_assert_int_eq(found.token != NULL, status == ASTRO_OK);
	return status;
}

static int get(int64_t min_valid)
{
	const struct access_wish wish = {.min_valid = min_valid};

	return get_wish(&wish);
}

static void expect_token(const char *token)
{
	ck_assert_ptr_nonnull(found.token);
	ck_assert_str_eq(secret_bytes(found.token, NULL), token);
}

/* Written at the time that the test plays in. */
static void put_file(const char *text)
{
	const struct timespec times[2] = {{.tv_nsec = UTIME_OMIT},
	                                  {.tv_sec = NOW}};

	put_config(text);
	ck_assert_int_eq(utimensat(AT_FDCWD, paths.file, times, 0), 0);
}

/* A login of Astro's that ends LEFT seconds from now; EXTRA lines follow. */
static void put_login(int64_t left, const char *token, const char *extra)
{
	char text[2048];

	(void)snprintf(text, sizeof(text),
	               "context: astronomer.io\n"
	               "contexts:\n"
	               "  astronomer_io:\n"
	               "    token: Bearer %s\n"
	               "    expiresin: %lld\n"
	               "%s",
	               token, (long long)(NOW + left), extra);
	put_file(text);
}

#define REFRESHABLE "    refreshtoken: v1.refresh\n"

/* Issued so long before its end; the caller frees. */
static char *make_jwt(int64_t lifetime)
{
	char payload[128], body[256], *token;

	(void)snprintf(payload, sizeof(payload), "{\"iat\":1000,\"exp\":%lld}",
	               (long long)(1000 + lifetime));
	base64_encode(payload, strlen(payload), body);
	ck_assert_int_gt(asprintf(&token, "e30.%s.x", body), 0);
	return token;
}

/* ---- a stored token ---- */

START_TEST(hands_a_good_token_out_at_once)
{
	put_login(300, "AAA", REFRESHABLE);

	ck_assert_int_eq(get(0), ASTRO_OK);

	expect_token("AAA");
	ck_assert_str_eq(found.domain, "astronomer.io");
	ck_assert_str_eq(found.provider, "astro");
	ck_assert_int_eq(found.expiry, NOW + 300);
	ck_assert_int_eq(found.source, ACCESS_STORED);
	ck_assert_str_eq(said, "");
	ck_assert_int_eq(engine.calls, 0);
}
END_TEST

/* The note of the login before: 200 seconds, of which 150 are left. */
START_TEST(a_short_opaque_token_is_good_until_a_tenth_of_it_is_left)
{
	struct state state;

	put_login(150, "opaque", REFRESHABLE);
	ck_assert_int_eq(
		state_lock(&paths, "astronomer_io", 1000, &state, &err),
		ASTRO_OK);
	state_note(&state, NOW - 50, NOW + 150);
	state_unlock(&state);

	ck_assert_int_eq(get(0), ASTRO_OK);
	expect_token("opaque");
	ck_assert_int_eq(engine.calls, 0);

	/* 19 of 200: less than a tenth. */
	now = NOW + 131;
	files_clear(&files);
	engine.token = "fresh";
	ck_assert_int_eq(get(0), ASTRO_OK);
	expect_token("fresh");
	ck_assert_int_eq(engine.calls, 1);
}
END_TEST

START_TEST(nothing_is_handed_out_when_the_server_answered_for_another)
{
	put_login(150, "opaque", REFRESHABLE);
	engine.status = ASTRO_UNSAFE;
	ck_assert_int_eq(get(0), ASTRO_UNSAFE);
	ck_assert_str_eq(err.message, "the engine says no");
}
END_TEST

static const struct {
	int64_t left, lifetime, min_valid;
	int calls;
} margins[] = {{300, 0, 0, 0},    {299, 0, 0, 1},    {300, 0, 300, 0},
               {300, 0, 301, 1},  {299, 3600, 0, 1}, {300, 3600, 0, 0},
               {60, 600, 0, 0},   {59, 600, 0, 1},   {6, 60, 0, 0},
               {5, 60, 0, 1},     {30, 60, 31, 1},   {30, 60, 30, 0},
               {0, 60, 0, 1},     {-1, 0, 0, 1},     {9000, 0, 9000, 0},
               {9000, 0, 9001, 1}};

/* STO-30: 300 seconds, or a tenth of a known shorter lifetime, or what was
 * asked for. */
START_TEST(renews_a_token_at_the_margin_and_not_before)
{
	char *token = margins[_i].lifetime > 0 ? make_jwt(margins[_i].lifetime)
	                                       : strdup("AAA");

	engine.token = "NEW";
	engine.expiry = "1795827600";
	put_login(margins[_i].left, token, REFRESHABLE);

	ck_assert_int_eq(get(margins[_i].min_valid), ASTRO_OK);

	ck_assert_int_eq(engine.calls, margins[_i].calls);
	expect_token(margins[_i].calls > 0 ? "NEW" : token);
	free(token);
}
END_TEST

START_TEST(takes_what_the_engine_reports)
{
	engine.token = "NEW";
	engine.expiry = "1795827600";
	engine.note = "the clock has moved";
	put_login(10, "AAA", REFRESHABLE);

	ck_assert_int_eq(get(600), ASTRO_OK);

	expect_token("NEW");
	ck_assert_int_eq(found.expiry, 1795827600);
	ck_assert_str_eq(said, "astro: the clock has moved\n");
	ck_assert_int_eq(engine.task, ENGINE_TOKEN);
	ck_assert_str_eq(engine.name, "astronomer.io");
	ck_assert_int_eq(engine.min_valid, 600);
	ck_assert(!engine.is_issuer);
	engine.expiry = NULL;
	ck_assert_int_eq(get(600), ASTRO_OK);
	ck_assert_int_eq(found.expiry, INT64_MAX);
}
END_TEST

static const char *const odd[] = {NULL, "", "two words", "tab\there"};

START_TEST(refuses_what_is_no_token_from_the_engine)
{
	engine.token = odd[_i];
	put_login(-10, "AAA", REFRESHABLE);

	ck_assert_int_ne(get(0), ASTRO_OK);

	ck_assert_ptr_nonnull(strstr(err.message, "astronomer.io: "));
}
END_TEST

START_TEST(hands_out_what_is_good_when_it_cannot_be_renewed)
{
	engine.status = ASTRO_UNREACHABLE;
	put_login(120, "AAA", REFRESHABLE);

	ck_assert_int_eq(get(60), ASTRO_OK);

	expect_token("AAA");
	ck_assert_int_eq(found.expiry, NOW + 120);
	ck_assert_str_eq(said, "astro: the token for astronomer.io was not "
	                       "renewed, and ends in 120 seconds: the engine "
	                       "says no\n");
}
END_TEST

static const struct {
	int64_t left, min_valid;
	int status;
} failures[] = {
	{120, 121, ASTRO_UNREACHABLE},
	{0, 0, ASTRO_UNREACHABLE},
	{-5, 0, ASTRO_EXPIRED},
	{120, 0, ASTRO_CANCELLED},
};

START_TEST(fails_as_the_engine_did_when_nothing_good_is_left)
{
	engine.status = failures[_i].status;
	put_login(failures[_i].left, "AAA", REFRESHABLE);

	ck_assert_int_eq(get(failures[_i].min_valid), failures[_i].status);

	ck_assert_str_eq(err.message, "the engine says no");
	ck_assert_str_eq(err.hint, "a hint");
	ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(says_that_a_token_ends_soon_which_cannot_be_renewed)
{
	put_login(120, "AAA", "");

	ck_assert_int_eq(get(0), ASTRO_OK);

	ck_assert_str_eq(said, "astro: the token for astronomer.io ends in "
	                       "120 seconds\n");
	ck_assert_int_eq(get(200), ASTRO_UNREACHABLE);
	ck_assert_str_eq(err.message, "the token for astronomer.io is good "
	                              "for 120 more seconds, not 200");
	ck_assert_int_eq(engine.calls, 0);
}
END_TEST

START_TEST(refuses_a_token_that_has_ended_and_cannot_be_renewed)
{
	put_login(0, "AAA", "");

	ck_assert_int_eq(get(0), ASTRO_EXPIRED);

	ck_assert_str_eq(err.message, "the token for astronomer.io has ended: "
	                              "expired 2026-11-28 00:00 UTC");
	ck_assert_str_eq(err.hint, "run `astro login astronomer.io`");
}
END_TEST

/* D19: the Go CLI's logout leaves the refresh token behind. */
START_TEST(a_refresh_token_alone_is_no_login)
{
	put_login(-5, "", REFRESHABLE);

	ck_assert_int_eq(get(0), ASTRO_EXPIRED);

	ck_assert_str_eq(err.message, "not logged in to astronomer.io");
	ck_assert_int_eq(engine.calls, 0);
}
END_TEST

/* ---- a login that is kept elsewhere ---- */

START_TEST(asks_the_engine_for_a_token_that_is_kept_elsewhere)
{
	engine.token = "FROM-THE-KEYRING";
	put_file("context: id.example.com\n"
	         "contexts:\n"
	         "  id_example_com:\n"
	         "    provider: oidc\n"
	         "    issuer: https://id.example.com\n"
	         "    store: keyring\n"
	         "    expiresin: 2099-01-01T00:00:00Z\n"
	         /* Not where it belongs: not used. */
	         "    access_token: stray\n");

	ck_assert_int_eq(get(0), ASTRO_OK);

	expect_token("FROM-THE-KEYRING");
	ck_assert_int_eq(engine.calls, 1);
	ck_assert(engine.is_issuer);
	ck_assert_str_eq(found.provider, "oidc");
	engine.status = ASTRO_STORE;
	ck_assert_int_eq(get(0), ASTRO_STORE);
	ck_assert_str_eq(err.message, "the engine says no");
}
END_TEST

static const struct {
	const char *lines;
	const char *place;
	bool is_elsewhere, is_renewable;
	int64_t expiry;
} logins[] = {
	{"    token: Bearer AAA\n    expiresin: 5\n", "file", false, false, 5},
	{"    token: Bearer AAA\n    refreshtoken: r\n    expiresin: 5\n",
         "file", false, true, 5},
	{"    token: Bearer AAA\n    store: file\n    expiresin: 5\n", "file",
         false, false, 5},
	{"    token: 'Bearer '\n    refreshtoken: r\n    expiresin: 5\n", NULL,
         false, false, 5},
	{"    expiresin: 5\n", NULL, false, false, 5},
	{"    store: keyring\n    expiresin: 5\n", "keyring", true, false, 5},
	{"    store: helper:pass\n    user_email: a@b\n", "helper:pass", true,
         false, INT64_MAX},
	{"    store: session\n", NULL, true, false, INT64_MAX},
	{"    store: none\n    token: AAA\n    expiresin: 5\n", NULL, false,
         false, 5},
};

START_TEST(knows_from_the_file_alone_who_is_logged_in)
{
	struct stored stored;
	struct config *config;
	char text[512];

	(void)snprintf(text, sizeof(text), "contexts:\n  astronomer_io:\n%s",
	               logins[_i].lines);
	config = parse_text(text);

	ck_assert_int_eq(stored_read(config_at(config, 0), &stored, &err),
	                 ASTRO_OK);

	ck_assert_pstr_eq(stored.place, logins[_i].place);
	ck_assert_int_eq(stored.is_elsewhere, logins[_i].is_elsewhere);
	ck_assert_int_eq(stored.is_renewable, logins[_i].is_renewable);
	ck_assert_int_eq(stored.expiry, logins[_i].expiry);
	config_free(config);
}
END_TEST

/* ---- which one ---- */

START_TEST(finds_the_context_that_was_typed_or_picked)
{
	struct access_wish wish = {.typed = "b.example.com"};

	put_file("context: a.example.com\n"
	         "contexts:\n"
	         "  a_example_com:\n    token: AAA\n"
	         "  b_example_com:\n    token: BBB\n");
	(void)setenv("ASTRO_API_TOKEN", "ENV", 1);
	(void)setenv("ASTRONOMER_KEY_ID", "old", 1);

	ck_assert_int_eq(get_wish(&wish), ASTRO_OK);
	expect_token("BBB");
	ck_assert_str_eq(said, "");
	ck_assert_str_eq(found.provider, "software");
	ck_assert_int_eq(found.expiry, INT64_MAX);

	wish.context = config_find(files.config, "a.example.com");
	ck_assert_int_eq(get_wish(&wish), ASTRO_OK);
	expect_token("AAA");
	ck_assert_str_eq(getenv("ASTRO_API_TOKEN"), "ENV");

	wish.context = NULL;
	wish.typed = "c.example.com";
	ck_assert_int_eq(get_wish(&wish), ASTRO_NOT_FOUND);
	ck_assert_str_eq(err.message, "no context is named c.example.com");
}
END_TEST

START_TEST(takes_the_environments_token_out_of_the_environment)
{
	put_login(3000, "AAA", "");
	(void)setenv("ASTRO_API_TOKEN", "Bearer ENV", 1);

	ck_assert_int_eq(get(0), ASTRO_OK);

	expect_token("ENV");
	ck_assert_int_eq(found.source, ACCESS_ENVIRONMENT);
	ck_assert_str_eq(found.domain, "");
	ck_assert_str_eq(found.provider, "astro");
	ck_assert_int_eq(found.expiry, INT64_MAX);
	ck_assert_str_eq(said, "astro: using ASTRO_API_TOKEN instead of the "
	                       "login stored for astronomer.io\n");
	ck_assert_ptr_null(getenv("ASTRO_API_TOKEN"));
}
END_TEST

START_TEST(uses_the_environments_token_whatever_the_file_holds)
{
	put_file("\tnot: yaml\n");
	(void)setenv("ASTRO_API_TOKEN", "ENV", 1);

	ck_assert_int_eq(get(0), ASTRO_OK);

	ck_assert_str_eq(said, "astro: using ASTRO_API_TOKEN\n");
	ck_assert_str_eq(found.provider, "astro");
}
END_TEST

/* NOW is 1795824000. */
static const struct {
	const char *payload;
	int64_t min_valid;
	int status;
	const char *message;
} claims[] = {
	{"{\"exp\":1795824001}", 0, ASTRO_OK, NULL},
	{"{\"exp\":1795824000}", 0, ASTRO_EXPIRED,
         "the token in ASTRO_API_TOKEN has ended: expired 2026-11-28 00:00 "
         "UTC"},
	{"{\"exp\":1795824100}", 101, ASTRO_UNREACHABLE,
         "the token in ASTRO_API_TOKEN is good for 100 more seconds, not "
         "101"},
	{"{\"nbf\":1795824060}", 0, ASTRO_OK, NULL},
	{"{\"nbf\":1795824061}", 0, ASTRO_DENIED,
         "the token in ASTRO_API_TOKEN is good from 2026-11-28T00:01:01Z on, "
         "not yet"},
	{"{\"apiTokenId\":\"x\",\"permissions\":[\"organizationId:o\"]}", 0,
         ASTRO_OK, NULL},
	{"{\"apiTokenId\":\"x\",\"permissions\":[\"workspaceId\"]}", 0,
         ASTRO_DENIED,
         "the token in ASTRO_API_TOKEN names permissions that make no sense"},
	{"{\"apiTokenId\":\"x\",\"permissions\":[\"a:\"]}", 0, ASTRO_DENIED,
         "the token in ASTRO_API_TOKEN names permissions that make no sense"},
	{"{\"apiTokenId\":\"x\"}", 0, ASTRO_DENIED,
         "the token in ASTRO_API_TOKEN names permissions that make no sense"},
	{"{\"permissions\":[\"read\"]}", 0, ASTRO_OK, NULL},
};

/* S4, CLI-15: what no server would take is not handed out. */
START_TEST(checks_the_claims_of_the_environments_token)
{
	char body[512], token[600];

	base64_encode(claims[_i].payload, strlen(claims[_i].payload), body);
	(void)snprintf(token, sizeof(token), "e30.%s.x", body);
	(void)setenv("ASTRO_API_TOKEN", token, 1);

	ck_assert_int_eq(get(claims[_i].min_valid), claims[_i].status);

	if (claims[_i].message != NULL)
		ck_assert_str_eq(err.message, claims[_i].message);
	else
		expect_token(token);
}
END_TEST

START_TEST(refuses_an_environments_token_that_is_none)
{
	(void)setenv("ASTRO_API_TOKEN", "two words", 1);

	ck_assert_int_eq(get(0), ASTRO_DENIED);

	ck_assert_str_eq(err.message, "ASTRO_API_TOKEN: this is no token: "
	                              "character 4 cannot be in one");
}
END_TEST

static const char *const retired[] = {"ASTRONOMER_KEY_ID",
                                      "ASTRONOMER_KEY_SECRET"};

START_TEST(names_the_replacement_of_a_retired_key)
{
	put_login(3000, "AAA", "");
	(void)setenv(retired[_i], "old", 1);

	ck_assert_int_eq(get(0), ASTRO_DENIED);
	ck_assert_ptr_nonnull(strstr(err.message, retired[_i]));
	ck_assert_ptr_nonnull(strstr(err.message, "ASTRO_API_TOKEN"));

	(void)setenv(retired[_i], "", 1);
	ck_assert_int_eq(get(0), ASTRO_OK);
	expect_token("AAA");
	(void)setenv(retired[_i], "old", 1);
	(void)setenv("ASTRO_API_TOKEN", "ENV", 1);
	ck_assert_int_eq(get(0), ASTRO_OK);
	expect_token("ENV");
}
END_TEST

/* ---- clocks ---- */

START_TEST(says_that_the_clock_has_gone_back)
{
	put_login(9000, "AAA", "");

	now = NOW - 60;
	ck_assert_int_eq(get(0), ASTRO_OK);
	ck_assert_str_eq(said, "");

	now = NOW - 61;
	ck_assert_int_eq(get(0), ASTRO_OK);
	expect_token("AAA");
	ck_assert_str_eq(said, "astro: the clock has jumped: config.yaml was "
	                       "written 61 seconds from now\n");
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, hands_a_good_token_out_at_once);
	tcase_add_test(
		tcase,
		a_short_opaque_token_is_good_until_a_tenth_of_it_is_left);
	tcase_add_test(
		tcase,
		nothing_is_handed_out_when_the_server_answered_for_another);
	tcase_add_loop_test(tcase, renews_a_token_at_the_margin_and_not_before,
	                    0, sizeof(margins) / sizeof(*margins));
	tcase_add_test(tcase, takes_what_the_engine_reports);
	tcase_add_loop_test(tcase, refuses_what_is_no_token_from_the_engine, 0,
	                    sizeof(odd) / sizeof(*odd));
	tcase_add_test(tcase, hands_out_what_is_good_when_it_cannot_be_renewed);
	tcase_add_loop_test(tcase,
	                    fails_as_the_engine_did_when_nothing_good_is_left,
	                    0, sizeof(failures) / sizeof(*failures));
	tcase_add_test(tcase,
	               says_that_a_token_ends_soon_which_cannot_be_renewed);
	tcase_add_test(tcase,
	               refuses_a_token_that_has_ended_and_cannot_be_renewed);
	tcase_add_test(tcase, a_refresh_token_alone_is_no_login);
	tcase_add_test(tcase,
	               asks_the_engine_for_a_token_that_is_kept_elsewhere);
	tcase_add_loop_test(tcase, knows_from_the_file_alone_who_is_logged_in,
	                    0, sizeof(logins) / sizeof(*logins));
	tcase_add_test(tcase, finds_the_context_that_was_typed_or_picked);
	tcase_add_test(tcase,
	               takes_the_environments_token_out_of_the_environment);
	tcase_add_test(tcase,
	               uses_the_environments_token_whatever_the_file_holds);
	tcase_add_loop_test(tcase, checks_the_claims_of_the_environments_token,
	                    0, sizeof(claims) / sizeof(*claims));
	tcase_add_test(tcase, refuses_an_environments_token_that_is_none);
	tcase_add_loop_test(tcase, names_the_replacement_of_a_retired_key, 0,
	                    sizeof(retired) / sizeof(*retired));
	tcase_add_test(tcase, says_that_the_clock_has_gone_back);
}

int main(void)
{
	return run_case("access", add_tests);
}
