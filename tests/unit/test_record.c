/* SPDX-License-Identifier: Apache-2.0 */
/* The record of a login: written, read, and what is refused. */
#include "record.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "error.h"
#include "json.h"
#include "secret.h"

static struct astro_credential *credential;
static struct astro_error err;

static void begin(void)
{
	memset(&err, 0, sizeof(err));
	json_setup();
	ck_assert_int_eq(credential_new(&credential, &err), ASTRO_OK);
}

static void end(void)
{
	credential_free(credential);
}

static void set(const char *field, const char *bytes, size_t len)
{
	struct astro_secret *secret;

	ck_assert_int_eq(secret_new(bytes, len, &secret, &err), ASTRO_OK);
	ck_assert_int_eq(credential_set(credential, field, secret, &err),
	                 ASTRO_OK);
	secret_free(secret);
}

static void expect_written(int64_t obtained, const char *text)
{
	struct astro_secret *record;
	int status = record_write(credential, obtained, &record, &err);

	ck_assert_msg(status == ASTRO_OK, "%s", err.message);
	ck_assert_str_eq(secret_bytes(record, NULL), text);
	secret_free(record);
}

static int read_text(const char *text, struct astro_credential **out,
                     int64_t *obtained)
{
	struct astro_secret *record;
	int status;

	ck_assert_int_eq(secret_new(text, strlen(text), &record, &err),
	                 ASTRO_OK);
	status = record_read(record, out, obtained, &err);
	secret_free(record);
	return status;
}

START_TEST(writes_what_is_known_in_one_object)
{
	set("access_token", "at-1", 4);
	expect_written(0, "{\"version\":1,\"access_token\":\"at-1\"}");

	set("refresh_token", "rt\"\\", 4);
	set("id_token", "not kept", 8);
	ck_assert_int_eq(
		credential_set_text(credential, "user_email", "x", &err),
		ASTRO_OK);
	credential_expires(credential, 1767225600);
	expect_written(1767222000,
	               "{\"version\":1,\"access_token\":\"at-1\","
	               "\"refresh_token\":\"rt\\\"\\\\\","
	               "\"expires_at\":1767225600,\"obtained_at\":1767222000}");

	/* Without an end. */
	credential_expires(credential, INT64_MAX);
	expect_written(0, "{\"version\":1,\"access_token\":\"at-1\","
	                  "\"refresh_token\":\"rt\\\"\\\\\"}");
}
END_TEST

START_TEST(a_token_of_digits_stays_a_text)
{
	set("access_token", "12345", 5);
	expect_written(0, "{\"version\":1,\"access_token\":\"12345\"}");
}
END_TEST

/* It is no token: what a server has given to its client. */
START_TEST(a_secret_of_the_client_may_be_any_text_in_one_line)
{
	static const char client[] = "a+b c:d%/\xc3\xa9&=";
	struct astro_credential *read;
	struct astro_secret *record;

	set("client_secret", client, strlen(client));
	ck_assert_int_eq(record_write(credential, 0, &record, &err), ASTRO_OK);
	ck_assert_int_eq(record_read(record, &read, NULL, &err), ASTRO_OK);
	ck_assert_str_eq(
		secret_bytes(credential_get(read, "client_secret"), NULL),
		client);
	credential_free(read);
	secret_free(record);

	set("client_secret", "two\nlines", 9);
	ck_assert_int_eq(record_write(credential, 0, &record, &err),
	                 ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "the client_secret is not made of visible characters "
	                 "and cannot be kept");
}
END_TEST

START_TEST(reads_back_what_it_wrote)
{
	static char large[64 * 1024 + 1];
	struct astro_credential *read = NULL;
	struct astro_secret *record;
	int64_t obtained = 0;

	memset(large, 'x', sizeof(large) - 1);
	set("access_token", large, sizeof(large) - 1);
	set("refresh_token", large, sizeof(large) - 1);
	credential_expires(credential, 253402300799);
	ck_assert_int_eq(record_write(credential, 1, &record, &err), ASTRO_OK);
	ck_assert_int_eq(record_read(record, &read, &obtained, &err), ASTRO_OK);

	ck_assert_str_eq(
		secret_bytes(credential_get(read, "access_token"), NULL),
		large);
	ck_assert_str_eq(
		secret_bytes(credential_get(read, "refresh_token"), NULL),
		large);
	ck_assert_int_eq(credential_expiry(read), 253402300799);
	ck_assert_int_eq(obtained, 1);
	credential_free(read);
	secret_free(record);
}
END_TEST

START_TEST(ignores_members_of_later_writers)
{
	struct astro_credential *read;
	int64_t obtained;

	ck_assert_int_eq(read_text("{\"later\":{\"a\":[1]},\"version\":1,"
	                           "\"refresh_token\":\"r\"}",
	                           &read, &obtained),
	                 ASTRO_OK);
	ck_assert_ptr_null(credential_get(read, "access_token"));
	ck_assert_str_eq(
		secret_bytes(credential_get(read, "refresh_token"), NULL), "r");
	ck_assert_int_eq(credential_expiry(read), 0);
	ck_assert_int_eq(obtained, 0);
	credential_free(read);
	ck_assert_int_eq(read_text("{\"version\":1,\"access_token\":\"a\"}",
	                           &read, NULL),
	                 ASTRO_OK);
	credential_free(read);
}
END_TEST

START_TEST(refuses_a_later_version)
{
	struct astro_credential *read;

	ck_assert_int_eq(read_text("{\"version\":2,\"access_token\":\"a\"}",
	                           &read, NULL),
	                 ASTRO_STORE);
	ck_assert_str_eq(
		err.message,
		"the stored login is of version 2, this astro knows 1");
	ck_assert_str_eq(err.hint, "update astro, or run `astro login` again");
	ck_assert_ptr_null(read);
}
END_TEST

static const struct nonsense {
	const char *text;
	const char *why;
} nonsense[] = {
	{"[1]", "it is no JSON object"},
	{"{\"access_token\":\"a\"}", "it has no version"},
	{"{\"version\":\"1\",\"access_token\":\"a\"}", "it has no version"},
	{"{\"version\":0,\"access_token\":\"a\"}", "there is no such version"},
	{"{\"version\":-1,\"access_token\":\"a\"}", "there is no such version"},
	{"{\"version\":1}", "it has no token"},
	{"{\"version\":1,\"access_token\":1}", "a token is no proper text"},
	{"{\"version\":1,\"access_token\":null}", "a token is no proper text"},
	{"{\"version\":1,\"access_token\":\"\"}", "a token is no proper text"},
	{"{\"version\":1,\"access_token\":\"a\\nb\"}",
         "a token is no proper text"},
	{"{\"version\":1,\"access_token\":\"a\",\"expires_at\":\"1\"}",
         "a time is out of range"},
	{"{\"version\":1,\"access_token\":\"a\",\"expires_at\":0}",
         "a time is out of range"},
	{"{\"version\":1,\"access_token\":\"a\",\"obtained_at\":-5}",
         "a time is out of range"},
	{"{\"version\":1,\"access_token\":\"a\",\"expires_at\":253402300800}",
         "a time is out of range"},
};

START_TEST(refuses_nonsense)
{
	const struct nonsense *given = &nonsense[_i];
	struct astro_credential *read;
	char message[128] = "the stored login makes no sense: ";

	(void)snprintf(message + strlen(message),
	               sizeof(message) - strlen(message), "%s", given->why);
	ck_assert_int_eq(read_text(given->text, &read, NULL), ASTRO_STORE);
	ck_assert_str_eq(err.message, message);
	ck_assert_str_eq(err.hint, "run `astro login` again");
	ck_assert_ptr_null(read);
}
END_TEST

START_TEST(says_nothing_of_what_it_could_not_read)
{
	static const char *const texts[] = {
		"",
		"{\"version\":1,\"access_token\":\"canary-token\"",
		"{\"access_token\":canary-token}",
		"canary-token",
		"[{\"a\":\"canary-token\",\"a\":\"canary-token\"}]",
	};
	struct astro_credential *read;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		ck_assert_int_eq(read_text(texts[i], &read, NULL), ASTRO_STORE);
		ck_assert_ptr_nonnull(strstr(
			err.message, "the stored login makes no sense: "));
		ck_assert_ptr_null(strstr(err.message, "canary-token"));
	}
}
END_TEST

START_TEST(refuses_to_write_what_is_no_login)
{
	struct astro_secret *record;
	static char large[64 * 1024];

	ck_assert_int_eq(record_write(credential, 0, &record, &err),
	                 ASTRO_STORE);
	ck_assert_str_eq(err.message, "a login without a token cannot be kept");
	ck_assert_ptr_null(record);

	set("refresh_token", "r\0t", 3);
	ck_assert_int_eq(record_write(credential, 0, &record, &err),
	                 ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "the refresh_token is not made of visible characters "
	                 "and cannot be kept");
	ck_assert_ptr_null(record);

	/* It would grow over what the reader takes. */
	memset(large, '\\', sizeof(large));
	set("refresh_token", large, sizeof(large));
	ck_assert_int_eq(record_write(credential, 0, &record, &err),
	                 ASTRO_STORE);
	ck_assert_str_eq(err.message, "the login is too large to be kept");
	ck_assert_ptr_null(record);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("record");
	TCase *tcase = tcase_create("record");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_test(tcase, writes_what_is_known_in_one_object);
	tcase_add_test(tcase, a_token_of_digits_stays_a_text);
	tcase_add_test(tcase,
	               a_secret_of_the_client_may_be_any_text_in_one_line);
	tcase_add_test(tcase, reads_back_what_it_wrote);
	tcase_add_test(tcase, ignores_members_of_later_writers);
	tcase_add_test(tcase, refuses_a_later_version);
	tcase_add_loop_test(tcase, refuses_nonsense, 0,
	                    sizeof(nonsense) / sizeof(nonsense[0]));
	tcase_add_test(tcase, says_nothing_of_what_it_could_not_read);
	tcase_add_test(tcase, refuses_to_write_what_is_no_login);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
