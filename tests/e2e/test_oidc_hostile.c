/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every case of the sandbox's hostile OpenID provider, met by the real program:
 * the verdict and the exit code of the table that both share, one clear line,
 * no request after a refusal, and not a byte changed on disk.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "issuer.h"
#include "op_cases.h"
#include "verdict.h"

/* Workers are cheap: most of them wait. */
enum { LOGIN_WORKERS = 8, DEVICE_WORKERS = 18, CASES_MAX = 400 };

/* Of a person who does not come, or to whom no answer is shown. */
#define SHORT "3"
#define LONG "45"

/* Those of this worker. */
static const struct op_case *cases[CASES_MAX];

/* Lines of the context for the client that a case is played to. */
static const struct {
	const char *client, *lines;
} clients[] = {
	{"sandbox-native", "client_id: sandbox-native\n"},
	{"sandbox-confidential", "client_id: sandbox-confidential\n"
                                 "client_secret: sandbox-client-secret\n"},
	{"sandbox:odd client", "client_id: \"sandbox:odd client\"\n"
                               "client_secret: \"a+b c:d%/\u00e9&=\"\n"},
	{"sandbox-post", "client_id: sandbox-post\n"
                         "client_secret: sandbox-client-secret\n"
                         "client_auth_method: client_secret_post\n"},
	{"", ""},
};

static const char *lines_of(const struct op_case *played)
{
	const char *client =
		played->client != NULL ? played->client : "sandbox-native";
	size_t i;

	for (i = 0; i < sizeof(clients) / sizeof(clients[0]); i++)
		if (strcmp(clients[i].client, client) == 0)
			return clients[i].lines;
	ck_abort_msg("%s: there is no client %s", played->name, client);
	return NULL;
}

/* An answer that is dropped is followed by a wait for the right one. */
static bool ends_by_waiting(const struct op_case *played)
{
	return played->exit_code == 124 ||
	       played->step == OP_AT_AUTHORIZATION ||
	       strcmp(played->name, "dev-15-poll-slow") == 0;
}

static struct pty_result log_in(const struct op_case *played)
{
	const char *patience = ends_by_waiting(played) ? SHORT : LONG;
	char issuer[ISSUER_SIZE];

	/* Longer than what it says itself. */
	if (strcmp(played->name, "dev-06-own-clock") == 0)
		patience = LONG;
	issuer_of(played->issuer, issuer);
	if (played->flow == OP_DEVICE)
		return astro_piped(NULL, "login", issuer, "--device",
		                   "--timeout", patience, NULL);
	return astro_piped(NULL, "login", issuer, "--timeout", patience, NULL);
}

static void expect_refusal(const struct op_case *played,
                           const struct pty_result *result, const char *before)
{
	char *after = home_read();
	int code = result->status;

	ck_assert_msg(strcmp(before, after) == 0, "%s: the file is now\n%s",
	              played->name, after);
	ck_assert_msg(played->exit_code == -1 || code == played->exit_code,
	              "%s: ended with %d, should be %d\n%s", played->name, code,
	              played->exit_code, result->err);
	ck_assert_msg(code == 3 || code == 4 || code == 7 ||
	                      (code == 124 && ends_by_waiting(played)),
	              "%s: ended with %d\n%s", played->name, code, result->err);
	ck_assert_str_eq(result->out, "");
	verdict_one_clear_line(played, result);
	free(after);
}

static void expect_success(const struct op_case *played,
                           const struct pty_result *result)
{
	char *kept;

	ck_assert_msg(result->status == 0, "%s: ended with %d\n%s",
	              played->name, result->status, result->err);
	text_expect(result->err, "Logged in to http://127.0.0.1:");
	ck_assert_uint_eq(home_mode(), 0600);
	kept = home_value("subject");
	ck_assert_msg(strncmp(kept, "auth0|sandbox-", 14) == 0, "%s: %s",
	              played->name, kept);
	free(kept);
	kept = home_value("access_token");
	text_refuse(result->err, kept);
	free(kept);
}

/* RFC 8628, 3.5, as the server measures it: the least seconds between the
 * answer with the code and the first question, and between two questions. */
static const struct {
	const char *name;
	int64_t gaps[5];
} paces[] = {
	{"dev-02-interval-absent", {5}},
	{"dev-02-interval-zero", {5}},
	{"dev-02-interval-negative", {5}},
	{"dev-02-interval-text", {5}},
	{"dev-03-pending-three-times", {1, 1, 1, 1}},
	{"dev-04-slow-down-twice", {1, 6, 11, 11}},
	{"dev-07-poll-500", {1, 2}},
	{"dev-07-poll-dropped", {1, 2}},
	{"dev-07-poll-429", {1, 2}},
};

static void expect_gaps(const char *name, const int64_t *gaps)
{
	json_t *log = sandbox_log(), *entry;
	int64_t last = 0;
	size_t i, count = 0;

	json_array_foreach(log, i, entry)
	{
		int64_t now =
			json_integer_value(json_object_get(entry, "time_ms"));

		if (strcmp(json_string_value(json_object_get(entry, "path")),
		           "/op/token") == 0) {
			ck_assert_msg(now - last >= gaps[count] * 1000 - 50,
			              "%s: asked again after %d ms", name,
			              (int)(now - last));
			count++;
		}
		if (strcmp(json_string_value(json_object_get(entry, "path")),
		           "/op/token") == 0 ||
		    strcmp(json_string_value(json_object_get(entry, "path")),
		           "/op/device") == 0)
			last = now;
	}
	ck_assert_msg(count > 0 && gaps[count] == 0 && gaps[count - 1] != 0,
	              "%s: asked %zu times", name, count);
	json_decref(log);
}

static void expect_pace(const struct op_case *played)
{
	size_t i;

	for (i = 0; i < sizeof(paces) / sizeof(paces[0]); i++)
		if (strcmp(paces[i].name, played->name) == 0)
			expect_gaps(played->name, paces[i].gaps);
}

/* Home and browser, and the provider as the case has it. */
static char *begin(const struct op_case *played)
{
	char lines[300];

	(void)snprintf(lines, sizeof(lines), "%s%s", lines_of(played),
	               played->dpop ? "dpop: \"true\"\n" : "");
	issuer_write(played->issuer, lines);
	env_browser("jane@example.com");
	sandbox_play(played->name);
	/* The pace of what is tested is laid down by the case; of the rest it
	 * is what the tests wait for. */
	if (played->flow == OP_DEVICE)
		sandbox_set("{'op_device_interval': 1}");
	sandbox_forget();
	return home_read();
}

START_TEST(a_case_is_met)
{
	const struct op_case *played = cases[_i];
	char *before = begin(played);
	struct pty_result result = log_in(played);
	bool accepted = result.status == 0;

	if (accepted && played->flow == OP_LOGIN_TWICE) {
		expect_success(played, &result);
		pty_result_clear(&result);
		result = log_in(played);
	}
	ck_assert_msg(played->verdict == OP_EITHER ||
	                      accepted == (played->verdict == OP_ACCEPT),
	              "%s: ended with %d\n%s", played->name, result.status,
	              result.err);
	if (accepted)
		expect_success(played, &result);
	else
		expect_refusal(played, &result, before);
	verdict_clean(played, result.err);
	verdict_folder(played);
	verdict_requests(played, played->verdict == OP_REFUSE ? played->step
	                                                      : OP_AT_END);
	expect_pace(played);
	pty_result_clear(&result);
	free(before);
}
END_TEST

/* Nothing of a refused refresh is handed out, used or kept. */
static void expect_no_token(const struct op_case *played,
                            const struct pty_result *result, const char *before)
{
	char *after = home_read(), *token;

	ck_assert_str_eq(result->out, "");
	verdict_one_clear_line(played, result);
	ck_assert_uint_eq(issuer_count("GET", "/op/userinfo"), 0);
	if (strstr(after, "access_token: ") != NULL) {
		token = home_value("access_token");
		ck_assert_msg(strstr(before, token) != NULL, "%s: kept is\n%s",
		              played->name, after);
		free(token);
	}
	free(after);
}

/* The first tokens are honest. */
START_TEST(a_case_is_met_by_a_refresh)
{
	const struct op_case *played = cases[_i];
	struct pty_result result;
	char *old, *before;

	free(begin(played));
	sandbox_set("{'op_token_lifetime': 100}");
	result = log_in(played);
	expect_success(played, &result);
	pty_result_clear(&result);
	old = home_value("access_token");
	before = home_read();
	sandbox_set("{'op_token_lifetime': 3600}");
	sandbox_forget();

	result = astro_piped(NULL, "auth", "token", "--min-valid", "600", NULL);
	ck_assert_msg(played->exit_code == -1 ||
	                      result.status == played->exit_code,
	              "%s: ended with %d, should be %d\n%s", played->name,
	              result.status, played->exit_code, result.err);
	if (result.status != 0) {
		expect_no_token(played, &result, before);
	} else {
		char *now = home_value("access_token");

		ck_assert_str_ne(now, old);
		ck_assert_int_eq(strncmp(result.out, now, strlen(now)), 0);
		free(now);
	}
	verdict_clean(played, result.err);
	verdict_folder(played);
	verdict_requests(played, OP_AT_REFRESH);
	pty_result_clear(&result);
	free(before);
	free(old);
}
END_TEST

/* DEV-02: a minute at most, and nobody waits for it here. */
START_TEST(an_interval_of_many_years_is_no_reason_to_ask_at_once)
{
	const struct op_case *played = op_case_find("dev-02-interval-huge");
	char *before = begin(played), issuer[ISSUER_SIZE];
	struct pty_result result;

	issuer_of(NULL, issuer);
	result = astro_piped(NULL, "login", issuer, "--device", "--timeout",
	                     "8", NULL);

	ck_assert_int_eq(result.status, 124);
	text_expect(result.err, "nobody confirmed the code in time");
	ck_assert_uint_eq(issuer_count("POST", "/op/token"), 0);
	pty_result_clear(&result);
	free(before);
}
END_TEST

/* Those of this worker, behind the first COUNT. */
static int choose(enum op_flow flow, unsigned worker, unsigned workers,
                  int count)
{
	const struct op_case *played;
	unsigned fitting = 0;
	size_t i;

	for (i = 0; (played = op_case_at(i)) != NULL; i++)
		/* One is tested by itself, above. */
		if (played->flow == flow &&
		    strcmp(played->name, "dev-02-interval-huge") != 0 &&
		    fitting++ % workers == worker)
			cases[count++] = played;
	return count;
}

static Suite *make(bool device, unsigned worker, unsigned workers)
{
	Suite *suite = suite_create(device ? "hostile device grants"
	                                   : "a hostile OpenID provider");
	TCase *tcase = e2e_case(suite, "cases");
	int count, refreshes;

	tcase_set_timeout(tcase, 120);
	if (device) {
		count = choose(OP_DEVICE, worker, workers, 0);
		refreshes = count;
	} else {
		count = choose(OP_LOGIN, worker, workers, 0);
		count = choose(OP_LOGIN_TWICE, worker, workers, count);
		refreshes = choose(OP_REFRESH, worker, workers, count);
	}
	tcase_add_loop_test(tcase, a_case_is_met, 0, count);
	tcase_add_loop_test(tcase, a_case_is_met_by_a_refresh, count,
	                    refreshes);
	if (worker == 0 && device)
		tcase_add_test(
			tcase,
			an_interval_of_many_years_is_no_reason_to_ask_at_once);
	return suite;
}

static Suite *make_logins(unsigned worker, unsigned workers)
{
	return make(false, worker, workers);
}

static Suite *make_devices(unsigned worker, unsigned workers)
{
	return make(true, worker, workers);
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "device") == 0)
		return e2e_main_shared(make_devices, DEVICE_WORKERS);
	return e2e_main_shared(make_logins, LOGIN_WORKERS);
}
