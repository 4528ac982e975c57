/* SPDX-License-Identifier: Apache-2.0 */
/* astro provider list, info, new, and providers of another version. */
#include "plugins.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MINE ".astro/providers"

/* ---- list and info ---- */

START_TEST(lists_the_providers_that_come_with_it)
{
	struct pty_result result =
		astro_ends(0, NULL, "provider", "list", NULL);

	text_expect(result.out, "NAME");
	text_expect(result.out, "Astronomer Software");
	text_expect(result.out, "OpenID Connect");
	text_expect(result.out, "astronomer(-(dev|stage|perf))?\\.io");
	text_expect(result.out, "lib/astro/providers/oidc.so");
	text_refuse(result.out, "no: ");
	pty_result_clear(&result);
}
END_TEST

/* A list is no reason to run a stranger's constructor. */
START_TEST(runs_nothing_of_what_it_lists)
{
	struct pty_result result;
	json_t *document, *row;

	plugin_put(MINE, "constructs", "constructs");
	env_set("TEST_CANARY", plugin_path("canary"));

	row = plugin_listed("constructs", &document);
	ck_assert_str_eq(plugin_text(row, "title"), "Test constructs");
	ck_assert(json_is_true(json_object_get(row, "isTrusted")));
	json_decref(document);
	result = astro_ends(0, NULL, "provider", "info", "constructs", NULL);
	text_expect(result.out, "Domains:   constructs\\.example\n");
	pty_result_clear(&result);
	ck_assert_int_ne(access(plugin_path("canary"), F_OK), 0);

	/* And a login does: the canary sings. */
	result = astro_ends(0, NULL, "login", "constructs.example", NULL);
	pty_result_clear(&result);
	ck_assert_int_eq(access(plugin_path("canary"), F_OK), 0);
}
END_TEST

START_TEST(says_everything_that_a_file_says)
{
	struct pty_result result;
	json_t *document, *row, *domains;

	plugin_put(MINE, "good", "good");

	row = plugin_listed("good", &document);
	ck_assert_str_eq(plugin_text(row, "name"), "good");
	ck_assert_str_eq(plugin_text(row, "title"), "Good");
	ck_assert_str_eq(plugin_text(row, "abi"), "1.0");
	ck_assert_str_eq(plugin_text(row, "file"),
	                 plugin_path(MINE "/good.so"));
	ck_assert_str_eq(plugin_text(row, "reason"), "(null)");
	ck_assert_str_eq(plugin_text(row, "hint"), "(null)");
	domains = json_object_get(row, "domains");
	ck_assert_uint_eq(json_array_size(domains), 2);
	ck_assert_str_eq(json_string_value(json_array_get(domains, 0)),
	                 "good\\.test");
	ck_assert_uint_eq(json_array_size(json_object_get(row, "shadows")), 0);
	json_decref(document);

	result =
		astro_ends(0, NULL, "provider", "info", "good", "--json", NULL);
	row = json_loads(result.out, 0, NULL);
	ck_assert_msg(row != NULL, "no JSON:\n%s", result.out);
	ck_assert_str_eq(plugin_text(row, "title"), "Good");
	json_decref(row);
	pty_result_clear(&result);
}
END_TEST

/* Who comes first decides, whatever it is; the rest is named. */
START_TEST(says_what_a_provider_stands_in_front_of)
{
	json_t *document, *row, *shadows;

	plugin_put("first", "good", "good");
	plugin_put(MINE, "good", "good");
	plugin_put(MINE, "denies", "oidc");
	env_set("ASTRO_PLUGIN_PATH", plugin_path("first"));

	row = plugin_listed("good", &document);
	ck_assert_str_eq(plugin_text(row, "file"),
	                 plugin_path("first/good.so"));
	shadows = json_object_get(row, "shadows");
	ck_assert_uint_eq(json_array_size(shadows), 1);
	ck_assert_str_eq(json_string_value(json_array_get(shadows, 0)),
	                 plugin_path(MINE "/good.so"));
	json_decref(document);

	row = plugin_listed("oidc", &document);
	text_expect(plugin_text(row, "reason"),
	            "calls itself \"denies\", not \"oidc\"");
	ck_assert_uint_eq(json_array_size(json_object_get(row, "shadows")), 1);
	json_decref(document);
}
END_TEST

static void loosen(const char *file)
{
	ck_assert_int_eq(chmod(file, 0777), 0);
}

static void loosen_folder(const char *file)
{
	(void)file;
	ck_assert_int_eq(chmod(plugin_path(MINE), 0777), 0);
}

static void link_elsewhere(const char *file)
{
	ck_assert_int_eq(rename(file, plugin_path("elsewhere.so")), 0);
	ck_assert_int_eq(symlink(plugin_path("elsewhere.so"), file), 0);
}

static void give_away(const char *file)
{
	if (geteuid() == 0)
		ck_assert_int_eq(chown(file, 12345, 12345), 0);
	else
		loosen(file);
}

static void cut_short(const char *file)
{
	ck_assert_int_eq(truncate(file, 6000), 0);
}

static void make_fifo(const char *file)
{
	ck_assert_int_eq(unlink(file), 0);
	ck_assert_int_eq(mkfifo(file, 0700), 0);
}

/* Nothing that somebody else may have written is quoted. */
static const struct {
	const char *plugin;
	void (*spoil)(const char *file);
	const char *says, *title;
	int login;
} untrusted[] = {
	{"good", loosen, "others may write to ", "(null)", 7},
	{"good", loosen_folder, "providers (mode 0777)", "(null)", 7},
	{"good", link_elsewhere, "is a symbolic link", "(null)", 7},
	{"good", give_away, "good.so", "(null)", 7},
	{"good", cut_short, "is cut short", "(null)", 6},
	{"good", make_fifo, "is no regular file", "(null)", 6},
	{"major2", NULL, "this astro speaks version 1", "(null)", 6},
	{"future", NULL, "is made for version 2", "(null)", 6},
	{"nosymbol", NULL, "does not define astro_provider_v1", "(null)", 6},
	{"short", NULL, "too short", "Short", 6},
	{"liar", NULL, "says that its table has 4096 bytes", "(null)", 6},
	{"wrong_name", NULL, "calls itself \"astro\"", "Test astro", 6},
};
enum { UNTRUSTED = sizeof(untrusted) / sizeof(untrusted[0]) };

START_TEST(says_why_a_provider_would_not_be_loaded)
{
	const char *name = untrusted[_i].plugin;
	struct pty_result result;
	json_t *document, *row;
	char file[200];

	plugin_put(MINE, name, name);
	(void)snprintf(file, sizeof(file), MINE "/%s.so", name);
	if (untrusted[_i].spoil != NULL)
		untrusted[_i].spoil(plugin_path(file));

	row = plugin_listed(name, &document);
	ck_assert(json_is_false(json_object_get(row, "isTrusted")));
	text_expect(plugin_text(row, "reason"), untrusted[_i].says);
	ck_assert_str_eq(plugin_text(row, "title"), untrusted[_i].title);
	/* A login says the same, in the same words. */
	result = astro_ends(untrusted[_i].login, NULL, "login", "a.example.com",
	                    "--provider", name, NULL);
	text_expect(result.err, plugin_text(row, "reason"));
	pty_result_clear(&result);
	json_decref(document);
	/* To say so is no failure. */
	result = astro_ends(0, NULL, "provider", "info", name, NULL);
	text_expect(result.out, "Trusted:   no\nReason:    ");
	text_expect(result.out, untrusted[_i].says);
	pty_result_clear(&result);
}
END_TEST

/* ---- programs ---- */

#define PROGRAM MINE "/astro-provider-badge"

/* A program that leaves a trace when it is run. */
static void put_program(const char *file)
{
	char script[400];

	(void)snprintf(script, sizeof(script),
	               "#!/bin/sh\necho ran >%.300s\nexit 1\n",
	               plugin_path("canary"));
	plugin_write(file, script);
	ck_assert_int_eq(chmod(plugin_path(file), 0755), 0);
}

static void begin_programs(void)
{
	/* A library makes the folder. */
	plugin_put(MINE, "denies", "denies");
	put_program(PROGRAM);
}

START_TEST(lists_a_program_and_does_not_run_it)
{
	struct pty_result result;
	json_t *document, *row;

	begin_programs();
	row = plugin_listed("badge", &document);
	ck_assert_str_eq(plugin_text(row, "kind"), "program");
	ck_assert_str_eq(plugin_text(row, "title"), "(null)");
	ck_assert_str_eq(plugin_text(row, "abi"), "(null)");
	ck_assert_str_eq(plugin_text(row, "file"), plugin_path(PROGRAM));
	ck_assert(json_is_true(json_object_get(row, "isTrusted")));
	/* It claims none, and that is known. */
	ck_assert(json_is_array(json_object_get(row, "domains")));
	ck_assert_uint_eq(json_array_size(json_object_get(row, "domains")), 0);
	json_decref(document);

	result = astro_ends(0, NULL, "provider", "info", "badge", NULL);
	text_expect(result.out, "Name:      badge\n"
	                        "Kind:      program\n"
	                        "Title:     unknown\n"
	                        "ABI:       unknown\n");
	text_expect(result.out, "Trusted:   yes\n"
	                        "Domains:   none\n"
	                        "Shadows:   nothing\n");
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "provider", "info", "denies", NULL);
	text_expect(result.out, "Kind:      library\n");
	pty_result_clear(&result);
	ck_assert_int_ne(access(plugin_path("canary"), F_OK), 0);
}
END_TEST

static void expect_first(const char *file, const char *const *later)
{
	json_t *document, *row = plugin_listed("badge", &document), *shadows;
	size_t i;

	ck_assert_str_eq(plugin_text(row, "file"), plugin_path(file));
	shadows = json_object_get(row, "shadows");
	for (i = 0; later[i] != NULL; i++)
		ck_assert_str_eq(json_string_value(json_array_get(shadows, i)),
		                 plugin_path(later[i]));
	ck_assert_uint_eq(json_array_size(shadows), i);
	json_decref(document);
}

/* As a login finds them: every library comes before every program. */
START_TEST(a_library_in_any_folder_comes_before_a_program)
{
	const char *const nothing[] = {NULL};
	const char *const mine[] = {PROGRAM, NULL};
	const char *const both[] = {"first/astro-provider-badge", PROGRAM,
	                            NULL};

	begin_programs();
	expect_first(PROGRAM, nothing);

	plugin_put("first", "denies", "other");
	put_program("first/astro-provider-badge");
	env_set("ASTRO_PLUGIN_PATH", plugin_path("first"));
	expect_first("first/astro-provider-badge", mine);

	plugin_put(MINE, "good", "badge");
	expect_first(MINE "/badge.so", both);
	ck_assert_int_ne(access(plugin_path("canary"), F_OK), 0);
}
END_TEST

static void set_user_id(const char *file)
{
	ck_assert_int_eq(chmod(file, 04755), 0);
}

static const struct {
	void (*spoil)(const char *file);
	const char *says;
	int login;
} untrusted_programs[] = {
	{loosen, "others may write to ", 7},
	{loosen_folder, "providers (mode 0777)", 7},
	{link_elsewhere, "is a symbolic link", 7},
	{give_away, "astro-provider-badge", 7},
	{set_user_id, "is set-user-id or set-group-id", 7},
	{make_fifo, "is no regular file", 6},
};
enum {
	UNTRUSTED_PROGRAMS =
		sizeof(untrusted_programs) / sizeof(untrusted_programs[0])
};

START_TEST(says_why_a_program_would_not_be_run)
{
	struct pty_result result;
	json_t *document, *row;

	begin_programs();
	untrusted_programs[_i].spoil(plugin_path(PROGRAM));

	row = plugin_listed("badge", &document);
	ck_assert(json_is_false(json_object_get(row, "isTrusted")));
	ck_assert_str_eq(plugin_text(row, "kind"), "program");
	text_expect(plugin_text(row, "reason"), untrusted_programs[_i].says);
	/* A login says the same, in the same words. */
	result = astro_ends(untrusted_programs[_i].login, NULL, "login",
	                    "a.example.com", "--provider", "badge", NULL);
	text_expect(result.err, plugin_text(row, "reason"));
	pty_result_clear(&result);
	json_decref(document);
	ck_assert_int_ne(access(plugin_path("canary"), F_OK), 0);
}
END_TEST

START_TEST(knows_no_provider_that_is_not_there)
{
	struct pty_result result =
		astro_ends(6, NULL, "provider", "info", "absent", NULL);

	text_expect(result.err, "astro: no provider named absent: ");
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	result = astro_ends(2, NULL, "provider", "info", "../good", NULL);
	text_expect(result.err, "is no name of a provider");
	pty_result_clear(&result);
}
END_TEST

/* A list needs no context file, not even a whole one. */
START_TEST(lists_without_a_context_file)
{
	struct pty_result result;

	home_write("contexts: [");
	result = astro_ends(0, NULL, "provider", "list", NULL);
	text_expect(result.out, "software.so");
	pty_result_clear(&result);
}
END_TEST

/* ---- versions of the contract ---- */

static const struct {
	const char *plugin;
	int code;
	const char *says;
} versions[] = {
	{"older", 0, "Logged in to a.example.com"},
	{"good", 0, "Logged in to a.example.com as jane"},
	{"newer", 0, "Logged in to a.example.com"},
	{"both", 0, "Logged in to a.example.com"},
	{"wants", 6,
         "astro: wants needs version 1.7 of the provider contract, this astro "
         "speaks 1.0\n  try: install a newer astro\n"},
	{"short", 6,
         "version 1.0, as it says, and 1.0, which this astro speaks"},
	{"major2", 6,
         "is made for version 2 of the provider contract, this astro "
         "speaks version 1"},
	{"future", 6,
         "is made for version 2 of the provider contract, this astro "
         "speaks version 1"},
};
enum { VERSIONS = sizeof(versions) / sizeof(versions[0]) };

START_TEST(a_provider_of_another_version_works_or_is_refused_with_both_named)
{
	char *before = home_read(), *after;
	struct pty_result result;

	plugin_put(MINE, versions[_i].plugin, versions[_i].plugin);

	result = astro_ends(versions[_i].code, "secret\n", "login",
	                    "a.example.com", "--provider", versions[_i].plugin,
	                    "-u", "jane", "--password-stdin", NULL);

	text_expect(result.err, versions[_i].says);
	after = home_read();
	if (versions[_i].code == 0)
		text_expect(after, "access_token: ");
	else
		ck_assert_str_eq(after, before);
	free(before);
	free(after);
	pty_result_clear(&result);
}
END_TEST

/* ---- new ---- */

static const char *const kinds[] = {"oauth", "password", "token"};

static const char *const files[] = {"CMakeLists.txt", "README.md", "test.sh",
                                    "sandbox.sh", "my_idp-2.c"};
enum { FILES = sizeof(files) / sizeof(files[0]) };

static char *file_text(const char *name)
{
	FILE *in = fopen(plugin_path(name), "r");
	char *text = NULL;
	size_t size = 0;

	ck_assert_msg(in != NULL, "there is no %s", name);
	ck_assert_int_gt(getdelim(&text, &size, '\0', in), 0);
	(void)fclose(in);
	return text;
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text != '\0'; text++)
		count += *text == '\n';
	return count;
}

START_TEST(begins_a_project_of_each_kind)
{
	struct pty_result result =
		astro_ends(0, NULL, "provider", "new", "my_idp-2", "--kind",
	                   kinds[_i], NULL);
	struct stat info;
	char path[200], *text;
	size_t i;

	text_expect(result.err, "Made the provider my_idp-2 (");
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	for (i = 0; i < FILES; i++) {
		(void)snprintf(path, sizeof(path), "my_idp-2/%s", files[i]);
		text = file_text(path);
		/* Every word was filled in. */
		text_refuse(text, "@");
		free(text);
	}
	text = file_text("my_idp-2/my_idp-2.c");
	text_expect(text, ".name = \"my_idp-2\"");
	text_expect(text, ".title = \"My Idp 2\"");
	if (strcmp(kinds[_i], "oauth") == 0)
		ck_assert_uint_lt(count_lines(text), 80);
	free(text);
	ck_assert_int_eq(stat(plugin_path("my_idp-2/test.sh"), &info), 0);
	ck_assert_uint_eq(info.st_mode & 0100, 0100);
}
END_TEST

START_TEST(takes_oauth_and_the_name_for_a_folder_where_nothing_is_said)
{
	struct pty_result result =
		astro_ends(0, NULL, "provider", "new", "corp", NULL);
	char *text = file_text("corp/corp.c");

	text_expect(text, "host->authorize(");
	free(text);
	pty_result_clear(&result);
}
END_TEST

START_TEST(puts_a_project_where_it_is_told)
{
	struct pty_result result;
	char *text;

	/* One that is there, and has something else in it. */
	ck_assert_int_eq(mkdir(plugin_path("there"), 0700), 0);
	plugin_write("there/notes", "mine\n");
	result = astro_ends(0, NULL, "provider", "new", "corp", "--folder",
	                    "there", NULL);
	pty_result_clear(&result);
	text = file_text("there/corp.c");
	free(text);
	text = file_text("there/notes");
	ck_assert_str_eq(text, "mine\n");
	free(text);
}
END_TEST

START_TEST(never_touches_a_file_that_is_there)
{
	struct pty_result result;
	char *text, path[200];
	size_t i;

	ck_assert_int_eq(mkdir(plugin_path("my_idp-2"), 0700), 0);
	(void)snprintf(path, sizeof(path), "my_idp-2/%s", files[_i]);
	/* A link that leads nowhere is there as well. */
	if (_i % 2 == 0)
		plugin_write(path, "mine\n");
	else
		ck_assert_int_eq(symlink("nowhere", plugin_path(path)), 0);

	result = astro_ends(1, NULL, "provider", "new", "my_idp-2", NULL);

	(void)snprintf(path, sizeof(path),
	               "astro: my_idp-2/%s is there already, and stays as it "
	               "is\n  try: name another folder with --folder\n",
	               files[_i]);
	text_expect(result.err, path);
	pty_result_clear(&result);
	for (i = 0; i < FILES; i++) {
		struct stat info;

		(void)snprintf(path, sizeof(path), "my_idp-2/%s", files[i]);
		ck_assert_int_eq(lstat(plugin_path(path), &info),
		                 (int)i == _i ? 0 : -1);
	}
	if (_i % 2 == 0) {
		(void)snprintf(path, sizeof(path), "my_idp-2/%s", files[_i]);
		text = file_text(path);
		ck_assert_str_eq(text, "mine\n");
		free(text);
	}
}
END_TEST

static const struct {
	const char *words[4];
	int code;
	const char *says;
} wrong[] = {
	{{"test"}, 2, "CMake keeps the name test for itself"},
	{{"--", "-corp"}, 2, "compilers take the name -corp for a flag"},
	{{"Corp"}, 2, "\"Corp\" is no name of a provider"},
	{{"../corp"}, 2, "\"../corp\" is no name of a provider"},
	{{"corp", "--kind", "saml"}, 2, "no kind of provider called saml"},
	{{"corp", "--folder", "no/where"}, 1, "no/where: "},
	{{"corp", "--folder", ".astro/config.yaml"}, 1, "config.yaml"},
	{{NULL}, 2, "NAME is missing"},
};
enum { WRONG = sizeof(wrong) / sizeof(wrong[0]) };

START_TEST(writes_nothing_where_the_wish_makes_no_sense)
{
	struct pty_result result =
		astro_ends(wrong[_i].code, NULL, "provider", "new",
	                   wrong[_i].words[0], wrong[_i].words[1],
	                   wrong[_i].words[2], wrong[_i].words[3], NULL);

	text_expect(result.err, wrong[_i].says);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	ck_assert_int_ne(access(plugin_path("corp"), F_OK), 0);
	ck_assert_int_ne(access(plugin_path("test"), F_OK), 0);
}
END_TEST

static void expect_said_once(const struct pty_result *result, const char *what)
{
	const char *at = strstr(result->err, what);

	ck_assert_msg(at != NULL, "no \"%s\" in\n%s", what, result->err);
	ck_assert_msg(strstr(at + 1, what) == NULL, "twice:\n%s", result->err);
}

/* Software is what is left where nobody claims the domain. */
START_TEST(says_once_that_software_is_broken)
{
	struct pty_result result;

	plugin_put(MINE, "major2", "software");
	result = astro_ends(6, NULL, "login", "nobody.example", NULL);
	expect_said_once(&result, "software.so");
	pty_result_clear(&result);
}
END_TEST

/* Whether the domain is its own cannot be known. */
START_TEST(says_once_that_another_provider_is_broken)
{
	struct pty_result result;

	plugin_put(MINE, "major2", "zzz");
	env_set("HTTPS_PROXY", "http://127.0.0.1:1");
	result = astro_ends(3, "x\n", "login", "nobody.example", "-t", "-",
	                    NULL);
	expect_said_once(&result, "zzz");
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("providers");
	TCase *list = e2e_case(suite, "list and info");
	TCase *contract = e2e_case(suite, "versions of the contract");
	TCase *begin = e2e_case(suite, "new");

	tcase_add_test(list, lists_the_providers_that_come_with_it);
	tcase_add_test(list, runs_nothing_of_what_it_lists);
	tcase_add_test(list, says_everything_that_a_file_says);
	tcase_add_test(list, says_what_a_provider_stands_in_front_of);
	tcase_add_loop_test(list, says_why_a_provider_would_not_be_loaded, 0,
	                    UNTRUSTED);
	tcase_add_test(list, lists_a_program_and_does_not_run_it);
	tcase_add_test(list, a_library_in_any_folder_comes_before_a_program);
	tcase_add_loop_test(list, says_why_a_program_would_not_be_run, 0,
	                    UNTRUSTED_PROGRAMS);
	tcase_add_test(list, knows_no_provider_that_is_not_there);
	tcase_add_test(list, lists_without_a_context_file);

	tcase_add_loop_test(
		contract,
		a_provider_of_another_version_works_or_is_refused_with_both_named,
		0, VERSIONS);
	tcase_add_test(contract, says_once_that_software_is_broken);
	tcase_add_test(contract, says_once_that_another_provider_is_broken);

	tcase_add_loop_test(begin, begins_a_project_of_each_kind, 0, 3);
	tcase_add_test(
		begin,
		takes_oauth_and_the_name_for_a_folder_where_nothing_is_said);
	tcase_add_test(begin, puts_a_project_where_it_is_told);
	tcase_add_loop_test(begin, never_touches_a_file_that_is_there, 0,
	                    FILES);
	tcase_add_loop_test(begin, writes_nothing_where_the_wish_makes_no_sense,
	                    0, WRONG);
	return e2e_main(suite);
}
