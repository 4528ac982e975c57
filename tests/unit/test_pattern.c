/* SPDX-License-Identifier: Apache-2.0 */
/* A provider's patterns for domains. */
#include "pattern.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *pattern, *domain;
	int result;
} cases[] = {
	{"corp\\.example", "corp.example", 1},
	{"corp\\.example", "corpxexample", 0},
	{"corp\\.example", "corp.example.evil.test", 0},
	{"corp\\.example", "evilcorp.example", 0},
	{"^corp\\.example$", "corp.example", 1},
	{"(.*\\.)?corp\\.example", "corp.example", 1},
	{"(.*\\.)?corp\\.example", "eu.corp.example", 1},
	{"(.*\\.)?corp\\.example", "evilcorp.example", 0},
	{"a|a\\.test", "a.test", 1},
	{"", "", 1},
	{"", "corp.example", 0},
	{"(corp", "corp", -1},
	{"[corp", "corp", -1},
	{"corp\\", "corp", -1},
};

START_TEST(matches_whole_domains)
{
	ck_assert_int_eq(pattern_match(cases[_i].pattern, cases[_i].domain),
	                 cases[_i].result);
}
END_TEST

START_TEST(one_of_512_bytes_is_too_long)
{
	char pattern[513];

	memset(pattern, 'a', sizeof(pattern));
	pattern[511] = '\0';
	ck_assert_int_eq(pattern_match(pattern, pattern), 1);
	pattern[511] = 'a';
	pattern[512] = '\0';
	ck_assert_int_eq(pattern_match(pattern, pattern), -1);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pattern");
	TCase *tcase = tcase_create("pattern");
	SRunner *runner;
	int failed;

	tcase_add_loop_test(tcase, matches_whole_domains, 0,
	                    (int)(sizeof(cases) / sizeof(cases[0])));
	tcase_add_test(tcase, one_of_512_bytes_is_too_long);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? 0 : 1;
}
