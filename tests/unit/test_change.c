/* SPDX-License-Identifier: Apache-2.0 */
/* change.c: what a login, a logout and many of them at once leave behind. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "config_home.h"
#include "secret.h"
#include "text.h"

static void tear_down(void)
{
	clock_replace(NULL, NULL);
	home_remove();
}

static struct astro_secret *secret_of(const char *text)
{
	struct astro_secret *secret;

	ck_assert_int_eq(secret_new(text, strlen(text), &secret, NULL),
	                 ASTRO_OK);
	return secret;
}

static void expect_config(const char *text)
{
	char *bytes = get_config();

	ck_assert_pstr_eq(bytes, text);
	free(bytes);
}

static void change_one(struct change change, int expected, const char *message)
{
	struct astro_error err = {0};

	ck_assert_int_eq(config_change(&paths, &change, 1, &err), expected);
	if (message != NULL)
		ck_assert_str_eq(err.message, message);
}

START_TEST(a_first_login_makes_a_sorted_file_indented_by_four)
{
	struct astro_secret *token = secret_of("Bearer AAA.BBB.CCC");
	const struct change login[] = {
		{.key = "context", .text = "astronomer.io"},
		{.context = "astronomer_io", .key = "token", .secret = token},
		{.context = "astronomer_io",
	         .key = "domain",
	         .text = "astronomer.io"},
		{.context = "astronomer_io",
	         .key = "expiresin",
	         .kind = CHANGE_TIME,
	         .time = 1795623417},
		{.context = "astronomer_io",
	         .key = "workspace",
	         .text = "12345"},
		{.context = "astronomer_io", .key = "organization", .text = ""},
	};

	ck_assert_int_eq(config_change(&paths, login, 6, NULL), ASTRO_OK);
	expect_config("context: astronomer.io\n"
	              "contexts:\n"
	              "    astronomer_io:\n"
	              "        domain: astronomer.io\n"
	              "        expiresin: 2026-11-25T16:16:57Z\n"
	              "        token: Bearer AAA.BBB.CCC\n"
	              "        workspace: \"12345\"\n");
	ck_assert_uint_eq(mode_of(".astro/config.yaml"), 0600);
	ck_assert_uint_eq(mode_of(".astro"), 0700);
	secret_free(token);
}
END_TEST

/* The go file with one piece of text replaced, for free(). */
static char *with_replaced(const char *bytes, const char *old, const char *new)
{
	const char *place = strstr(bytes, old);
	struct text out;
	char *copy;

	ck_assert_ptr_nonnull(place);
	text_init(&out, 100000);
	(void)text_add(&out, bytes, (size_t)(place - bytes));
	(void)text_add_string(&out, new);
	(void)text_add_string(&out, place + strlen(old));
	copy = strdup(out.bytes);
	text_clear(&out);
	return copy;
}

START_TEST(a_login_changes_only_its_lines_of_the_go_clis_file)
{
	size_t len;
	char *bytes = read_whole(TEST_DATA "/go-config.yaml", &len);
	char *expected;
	const struct change login[] = {
		{.context = "mycompany_example_com",
	         .key = "token",
	         .text = "new"},
		{.context = "mycompany_example_com",
	         .key = "domain",
	         .text = "mycompany.example.com"},
		{.context = "mycompany_example_com",
	         .key = "workspace",
	         .text = "ckws"},
		{.context = "mycompany_example_com",
	         .key = "last_used_workspace",
	         .kind = CHANGE_IF_ABSENT,
	         .text = "other"},
	};

	put_config(bytes);
	ck_assert_int_eq(config_change(&paths, login, 4, NULL), ASTRO_OK);
	expected = with_replaced(bytes,
	                         "    mycompany_example_com:\n"
	                         "        last_used_workspace: ckws\n"
	                         "        token: ey.software.jwt\n",
	                         "    mycompany_example_com:\n"
	                         "        domain: mycompany.example.com\n"
	                         "        last_used_workspace: ckws\n"
	                         "        token: new\n");
	expect_config(expected);
	free(expected);
	free(bytes);
}
END_TEST

/* Both go in at the same byte: the context's lines first. */
START_TEST(a_new_top_level_key_comes_after_the_last_contexts_new_lines)
{
	const struct change login[] = {
		{.key = "context", .text = "b.com"},
		{.context = "b_com", .key = "workspace", .text = "w"},
	};
	struct astro_error err = {0};

	put_config("unsorted: yes\n"
	           "contexts:\n"
	           "    b_com:\n"
	           "        domain: b.com\n");
	ck_assert_int_eq(config_change(&paths, login, 2, &err), ASTRO_OK);
	expect_config("unsorted: yes\n"
	              "contexts:\n"
	              "    b_com:\n"
	              "        domain: b.com\n"
	              "        workspace: w\n"
	              "context: b.com\n");
}
END_TEST

START_TEST(the_same_second_is_the_same_time)
{
	put_config("contexts:\n    a_io:\n        expiresin: "
	           "2026-11-25T11:16:57.044824155-05:00\n");
	change_one((struct change){.context = "a_io",
	                           .key = "expiresin",
	                           .kind = CHANGE_TIME,
	                           .time = 1795623417},
	           ASTRO_OK, NULL);
	expect_config("contexts:\n    a_io:\n        expiresin: "
	              "2026-11-25T11:16:57.044824155-05:00\n");
}
END_TEST

START_TEST(deleting_contexts_takes_their_lines_and_at_last_the_key)
{
	put_config("context: a.io\ncontexts:\n  a_io:\n    token: x\n"
	           "  # b\n  b_io:\n    token: y\nz: 1\n");
	change_one((struct change){.context = "a_io", .kind = CHANGE_REMOVE},
	           ASTRO_OK, NULL);
	expect_config("context: a.io\ncontexts:\n  # b\n  b_io:\n"
	              "    token: y\nz: 1\n");
	change_one((struct change){.context = "b_io", .kind = CHANGE_REMOVE},
	           ASTRO_OK, NULL);
	expect_config("context: a.io\n  # b\nz: 1\n");
	change_one((struct change){.context = "b_io", .kind = CHANGE_REMOVE},
	           ASTRO_OK, NULL);
	change_one((struct change){.key = "context", .kind = CHANGE_REMOVE},
	           ASTRO_OK, NULL);
	expect_config("  # b\nz: 1\n");
}
END_TEST

START_TEST(one_context_may_go_as_another_comes)
{
	const struct change changes[] = {
		{.context = "a_io", .kind = CHANGE_REMOVE},
		{.context = "b_io", .key = "token", .text = "t"},
	};

	put_config("contexts:\n  a_io:\n    token: x\n");
	ck_assert_int_eq(config_change(&paths, changes, 2, NULL), ASTRO_OK);
	expect_config("contexts:\n  b_io:\n    token: t\n");
}
END_TEST

START_TEST(two_names_with_one_key_are_refused)
{
	static const char text[] = "contexts:\n    a_b_io:\n"
				   "        domain: a.b.io\n";

	put_config(text);
	change_one((struct change){.context = "a_b_io",
	                           .key = "domain",
	                           .text = "a.b/io"},
	           ASTRO_UNSAFE,
	           "a.b/io: its key a_b_io is that of the context a.b.io");
	expect_config(text);
	change_one((struct change){.context = "a_b_io",
	                           .key = "domain",
	                           .text = "A.b.io"},
	           ASTRO_OK, NULL);
}
END_TEST

START_TEST(what_makes_no_sense_is_never_written)
{
	static const char *const broken[] = {
		"contexts:\n\ttoken: x\n", "contexts: []\n",
		"contexts: {a_io: {token: x}\n", "a: b\na: c\n"};
	size_t i;

	for (i = 0; i < sizeof(broken) / sizeof(*broken); i++) {
		struct astro_error err = {0};
		const struct change change = {.key = "context", .text = "x"};
		char hint[200];

		put_config(broken[i]);
		ck_assert_int_eq(config_change(&paths, &change, 1, &err),
		                 ASTRO_BAD_CONFIG);
		(void)snprintf(hint, sizeof(hint), "edit %s by hand",
		               paths.file);
		ck_assert_str_eq(err.hint, hint);
		expect_config(broken[i]);
		ck_assert_int_eq(config_check_writable(&paths, &err),
		                 ASTRO_BAD_CONFIG);
	}
	ck_assert_int_eq(count_temporaries(), 0);
}
END_TEST

START_TEST(a_change_that_cannot_be_made_safely_writes_nothing)
{
	/* A key without a colon has no place for a value. */
	static const char text[] = "? a\n? b\n";

	put_config(text);
	change_one((struct change){.key = "b", .text = "x"}, ASTRO_BAD_CONFIG,
	           NULL);
	expect_config(text);
	change_one((struct change){.context = "a_io",
	                           .key = "token",
	                           .text = "\xff"},
	           ASTRO_STORE, "config.yaml: token is no text");
	expect_config(text);
}
END_TEST

enum { WRITERS = 20, ROUNDS = 5 };

static void write_often(int number)
{
	char key[32], value[32];
	int round;

	for (round = 0; round < ROUNDS; round++) {
		struct change changes[2] = {{.context = key}, {.context = key}};

		(void)snprintf(key, sizeof(key), "c%d-%d_io", number, round);
		(void)snprintf(value, sizeof(value), "token-%d-%d", number,
		               round);
		changes[0].key = "token";
		changes[0].text = value;
		changes[1].key = "domain";
		changes[1].text = "x.io";
		if (config_change(&paths, changes, 2, NULL) != ASTRO_OK)
			_exit(1);
	}
	_exit(0);
}

START_TEST(of_20_processes_that_write_at_once_no_change_is_lost)
{
	pid_t children[WRITERS];
	struct config *config = NULL;
	char *bytes;
	int i, status;

	put_config("# kept\nunknown: {a: [b, c]}\n");
	for (i = 0; i < WRITERS; i++) {
		children[i] = fork();
		ck_assert_int_ge(children[i], 0);
		if (children[i] == 0)
			write_often(i);
	}
	/* A reader never sees half a file, nor one that others can read. */
	for (i = 0; i < 200; i++) {
		ck_assert_int_eq(config_load(&paths, &config, NULL), ASTRO_OK);
		config_free(config);
	}
	for (i = 0; i < WRITERS; i++) {
		ck_assert_int_eq(waitpid(children[i], &status, 0), children[i]);
		ck_assert_int_eq(status, 0);
	}
	ck_assert_int_eq(config_load(&paths, &config, NULL), ASTRO_OK);
	ck_assert_uint_eq(config_count(config), WRITERS * ROUNDS);
	config_free(config);
	ck_assert_int_eq(count_temporaries(), 0);
	bytes = get_config();
	ck_assert_int_eq(strncmp(bytes, "# kept\n", 7), 0);
	ck_assert_ptr_nonnull(strstr(bytes, "unknown: {a: [b, c]}\n"));
	free(bytes);
}
END_TEST

/* ---- the Go CLI, which empties the file before it writes it ---- */

static int to_writer[2];

/* lock_take() asks for the time first: the reader has seen the empty file. */
static int64_t telling_clock(void)
{
	static int told;

	if (!told && write(to_writer[1], "x", 1) == 1)
		told = 1;
	return 0;
}

static void write_like_go(int ready)
{
	static const char text[] = "contexts:\n    a_io:\n        token: x\n";
	int lock = open(paths.lock, O_RDWR | O_CREAT, 0600), fd;
	char byte;

	if (lock < 0 || flock(lock, LOCK_EX) != 0)
		_exit(1);
	fd = open(paths.file, O_WRONLY | O_TRUNC);
	if (fd < 0 || write(ready, "x", 1) != 1 ||
	    read(to_writer[0], &byte, 1) != 1 ||
	    write(fd, text, sizeof(text) - 1) != (ssize_t)sizeof(text) - 1)
		_exit(1);
	_exit(0);
}

START_TEST(an_emptied_file_is_read_again_when_its_writer_has_finished)
{
	struct config *config = NULL;
	int ready[2], status;
	pid_t child;
	char byte;

	put_config("contexts:\n    a_io:\n        token: old\n");
	ck_assert_int_eq(pipe(ready), 0);
	ck_assert_int_eq(pipe(to_writer), 0);
	child = fork();
	ck_assert_int_ge(child, 0);
	if (child == 0)
		write_like_go(ready[1]);
	ck_assert_int_eq(read(ready[0], &byte, 1), 1);

	clock_replace(NULL, telling_clock);
	ck_assert_int_eq(config_load(&paths, &config, NULL), ASTRO_OK);
	ck_assert_uint_eq(config_count(config), 1);
	config_free(config);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
}
END_TEST

static int64_t hasty_clock(void)
{
	static int64_t now;

	now += 400;
	return now;
}

static const struct {
	const char *text;
	int status;
	int64_t waits; /* at most */
} kept_locked[] = {
	{"local:\n    core: x\n", ASTRO_OK, 3000},
	{"context: b.io\ncontexts:\n    a_io:\n        token: x\n", ASTRO_OK,
         3000},
	{"", ASTRO_STORE, 15000},
	{"contexts: [", ASTRO_STORE, 15000},
};

/* Nobody writes for that long, and reading needs no lock. */
START_TEST(a_file_that_makes_sense_is_read_whoever_keeps_the_lock)
{
	struct config *config = NULL;
	struct astro_error err = {0};
	int lock;

	put_config(kept_locked[_i].text);
	lock = open(paths.lock, O_RDWR | O_CREAT, 0600);
	ck_assert_int_eq(flock(lock, LOCK_EX), 0);
	clock_replace(NULL, hasty_clock);

	ck_assert_int_eq(config_load(&paths, &config, &err),
	                 kept_locked[_i].status);
	ck_assert_int_lt(clock_boot(), kept_locked[_i].waits);
	if (kept_locked[_i].status == ASTRO_OK)
		ck_assert_ptr_nonnull(config);
	else
		ck_assert_ptr_nonnull(strstr(err.message, "held the lock"));
	config_free(config);
	(void)close(lock);
}
END_TEST

START_TEST(ten_thousand_contexts_are_changed_in_reasonable_time)
{
	const struct change login[] = {
		{.context = "c5000-x_io", .key = "domain", .text = "x.io"},
		{.context = "c5000-x_io", .key = "token", .text = "t"},
		{.context = "c9998_io", .key = "token", .text = "new"},
		{.context = "c1_io", .kind = CHANGE_REMOVE},
	};
	struct config *config = NULL;
	struct text bytes;
	int i;

	text_init(&bytes, 16 * 1024 * 1024);
	(void)text_add_string(&bytes, "contexts:\n");
	for (i = 0; i < 9999; i++)
		(void)text_addf(&bytes,
		                "  c%d_io:\n    domain: c%d.io\n"
		                "    refreshtoken: r\n    token: t\n"
		                "    user_email: e\n    workspace: w\n",
		                i, i);
	put_bytes(".astro/config.yaml", bytes.bytes, bytes.len);
	text_clear(&bytes);
	ck_assert_int_eq(config_change(&paths, login, 4, NULL), ASTRO_OK);
	ck_assert_int_eq(config_load(&paths, &config, NULL), ASTRO_OK);
	ck_assert_uint_eq(config_count(config), 9999);
	config_free(config);
}
END_TEST

START_TEST(writes_when_the_value_is_still_the_expected_one)
{
	struct astro_secret *old = secret_of("rt-1"), *new = secret_of("rt-2");
	const struct change changes[] = {
		{.context = "a_io",
	         .key = "refreshtoken",
	         .kind = CHANGE_EXPECT,
	         .secret = old},
		{.context = "a_io", .key = "gone", .kind = CHANGE_EXPECT},
		{.context = "a_io", .key = "refreshtoken", .secret = new},
	};
	char *after;

	put_config("contexts:\n  a_io:\n    refreshtoken: rt-1\n");
	ck_assert_int_eq(config_change(&paths, changes, 3, NULL), ASTRO_OK);
	after = get_config();
	ck_assert_str_eq(after, "contexts:\n  a_io:\n    refreshtoken: rt-2\n");
	free(after);
	secret_free(old);
	secret_free(new);
}
END_TEST

/* Logged in anew, logged out, deleted: theirs counts. */
START_TEST(writes_nothing_when_the_value_is_no_longer_the_expected_one)
{
	static const char *const files[] = {
		"contexts:\n  a_io:\n    refreshtoken: rt-3\n",
		"contexts:\n  a_io:\n    refreshtoken: \"\"\n",
		"contexts:\n  a_io:\n    domain: a.io\n",
		"contexts:\n  b_io:\n    refreshtoken: rt-1\n",
	};
	struct astro_secret *old = secret_of("rt-1"), *new = secret_of("rt-2");
	const struct change changes[] = {
		{.context = "a_io", .key = "refreshtoken", .secret = new},
		{.context = "a_io",
	         .key = "refreshtoken",
	         .kind = CHANGE_EXPECT,
	         .secret = old},
	};
	size_t i;

	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		struct astro_error err = {0};
		char *after;

		put_config(files[i]);
		ck_assert_int_eq(config_change(&paths, changes, 2, &err),
		                 ASTRO_NOT_FOUND);
		ck_assert_str_eq(err.message,
		                 "the login has been changed by another "
		                 "program meanwhile");
		after = get_config();
		ck_assert_str_eq(after, files[i]);
		free(after);
	}
	secret_free(old);
	secret_free(new);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, home_make, tear_down);
	tcase_add_test(tcase,
	               a_first_login_makes_a_sorted_file_indented_by_four);
	tcase_add_test(tcase,
	               a_login_changes_only_its_lines_of_the_go_clis_file);
	tcase_add_test(
		tcase,
		a_new_top_level_key_comes_after_the_last_contexts_new_lines);
	tcase_add_test(tcase, the_same_second_is_the_same_time);
	tcase_add_test(tcase,
	               deleting_contexts_takes_their_lines_and_at_last_the_key);
	tcase_add_test(tcase, one_context_may_go_as_another_comes);
	tcase_add_test(tcase, two_names_with_one_key_are_refused);
	tcase_add_test(tcase, what_makes_no_sense_is_never_written);
	tcase_add_test(tcase,
	               a_change_that_cannot_be_made_safely_writes_nothing);
	tcase_add_test(tcase,
	               of_20_processes_that_write_at_once_no_change_is_lost);
	tcase_add_test(
		tcase,
		an_emptied_file_is_read_again_when_its_writer_has_finished);
	tcase_add_test(tcase, writes_when_the_value_is_still_the_expected_one);
	tcase_add_test(
		tcase,
		writes_nothing_when_the_value_is_no_longer_the_expected_one);
	tcase_add_loop_test(
		tcase, a_file_that_makes_sense_is_read_whoever_keeps_the_lock,
		0, sizeof(kept_locked) / sizeof(kept_locked[0]));
	tcase_add_test(tcase,
	               ten_thousand_contexts_are_changed_in_reasonable_time);
}

int main(void)
{
	return run_case("change", add_tests);
}
