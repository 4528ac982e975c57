/* SPDX-License-Identifier: Apache-2.0 */
/* The refresh of a login that is not kept in the context file: in a credential
 * helper, as Docker has them. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "renewal.h"

/* Keeps each record in a file of the home folder: what is under "probe" comes
 * and goes, the login is "stored", and "first" before anything was stored. */
static const char helper[] =
	"#!/bin/sh\n"
	"cd \"$HOME\" || exit 1\n"
	"message=$(cat)\n"
	"case $message in *https://probe/*) name=probed;; *) name=stored;; esac\n"
	"case $1 in\n"
	"store) [ $name = stored ] && [ -f broken ] && exit 1\n"
	"	printf %s \"$message\" >new && mv new $name;;\n"
	"erase) rm -f $name;;\n"
	"get) if [ -f $name ]; then cat $name\n"
	"	else printf '{\"ServerURL\":\"%s\",\"Username\":\"astro\",'\\\n"
	"'\"Secret\":\"%s\"}' \"$message\" \"$(cat first)\"\n"
	"	fi;;\n"
	"esac\n";

static void put(const char *name, const char *text, mode_t mode)
{
	char path[PATH_SIZE];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%.4000s/%s", home_folder, name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

/* What the helper keeps; the caller frees. */
static char *stored(void)
{
	char path[PATH_SIZE], *text = NULL;
	size_t size = 0;
	FILE *in;

	(void)snprintf(path, sizeof(path), "%.4000s/stored", home_folder);
	in = fopen(path, "r");
	ck_assert_msg(in != NULL, "the helper was given nothing");
	ck_assert_int_gt(getdelim(&text, &size, '\0', in), 0);
	(void)fclose(in);
	return text;
}

/* A login in the helper whose access token ends in LEFT seconds; its refresh
 * token, for free(). */
static char *begin(int64_t left)
{
	char path[PATH_SIZE + 32], *access, *refresh, *record;

	(void)snprintf(path, sizeof(path), "%.4000s/bin", home_folder);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	put("bin/docker-credential-fake", helper, 0700);
	(void)snprintf(path, sizeof(path), "%.4000s/bin:/usr/bin:/bin",
	               home_folder);
	env_set("PATH", path);

	access = sandbox_token("{'user': 'jane@example.com'}", "access_token");
	refresh =
		sandbox_token("{'user': 'jane@example.com'}", "refresh_token");
	ck_assert_int_ge(
		asprintf(&record,
	                 "{\\\"version\\\":1,\\\"access_token\\\":\\\"%s\\\","
	                 "\\\"refresh_token\\\":\\\"%s\\\","
	                 "\\\"expires_at\\\":%lld}",
	                 access, refresh, (long long)time(NULL) + left),
		0);
	put("first", record, 0600);
	home_write("local:\n"
	           "  core: http://localhost:@\n"
	           "context: localhost\n"
	           "contexts:\n"
	           "  localhost:\n"
	           "    domain: localhost\n"
	           "    expiresin: 2020-01-01T00:00:00Z\n"
	           "    organization: clorgacme\n"
	           "    store: helper:fake\n");
	sandbox_forget();
	free(record);
	free(access);
	return refresh;
}

/* In the file there is nothing but the time. */
static void expect_no_token_in_file(void)
{
	home_expect("local:\n"
	            "  core: http://localhost:@\n"
	            "context: localhost\n"
	            "contexts:\n"
	            "  localhost:\n"
	            "    domain: localhost\n"
	            "    expiresin: *Z\n"
	            "    organization: clorgacme\n"
	            "    store: helper:fake\n");
}

static void cut_line(char *text)
{
	text[strcspn(text, "\n")] = '\0';
}

START_TEST(both_tokens_are_replaced_in_the_store)
{
	struct pty_result result;
	char *old = begin(-5), *record;
	size_t len;

	result = astro_ends(0, NULL, "auth", "token", NULL);
	cut_line(result.out);
	record = stored();
	text_expect(record, result.out);
	text_refuse(record, old);
	text_expect(record, "refresh_token");
	expect_no_token_in_file();
	ck_assert_ptr_null(renewal_journal(&len));
	free(record);
	pty_result_clear(&result);
	/* And again, from what is there now. */
	result = astro_ends(0, NULL, "auth", "token", NULL);
	ck_assert_uint_eq(renewal_posts(), 1);
	free(old);
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_dead_refresh_token_is_dropped_from_the_store)
{
	struct pty_result result;
	char *old = begin(200), *record;

	sandbox_fault("{'path': '/oauth/token', 'kind': 'body', 'status': 400,"
	              " 'value': {'error': 'invalid_grant'}}");
	result = astro_ends(0, NULL, "auth", "token", NULL);
	text_expect(result.err, "the server takes the refresh token no more");
	cut_line(result.out);
	record = stored();
	text_expect(record, result.out);
	text_refuse(record, "refresh_token");
	free(record);
	free(old);
	pty_result_clear(&result);
}
END_TEST

/* The answer must not lie on the disk in plain text: it is given back. */
START_TEST(an_answer_that_the_store_does_not_take_is_taken_back)
{
	struct pty_result result;
	char *old = begin(-5), *journal;
	json_t *log;
	size_t len;

	put("broken", "", 0600);
	result = astro_ends(5, NULL, "auth", "token", NULL);
	text_expect(result.err, "the refreshed login could not be saved");
	ck_assert_str_eq(result.out, "");
	ck_assert_uint_eq(renewal_posts(), 1);
	log = sandbox_log();
	(void)log_find(log, "/oauth/revoke");
	json_decref(log);
	/* What is left says only that the token is spent. */
	journal = renewal_journal(&len);
	ck_assert_ptr_nonnull(journal);
	ck_assert_ptr_null(memmem(journal, len, "_token=", 7));
	free(journal);
	free(old);
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("refresh_store");
	TCase *tcase = e2e_case(suite, "refresh_store");

	tcase_add_test(tcase, both_tokens_are_replaced_in_the_store);
	tcase_add_test(tcase, a_dead_refresh_token_is_dropped_from_the_store);
	tcase_add_test(tcase,
	               an_answer_that_the_store_does_not_take_is_taken_back);
	return e2e_main(suite);
}
