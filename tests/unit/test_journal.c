/* SPDX-License-Identifier: Apache-2.0 */
/* journal.c: what a crash may leave, and what the next run makes of it. */
#include "journal.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "config_home.h"
#include "credential.h"
#include "interrupt.h"
#include "secret.h"
#include "state.h"

#define FILE_NAME ".astro/state/localhost.journal"

static struct astro_error err;
static struct state state;
static struct journal journal;
static struct journal_entry entry;
static struct astro_secret *old;

static int64_t steady_clock(void)
{
	return 1700000000;
}

static struct astro_secret *secret_of(const char *text)
{
	struct astro_secret *secret;

	ck_assert_int_eq(secret_new(text, strlen(text), &secret, NULL),
	                 ASTRO_OK);
	return secret;
}

static void set_up(void)
{
	home_make();
	memset(&err, 0, sizeof(err));
	clock_replace(steady_clock, NULL);
	ck_assert_int_eq(state_lock(&paths, "localhost", 0, &state, &err),
	                 ASTRO_OK);
	old = secret_of("old-refresh-token");
	journal.fd = -1;
}

static void tear_down(void)
{
	journal_close(&journal);
	journal_entry_clear(&entry);
	secret_free(old);
	state_unlock(&state);
	clock_replace(NULL, NULL);
	home_remove();
}

static struct astro_credential *answer_of(const char *access,
                                          const char *refresh)
{
	struct astro_secret *a = secret_of(access), *r = secret_of(refresh);
	struct astro_credential *answer;

	ck_assert_int_eq(credential_new(&answer, &err), ASTRO_OK);
	ck_assert_int_eq(credential_set(answer, "access_token", a, &err),
	                 ASTRO_OK);
	ck_assert_int_eq(credential_set(answer, "refresh_token", r, &err),
	                 ASTRO_OK);
	credential_expires(answer, 1700003600);
	secret_free(a);
	secret_free(r);
	return answer;
}

static void prepare(void)
{
	ck_assert_msg(journal_prepare(&state, &journal, &err) == ASTRO_OK, "%s",
	              err.message);
}

static void answer(const char *access, const char *refresh)
{
	struct astro_credential *made = answer_of(access, refresh);

	ck_assert_int_eq(journal_answer(&journal, made, 1700000001, &err),
	                 ASTRO_OK);
	credential_free(made);
}

static void read_again(enum journal_kind kind)
{
	journal_entry_clear(&entry);
	ck_assert_msg(journal_read(&state, &entry, &err) == ASTRO_OK, "%s",
	              err.message);
	ck_assert_int_eq(entry.kind, kind);
}

static const char *answered(const char *name)
{
	return secret_bytes(credential_get(entry.answer, name), NULL);
}

START_TEST(nothing_is_left_where_nothing_was_begun)
{
	read_again(JOURNAL_NONE);
	prepare();
	read_again(JOURNAL_NONE);
	ck_assert(!journal_is_about(&entry, old));
	ck_assert_uint_eq(mode_of(FILE_NAME), 0600);
}
END_TEST

START_TEST(a_token_being_spent_is_known_by_its_hash_alone)
{
	struct astro_secret *other = secret_of("new-refresh-token");
	char *bytes;
	size_t len;

	prepare();
	ck_assert_int_eq(journal_pending(&journal, old, &err), ASTRO_OK);
	read_again(JOURNAL_PENDING);
	ck_assert(journal_is_about(&entry, old));
	ck_assert(!journal_is_about(&entry, other));
	ck_assert(!journal_is_about(&entry, NULL));
	ck_assert_int_eq(entry.process, getpid());
	ck_assert_int_eq(entry.since, 1700000000);

	bytes = get_bytes(FILE_NAME, &len);
	ck_assert_ptr_null(memmem(bytes, len, "old-refresh", 11));
	free(bytes);
	secret_free(other);
}
END_TEST

START_TEST(an_answer_is_there_whole)
{
	prepare();
	ck_assert_int_eq(journal_pending(&journal, old, &err), ASTRO_OK);
	answer("new-access", "new-refresh");
	read_again(JOURNAL_ANSWERED);
	ck_assert(journal_is_about(&entry, old));
	ck_assert_str_eq(answered("access_token"), "new-access");
	ck_assert_str_eq(answered("refresh_token"), "new-refresh");
	ck_assert_int_eq(credential_expiry(entry.answer), 1700003600);
	ck_assert_int_eq(entry.obtained, 1700000001);
}
END_TEST

START_TEST(the_longest_tokens_fit)
{
	char *longest = malloc(64 * 1024 + 1);

	memset(longest, 't', 64 * 1024);
	longest[64 * 1024] = '\0';
	prepare();
	ck_assert_int_eq(journal_pending(&journal, old, &err), ASTRO_OK);
	answer(longest, longest);
	read_again(JOURNAL_ANSWERED);
	ck_assert_str_eq(answered("refresh_token"), longest);
	/* A second, shorter one over it. */
	answer("short", "shorter");
	read_again(JOURNAL_ANSWERED);
	ck_assert_str_eq(answered("access_token"), "short");
	free(longest);
}
END_TEST

/* Torn at each byte: never a wrong answer. */
START_TEST(a_torn_answer_is_none)
{
	char *whole, *torn;
	size_t len, cut, end;

	prepare();
	ck_assert_int_eq(journal_pending(&journal, old, &err), ASTRO_OK);
	answer("new-access", "new-refresh");
	whole = get_bytes(FILE_NAME, &len);
	end = 512 + strlen(whole + 512);
	torn = calloc(1, len);
	for (cut = 0; cut < end; cut++) {
		/* Blocks that were allocated, and never written. */
		memset(torn, 0, len);
		memcpy(torn, whole, cut);
		put_bytes(FILE_NAME, torn, len);
		journal_entry_clear(&entry);
		ck_assert_int_eq(journal_read(&state, &entry, &err), ASTRO_OK);
		ck_assert_int_ne(entry.kind, JOURNAL_ANSWERED);
		if (cut >= 512)
			ck_assert_int_eq(entry.kind, JOURNAL_PENDING);
	}
	free(whole);
	free(torn);
}
END_TEST

/* One bit anywhere: never an answer that the server has not given. */
START_TEST(a_damaged_answer_is_none)
{
	char *whole;
	size_t len, at, end;

	prepare();
	ck_assert_int_eq(journal_pending(&journal, old, &err), ASTRO_OK);
	answer("new-access", "new-refresh");
	whole = get_bytes(FILE_NAME, &len);
	end = 512 + strlen(whole + 512);
	for (at = 512; at < end; at++) {
		whole[at] ^= 1;
		put_bytes(FILE_NAME, whole, len);
		journal_entry_clear(&entry);
		ck_assert_int_eq(journal_read(&state, &entry, &err), ASTRO_OK);
		ck_assert_int_eq(entry.kind, JOURNAL_PENDING);
		whole[at] ^= 1;
	}
	free(whole);
}
END_TEST

START_TEST(the_answer_to_another_request_is_none)
{
	struct astro_secret *other = secret_of("another");
	char *first, *second;
	size_t len;

	prepare();
	ck_assert_int_eq(journal_pending(&journal, old, &err), ASTRO_OK);
	answer("new-access", "new-refresh");
	first = get_bytes(FILE_NAME, &len);
	ck_assert_int_eq(journal_pending(&journal, other, &err), ASTRO_OK);
	read_again(JOURNAL_PENDING);
	ck_assert(journal_is_about(&entry, other));
	second = get_bytes(FILE_NAME, &len);
	memcpy(second + 512, first + 512, 512);
	put_bytes(FILE_NAME, second, len);
	read_again(JOURNAL_PENDING);
	free(first);
	free(second);
	secret_free(other);
}
END_TEST

START_TEST(a_token_that_would_be_two_lines_is_not_written)
{
	struct astro_credential *made = answer_of("new\naccess", "new");

	prepare();
	ck_assert_int_eq(journal_pending(&journal, old, &err), ASTRO_OK);
	ck_assert_int_eq(journal_answer(&journal, made, 1, &err),
	                 ASTRO_BAD_ANSWER);
	ck_assert_str_eq(err.message,
	                 "a token has characters that no token has");
	credential_free(made);
}
END_TEST

static const char *const garbage[] = {
	"",
	"x",
	"astro refresh journal 1\n",
	"astro refresh journal 2\nspent=00\n",
	"astro refresh journal 1\nspent=zz\nprocess=1\n",
};

START_TEST(garbage_is_nothing)
{
	put_bytes(FILE_NAME, garbage[_i], strlen(garbage[_i]));
	read_again(JOURNAL_NONE);
}
END_TEST

/* A full disk must come out before a token is spent. */
START_TEST(no_room_for_an_answer_is_found_at_once)
{
	const struct rlimit limit = {4096, RLIM_INFINITY};
	const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};

	interrupt_install(); /* SIGXFSZ is an error of the call */
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	ck_assert_int_eq(journal_prepare(&state, &journal, &err), ASTRO_STORE);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	ck_assert_str_eq(err.message,
	                 "localhost.journal: the journal of the refresh cannot "
	                 "be written: File too large");
	ck_assert_int_eq(journal.fd, -1);
}
END_TEST

START_TEST(what_is_no_file_of_ours_is_refused)
{
	ck_assert_int_eq(mkfifoat(state.folder, state.journal, 0600), 0);
	ck_assert_int_eq(journal_read(&state, &entry, &err), ASTRO_UNSAFE);
	ck_assert_str_eq(err.message,
	                 "localhost.journal: it is no file of this user");
	ck_assert_int_eq(journal_prepare(&state, &journal, &err), ASTRO_UNSAFE);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, nothing_is_left_where_nothing_was_begun);
	tcase_add_test(tcase, a_token_being_spent_is_known_by_its_hash_alone);
	tcase_add_test(tcase, an_answer_is_there_whole);
	tcase_add_test(tcase, the_longest_tokens_fit);
	tcase_add_test(tcase, a_torn_answer_is_none);
	tcase_add_test(tcase, a_damaged_answer_is_none);
	tcase_add_test(tcase, the_answer_to_another_request_is_none);
	tcase_add_test(tcase, a_token_that_would_be_two_lines_is_not_written);
	tcase_add_loop_test(tcase, garbage_is_nothing, 0,
	                    sizeof(garbage) / sizeof(garbage[0]));
	tcase_add_test(tcase, no_room_for_an_answer_is_found_at_once);
	tcase_add_test(tcase, what_is_no_file_of_ours_is_refused);
}

int main(void)
{
	return run_case("journal", add_tests);
}
