/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials: fields set, replaced, removed, copied, and their limits. */
#include "credential.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "secret.h"

static struct astro_credential *credential;
static struct astro_secret *canary;
static struct astro_error err;

static void begin(void)
{
	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(credential_new(&credential, &err), ASTRO_OK);
	ck_assert_int_eq(secret_new("canary", 6, &canary, &err), ASTRO_OK);
}

static void end(void)
{
	credential_free(credential);
	secret_free(canary);
}

START_TEST(keeps_its_own_copies)
{
	char text[] = "a@example.com";

	ck_assert_int_eq(
		credential_set(credential, "access_token", canary, &err),
		ASTRO_OK);
	ck_assert_int_eq(
		credential_set_text(credential, "user_email", text, &err),
		ASTRO_OK);
	text[0] = 'X';

	ck_assert_ptr_ne(credential_get(credential, "access_token"), canary);
	ck_assert_str_eq(
		secret_bytes(credential_get(credential, "access_token"), NULL),
		"canary");
	ck_assert_str_eq(credential_text(credential, "user_email"),
	                 "a@example.com");
	ck_assert_ptr_null(credential_text(credential, "access_token"));
	ck_assert_ptr_null(credential_get(credential, "user_email"));
	ck_assert_ptr_null(credential_get(credential, "refresh_token"));
	ck_assert_ptr_null(credential_get(NULL, "x"));
	ck_assert_ptr_null(credential_text(credential, NULL));
}
END_TEST

START_TEST(replaces_and_removes)
{
	ck_assert_int_eq(credential_set(credential, "a", canary, &err),
	                 ASTRO_OK);
	ck_assert_int_eq(credential_set_text(credential, "b", "1", &err),
	                 ASTRO_OK);
	ck_assert_int_eq(credential_set_text(credential, "a", "2", &err),
	                 ASTRO_OK);
	ck_assert_str_eq(credential_text(credential, "a"), "2");
	ck_assert_ptr_null(credential_get(credential, "a"));

	ck_assert_int_eq(credential_set(credential, "a", NULL, &err), ASTRO_OK);
	ck_assert_int_eq(credential_set_text(credential, "none", NULL, &err),
	                 ASTRO_OK);
	ck_assert_ptr_null(credential_text(credential, "a"));
	ck_assert_str_eq(credential_field_at(credential, 0)->name, "b");
	ck_assert_str_eq(credential_field_at(credential, 0)->text, "1");
	ck_assert_ptr_null(credential_field_at(credential, 0)->secret);
	ck_assert_ptr_null(credential_field_at(credential, 1));
}
END_TEST

START_TEST(holds_32_fields_of_64_kib)
{
	static char large[65537];
	char name[16];
	int i;

	for (i = 0; i < 32; i++) {
		(void)snprintf(name, sizeof(name), "field_%d", i);
		ck_assert_int_eq(
			credential_set_text(credential, name, "x", &err),
			ASTRO_OK);
	}
	ck_assert_int_eq(credential_set_text(credential, "more", "x", &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message, "a credential of more than 32 fields");

	memset(large, 'x', 65536);
	ck_assert_int_eq(
		credential_set_text(credential, "field_0", large, &err),
		ASTRO_OK);
	secret_free(canary);
	ck_assert_int_eq(secret_new(large, 65537, &canary, &err), ASTRO_OK);
	ck_assert_int_eq(credential_set(credential, "field_1", canary, &err),
	                 ASTRO_BAD_ANSWER);
	ck_assert_str_eq(err.message, "the field_1 has more than 65536 bytes");
}
END_TEST

START_TEST(refuses_improper_names_and_texts)
{
	static const char *const names[] = {NULL, "", "a\nb", "\xc3\xa9"};
	size_t i;

	for (i = 0; i < 4; i++) {
		ck_assert_int_eq(
			credential_set_text(credential, names[i], "x", &err),
			ASTRO_BAD_PLUGIN);
		ck_assert_str_eq(err.message,
		                 "a credential's field without a proper name");
	}
	ck_assert_int_eq(credential_set_text(credential, "a", "\xff", &err),
	                 ASTRO_BAD_ANSWER);
	ck_assert_str_eq(err.message, "the a is no UTF-8 text");
	ck_assert_int_eq(credential_set(NULL, "a", canary, &err),
	                 ASTRO_BAD_PLUGIN);
}
END_TEST

START_TEST(a_copy_is_complete_and_independent)
{
	static const char text[] = "{\"email\":\"a@example.com\","
				   "\"https://x.example/org\":\"o1\"}";
	struct astro_credential *copy;
	struct json *claims;

	ck_assert_int_eq(json_parse(text, strlen(text), &claims, &err),
	                 ASTRO_OK);
	credential_own_claims(credential, claims);
	credential_expires(credential, 4711);
	ck_assert_int_eq(credential_set(credential, "t", canary, &err),
	                 ASTRO_OK);
	ck_assert_int_eq(credential_set_text(credential, "w", "1", &err),
	                 ASTRO_OK);

	ck_assert_int_eq(credential_copy(credential, &copy, &err), ASTRO_OK);
	credential_free(credential);
	credential = copy;

	ck_assert_str_eq(secret_bytes(credential_get(copy, "t"), NULL),
	                 "canary");
	ck_assert_str_eq(credential_text(copy, "w"), "1");
	ck_assert_int_eq(credential_expiry(copy), 4711);
	ck_assert_str_eq(credential_claim(copy, "email"), "a@example.com");
	ck_assert_str_eq(credential_claim(copy, "https://x.example/org"), "o1");
	ck_assert_ptr_null(credential_claim(copy, "sub"));
}
END_TEST

START_TEST(nothing_is_a_proper_credential_to_ask_and_free)
{
	credential_expires(NULL, 1);
	ck_assert_int_eq(credential_expiry(NULL), 0);
	ck_assert_int_eq(credential_expiry(credential), 0);
	ck_assert_ptr_null(credential_claim(NULL, "sub"));
	ck_assert_ptr_null(credential_claim(credential, "sub"));
	ck_assert_ptr_null(credential_field_at(NULL, 0));
	credential_free(NULL);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("credential");
	TCase *tcase = tcase_create("credential");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, keeps_its_own_copies);
	tcase_add_test(tcase, replaces_and_removes);
	tcase_add_test(tcase, holds_32_fields_of_64_kib);
	tcase_add_test(tcase, refuses_improper_names_and_texts);
	tcase_add_test(tcase, a_copy_is_complete_and_independent);
	tcase_add_test(tcase, nothing_is_a_proper_credential_to_ask_and_free);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
