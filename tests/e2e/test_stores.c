/* SPDX-License-Identifier: Apache-2.0 */
/* The life of a login in each store beside the context file. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "places.h"
#include "renewal.h"

enum { PROCESSES = 20, TOKEN_SIZE = 4096 };

/* `astro login localhost --store STORE`; STORE NULL: as the file has it. */
static void log_in(const char *store)
{
	struct pty_result result =
		store == NULL ? astro_ends(0, NULL, "login", "localhost", NULL)
			      : astro_ends(0, NULL, "login", "localhost",
	                                   "--store", store, NULL);

	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}

/* `astro auth token`, without its line end; the caller frees. */
static char *token(void)
{
	struct pty_result result = astro_ends(0, NULL, "auth", "token", NULL);
	char *text = strndup(result.out, strcspn(result.out, "\n"));

	ck_assert_str_eq(result.err, "");
	ck_assert_uint_gt(strlen(text), 8);
	pty_result_clear(&result);
	return text;
}

/* No token that the server has given is below the home. */
static void expect_no_token_in_a_file(void)
{
	static const char *const kinds[] = {"access", "refresh"};
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		char *value = sandbox_grant(kinds[i], "value");
		char *half = strndup(value, strlen(value) / 2);

		place_expect_no_file_with(value);
		place_expect_no_file_with(half);
		free(half);
		free(value);
	}
}

/* In the file is who it is, when it ends and where it is. */
static void expect_file(const char *store)
{
	char *text;

	ck_assert_int_ge(asprintf(&text,
	                          "# kept by hand\n"
	                          "context: localhost\n"
	                          "contexts:\n"
	                          "  localhost:\n"
	                          "    domain: localhost\n"
	                          "    expiresin: *Z\n"
	                          "    last_used_workspace: clwsstage\n"
	                          "    organization: clorgsolo\n"
	                          "    organization_product: HOSTED\n"
	                          "    store: %s\n"
	                          "    user_email: solo@example.com\n"
	                          "    workspace: clwsstage\n"
	                          "local:\n"
	                          "  core: http://localhost:@\n"
	                          "  houston: http://localhost:@/v1\n"
	                          "upgrade_message: \"false\"\n",
	                          store),
	                 0);
	home_expect(text);
	free(text);
}

/* ---- a login and what reads it ---- */

START_TEST(keeps_a_login_and_leaves_no_token_in_a_file)
{
	const char *store = places[_i];
	struct pty_result result;
	char *access, *given;

	place_open(store);
	log_in(store);

	place_expect(store, 1);
	expect_file(store);
	ck_assert_uint_eq(home_mode(), 0600);
	access = token();
	given = sandbox_grant("access", "value");
	ck_assert_str_eq(access, given);
	expect_no_token_in_a_file();
	result = astro_ends(0, NULL, "auth", "status", NULL);
	text_expect(result.out, store);
	text_expect(result.out, "until 2");
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "auth", "status", "--json", NULL);
	text_expect(result.out, store);
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "workspace", "list", NULL);
	text_expect(result.out, "clwsstage");
	pty_result_clear(&result);
	free(access);
	free(given);
}
END_TEST

/* The context's own choice, and the next login's too. */
START_TEST(takes_the_store_of_the_context)
{
	const char *store = places[_i];
	char *text;

	place_open(store);
	ck_assert_int_ge(asprintf(&text,
	                          "local:\n"
	                          "  core: http://localhost:@\n"
	                          "contexts:\n"
	                          "  localhost:\n"
	                          "    store: %s\n",
	                          store),
	                 0);
	home_write(text);
	free(text);
	log_in(NULL);
	place_expect(store, 1);
	log_in(NULL);
	place_expect(store, 1);
	expect_no_token_in_a_file();
	text = home_value("store");
	ck_assert_str_eq(text, store);
	free(text);
}
END_TEST

/* ---- renewing ---- */

/* A login whose token has ended, as far as anybody here knows. */
static void log_in_until_now(const char *store)
{
	char now[32], *end;

	sandbox_fault("{'path': '/oauth/token', 'kind': 'merge', 'times': 1,"
	              " 'value': {'expires_in': 1}}");
	log_in(store);
	end = home_value("expiresin");
	for (;;) {
		time_t time_now = time(NULL);
		struct tm parts;

		ck_assert_ptr_nonnull(gmtime_r(&time_now, &parts));
		(void)strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", &parts);
		if (strcmp(now, end) >= 0)
			break;
		renewal_pause(20);
	}
	free(end);
	sandbox_forget();
}

static void read_token(const char *path, char out[TOKEN_SIZE])
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t len;

	ck_assert_int_ge(fd, 0);
	len = read(fd, out, TOKEN_SIZE - 1);
	ck_assert_int_gt(len, 1);
	out[len - 1] = '\0';
	(void)close(fd);
}

START_TEST(renews_an_ended_token_once_for_twenty_processes)
{
	const char *store = places[_i];
	char path[PATH_SIZE], first[TOKEN_SIZE], other[TOKEN_SIZE], *again;
	pid_t pids[PROCESSES];
	int status, i;

	place_open(store);
	log_in_until_now(store);
	for (i = 0; i < PROCESSES; i++) {
		int out;

		(void)snprintf(path, sizeof(path), "%.4000s/%d", home_folder,
		               i);
		out = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		ck_assert_int_ge(out, 0);
		pids[i] = astro_spawn(out, "auth", "token", NULL);
		(void)close(out);
	}
	for (i = 0; i < PROCESSES; i++) {
		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		ck_assert_msg(status == 0, "process %d ended with %#x", i,
		              (unsigned)status);
	}
	ck_assert_uint_eq(renewal_posts(), 1);
	for (i = 0; i < PROCESSES; i++) {
		(void)snprintf(path, sizeof(path), "%.4000s/%d", home_folder,
		               i);
		read_token(path, i == 0 ? first : other);
		if (i > 0)
			ck_assert_str_eq(first, other);
		ck_assert_int_eq(unlink(path), 0);
	}
	again = token();
	ck_assert_str_eq(first, again);
	ck_assert_uint_eq(renewal_posts(), 1);
	place_expect(store, 1);
	expect_file(store);
	expect_no_token_in_a_file();
	free(again);
}
END_TEST

/* The server ends a login whose spent refresh token it sees. */
START_TEST(keeps_the_refresh_token_of_each_answer)
{
	const char *store = places[_i];
	struct pty_result result;

	place_open(store);
	sandbox_set("{'token_lifetime': 400}");
	log_in(store);
	sandbox_forget();
	sandbox_set("{'token_lifetime': 1000}");
	result = astro_ends(0, NULL, "auth", "token", "--min-valid", "500",
	                    NULL);
	pty_result_clear(&result);
	sandbox_set("{'token_lifetime': 2000}");
	result = astro_ends(0, NULL, "auth", "token", "--min-valid", "1500",
	                    NULL);
	pty_result_clear(&result);
	ck_assert_uint_eq(renewal_posts(), 2);
	expect_no_token_in_a_file();
}
END_TEST

/* ---- ending ---- */

static unsigned revocations(void)
{
	json_t *log = sandbox_log(), *entry;
	unsigned count = 0;
	size_t i;

	json_array_foreach(log, i, entry)
	{
		count += strcmp(json_string_value(
					json_object_get(entry, "path")),
		                "/oauth/revoke") == 0;
	}
	json_decref(log);
	return count;
}

START_TEST(logs_out_at_the_server_and_in_the_store)
{
	const char *store = places[_i];
	struct pty_result result;
	char line[100];

	place_open(store);
	log_in(store);
	result = astro_ends(0, NULL, "logout", NULL);
	(void)snprintf(line, sizeof(line),
	               "Erased the login from the store %s\n", store);
	text_expect(result.err, "Revoked the refresh token\n"
	                        "Revoked the access token\n");
	text_expect(result.err, line);
	pty_result_clear(&result);
	ck_assert_uint_eq(revocations(), 2);
	place_expect(store, 0);

	result = astro_ends(0, NULL, "logout", "localhost", NULL);
	ck_assert_str_eq(result.err, "Already logged out of localhost\n");
	pty_result_clear(&result);
	ck_assert_uint_eq(revocations(), 2);
	result = astro_ends(4, NULL, "auth", "token", "-d", "localhost", NULL);
	text_expect(result.err, "not logged in to localhost");
	pty_result_clear(&result);
	result = astro_ends(4, NULL, "auth", "status", NULL);
	pty_result_clear(&result);
}
END_TEST

START_TEST(takes_the_login_of_a_deleted_context_out_of_the_store)
{
	const char *store = places[_i];
	struct pty_result result;
	char *file;

	place_open(store);
	log_in(store);
	sandbox_forget();
	result = astro_ends(0, NULL, "context", "delete", "-f", "localhost",
	                    NULL);
	text_expect(result.err, "Deleted context localhost\n");
	pty_result_clear(&result);
	place_expect(store, 0);
	file = home_read();
	text_refuse(file, store);
	free(file);
	ck_assert_uint_eq(revocations(), 0);
}
END_TEST

/* ---- apart ---- */

/* The home beside this one, with the same contexts. */
static void move_into_second_home(void)
{
	const char *words[] = {"cp", "-r", ".astro", "second/", NULL};
	struct pty *pty;
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%.4000s/second", home_folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	pty = program_start_alone(words);
	pty_close_stdin(pty);
	astro_finish(pty, 0);
	env_set("ASTRO_HOME", path);
}

START_TEST(tells_the_logins_of_two_homes_apart)
{
	const char *store = places[_i];
	struct pty_result result;
	char *first, *second;

	place_open(store);
	log_in(store);
	first = token();
	move_into_second_home();
	result = astro_ends(4, NULL, "auth", "token", NULL);
	text_expect(result.err, "not logged in");
	pty_result_clear(&result);
	log_in(store);
	place_expect(store, 2);
	second = token();
	ck_assert_str_ne(first, second);
	result = astro_ends(0, NULL, "logout", NULL);
	pty_result_clear(&result);
	place_expect(store, 1);
	env_set("ASTRO_HOME", home_folder);
	free(second);
	second = token();
	ck_assert_str_eq(first, second);
	free(second);
	free(first);
}
END_TEST

/* The same person's, in the same store. */
START_TEST(leaves_the_logins_of_other_contexts)
{
	const char *store = places[_i];
	struct pty_result result;
	char *first, *second;

	place_open(store);
	log_in(store);
	first = token();
	env_set("BROWSER", "none");
	second = sandbox_token("{'product': 'software', 'user': "
	                       "'solo@example.com'}",
	                       "token");
	result = astro_ends(0, second, "login", "houston", "-t", "-", "--store",
	                    store, NULL);
	pty_result_clear(&result);
	place_expect(store, 2);
	place_expect_no_file_with(second);
	result = astro_ends(0, NULL, "logout", "houston", NULL);
	pty_result_clear(&result);
	place_expect(store, 1);
	result = astro_ends(0, NULL, "auth", "token", "-d", "localhost", NULL);
	text_expect(result.out, first);
	pty_result_clear(&result);
	free(second);
	free(first);
}
END_TEST

/* ---- what fails late ---- */

/* A browser that, meanwhile, has the file become one that nobody may write. */
static void use_spoiling_browser(void)
{
	char path[PATH_SIZE];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%.4000s/browser", home_folder);
	out = fopen(path, "we");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_gt(fprintf(out,
	                         "#!/bin/sh\n"
	                         "chmod 666 %s\n"
	                         "exec %s/astro-sandbox visit "
	                         "--user solo@example.com \"$@\"\n",
	                         home_file, ASTRO_BIN),
	                 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, 0700), 0);
	env_set("BROWSER", path);
}

static void fail_to_write(const char *store)
{
	struct pty_result result;
	char *before = home_read(), *after;

	use_spoiling_browser();
	result = astro_ends(7, NULL, "login", "localhost", "--store", store,
	                    NULL);
	text_expect(result.err, "config.yaml");
	text_refuse(result.err, "nobody's");
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	ck_assert_int_eq(chmod(home_file, 0600), 0);
	after = home_read();
	ck_assert_str_eq(before, after);
	expect_no_token_in_a_file();
	free(before);
	free(after);
}

START_TEST(puts_the_login_before_back_when_the_file_cannot_be_written)
{
	const char *store = places[_i];
	char *first, *second;

	place_open(store);
	fail_to_write(store);
	place_expect(store, 0);

	env_browser("solo@example.com");
	log_in(store);
	first = token();
	fail_to_write(store);
	place_expect(store, 1);
	second = token();
	ck_assert_str_eq(first, second);
	free(first);
	free(second);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stores");
	TCase *login = place_case(suite, "login");
	TCase *renewing = place_case(suite, "renewing");
	TCase *ending = place_case(suite, "ending");
	TCase *apart = place_case(suite, "apart");

	tcase_add_loop_test(login, keeps_a_login_and_leaves_no_token_in_a_file,
	                    0, PLACES);
	tcase_add_loop_test(login, takes_the_store_of_the_context, 0, PLACES);
	tcase_add_loop_test(
		login,
		puts_the_login_before_back_when_the_file_cannot_be_written, 0,
		PLACES);
	tcase_add_loop_test(renewing,
	                    renews_an_ended_token_once_for_twenty_processes, 0,
	                    PLACES);
	tcase_add_loop_test(renewing, keeps_the_refresh_token_of_each_answer, 0,
	                    PLACES);
	tcase_add_loop_test(ending, logs_out_at_the_server_and_in_the_store, 0,
	                    PLACES);
	tcase_add_loop_test(
		ending, takes_the_login_of_a_deleted_context_out_of_the_store,
		0, PLACES);
	tcase_add_loop_test(apart, tells_the_logins_of_two_homes_apart, 0,
	                    PLACES);
	tcase_add_loop_test(apart, leaves_the_logins_of_other_contexts, 0,
	                    PLACES);
	return e2e_main(suite);
}
