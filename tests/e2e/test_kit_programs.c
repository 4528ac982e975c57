/* SPDX-License-Identifier: Apache-2.0 */
/* Providers that are programs: what `provider check` and a login say of those
 * that are broken, and that the examples keep the contract. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kit_findings.h"
#include "kit_programs.h"

enum { TEXT_SIZE = 16 * 1024 };

static const char first_file[] = "example:\n"
				 "    server: https://login.example.com\n";

/* HOME/.astro/providers/astro-provider-NAME; lent until the next call. */
static const char *path_of(const char *name)
{
	static char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path),
	               "%.3000s/.astro/providers/astro-provider-%s",
	               home_folder, name);
	return path;
}

static void write_file(const char *path, const char *text, mode_t mode)
{
	FILE *out = fopen(path, "w");

	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, mode), 0);
}

static const char *script(const char *text)
{
	static char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "%.3000s/script.json", home_folder);
	write_file(path, text, 0600);
	return path;
}

static void begin(void)
{
	char folder[PATH_SIZE];

	home_begin();
	(void)snprintf(folder, sizeof(folder), "%.3000s/.astro/providers",
	               home_folder);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	home_write(first_file);
}

static void expect_found(const struct kit_program *broken,
                         const struct pty_result *result)
{
	bool is_error = strcmp(broken->level, "error") == 0;
	json_error_t why;
	json_t *document = json_loads(result->out, 0, &why);

	ck_assert_msg(document != NULL, "%s: %s in\n%s", broken->name, why.text,
	              result->out);
	ck_assert_msg(result->status == (is_error ? 6 : 0), "%s: %d\n%s",
	              broken->name, result->status, result->out);
	ck_assert_int_eq(json_is_false(json_object_get(document, "passed")),
	                 is_error);
	ck_assert_msg(kit_has_finding(document, broken->level, broken->rule,
	                              broken->rule_says),
	              "%s: no \"%s\" of %s in\n%s", broken->name,
	              broken->rule_says, broken->rule, result->out);
	/* A secret is said to be there, and not said. */
	text_refuse(result->out, "canary");
	json_decref(document);
}

START_TEST(each_fails_for_its_own_reason)
{
	const struct kit_program *broken = &kit_programs[_i];
	struct pty_result result;

	write_file(path_of(broken->name), broken->text, broken->mode);
	result = astro_piped(NULL, "provider", "check", path_of(broken->name),
	                     "--json", NULL);
	expect_found(broken, &result);
	pty_result_clear(&result);
	home_expect(first_file);
}
END_TEST

START_TEST(each_ends_a_login_with_its_own_sentence)
{
	const struct kit_program *broken = &kit_programs[_i];
	struct pty_result result;

	if (broken->login < 0)
		return;
	write_file(path_of(broken->name), broken->text, broken->mode);
	result = astro_ends(broken->login, NULL, "login", "kit.example.com",
	                    "--provider", broken->name, NULL);
	text_expect(result.err, "astro: ");
	text_expect(result.err, broken->login_says);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	home_expect(first_file);
}
END_TEST

static const struct {
	const char *name, *file, *script;
} examples[] = {
	{"sh", "docs/examples/providers/astro-provider-sh",
         "{\"settings\": {\"example.server\": \"https://a.example\"}}"},
	{"python", "docs/examples/providers/astro-provider-python",
         "{\"settings\": {\"example.server\": \"https://a.example\"}}"},
	{"device", "examples/providers/device.py",
         "{\"given\": {\"client_id\": \"cli\"}}"},
};
enum { EXAMPLES = sizeof(examples) / sizeof(examples[0]) };

static void copy_example(size_t index)
{
	char text[TEXT_SIZE] = "", source[PATH_SIZE];
	FILE *in;

	(void)snprintf(source, sizeof(source), TEST_SOURCE "/%s",
	               examples[index].file);
	in = fopen(source, "r");
	ck_assert_msg(in != NULL, "there is no %s", source);
	ck_assert_uint_lt(fread(text, 1, sizeof(text) - 1, in),
	                  sizeof(text) - 1);
	(void)fclose(in);
	write_file(path_of(examples[index].name), text, 0755);
}

START_TEST(the_examples_keep_the_contract)
{
	struct pty_result result;

	copy_example((size_t)_i);
	result = astro_ends(0, NULL, "provider", "check", "--script",
	                    script(examples[_i].script),
	                    path_of(examples[_i].name), NULL);
	text_expect(result.out, "0 errors, 0 warnings, 0 notes in ");
	ck_assert_str_eq(result.err, "");
	pty_result_clear(&result);
}
END_TEST

/* What it lacks is said, and is no fault of its own. */
START_TEST(an_example_without_its_settings_is_only_warned)
{
	struct pty_result result;

	copy_example((size_t)_i);
	result = astro_ends(0, NULL, "provider", "check",
	                    path_of(examples[_i].name), NULL);
	text_expect(result.out, "warning: login: it ends with \"");
	text_expect(result.out, "0 errors, 1 warning, 0 notes in ");
	pty_result_clear(&result);
}
END_TEST

/* One that wants to see a certain badge, and answers for what it does not. */
static const char picky[] =
	"#!/usr/bin/env python3\n"
	"import json, sys\n"
	"def send(line): print(json.dumps(line), flush=True)\n"
	"sys.stdin.readline()\n"
	"send({'result': {'contract': 1, 'operations': ['authenticate']}})\n"
	"if not sys.stdin.readline(): sys.exit()\n"
	"send({'request': 'http', 'url': 'https://a.example/badge',"
	" 'keep': 'badge', 'show': ['badge.number', 'level', 'rooms']})\n"
	"answer = json.loads(sys.stdin.readline())\n"
	"if not answer['ok']: sys.exit(1)\n"
	"if answer['shown'] != {'badge.number': '17', 'level': 3,"
	" 'rooms': [1, 2]}:\n"
	"    send({'failed': 'bad_answer', 'message': 'another badge'})\n"
	"    sys.exit()\n"
	"send({'result': {'login': {'fields': {'access_token':"
	" {'answer': 'badge', 'path': 'token'}}}}})\n";

START_TEST(a_script_says_what_a_program_is_shown)
{
	struct pty_result result;

	write_file(path_of("picky"), picky, 0755);
	result = astro_ends(0, NULL, "provider", "check", path_of("picky"),
	                    NULL);
	text_expect(result.out,
	            "warning: login: it ends with \"another badge\"");
	pty_result_clear(&result);

	result = astro_ends(
		0, NULL, "provider", "check", "--script",
		script("{\"http\": [{\"url\": \"/badge\", \"body\": {\"badge\":"
	               " {\"number\": \"17\"}, \"level\": 3, \"rooms\": [1, 2],"
	               " \"token\": \"t\"}}]}"),
		path_of("picky"), NULL);
	text_expect(result.out, "0 errors, 0 warnings, 0 notes in ");
	pty_result_clear(&result);
}
END_TEST

START_TEST(says_the_rule_and_the_fix_in_the_terms_of_programs)
{
	struct pty_result result;

	write_file(path_of("mute"), "#!/bin/sh\nread -r describe\necho hi\n",
	           0755);
	result =
		astro_ends(6, NULL, "provider", "check", path_of("mute"), NULL);
	text_expect(result.out, "error: lines: it sent a line during describe "
	                        "that is no JSON: ");
	text_expect(result.out, "  when: starting\n"
	                        "  rule: Each of its lines is one JSON object");
	text_expect(result.out, "  fix:  Let a JSON library write it");
	text_refuse(result.out, "host->");
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("programs");
	TCase *tcase = tcase_create("kit"), *whole = tcase_create("examples");

	tcase_add_checked_fixture(tcase, begin, home_end);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, each_fails_for_its_own_reason, 0,
	                    (int)kit_program_count);
	tcase_add_loop_test(tcase, each_ends_a_login_with_its_own_sentence, 0,
	                    (int)kit_program_count);
	tcase_add_test(tcase,
	               says_the_rule_and_the_fix_in_the_terms_of_programs);
	tcase_add_test(tcase, a_script_says_what_a_program_is_shown);
	suite_add_tcase(suite, tcase);

	tcase_add_checked_fixture(whole, begin, home_end);
	tcase_set_timeout(whole, 180);
	tcase_add_loop_test(whole, the_examples_keep_the_contract, 0, EXAMPLES);
	tcase_add_loop_test(whole,
	                    an_example_without_its_settings_is_only_warned, 0,
	                    EXAMPLES);
	suite_add_tcase(suite, whole);
	return e2e_main(suite);
}
