/* SPDX-License-Identifier: Apache-2.0 */
/* A login goes from any store to any other, and leaves nothing behind. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "places.h"
#include "renewal.h"

static void log_in(const char *store)
{
	struct pty_result result = astro_ends(0, NULL, "login", "localhost",
	                                      "--store", store, NULL);

	pty_result_clear(&result);
}

static char *token(void)
{
	struct pty_result result = astro_ends(0, NULL, "auth", "token", NULL);
	char *text = strndup(result.out, strcspn(result.out, "\n"));

	pty_result_clear(&result);
	return text;
}

static void move(const char *from, const char *to)
{
	struct pty_result result = astro_ends(0, NULL, "context", "move-store",
	                                      "localhost", to, NULL);
	char *line;

	ck_assert_int_ge(asprintf(&line,
	                          "Moved the login for localhost from the "
	                          "store %s to %s\n",
	                          from, to),
	                 0);
	ck_assert_str_eq(result.err, line);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	free(line);
}

static bool is_file(const char *store)
{
	return strcmp(store, "file") == 0;
}

/* TOKEN is in STORE, and nowhere else. */
static void expect_at(const char *store, const char *wanted)
{
	char *found = token(), *text = home_read();
	int i;

	ck_assert_str_eq(found, wanted);
	for (i = 0; i < PLACES; i++)
		place_expect(places[i], strcmp(places[i], store) == 0);
	if (is_file(store)) {
		text_expect(text, wanted);
		text_expect(text, "refreshtoken: ");
		text_refuse(text, "store:");
	} else {
		place_expect_no_file_with(wanted);
		text_refuse(text, "token:");
		text_expect(text, store);
	}
	free(text);
	free(found);
}

START_TEST(moves_from_every_store_to_every_other)
{
	/* Each of the twenty ways once, and back to the beginning. */
	static const int way[] = {2, 0, 3, 0, 4, 0, 1, 3, 1, 4,
	                          1, 2, 4, 2, 3, 4, 3, 2, 1, 0};
	const char *stores[PLACES + 1] = {"file"}, *from = "file";
	char *before, *after, *access;
	size_t i;

	for (i = 0; i < PLACES; i++) {
		stores[i + 1] = places[i];
		place_open(places[i]);
	}
	log_in("file");
	before = home_read();
	access = token();
	for (i = 0; i < sizeof(way) / sizeof(way[0]); i++) {
		move(from, stores[way[i]]);
		from = stores[way[i]];
		expect_at(from, access);
	}
	after = home_read();
	ck_assert_str_eq(before, after);
	/* The server never heard of it. */
	ck_assert_uint_eq(renewal_posts(), 1);
	free(before);
	free(after);
	free(access);
}
END_TEST

START_TEST(a_moved_login_is_renewed_and_ended_like_any_other)
{
	const char *store = places[_i];
	struct pty_result result;
	char *file;

	place_open(store);
	sandbox_set("{'token_lifetime': 400}");
	log_in("file");
	move("file", store);
	sandbox_set("{'token_lifetime': 1000}");
	result = astro_ends(0, NULL, "auth", "token", "--min-valid", "500",
	                    NULL);
	pty_result_clear(&result);
	move(store, "file");
	place_expect(store, 0);
	sandbox_set("{'token_lifetime': 2000}");
	result = astro_ends(0, NULL, "auth", "token", "--min-valid", "1500",
	                    NULL);
	pty_result_clear(&result);
	move("file", store);
	result = astro_ends(0, NULL, "logout", NULL);
	text_expect(result.err, "Revoked the refresh token\n");
	pty_result_clear(&result);
	place_expect(store, 0);
	file = home_read();
	text_refuse(file, "token:");
	free(file);
}
END_TEST

/* A login anew in another store is no move, but leaves as little behind. */
START_TEST(a_login_in_another_store_takes_the_old_one_away)
{
	const char *store = places[_i], *next = places[(_i + 1) % PLACES];
	char *access;
	int i;

	for (i = 0; i < PLACES; i++)
		place_open(places[i]);
	log_in(store);
	log_in(next);
	access = token();
	expect_at(next, access);
	free(access);
	log_in("file");
	access = token();
	expect_at("file", access);
	free(access);
	log_in(store);
	access = token();
	expect_at(store, access);
	free(access);
}
END_TEST

static const struct {
	const char *domain, *store;
	int code;
	const char *says;
} refused[] = {
	{"localhost", "none", 2, "the store none keeps no login"},
	{"localhost", "bogus", 2, "there is no store \"bogus\""},
	{"nowhere.example.com", "session", 1, "nowhere.example.com"},
	{"empty.example.com", "session", 4, "there is no login to move"},
	{"localhost", "keyring", 5, "there is no session bus here"},
	{"localhost", "helper:absent", 5,
         "docker-credential-absent is not on PATH"},
	{"localhost", "file", 0, "is in the store file already"},
};

START_TEST(moves_nothing_where_it_cannot)
{
	struct pty_result result;
	char *before, *after;

	home_write("local:\n"
	           "  core: http://localhost:@\n"
	           "context: localhost\n"
	           "contexts:\n"
	           "  empty_example_com:\n"
	           "    domain: empty.example.com\n"
	           "  localhost:\n"
	           "    domain: localhost\n"
	           "    token: Bearer a.b.c\n");
	before = home_read();
	result = astro_ends(refused[_i].code, NULL, "context", "move-store",
	                    refused[_i].domain, refused[_i].store, NULL);
	text_expect(result.err, refused[_i].says);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	after = home_read();
	ck_assert_str_eq(before, after);
	place_expect("session", 0);
	free(before);
	free(after);
}
END_TEST

/* What is kept is lost neither here nor there. */
START_TEST(moves_nothing_out_of_a_locked_keyring)
{
	struct pty_result result;
	char *before, *after;

	place_open("keyring");
	log_in("keyring");
	before = home_read();
	place_lock_keyring();
	result = astro_ends(5, NULL, "context", "move-store", "localhost",
	                    "session", NULL);
	text_expect(result.err, "the keyring is locked");
	pty_result_clear(&result);
	after = home_read();
	ck_assert_str_eq(before, after);
	place_expect("session", 0);
	place_expect("keyring", 1);
	free(before);
	free(after);
}
END_TEST

/* It does not let go, and the person is told so. */
static const char sticky[] =
	"cd \"$HOME\" || exit 1\n"
	"message=$(cat)\n"
	"case $message in *https://probe/*) name=probed;; *) name=stored;; esac\n"
	"case $1 in\n"
	"store) printf %s \"$message\" >$name;;\n"
	"erase) [ $name != stored ] || { echo it sticks; exit 1; }; rm $name;;\n"
	"get) [ -f $name ] || {\n"
	"		echo credentials not found in native keychain; exit 1; }\n"
	"	cat $name;;\n"
	"esac";

START_TEST(says_that_a_copy_stays_behind)
{
	struct pty_result result;

	place_make_helper("sticky", sticky);
	log_in("helper:sticky");
	result = astro_ends(5, NULL, "context", "move-store", "localhost",
	                    "session", NULL);
	text_expect(result.err, "the login is in the store session now, but a "
	                        "copy stays in helper:sticky");
	text_expect(result.err, "it sticks");
	pty_result_clear(&result);
	place_expect("session", 1);
	free(token());
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("stores that a login is moved between");
	TCase *moved = place_case(suite, "moved");
	TCase *stays = place_case(suite, "stays");

	tcase_add_test(moved, moves_from_every_store_to_every_other);
	tcase_add_loop_test(moved,
	                    a_moved_login_is_renewed_and_ended_like_any_other,
	                    0, PLACES);
	tcase_add_loop_test(moved,
	                    a_login_in_another_store_takes_the_old_one_away, 0,
	                    PLACES);
	tcase_add_loop_test(stays, moves_nothing_where_it_cannot, 0,
	                    sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(stays, moves_nothing_out_of_a_locked_keyring);
	tcase_add_test(stays, says_that_a_copy_stays_behind);
	return e2e_main(suite);
}
