/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in the environment: kept from children, wiped where they stand. */
#include "environment.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *variable;
	bool is_secret;
} variables[] = {
	{"ASTRO_API_TOKEN=x", true},
	{"ASTRO_API_TOKEN", true},
	{"ASTRO_REFRESH_TOKENS=x", true},
	{"ASTRO_PASSWORD=x", true},
	{"ASTRO_CLIENT_SECRET=x", true},
	{"ASTRONOMER_KEY_SECRET=x", true},
	{"ASTRO_HOME=/TOKEN", false},
	{"ASTRO_DOMAIN=x", false},
	{"ASTRONOMER_KEY_ID=x", false},
	{"GITHUB_TOKEN=x", false},
	{"ASTROTOKEN=x", false},
	{"HOME=/", false},
	{"", false},
};

START_TEST(knows_our_secrets_by_their_names)
{
	ck_assert_msg(environment_is_secret(variables[_i].variable) ==
	                      variables[_i].is_secret,
	              "%s", variables[_i].variable);
}
END_TEST

START_TEST(a_child_gets_everything_but_our_secrets)
{
	static char *ours[] = {"HOME=/h", "ASTRO_API_TOKEN=canary",
	                       "ASTRO_DOMAIN=d", "ASTRO_PASSWORD=canary", NULL};
	const char **clean;

	environ = ours;
	ck_assert_int_eq(environment_clean(&clean, NULL), ASTRO_OK);

	ck_assert_str_eq(clean[0], "HOME=/h");
	ck_assert_str_eq(clean[1], "ASTRO_DOMAIN=d");
	ck_assert_ptr_null(clean[2]);
	free(clean);
}
END_TEST

START_TEST(forgets_every_copy_of_a_variable_where_it_stands)
{
	char first[] = "X_TOKEN=canary", second[] = "X_TOKEN=again";
	char other[] = "X_TOKENS=kept", empty[] = "X_TOKEN=";
	char *ours[] = {first, other, second, empty, NULL};

	environ = ours;
	environment_forget("X_TOKEN");

	ck_assert_ptr_null(getenv("X_TOKEN"));
	ck_assert_str_eq(getenv("X_TOKENS"), "kept");
	ck_assert_str_eq(first, "X_TOKEN=");
	ck_assert_str_eq(second, "X_TOKEN=");
	ck_assert_mem_eq(first, "X_TOKEN=\0\0\0\0\0\0", sizeof(first));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("environment");
	TCase *tcase = tcase_create("environment");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, knows_our_secrets_by_their_names, 0,
	                    sizeof(variables) / sizeof(variables[0]));
	tcase_add_test(tcase, a_child_gets_everything_but_our_secrets);
	tcase_add_test(tcase, forgets_every_copy_of_a_variable_where_it_stands);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
