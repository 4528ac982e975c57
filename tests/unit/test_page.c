/* SPDX-License-Identifier: Apache-2.0 */
/* The pages stand alone, and their policy knows them. */
#include "page.h"

#include <check.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *header(const char *name)
{
	const struct page_header *at;

	for (at = page_headers; at->name != NULL; at++)
		if (strcmp(at->name, name) == 0)
			return at->value;
	ck_abort_msg("no header %s", name);
	return NULL;
}

/* 'sha256-...' of what stands between <TAG> and </TAG> of HTML. */
static void hash_of(const char *html, const char *tag, char *out, size_t size)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	char begin[32], end[32], encoded[96];
	const char *from, *to;
	unsigned len = 0;

	(void)snprintf(begin, sizeof(begin), "<%s>", tag);
	(void)snprintf(end, sizeof(end), "</%s>", tag);
	from = strstr(html, begin);
	ck_assert_ptr_nonnull(from);
	from += strlen(begin);
	to = strstr(from, end);
	ck_assert_ptr_nonnull(to);
	ck_assert_ptr_null(strstr(to, begin));
	ck_assert_int_eq(EVP_Digest(from, (size_t)(to - from), digest, &len,
	                            EVP_sha256(), NULL),
	                 1);
	(void)EVP_EncodeBlock((unsigned char *)encoded, digest, (int)len);
	(void)snprintf(out, size, "-src 'sha256-%s'", encoded);
}

START_TEST(names_its_style_and_script_in_the_policy)
{
	const char *policy = header("Content-Security-Policy");
	const char *html = page_html((enum page)_i);
	char hash[128];

	hash_of(html, "style", hash, sizeof(hash));
	ck_assert_msg(strstr(policy, hash) != NULL, "style%s", hash);
	hash_of(html, "script", hash, sizeof(hash));
	ck_assert_msg(strstr(policy, hash) != NULL, "script%s", hash);
	ck_assert_ptr_nonnull(strstr(policy, "default-src 'none'"));
	ck_assert_ptr_nonnull(strstr(policy, "frame-ancestors 'none'"));
	ck_assert_ptr_null(strstr(policy, "unsafe"));
}
END_TEST

START_TEST(needs_nothing_from_outside)
{
	static const char *const outside[] = {
		"http:",   "https:", "src=",   "href=", "url(",
		"@import", "style=", "onload", "<form"};
	const char *html = page_html((enum page)_i);
	size_t i;

	for (i = 0; i < sizeof(outside) / sizeof(outside[0]); i++)
		ck_assert_msg(strstr(html, outside[i]) == NULL, "%s",
		              outside[i]);
}
END_TEST

START_TEST(is_made_for_phones_and_for_the_dark)
{
	const char *html = page_html((enum page)_i);

	ck_assert_int_eq(strncmp(html, "<!doctype html>", 15), 0);
	ck_assert_ptr_nonnull(strstr(html, "width=device-width"));
	ck_assert_ptr_nonnull(strstr(html, "prefers-color-scheme:dark"));
	ck_assert_ptr_nonnull(strstr(html, "lang=\"en\""));
	/* It fits into a socket's buffer: sending it never waits. */
	ck_assert_uint_lt(strlen(html), 8192);
}
END_TEST

START_TEST(takes_the_code_out_of_the_address_bar)
{
	ck_assert_ptr_nonnull(strstr(page_html((enum page)_i),
	                             "history.replaceState(null,\"\","
	                             "location.pathname)"));
}
END_TEST

START_TEST(only_success_says_that_one_is_logged_in)
{
	int page;

	ck_assert_ptr_nonnull(
		strstr(page_html(PAGE_SUCCESS), "You are logged in"));
	ck_assert_ptr_nonnull(strstr(page_html(PAGE_SUCCESS), "close this"));
	ck_assert_ptr_nonnull(
		strstr(page_html(PAGE_SUCCESS), "return to the terminal"));
	for (page = PAGE_FAILURE; page <= PAGE_NOTHING; page++)
		ck_assert_ptr_null(
			strstr(page_html((enum page)page), "logged in"));
}
END_TEST

START_TEST(sends_what_keeps_it_private)
{
	ck_assert_str_eq(header("Cache-Control"), "no-store");
	ck_assert_str_eq(header("Referrer-Policy"), "no-referrer");
	ck_assert_str_eq(header("X-Frame-Options"), "DENY");
	ck_assert_str_eq(header("X-Content-Type-Options"), "nosniff");
	ck_assert_str_eq(header("Connection"), "close");
}
END_TEST

int main(void)
{
	const int last = PAGE_NOTHING + 1;
	Suite *suite = suite_create("page");
	TCase *tcase = tcase_create("page");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, names_its_style_and_script_in_the_policy, 0,
	                    last);
	tcase_add_loop_test(tcase, needs_nothing_from_outside, 0, last);
	tcase_add_loop_test(tcase, is_made_for_phones_and_for_the_dark, 0,
	                    last);
	tcase_add_loop_test(tcase, takes_the_code_out_of_the_address_bar, 0,
	                    last);
	tcase_add_test(tcase, only_success_says_that_one_is_logged_in);
	tcase_add_test(tcase, sends_what_keeps_it_private);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
