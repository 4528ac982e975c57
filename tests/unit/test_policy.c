/* SPDX-License-Identifier: Apache-2.0 */
/* What an administrator allows and pins, and that nobody else can. */
#include "policy.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "kit.h"

static struct policy *policy;
static struct astro_error err;

static void set_up(void)
{
	kit_setup();
	memset(&err, 0, sizeof(err));
}

static void tear_down(void)
{
	policy_free(policy);
	policy = NULL;
	kit_teardown();
}

static int load(const char *text)
{
	policy_free(policy);
	policy = NULL;
	kit_write("providers.yaml", text, strlen(text), 0644);
	return policy_load(kit_path("providers.yaml"), &policy, &err);
}

/* Only root's files count: what is in them is seen by root alone. */
static bool is_root(void)
{
	return geteuid() == 0;
}

static int judge(const char *name, const char *bytes)
{
	int fd, status;

	kit_write("plugin.so", bytes, strlen(bytes), 0644);
	fd = open(kit_path("plugin.so"), O_RDONLY);
	ck_assert_int_ge(fd, 0);
	memset(&err, 0, sizeof(err));
	status = policy_judge(policy, name, fd, "plugin.so", &err);
	(void)close(fd);
	return status;
}

START_TEST(a_file_that_is_not_there_says_nothing)
{
	ck_assert_int_eq(
		policy_load(kit_path("none/providers.yaml"), &policy, &err),
		ASTRO_OK);
	ck_assert_int_eq(judge("anything", "bytes"), ASTRO_OK);
}
END_TEST

START_TEST(a_file_of_somebody_else_is_refused)
{
	kit_write("providers.yaml", "allow: []\n", 10, 0644);
	if (is_root())
		ck_assert_int_eq(chown(kit_path("providers.yaml"), 12345, 0),
		                 0);
	ck_assert_int_eq(policy_load(kit_path("providers.yaml"), &policy, &err),
	                 ASTRO_UNSAFE);
	ck_assert_ptr_null(policy);
	ck_assert_ptr_nonnull(strstr(err.message,
	                             "somebody else than root could have "
	                             "written it"));
}
END_TEST

START_TEST(a_file_that_others_can_write_is_refused)
{
	if (!is_root())
		return;
	kit_write("providers.yaml", "allow: []\n", 10, 0666);
	ck_assert_int_eq(chmod(kit_path("providers.yaml"), 0666), 0);
	ck_assert_int_eq(policy_load(kit_path("providers.yaml"), &policy, &err),
	                 ASTRO_UNSAFE);
}
END_TEST

START_TEST(a_link_in_its_place_is_refused)
{
	if (!is_root())
		return;
	kit_write("real.yaml", "allow: []\n", 10, 0644);
	ck_assert_int_eq(symlink("real.yaml", kit_path("providers.yaml")), 0);
	ck_assert_int_eq(policy_load(kit_path("providers.yaml"), &policy, &err),
	                 ASTRO_UNSAFE);
	ck_assert_ptr_nonnull(strstr(err.message, "is a symbolic link"));
}
END_TEST

START_TEST(only_what_is_allowed_is_loaded)
{
	if (!is_root())
		return;
	ck_assert_msg(load("allow: [astro, corp]\n") == ASTRO_OK, "%s",
	              err.message);
	ck_assert_int_eq(judge("corp", "x"), ASTRO_OK);
	ck_assert_int_eq(judge("software", "x"), ASTRO_UNSAFE);
	ck_assert_ptr_nonnull(
		strstr(err.message, "does not allow the provider software"));
	ck_assert_int_eq(error_exit_code(err.status), 7);

	ck_assert_int_eq(load("allow: []\n"), ASTRO_OK);
	ck_assert_int_eq(judge("corp", "x"), ASTRO_UNSAFE);
}
END_TEST

/* printf abc | sha256sum (FIPS 180-2, B.1) */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OTHER "0000000000000000000000000000000000000000000000000000000000000000"

START_TEST(a_pinned_file_is_that_file)
{
	if (!is_root())
		return;
	ck_assert_int_eq(load("sha256:\n    corp: " ABC "\n"), ASTRO_OK);
	ck_assert_int_eq(judge("corp", "abc"), ASTRO_OK);
	ck_assert_int_eq(judge("corp", "abd"), ASTRO_UNSAFE);
	ck_assert_ptr_nonnull(strstr(err.message, "plugin.so is not the file"));
	ck_assert_ptr_nonnull(
		strstr(err.message, "its SHA-256 is a52d159f262b"));
	ck_assert_int_eq(judge("other", "abd"), ASTRO_OK);

	ck_assert_int_eq(
		load("sha256:\n    corp:\n    - " OTHER "\n    - " ABC "\n"),
		ASTRO_OK);
	ck_assert_int_eq(judge("corp", "abc"), ASTRO_OK);
	ck_assert_int_eq(judge("corp", ""), ASTRO_UNSAFE);
}
END_TEST

static const struct {
	const char *text, *message;
} senseless[] = {
	{"- astro\n", "expected a mapping"},
	{"alow: [astro]\n", "unknown key; there are allow and sha256"},
	{"allow: astro\n", "expected a list of names"},
	{"allow: [[astro]]\n", "expected a name"},
	{"sha256: " ABC "\n", "expected a hash for each name"},
	{"sha256:\n    corp: abc\n", "expected 64 hexadecimal digits"},
	{"sha256:\n    corp: [abc]\n", "expected 64 hexadecimal digits"},
	{"allow: [a]\nallow: [b]\n", "this key is there twice"},
	/* What pins nothing may have been meant to pin something. */
	{"sha256:\n    corp.so: " ABC "\n",
         "sha256: expected a provider's name"},
	{"sha256:\n    Corp: " ABC "\n", "sha256: expected a provider's name"},
	{"sha256:\n    /opt/corp.so: " ABC "\n",
         "sha256: expected a provider's name"},
	{"sha256:\n    ? [corp]\n    : " ABC "\n",
         "sha256: expected a provider's name"},
	{"allow: [&x corp]\nsha256:\n    *x : " ABC "\n",
         "sha256: expected a provider's name"},
	{"sha256:\n    corp: " ABC "\n    corp: " OTHER "\n",
         "this key is there twice"},
	{"allow: [a\n", "providers.yaml:"},
};

START_TEST(a_file_that_makes_no_sense_lets_nothing_through)
{
	if (!is_root())
		return;
	ck_assert_int_eq(load(senseless[_i].text), ASTRO_BAD_CONFIG);
	ck_assert_ptr_null(policy);
	ck_assert_msg(strstr(err.message, senseless[_i].message) != NULL, "%s",
	              err.message);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("policy");
	TCase *tcase = tcase_create("policy");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase, a_file_that_is_not_there_says_nothing);
	tcase_add_test(tcase, a_file_of_somebody_else_is_refused);
	tcase_add_test(tcase, a_file_that_others_can_write_is_refused);
	tcase_add_test(tcase, a_link_in_its_place_is_refused);
	tcase_add_test(tcase, only_what_is_allowed_is_loaded);
	tcase_add_test(tcase, a_pinned_file_is_that_file);
	tcase_add_loop_test(tcase,
	                    a_file_that_makes_no_sense_lets_nothing_through, 0,
	                    sizeof(senseless) / sizeof(senseless[0]));
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
