/* SPDX-License-Identifier: Apache-2.0 */
/* Programs: what PATH has, and what it must not have. */
#include "program.h"

#include <check.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char home[64], found[PATH_MAX];

/* "a" has a program, "b" a file of the same name, "c" a folder. */
static void begin(void)
{
	static const char *const names[] = {"a", "b", "c"};
	char path[128];
	size_t i;

	(void)snprintf(home, sizeof(home), "/tmp/astro-program-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home));
	for (i = 0; i < 3; i++) {
		FILE *out;

		(void)snprintf(path, sizeof(path), "%s/%s", home, names[i]);
		ck_assert_int_eq(mkdir(path, 0700), 0);
		(void)snprintf(path, sizeof(path), "%s/%s/tool", home,
		               names[i]);
		if (i == 2) {
			ck_assert_int_eq(mkdir(path, 0700), 0);
			continue;
		}
		out = fopen(path, "we");
		ck_assert_ptr_nonnull(out);
		ck_assert_int_eq(fclose(out), 0);
		ck_assert_int_eq(chmod(path, i == 0 ? 0700 : 0600), 0);
	}
	ck_assert_int_eq(chdir(home), 0);
}

static void end(void)
{
	ck_assert_int_eq(unlink("a/tool"), 0);
	ck_assert_int_eq(unlink("b/tool"), 0);
	ck_assert_int_eq(rmdir("c/tool"), 0);
	ck_assert_int_eq(rmdir("a") + rmdir("b") + rmdir("c"), 0);
	ck_assert_int_eq(rmdir(home), 0);
}

/* "@" stands for the home folder. */
static const struct {
	const char *folders;
	enum program_found found;
	const char *path;
} searches[] = {
	{"@/a", PROGRAM_USABLE, "a/tool"},
	{"/nowhere:@/b:@/c:@/a", PROGRAM_USABLE, "a/tool"},
	{"@/b", PROGRAM_UNUSABLE, "b/tool"},
	{"@/c", PROGRAM_UNUSABLE, "c/tool"},
	{"@/c:@/b", PROGRAM_UNUSABLE, "c/tool"},
	{"@", PROGRAM_ABSENT, NULL},
	{"a", PROGRAM_ABSENT, NULL},
	{"./a:a:", PROGRAM_ABSENT, NULL},
	{"::", PROGRAM_ABSENT, NULL},
	{"", PROGRAM_ABSENT, NULL},
};
enum { SEARCHES = sizeof(searches) / sizeof(searches[0]) };

static const char *with_home(const char *pattern)
{
	static char text[512];
	size_t len = 0;

	text[0] = '\0';
	for (; *pattern != '\0'; pattern++)
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%.*s",
		                        *pattern == '@' ? (int)strlen(home) : 1,
		                        *pattern == '@' ? home : pattern);
	return text;
}

START_TEST(searches_the_absolute_folders_for_the_best)
{
	char wanted[PATH_MAX];

	ck_assert_int_eq(program_search(with_home(searches[_i].folders), "tool",
	                                found, sizeof(found)),
	                 searches[_i].found);
	if (searches[_i].path == NULL)
		return;
	(void)snprintf(wanted, sizeof(wanted), "%s/%s", home,
	               searches[_i].path);
	ck_assert_str_eq(found, wanted);
}
END_TEST

START_TEST(finds_what_can_be_run)
{
	ck_assert_int_eq(setenv("PATH", with_home(searches[_i].folders), 1), 0);
	ck_assert_int_eq(program_find("tool", found, sizeof(found)),
	                 searches[_i].found == PROGRAM_USABLE);
	ck_assert(!program_find("", found, sizeof(found)));
	ck_assert(!program_find("a/tool", found, sizeof(found)));
	ck_assert(!program_find("./a/tool", found, sizeof(found)));
}
END_TEST

START_TEST(takes_an_absolute_path_as_it_stands)
{
	char path[128];

	ck_assert_int_eq(unsetenv("PATH"), 0);
	(void)snprintf(path, sizeof(path), "%s/a/tool", home);
	ck_assert(program_find(path, found, sizeof(found)));
	ck_assert_str_eq(found, path);
	ck_assert(!program_find(path, found, strlen(path)));
	(void)snprintf(path, sizeof(path), "%s/c/tool", home);
	ck_assert(!program_find(path, found, sizeof(found)));
	ck_assert(!program_find("tool", found, sizeof(found)));
}
END_TEST

START_TEST(writes_no_path_that_does_not_fit)
{
	char small[8] = "as is";

	ck_assert_int_eq(
		program_search(with_home("@/a"), "tool", small, sizeof(small)),
		PROGRAM_ABSENT);
	ck_assert_str_eq(small, "as is");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("program");
	TCase *tcase = tcase_create("program");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, searches_the_absolute_folders_for_the_best,
	                    0, SEARCHES);
	tcase_add_loop_test(tcase, finds_what_can_be_run, 0, SEARCHES);
	tcase_add_test(tcase, takes_an_absolute_path_as_it_stands);
	tcase_add_test(tcase, writes_no_path_that_does_not_fit);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
