/* SPDX-License-Identifier: Apache-2.0 */
/* The refresh transaction, whatever the server, the disk and others do. */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "renewal.h"

#define TOKEN "auth", "token"

static struct pty_result token_ends(int code)
{
	return astro_ends(code, NULL, TOKEN, NULL);
}

static void expect_unchanged(const char *before)
{
	char *after = home_read();

	ck_assert_str_eq(after, before);
	free(after);
}

static void expect_no_journal(void)
{
	size_t len;
	char *journal = renewal_journal(&len);

	ck_assert_ptr_null(journal);
}

/* The token that was printed is the one that is stored. */
static void expect_printed(const struct pty_result *result)
{
	char *stored = home_value("token");

	ck_assert_uint_gt(strlen(stored), strlen("Bearer ") + 20);
	ck_assert_uint_eq(strlen(result->out),
	                  strlen(stored + strlen("Bearer ")) + 1);
	ck_assert_int_eq(strncmp(result->out, stored + strlen("Bearer "),
	                         strlen(result->out) - 1),
	                 0);
	free(stored);
}

/* ---- when all is well ---- */

START_TEST(replaces_both_tokens_and_the_expiry_and_nothing_else)
{
	struct pty_result result;
	char *before, *old, *new;

	renewal_begin(-5, "");
	old = home_value("refreshtoken");
	before = home_value("token");
	result = token_ends(0);
	expect_printed(&result);
	ck_assert_str_eq(result.err, "");
	new = home_value("refreshtoken");
	ck_assert_str_ne(old, new);
	text_refuse(result.out, before + strlen("Bearer "));
	home_expect("# by hand\n"
	            "local:\n"
	            "  core: http://localhost:@\n"
	            "context: localhost\n"
	            "contexts:\n"
	            "  localhost:\n"
	            "    domain: localhost\n"
	            "    colour: green # unknown\n"
	            "    expiresin: *Z\n"
	            "    organization: clorgacme\n"
	            "    refreshtoken: *\n"
	            "    token: Bearer *\n"
	            "    workspace: clwsold\n"
	            "  other_io:\n"
	            "    token: \"Bearer other\"\n");
	expect_no_journal();
	pty_result_clear(&result);
	result = token_ends(0);
	expect_printed(&result);
	ck_assert_uint_eq(renewal_posts(), 1);
	pty_result_clear(&result);
	free(before);
	free(old);
	free(new);
}
END_TEST

START_TEST(an_old_refresh_token_goes_on_where_there_is_no_new_one)
{
	struct pty_result result;
	char *old, *new;

	sandbox_set("{'rotate': false}");
	renewal_begin(-5, "");
	old = home_value("refreshtoken");
	result = token_ends(0);
	expect_printed(&result);
	new = home_value("refreshtoken");
	ck_assert_str_eq(old, new);
	free(old);
	free(new);
	pty_result_clear(&result);
}
END_TEST

static const struct {
	int64_t left;
	const char *min_valid;
	size_t posts;
} margins[] = {
	{305, "0", 0},
	{295, "0", 1},
	{1000, "1200", 1},
	{1000, "900", 0},
};

START_TEST(asks_when_less_than_the_margin_is_left)
{
	struct pty_result result;

	renewal_begin(margins[_i].left, "");
	result = astro_ends(0, NULL, TOKEN, "--min-valid",
	                    margins[_i].min_valid, NULL);
	expect_printed(&result);
	ck_assert_uint_eq(renewal_posts(), margins[_i].posts);
	pty_result_clear(&result);
}
END_TEST

/* An opaque token does not tell its lifetime; the lock file's note does. */
START_TEST(knows_the_lifetime_of_an_opaque_token_that_it_was_given)
{
	struct pty_result result;

	sandbox_set("{'opaque_tokens': true, 'token_lifetime': 60}");
	renewal_begin(-5, "");
	result = token_ends(0);
	pty_result_clear(&result);
	result = token_ends(0);
	expect_printed(&result);
	ck_assert_uint_eq(renewal_posts(), 1);
	pty_result_clear(&result);
}
END_TEST

START_TEST(says_when_the_clock_went_back_and_asks)
{
	struct pty_result result;
	char path[PATH_SIZE], *when;
	struct tm parts = {0};
	FILE *note;

	renewal_begin(200, "'opaque': true");
	when = home_value("expiresin");
	ck_assert_ptr_nonnull(strptime(when, "%Y-%m-%dT%H:%M:%SZ", &parts));
	free(when);
	(void)snprintf(path, sizeof(path), "%.4000s/.astro/state", home_folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path),
	               "%.4000s/.astro/state/localhost.lock", home_folder);
	note = fopen(path, "w");
	ck_assert_ptr_nonnull(note);
	/* Obtained an hour from now. */
	(void)fprintf(note, "obtained=%lld expires=%lld\n",
	              (long long)time(NULL) + 3600, (long long)timegm(&parts));
	(void)fclose(note);
	result = token_ends(0);
	text_expect(result.err, "the clock is behind the time at which the "
	                        "token for localhost was obtained");
	ck_assert_uint_eq(renewal_posts(), 1);
	expect_printed(&result);
	pty_result_clear(&result);
}
END_TEST

START_TEST(workspaces_are_listed_with_a_refreshed_token)
{
	struct pty_result result;

	renewal_begin(-5, "");
	result = astro_ends(0, NULL, "workspace", "list", NULL);
	text_expect(result.out, "clws");
	ck_assert_uint_eq(renewal_posts(), 1);
	pty_result_clear(&result);
}
END_TEST

/* ---- a server that does not answer ---- */

START_TEST(a_server_that_is_down_leaves_the_login_as_it_is)
{
	struct pty_result result;
	char *before;

	renewal_begin(-5, "");
	before = home_read();
	sandbox_fault("{'path': '/oauth/token', 'kind': 'status', 'value': 503,"
	              " 'times': 1}");
	result = token_ends(3);
	ck_assert_str_eq(result.out, "");
	text_expect(result.err, "answered 503");
	/* Complete, though no answer to us: not asked again at once. */
	ck_assert_uint_eq(renewal_posts(), 1);
	expect_unchanged(before);
	pty_result_clear(&result);
	result = token_ends(0);
	expect_printed(&result);
	expect_no_journal();
	pty_result_clear(&result);
	free(before);
}
END_TEST

START_TEST(a_server_that_is_down_does_not_spoil_a_good_token)
{
	struct pty_result result;
	char *before;

	renewal_begin(200, "");
	before = home_read();
	sandbox_fault(
		"{'path': '/oauth/token', 'kind': 'status', 'value': 503}");
	result = token_ends(0);
	expect_printed(&result);
	text_expect(result.err, "could not be refreshed");
	text_expect(result.err, "answered 503");
	expect_unchanged(before);
	pty_result_clear(&result);

	result = astro_ends(3, NULL, TOKEN, "--min-valid", "250", NULL);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	free(before);
}
END_TEST

START_TEST(a_min_valid_that_no_token_has_is_not_met)
{
	struct pty_result result;

	renewal_begin(-5, "");
	result = astro_ends(3, NULL, TOKEN, "--min-valid", "7200", NULL);
	ck_assert_str_eq(result.out, "");
	text_expect(result.err, "seconds only, not 7200");
	pty_result_clear(&result);
	/* It is kept all the same. */
	result = token_ends(0);
	ck_assert_uint_eq(renewal_posts(), 1);
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_new_token_that_has_ended_already_is_not_handed_out)
{
	struct pty_result result;

	sandbox_set("{'opaque_tokens': true, 'token_lifetime': 0}");
	renewal_begin(-5, "");
	result = token_ends(3);
	ck_assert_str_eq(result.out, "");
	text_expect(result.err,
	            "the new token for localhost has ended already");
	text_expect(result.err, "check this machine's clock");
	pty_result_clear(&result);
	/* The one that renews it is kept all the same. */
	expect_no_journal();
	sandbox_set("{'token_lifetime': 3600}");
	result = token_ends(0);
	expect_printed(&result);
	pty_result_clear(&result);
}
END_TEST

START_TEST(no_connection_means_nothing_was_sent)
{
	struct pty_result result;
	char *before, *text, *port;

	renewal_begin(-5, "");
	before = home_read();
	text = strdup(before);
	port = strstr(text, "http://localhost:");
	memcpy(port + strlen("http://localhost:"), "1\n#", 3);
	home_write(text);
	free(before);
	before = home_read();
	result = token_ends(3);
	text_expect(result.err, "connection refused");
	expect_unchanged(before);
	expect_no_journal();
	free(before);
	free(text);
	pty_result_clear(&result);
}
END_TEST

START_TEST(is_told_by_a_busy_server_when_to_come_back)
{
	struct pty_result result;
	char *before;

	renewal_begin(-5, "");
	before = home_read();
	sandbox_fault("{'path': '/oauth/token', 'kind': 'status', 'value': 429,"
	              " 'headers': {'Retry-After': '7'}}");
	result = token_ends(3);
	text_expect(result.err, "try again after 7 seconds");
	ck_assert_uint_eq(renewal_posts(), 1);
	expect_unchanged(before);
	expect_no_journal();
	free(before);
	pty_result_clear(&result);
}
END_TEST

/* STO-25: the server has rotated, and its answer is lost. */
static const char *const losses[] = {"drop", "reset"};

START_TEST(a_lost_answer_is_asked_for_once_more)
{
	struct pty_result result;
	char fault[200];

	(void)snprintf(fault, sizeof(fault),
	               "{'path': '/oauth/token', 'kind': '%s',"
	               " 'when': 'after', 'times': 1}",
	               losses[_i]);
	sandbox_set("{'reuse_interval': 60}");
	renewal_begin(-5, "");
	sandbox_fault(fault);
	result = token_ends(0);
	expect_printed(&result);
	ck_assert_uint_eq(renewal_posts(), 2);
	expect_no_journal();
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_request_that_was_lost_is_sent_once_more)
{
	struct pty_result result;

	renewal_begin(-5, "");
	sandbox_fault("{'path': '/oauth/token', 'kind': 'drop', 'times': 1}");
	result = token_ends(0);
	expect_printed(&result);
	ck_assert_uint_eq(renewal_posts(), 2);
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_strict_server_whose_answer_was_lost_ends_the_login)
{
	struct pty_result result;
	char *before;

	renewal_begin(-5, "");
	before = home_read();
	sandbox_fault("{'path': '/oauth/token', 'kind': 'truncate',"
	              " 'value': 20, 'times': 1}");
	result = token_ends(4);
	text_expect(result.err, "the answer to an earlier refresh was lost");
	text_expect(result.err, "astro login");
	ck_assert_uint_eq(renewal_posts(), 2);
	home_expect("# by hand\n"
	            "local:\n"
	            "  core: http://localhost:@\n"
	            "context: localhost\n"
	            "contexts:\n"
	            "  localhost:\n"
	            "    domain: localhost\n"
	            "    colour: green # unknown\n"
	            "    expiresin: *Z\n"
	            "    organization: clorgacme\n"
	            "    token: Bearer *\n"
	            "    workspace: clwsold\n"
	            "  other_io:\n"
	            "    token: \"Bearer other\"\n");
	expect_no_journal();
	pty_result_clear(&result);
	/* And no further request, however often it is called. */
	result = token_ends(4);
	ck_assert_uint_eq(renewal_posts(), 2);
	free(before);
	pty_result_clear(&result);
}
END_TEST

START_TEST(twice_is_the_most_that_a_token_is_sent)
{
	struct pty_result result;
	char *before;
	size_t len;

	renewal_begin(-5, "");
	before = home_read();
	sandbox_fault("{'path': '/oauth/token', 'kind': 'drop'}");
	result = token_ends(3);
	ck_assert_uint_eq(renewal_posts(), 2);
	expect_unchanged(before);
	free(before);
	/* The next run knows. */
	before = renewal_journal(&len);
	ck_assert_ptr_nonnull(before);
	free(before);
	pty_result_clear(&result);
}
END_TEST

/* ---- a server that says no ---- */

static const char *const refusals[] = {"invalid_client", "unauthorized_client",
                                       "invalid_scope"};

START_TEST(a_refusal_of_the_client_keeps_everything)
{
	struct pty_result result;
	char fault[200], *before;

	renewal_begin(-5, "");
	before = home_read();
	(void)snprintf(fault, sizeof(fault),
	               "{'path': '/oauth/token', 'kind': 'body', 'status': 400,"
	               " 'value': {'error': '%s'}}",
	               refusals[_i]);
	sandbox_fault(fault);
	result = token_ends(1);
	text_expect(result.err, refusals[_i]);
	expect_unchanged(before);
	expect_no_journal();
	free(before);
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_refusal_without_a_word_ends_the_login_and_forgets_nothing)
{
	struct pty_result result;
	char *before;

	renewal_begin(-5, "");
	before = home_read();
	sandbox_fault("{'path': '/oauth/token', 'kind': 'body', 'status': 400,"
	              " 'value': ''}");
	result = token_ends(4);
	text_expect(result.err, "the server refused the refresh token without "
	                        "saying why\n  try: run `astro login` again");
	expect_unchanged(before);
	expect_no_journal();
	free(before);
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_dead_refresh_token_is_dropped_and_a_good_token_is_not)
{
	struct pty_result result;
	char *before, *after;

	renewal_begin(200, "");
	before = home_value("token");
	sandbox_fault("{'path': '/oauth/token', 'kind': 'body', 'status': 400,"
	              " 'value': {'error': 'invalid_grant',"
	              " 'error_description': 'gone for good'}}");
	result = token_ends(0);
	expect_printed(&result);
	text_expect(result.err, "gone for good");
	after = home_read();
	text_refuse(after, "refreshtoken");
	text_expect(after, before);
	free(before);
	free(after);
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_refresh_token_that_the_server_does_not_know_is_dropped)
{
	struct pty_result result;
	char *after;

	renewal_begin(-5, "");
	sandbox_reset(); /* knows no token any more */
	result = token_ends(4);
	text_expect(result.err, "the server takes the refresh token no more: "
	                        "Unknown or invalid refresh token.");
	text_refuse(result.err, "was lost");
	after = home_read();
	text_refuse(after, "refreshtoken");
	free(after);
	pty_result_clear(&result);
}
END_TEST

/* STO-27: the one that is stored by then is used, and not deleted. */
START_TEST(a_newer_token_of_somebody_else_is_used)
{
	struct pty *pty;
	char *text, *old, *new, *at, *other;

	renewal_begin(-5, "");
	sandbox_fault("{'path': '/oauth/token', 'kind': 'delay', 'value': 700,"
	              " 'times': 1}");
	sandbox_fault("{'path': '/oauth/token', 'kind': 'body', 'status': 400,"
	              " 'value': {'error': 'invalid_grant'}, 'times': 1}");
	text = home_read();
	old = home_value("refreshtoken");
	new = sandbox_token("{'user': 'jane@example.com'}", "refresh_token");
	ck_assert_uint_eq(strlen(old), strlen(new));
	pty = astro_start(TOKEN, NULL);
	renewal_await_posts(1);
	at = strstr(text, old);
	memcpy(at, new, strlen(new));
	home_write(text);
	astro_finish(pty, 0);
	ck_assert_uint_eq(renewal_posts(), 2);
	other = home_value("refreshtoken");
	ck_assert_str_ne(other, new);
	free(text);
	free(old);
	free(new);
	free(other);
}
END_TEST

START_TEST(an_answer_for_another_account_is_refused_and_taken_back)
{
	struct pty_result result;
	json_t *log, *revoked;
	char *before;

	renewal_begin(-5, "");
	before = home_read();
	sandbox_set("{'id_token_claims': {'sub': 'auth0|somebody-else'}}");
	result = token_ends(7);
	text_expect(result.err, "that of another account");
	ck_assert_str_eq(result.out, "");
	expect_unchanged(before);
	expect_no_journal();
	log = sandbox_log();
	revoked = log_find(log, "/oauth/revoke");
	text_expect(json_string_value(json_object_get(revoked, "body")),
	            "token_type_hint=refresh_token");
	text_refuse(json_string_value(json_object_get(revoked, "body")),
	            before);
	json_decref(log);
	free(before);
	pty_result_clear(&result);
}
END_TEST

START_TEST(keys_that_do_not_come_do_not_lose_the_answer)
{
	struct pty_result result;

	renewal_begin(-5, "");
	sandbox_fault("{'path': '/.well-known/jwks.json', 'kind': 'status',"
	              " 'value': 503}");
	result = token_ends(0);
	expect_printed(&result);
	pty_result_clear(&result);
}
END_TEST

/* ---- a disk that does not take it ---- */

/* The folder of the context file becomes a disk of 64 KiB, with the same file
 * on it; false where that cannot be had. */
static bool fill_disk(void)
{
	char folder[PATH_SIZE], *text = home_read();
	bool is_small;

	(void)snprintf(folder, sizeof(folder), "%.4000s/.astro", home_folder);
	is_small = geteuid() == 0 &&
	           mount("none", folder, "tmpfs", 0, "size=64k,mode=0700") == 0;
	if (is_small)
		home_write(text);
	free(text);
	return is_small;
}

static void empty_disk(void)
{
	char folder[PATH_SIZE];

	(void)snprintf(folder, sizeof(folder), "%.4000s/.astro", home_folder);
	ck_assert_int_eq(umount2(folder, MNT_DETACH), 0);
}

/* STO-28 */
START_TEST(a_full_disk_is_found_before_the_token_is_spent)
{
	struct pty_result result;
	char *before;

	renewal_begin(-5, "");
	if (!fill_disk())
		return;
	before = home_read();
	result = token_ends(5);
	text_expect(result.err, "No space left on device");
	expect_unchanged(before);
	empty_disk();
	ck_assert_uint_eq(renewal_posts(), 0);
	free(before);
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_folder_that_is_read_only_is_found_before_the_token_is_spent)
{
	struct pty_result result;
	char folder[PATH_SIZE], *before;

	if (geteuid() == 0) /* to whom nothing is read-only */
		return;
	(void)snprintf(folder, sizeof(folder), "%.4000s/.astro", home_folder);
	renewal_begin(-5, "");
	before = home_read();
	ck_assert_int_eq(chmod(folder, 0500), 0);
	result = token_ends(5);
	ck_assert_int_eq(chmod(folder, 0700), 0);
	text_expect(result.err, "Permission denied");
	expect_unchanged(before);
	ck_assert_uint_eq(renewal_posts(), 0);
	free(before);
	pty_result_clear(&result);
}
END_TEST

/* A good token is handed out even where nothing can be written. */
START_TEST(a_full_disk_does_not_spoil_a_good_token)
{
	struct pty_result result;

	renewal_begin(200, "");
	if (!fill_disk())
		return;
	result = token_ends(0);
	expect_printed(&result);
	text_expect(result.err, "No space left on device");
	empty_disk();
	ck_assert_uint_eq(renewal_posts(), 0);
	pty_result_clear(&result);
}
END_TEST

/* ---- what dies, and what is interrupted ---- */

/* From the terminal to all, or to the program alone. */
static const struct {
	const char *typed;
	int number, ends;
} interruptions[] = {{PTY_INTERRUPT, 0, 130},
                     {"\x1c", 0, -SIGQUIT},
                     {NULL, SIGTERM, -SIGTERM},
                     {NULL, SIGHUP, -SIGHUP},
                     {NULL, SIGQUIT, -SIGQUIT}};

START_TEST(no_signal_ends_a_sent_refresh_before_it_is_saved)
{
	struct pty_result result;
	struct pty *pty;
	char *old, *new;

	renewal_begin(-5, "");
	old = home_value("refreshtoken");
	sandbox_fault("{'path': '/oauth/token', 'kind': 'delay',"
	              " 'value': 1800}");
	pty = astro_start(TOKEN, NULL);
	renewal_await_posts(1);
	if (interruptions[_i].typed != NULL)
		pty_send(pty, interruptions[_i].typed);
	else
		pty_signal(pty, interruptions[_i].number);
	astro_finish(pty, interruptions[_i].ends);
	new = home_value("refreshtoken");
	ck_assert_str_ne(old, new);
	expect_no_journal();
	result = token_ends(0);
	expect_printed(&result);
	ck_assert_uint_eq(renewal_posts(), 1);
	free(old);
	free(new);
	pty_result_clear(&result);
}
END_TEST

START_TEST(control_c_before_anything_is_sent_changes_nothing)
{
	struct pty *pty;
	char *before;

	renewal_begin(-5, "");
	before = home_read();
	sandbox_fault("{'path': '/private/*', 'kind': 'delay',"
	              " 'value': 20000}");
	pty = astro_start(TOKEN, "-v", NULL);
	pty_expect(pty, "astro: refresh");
	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
	expect_unchanged(before);
	expect_no_journal();
	ck_assert_uint_eq(renewal_posts(), 0);
	free(before);
}
END_TEST

/* The lock is free when the child has come to its end. */
START_TEST(a_killed_parent_does_not_end_a_sent_refresh)
{
	struct pty_result result;
	struct pty *pty;

	renewal_begin(-5, "");
	sandbox_fault("{'path': '/oauth/token', 'kind': 'delay',"
	              " 'value': 700, 'times': 1}");
	pty = astro_start(TOKEN, NULL);
	renewal_await_posts(1);
	pty_signal(pty, SIGKILL);
	(void)pty_finish(pty);
	result = token_ends(0);
	expect_printed(&result);
	ck_assert_uint_eq(renewal_posts(), 1);
	expect_no_journal();
	pty_result_clear(&result);
	pty_free(pty);
}
END_TEST

/* 4.3, before the rename: the answer is in the journal, and nowhere else. */
START_TEST(an_answer_that_was_not_put_in_its_place_is_adopted)
{
	struct pty_result result;
	struct pty *pty;
	char *before;
	int lock, tries;

	renewal_begin(-5, "");
	before = home_read();
	lock = renewal_hold_file();
	pty = astro_start(TOKEN, NULL);
	for (tries = 0; tries < 1500 && !renewal_journal_answers(); tries++)
		renewal_pause(10);
	ck_assert(renewal_journal_answers());
	ck_assert_int_eq(kill(-pty_pid(pty), SIGKILL), 0);
	(void)pty_finish(pty);
	pty_free(pty);
	(void)close(lock);
	expect_unchanged(before);

	result = token_ends(0);
	expect_printed(&result);
	ck_assert_uint_eq(renewal_posts(), 1);
	expect_no_journal();
	pty_result_clear(&result);
	renewal_expire(-5);
	result = token_ends(0);
	ck_assert_uint_eq(renewal_posts(), 2);
	free(before);
	pty_result_clear(&result);
}
END_TEST

static struct pty *start_with_held_file(int *lock)
{
	struct pty *pty;
	int tries;

	renewal_begin(-5, "");
	*lock = renewal_hold_file();
	pty = astro_start(TOKEN, NULL);
	for (tries = 0; tries < 1500 && !renewal_journal_answers(); tries++)
		renewal_pause(10);
	ck_assert(renewal_journal_answers());
	return pty;
}

/* STO-32: the Go CLI's logout knows nothing of our lock. */
START_TEST(a_logout_meanwhile_is_not_undone)
{
	static const char gone[] = "local:\n"
				   "  core: http://localhost:@\n"
				   "context: localhost\n"
				   "contexts:\n"
				   "  localhost:\n"
				   "    domain: localhost\n"
				   "    token: \"\"\n";
	struct pty *pty;
	json_t *log;
	int lock;

	pty = start_with_held_file(&lock);
	home_write(gone);
	(void)close(lock);
	astro_finish(pty, 4);
	home_expect(gone);
	expect_no_journal();
	log = sandbox_log();
	(void)log_find(log, "/oauth/revoke");
	json_decref(log);
}
END_TEST

START_TEST(a_login_meanwhile_counts)
{
	static const char other[] = "local:\n"
				    "  core: http://localhost:@\n"
				    "context: localhost\n"
				    "contexts:\n"
				    "  localhost:\n"
				    "    domain: localhost\n"
				    "    expiresin: 2096-11-25T16:16:57Z\n"
				    "    refreshtoken: another\n"
				    "    token: Bearer somebody.elses.token\n";
	struct pty *pty;
	int lock;

	pty = start_with_held_file(&lock);
	home_write(other);
	(void)close(lock);
	pty_expect(pty, "somebody.elses.token");
	astro_finish(pty, 0);
	home_expect(other);
	expect_no_journal();
}
END_TEST

/* ---- the other commands that take the lock ---- */

static void put_journal(void)
{
	char path[PATH_SIZE];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%.4000s/.astro/state", home_folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	(void)snprintf(path, sizeof(path),
	               "%.4000s/.astro/state/localhost.journal", home_folder);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	(void)fputs("left behind", out);
	(void)fclose(out);
}

START_TEST(a_login_removes_the_journal_of_the_one_before)
{
	struct pty_result result;
	char *token;

	renewal_begin(-5, "");
	put_journal();
	token = sandbox_token("{'user': 'solo@example.com'}", "access_token");
	result = astro_ends(0, token, "login", "localhost", "--token-login",
	                    "-", NULL);
	expect_no_journal();
	free(token);
	pty_result_clear(&result);
}
END_TEST

START_TEST(deleting_a_context_removes_its_journal)
{
	struct pty_result result;

	renewal_begin(-5, "");
	put_journal();
	result = astro_ends(0, NULL, "context", "delete", "localhost", "-f",
	                    NULL);
	expect_no_journal();
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_refresh_without_a_terminal_asks_nobody)
{
	struct pty_result result;

	renewal_begin(-5, "");
	sandbox_reset();
	env_browser("jane@example.com");
	result = token_ends(4);
	ck_assert_str_eq(result.out, "");
	text_refuse(result.err, "http");
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("refresh");
	TCase *tcase = e2e_case(suite, "refresh");

#define ADD(test) tcase_add_test(tcase, test)
#define ADD_ALL(test, rows)                                                    \
	tcase_add_loop_test(tcase, test, 0,                                    \
	                    (int)(sizeof(rows) / sizeof((rows)[0])))
	ADD(replaces_both_tokens_and_the_expiry_and_nothing_else);
	ADD(an_old_refresh_token_goes_on_where_there_is_no_new_one);
	ADD_ALL(asks_when_less_than_the_margin_is_left, margins);
	ADD(knows_the_lifetime_of_an_opaque_token_that_it_was_given);
	ADD(says_when_the_clock_went_back_and_asks);
	ADD(workspaces_are_listed_with_a_refreshed_token);
	ADD(a_server_that_is_down_leaves_the_login_as_it_is);
	ADD(a_server_that_is_down_does_not_spoil_a_good_token);
	ADD(a_min_valid_that_no_token_has_is_not_met);
	ADD(a_new_token_that_has_ended_already_is_not_handed_out);
	ADD(no_connection_means_nothing_was_sent);
	ADD(is_told_by_a_busy_server_when_to_come_back);
	ADD_ALL(a_lost_answer_is_asked_for_once_more, losses);
	ADD(a_request_that_was_lost_is_sent_once_more);
	ADD(a_strict_server_whose_answer_was_lost_ends_the_login);
	ADD(twice_is_the_most_that_a_token_is_sent);
	ADD_ALL(a_refusal_of_the_client_keeps_everything, refusals);
	ADD(a_refusal_without_a_word_ends_the_login_and_forgets_nothing);
	ADD(a_dead_refresh_token_is_dropped_and_a_good_token_is_not);
	ADD(a_refresh_token_that_the_server_does_not_know_is_dropped);
	ADD(a_newer_token_of_somebody_else_is_used);
	ADD(an_answer_for_another_account_is_refused_and_taken_back);
	ADD(keys_that_do_not_come_do_not_lose_the_answer);
	ADD(a_full_disk_is_found_before_the_token_is_spent);
	ADD(a_folder_that_is_read_only_is_found_before_the_token_is_spent);
	ADD(a_full_disk_does_not_spoil_a_good_token);
	tcase_add_loop_test(tcase,
	                    no_signal_ends_a_sent_refresh_before_it_is_saved, 0,
	                    sizeof(interruptions) / sizeof(interruptions[0]));
	ADD(control_c_before_anything_is_sent_changes_nothing);
	ADD(a_killed_parent_does_not_end_a_sent_refresh);
	ADD(an_answer_that_was_not_put_in_its_place_is_adopted);
	ADD(a_logout_meanwhile_is_not_undone);
	ADD(a_login_meanwhile_counts);
	ADD(a_login_removes_the_journal_of_the_one_before);
	ADD(deleting_a_context_removes_its_journal);
	ADD(a_refresh_without_a_terminal_asks_nobody);
	return e2e_main(suite);
}
