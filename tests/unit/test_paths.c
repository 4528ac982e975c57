/* SPDX-License-Identifier: Apache-2.0 */
/* paths.c: where the file is. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config_home.h"

static int find(const char *astro_home, const char *user_home,
                struct astro_error *err)
{
	if (astro_home == NULL)
		(void)unsetenv("ASTRO_HOME");
	else
		(void)setenv("ASTRO_HOME", astro_home, 1);
	if (user_home == NULL)
		(void)unsetenv("HOME");
	else
		(void)setenv("HOME", user_home, 1);
	return paths_find(&paths, err);
}

START_TEST(astro_home_comes_before_home)
{
	ck_assert_int_eq(find("/a", "/h", NULL), ASTRO_OK);
	ck_assert_str_eq(paths.folder, "/a/.astro");
	ck_assert_str_eq(paths.file, "/a/.astro/config.yaml");
	ck_assert_str_eq(paths.lock, "/a/.astro/config.yaml.lock");
	ck_assert_str_eq(paths.providers, "/a/.astro/providers");
	paths_clear(&paths);

	ck_assert_int_eq(find("", "/h/", NULL), ASTRO_OK);
	ck_assert_str_eq(paths.folder, "/h/.astro");
	paths_clear(&paths);

	ck_assert_int_eq(find("/", "/h", NULL), ASTRO_OK);
	ck_assert_str_eq(paths.folder, "/.astro");
	paths_clear(&paths);
}
END_TEST

START_TEST(without_both_the_users_entry_in_passwd_counts)
{
	ck_assert_int_eq(find(NULL, "", NULL), ASTRO_OK);
	ck_assert_int_eq(paths.folder[0], '/');
	paths_clear(&paths);
}
END_TEST

START_TEST(names_the_variable_that_makes_no_sense)
{
	struct astro_error err = {0};
	char *path = malloc(5001);

	ck_assert_int_eq(find("relative", "/h", &err), ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message,
	                 "ASTRO_HOME: not an absolute path: relative");
	ck_assert_int_eq(find("..", "/h", &err), ASTRO_BAD_CONFIG);
	ck_assert_int_eq(find(NULL, "relative", &err), ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message, "HOME: not an absolute path: relative");

	memset(path, 'a', 5000);
	path[0] = '/';
	path[5000] = '\0';
	ck_assert_int_eq(find(path, "/h", &err), ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message, "ASTRO_HOME: the path is too long");
	free(path);
	ck_assert_ptr_null(paths.folder);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_test(tcase, astro_home_comes_before_home);
	tcase_add_test(tcase, without_both_the_users_entry_in_passwd_counts);
	tcase_add_test(tcase, names_the_variable_that_makes_no_sense);
}

int main(void)
{
	return run_case("paths", add_tests);
}
