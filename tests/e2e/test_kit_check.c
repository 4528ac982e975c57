/* SPDX-License-Identifier: Apache-2.0 */
/* `astro provider check`: what passes, and why each of the kit does not. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kit_cases.h"
#include "kit_findings.h"

enum { CASES_MAX = 200, PARALLEL_MAX = 16 };

static char kit_folder[PATH_SIZE];

static void begin(void)
{
	home_begin();
#ifdef __SANITIZE_ADDRESS__
	/* A crash is to be a crash. */
	env_set("ASAN_OPTIONS", "handle_segv=0:handle_abort=0");
#endif
	(void)snprintf(kit_folder, sizeof(kit_folder), "%.4000s/kit",
	               home_folder);
	ck_assert_int_eq(mkdir(kit_folder, 0700), 0);
}

/* FOLDER/NAME.so; lent until the next call. */
static const char *path_of(const char *folder, const char *name)
{
	static char path[PATH_SIZE + 100];

	(void)snprintf(path, sizeof(path), "%s/%s.so", folder, name);
	return path;
}

/* OUT is what was printed for BROKEN by a check that ended with CODE. */
static void judge(const struct kit_case *broken, int code, const char *out)
{
	json_error_t why;
	json_t *document = json_loads(out, 0, &why);

	ck_assert_msg(document != NULL, "%s: %s in\n%s", broken->name, why.text,
	              out);
	ck_assert_msg(code == (broken->rule == NULL ? 0 : 6), "%s: %d\n%s",
	              broken->name, code, out);
	ck_assert_int_eq(json_is_true(json_object_get(document, "passed")),
	                 broken->rule == NULL);
	if (broken->rule != NULL)
		ck_assert_msg(kit_has_finding(document, "error", broken->rule,
		                              broken->rule_says),
		              "%s: no \"%s\" of %s in\n%s", broken->name,
		              broken->rule_says, broken->rule, out);
	else
		ck_assert_msg(broken->rule_says == NULL ||
		                      kit_has_finding(document, "warning",
		                                      broken->rule_says,
		                                      NULL) ||
		                      kit_has_finding(document, "note",
		                                      broken->rule_says, NULL),
		              "%s: no word of %s in\n%s", broken->name,
		              broken->rule_says, out);
	/* A secret is said to be there, and not said. */
	text_refuse(out, "canary");
	json_decref(document);
}

START_TEST(each_fails_for_its_own_reason)
{
	const struct kit_case *broken = &kit_cases[_i];
	struct pty_result result;

	if (broken->shows == KIT_HANGS || !kit_can_make(broken))
		return;
#ifdef __SANITIZE_ADDRESS__
	/* There the jump leads back, by chance. */
	if (strcmp(broken->name, "jumps_out") == 0)
		return;
#endif
	kit_make(broken, kit_folder);
	result = astro_piped(NULL, "provider", "check",
	                     path_of(kit_folder, broken->name), "--json", NULL);
	judge(broken, result.status, result.out);
	if (broken->rule != NULL)
		text_expect(result.err, "does not keep the contract");
	pty_result_clear(&result);
}
END_TEST

/* They do nothing but wait: all at once. */
START_TEST(each_that_hangs_is_found_in_time)
{
	FILE *outs[PARALLEL_MAX];
	pid_t pids[PARALLEL_MAX];
	const struct kit_case *cases[PARALLEL_MAX];
	size_t count = 0, i;

	for (i = 0; i < kit_case_count; i++) {
		if (kit_cases[i].shows != KIT_HANGS)
			continue;
		ck_assert_uint_lt(count, PARALLEL_MAX);
		cases[count] = &kit_cases[i];
		kit_make(cases[count], kit_folder);
		outs[count] = tmpfile();
		ck_assert_ptr_nonnull(outs[count]);
		pids[count] = astro_spawn(
			fileno(outs[count]), "provider", "check", "--json",
			path_of(kit_folder, cases[count]->name), NULL);
		count++;
	}
	ck_assert_uint_ge(count, 8);
	for (i = 0; i < count; i++) {
		char *text = NULL;
		size_t size = 0;
		int status;

		ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
		rewind(outs[i]);
		ck_assert_int_gt(getdelim(&text, &size, '\0', outs[i]), 0);
		judge(cases[i], WEXITSTATUS(status), text);
		free(text);
		(void)fclose(outs[i]);
	}
}
END_TEST

static const char *const shipped[] = {"astro", "software", "oidc"};

START_TEST(the_shipped_providers_keep_the_contract)
{
	struct pty_result result =
		astro_ends(0, NULL, "provider", "check",
	                   path_of(TEST_PROVIDERS, shipped[_i]), NULL);

	text_expect(result.out, "0 errors, 0 warnings");
	ck_assert_str_eq(result.err, "");
	pty_result_clear(&result);
}
END_TEST

START_TEST(each_finding_says_when_the_rule_and_the_fix)
{
	struct pty_result result =
		astro_ends(6, NULL, "provider", "check",
	                   path_of(TEST_PLUGINS "/kit", "leaks_secret"), NULL);

	text_expect(result.out, "error: borrowed: a secret is not given back\n"
	                        "  when: a login (and in ");
	text_expect(
		result.out,
		"  rule: What the host has given is given back by the end "
		"of close().\n"
		"  fix:  secret_free(), answer_free() and credential_free() "
		"on every way out.\n");
	text_expect(result.out, "Test leaks_secret, 1 error, 0 warnings");
	text_expect(result.err, "leaks_secret.so does not keep the contract: "
	                        "1 error\n");
	pty_result_clear(&result);
}
END_TEST

static void put(const char *name, const char *text)
{
	char path[PATH_SIZE + 100];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%s/%s", kit_folder, name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

/* The careful one wants 200 and a token. */
START_TEST(a_script_says_what_the_server_answers)
{
	char script[PATH_SIZE + 100];
	struct pty_result result;

	(void)snprintf(script, sizeof(script), "%s/script.json", kit_folder);
	put("script.json", "{\"http\": [{\"url\": \"/session\", "
	                   "\"status\": 403, \"body\": {}}]}");
	result = astro_ends(0, NULL, "provider", "check", "--script", script,
	                    path_of(TEST_PLUGINS "/kit", "careful"), NULL);
	text_expect(result.out, "warning: login: it ends with \"the password "
	                        "is wrong\"");
	pty_result_clear(&result);

	put("script.json", "{\"http\": [{\"url\": \"/session\", \"body\": "
	                   "{\"token\": \"tok\"}}]}");
	result = astro_ends(0, NULL, "provider", "check", "--script", script,
	                    path_of(TEST_PLUGINS "/kit", "careful"), NULL);
	text_refuse(result.out, "warning: login");
	pty_result_clear(&result);
}
END_TEST

static const struct {
	const char *text, *says;
} scripts[] = {
	{"nonsense", "script.json: "},
	{"{\"http\": {}}", "a row has no \"url\" and \"body\""},
	{"{\"http\": [{\"url\": \"/x\"}]}",
         "a row has no \"url\" and \"body\""},
};

START_TEST(a_script_that_makes_no_sense_is_refused)
{
	char script[PATH_SIZE + 100];
	struct pty_result result;

	(void)snprintf(script, sizeof(script), "%s/script.json", kit_folder);
	put("script.json", scripts[_i].text);
	result = astro_ends(5, NULL, "provider", "check", "--script", script,
	                    path_of(TEST_PLUGINS "/kit", "careful"), NULL);
	ck_assert_str_eq(result.out, "");
	text_expect(result.err, scripts[_i].says);
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_file_that_is_not_there_or_is_called_otherwise_is_no_provider)
{
	struct pty_result result =
		astro_ends(6, NULL, "provider", "check",
	                   path_of(kit_folder, "absent"), NULL);

	text_expect(result.out, "error: file: it cannot be opened: No such");
	pty_result_clear(&result);
	result = astro_ends(6, NULL, "provider", "check", "/bin/sh", NULL);
	text_expect(result.out,
	            "error: file: its name is not that of a provider");
	pty_result_clear(&result);
	result = astro_ends(2, NULL, "provider", "check", NULL);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}
END_TEST

/* A check changes no file and leaves none. */
START_TEST(a_check_leaves_the_context_file_alone)
{
	char *before = home_read(), *after;
	struct pty_result result =
		astro_ends(0, NULL, "provider", "check",
	                   path_of(TEST_PLUGINS "/kit", "careful"), NULL);

	after = home_read();
	ck_assert_str_eq(before, after);
	free(before);
	free(after);
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("provider check");
	TCase *tcase = tcase_create("kit");

	tcase_add_checked_fixture(tcase, begin, home_end);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, each_fails_for_its_own_reason, 0,
	                    (int)kit_case_count);
	tcase_add_test(tcase, each_that_hangs_is_found_in_time);
	tcase_add_loop_test(tcase, the_shipped_providers_keep_the_contract, 0,
	                    3);
	tcase_add_test(tcase, each_finding_says_when_the_rule_and_the_fix);
	tcase_add_test(tcase, a_script_says_what_the_server_answers);
	tcase_add_loop_test(tcase, a_script_that_makes_no_sense_is_refused, 0,
	                    3);
	tcase_add_test(
		tcase,
		a_file_that_is_not_there_or_is_called_otherwise_is_no_provider);
	tcase_add_test(tcase, a_check_leaves_the_context_file_alone);
	suite_add_tcase(suite, tcase);
	return e2e_main(suite);
}
