/* SPDX-License-Identifier: Apache-2.0 */
/* PKCE: the vector of RFC 7636, and where its randomness comes from. */
#include "pkce.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "random.h"

static int counting(void *bytes, size_t len)
{
	unsigned char *at = bytes;
	size_t i;

	for (i = 0; i < len; i++)
		at[i] = (unsigned char)i;
	return 0;
}

static void put_back(void)
{
	random_replace(NULL);
}

static int broken(void *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	errno = EIO;
	return -1;
}

START_TEST(the_challenge_is_that_of_rfc_7636_appendix_b)
{
	char challenge[PKCE_LEN + 1];
	struct astro_error err = {0};

	ck_assert_int_eq(
		pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
	                       challenge, &err),
		ASTRO_OK);

	ck_assert_str_eq(challenge,
	                 "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}
END_TEST

START_TEST(a_verifier_is_32_random_bytes_as_43_characters)
{
	char verifier[PKCE_LEN + 1];
	struct astro_error err = {0};

	random_replace(counting);

	ck_assert_int_eq(pkce_random(verifier, &err), ASTRO_OK);
	ck_assert_str_eq(verifier,
	                 "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8");
}
END_TEST

START_TEST(two_verifiers_differ)
{
	char first[PKCE_LEN + 1], second[PKCE_LEN + 1];
	struct astro_error err = {0};

	ck_assert_int_eq(pkce_random(first, &err), ASTRO_OK);
	ck_assert_int_eq(pkce_random(second, &err), ASTRO_OK);

	ck_assert_str_ne(first, second);
	ck_assert_uint_eq(strlen(first), PKCE_LEN);
}
END_TEST

START_TEST(without_randomness_there_is_no_verifier)
{
	char verifier[PKCE_LEN + 1] = "old";
	struct astro_error err = {0};

	random_replace(broken);

	ck_assert_int_eq(pkce_random(verifier, &err), ASTRO_INTERNAL);
	ck_assert_str_eq(verifier, "");
	ck_assert_str_eq(err.message, "no random numbers from the system: "
	                              "Input/output error");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pkce");
	TCase *tcase = tcase_create("pkce");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, NULL, put_back);
	tcase_add_test(tcase, the_challenge_is_that_of_rfc_7636_appendix_b);
	tcase_add_test(tcase, a_verifier_is_32_random_bytes_as_43_characters);
	tcase_add_test(tcase, two_verifiers_differ);
	tcase_add_test(tcase, without_randomness_there_is_no_verifier);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
