/* SPDX-License-Identifier: Apache-2.0 */
#include "loader.h"

#include <check.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "context.h"
#include "elf_file.h"
#include "error.h"
#include "kit.h"
#include "provider_table.h"

static struct paths paths;
static struct loader_folders folders;
static const struct astro_provider *provider;
static struct astro_error err;

static void setup(void)
{
	kit_setup();
	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(paths_find(&paths, &err), ASTRO_OK);
	(void)kit_folder(".astro/providers");
}

static void teardown(void)
{
	loader_forget();
	loader_folders_clear(&folders);
	paths_clear(&paths);
	kit_teardown();
}

/* Look in the person's folder, and in HOME/lib/providers. */
static int load(const char *name)
{
	loader_folders_clear(&folders);
	ck_assert_int_eq(
		loader_folders_find(&paths, kit_path("lib"), &folders, &err),
		ASTRO_OK);
	return loader_load(&folders, name, &provider, &err);
}

static void assert_says(const char *part)
{
	ck_assert_msg(strstr(err.message, part) != NULL, "\"%s\" is not in: %s",
	              part, err.message);
}

static void assert_refused(const char *name, int status, const char *part)
{
	ck_assert_int_eq(load(name), status);
	ck_assert_int_eq(err.status, status);
	ck_assert_ptr_null(provider);
	assert_says(part);
}

START_TEST(loads_a_provider_from_the_persons_folder)
{
	kit_plugin(".astro/providers", "good", "good");

	ck_assert_int_eq(load("good"), ASTRO_OK);

	ck_assert_str_eq(provider->name, "good");
	ck_assert_str_eq(provider->title, "Good");
	ck_assert(provider->authenticate != NULL);
	ck_assert(provider->refresh == NULL);
}
END_TEST

START_TEST(loads_a_provider_only_once)
{
	const struct astro_provider *first;

	kit_plugin(".astro/providers", "good", "good");
	ck_assert_int_eq(load("good"), ASTRO_OK);
	first = provider;
	ck_assert_int_eq(load("good"), ASTRO_OK);

	ck_assert_ptr_eq(provider, first);
}
END_TEST

START_TEST(keeps_providers_apart_that_were_loaded_after_a_refused_one)
{
	kit_plugin(".astro/providers", "wrong_name", "wrong_name");
	kit_plugin(".astro/providers", "major2", "major2");
	kit_plugin(".astro/providers", "good", "good");
	kit_plugin(".astro/providers", "newer", "newer");
	kit_plugin(".astro/providers", "denies", "denies");

	/* A reused descriptor's number would give the library before. */
	ck_assert_int_eq(load("wrong_name"), ASTRO_BAD_PLUGIN);
	ck_assert_int_eq(load("good"), ASTRO_OK);
	ck_assert_str_eq(provider->title, "Good");
	ck_assert_int_eq(load("major2"), ASTRO_BAD_PLUGIN);
	ck_assert_int_eq(load("newer"), ASTRO_OK);
	ck_assert_str_eq(provider->title, "Newer");
	ck_assert_int_eq(load("denies"), ASTRO_OK);
	ck_assert_str_eq(provider->title, "Denies");
}
END_TEST

START_TEST(takes_what_it_knows_of_a_newer_table)
{
	kit_plugin(".astro/providers", "newer", "newer");

	ck_assert_int_eq(load("newer"), ASTRO_OK);

	ck_assert_uint_eq(provider->abi_minor, 7);
	ck_assert(provider->open != NULL);
}
END_TEST

/* The rest of its table is NULL, as if it had said so. */
START_TEST(completes_an_older_table)
{
	kit_plugin(".astro/providers", "older", "older");

	ck_assert_int_eq(load("older"), ASTRO_OK);

	ck_assert(provider->authenticate != NULL);
	ck_assert(provider->workspaces == NULL);
	ck_assert(provider->store == NULL);
	ck_assert(provider->refresh == NULL);
	ck_assert(provider->revoke == NULL);
}
END_TEST

START_TEST(takes_its_own_table_where_there_is_one_of_another_major_too)
{
	kit_plugin(".astro/providers", "both", "both");

	ck_assert_int_eq(load("both"), ASTRO_OK);

	ck_assert_uint_eq(provider->abi_major, ASTRO_ABI_MAJOR);
}
END_TEST

static const struct {
	const char *name, *says;
} faulty[] = {
	{"major2", "major2.so is made for version 2 of the provider contract, "
                   "this astro speaks version 1"},
	{"future", "future.so is made for version 2 of the provider contract, "
                   "this astro speaks version 1"},
	{"short", "short.so has a table of 40 bytes, which is too short: "
                  "version 1.0, as it says, and 1.0, which this astro speaks, "
                  "have at least 64"},
	{"nosymbol", "nosymbol.so is no provider: it does not define "
                     "astro_provider_v1"},
	{"function", "function.so is no provider: it does not define"},
	{"liar", "liar.so says that its table has 4096 bytes, but it has "},
	{"missing_op", "missing_op.so has no authenticate operation"},
	{"wrong_name",
         "wrong_name.so calls itself \"astro\", not \"wrong_name\""},
	{"relative",
         "relative.so looks for libraries in the working directory"},
	{"undefined", "undefined.so cannot be loaded: "},
};

START_TEST(refuses_a_faulty_provider_and_says_what_is_wrong)
{
	kit_plugin(".astro/providers", faulty[_i].name, faulty[_i].name);

	assert_refused(faulty[_i].name, ASTRO_BAD_PLUGIN, faulty[_i].says);
	ck_assert_ptr_null(strstr(err.message, "/proc/self"));
}
END_TEST

START_TEST(runs_nothing_of_a_library_that_is_no_provider)
{
	(void)setenv("TEST_CANARY", kit_path("canary"), 1);
	kit_plugin(".astro/providers", "nosymbol", "nosymbol");

	assert_refused("nosymbol", ASTRO_BAD_PLUGIN, "no provider");
	ck_assert_int_ne(access(kit_path("canary"), F_OK), 0);
}
END_TEST

static const char *const bad_names[] = {
	"",          ".",
	"..",        "../x",
	"/tmp/x",    "ASTRO",
	"a b",       "astro.so",
	"astro\n",   "astr\xc3\xb6",
	"x/../good", "abcdefghijklmnopqrstuvwxyz0123456"};

START_TEST(refuses_a_name_that_is_no_plain_name)
{
	ck_assert(!provider_name_is_plain(bad_names[_i]));
	assert_refused(bad_names[_i], ASTRO_BAD_PLUGIN,
	               "is no name of a provider");
}
END_TEST

START_TEST(names_the_folders_where_a_missing_provider_was_looked_for)
{
	(void)setenv("ASTRO_PLUGIN_PATH", "/nowhere", 1);

	assert_refused("absent", ASTRO_BAD_PLUGIN, "no provider named absent");
	assert_says("/nowhere");
	assert_says("/.astro/providers");
	assert_says("/lib/providers");
}
END_TEST

START_TEST(looks_in_the_plugin_path_then_the_persons_folder_then_the_installed)
{
	char list[KIT_PATH_MAX * 3];

	(void)kit_folder("first");
	(void)snprintf(list, sizeof(list),
	               ":providers:./x:%s:", kit_path("first"));
	(void)setenv("ASTRO_PLUGIN_PATH", list, 1);
	ck_assert_int_eq(
		loader_folders_find(&paths, "/usr/lib/astro", &folders, &err),
		ASTRO_OK);

	ck_assert_str_eq(folders.folders[0], kit_path("first"));
	ck_assert_str_eq(folders.folders[1], kit_path(".astro/providers"));
	ck_assert_str_eq(folders.folders[2], "/usr/lib/astro/providers");
	ck_assert_ptr_null(folders.folders[3]);
}
END_TEST

START_TEST(never_looks_in_the_working_directory)
{
	kit_plugin("work", "good", "good");
	ck_assert_int_eq(chdir(kit_path("work")), 0);
	(void)setenv("ASTRO_PLUGIN_PATH", "::.:../work:", 1);

	assert_refused("good", ASTRO_BAD_PLUGIN, "no provider named good");
	ck_assert_int_eq(chdir("/"), 0);
}
END_TEST

START_TEST(does_not_fall_through_from_an_unsafe_file_to_a_safe_one)
{
	kit_plugin(".astro/providers", "good", "good");
	kit_plugin("lib/providers", "good", "good");
	ck_assert_int_eq(chmod(kit_path(".astro/providers/good.so"), 0777), 0);

	assert_refused("good", ASTRO_UNSAFE,
	               ".astro/providers/good.so (mode 0777)");
}
END_TEST

START_TEST(refuses_a_group_writable_plugin)
{
	kit_plugin(".astro/providers", "good", "good");
	ck_assert_int_eq(chmod(kit_path(".astro/providers/good.so"), 0775), 0);

	assert_refused("good", ASTRO_UNSAFE, "others may write to ");
	ck_assert_str_eq(err.hint, "take the right away with `chmod go-w`");
}
END_TEST

START_TEST(refuses_a_plugin_in_a_folder_that_others_may_write_to)
{
	kit_plugin(".astro/providers", "good", "good");
	ck_assert_int_eq(chmod(kit_path(".astro/providers"), 0777), 0);

	assert_refused("good", ASTRO_UNSAFE, ".astro/providers (mode 0777)");
}
END_TEST

START_TEST(refuses_a_plugin_below_a_folder_that_others_may_write_to)
{
	kit_plugin(".astro/providers", "good", "good");
	ck_assert_int_eq(chmod(kit_path(".astro"), 0770), 0);

	assert_refused("good", ASTRO_UNSAFE, ".astro (mode 0770)");
}
END_TEST

START_TEST(refuses_a_sticky_folder_of_plugins)
{
	kit_plugin(".astro/providers", "good", "good");
	ck_assert_int_eq(chmod(kit_path(".astro/providers"), 01777), 0);

	assert_refused("good", ASTRO_UNSAFE, ".astro/providers (mode 1777)");
}
END_TEST

START_TEST(refuses_a_plugin_of_another_user)
{
	if (geteuid() != 0)
		return;
	kit_plugin(".astro/providers", "good", "good");
	ck_assert_int_eq(chown(kit_path(".astro/providers/good.so"), 12345, 0),
	                 0);

	assert_refused("good", ASTRO_UNSAFE, "belongs to another user (12345)");
}
END_TEST

START_TEST(refuses_a_folder_of_another_user)
{
	if (geteuid() != 0)
		return;
	kit_plugin(".astro/providers", "good", "good");
	ck_assert_int_eq(chown(kit_path(".astro"), 12345, 0), 0);

	assert_refused("good", ASTRO_UNSAFE, "belongs to another user (12345)");
}
END_TEST

START_TEST(refuses_a_symbolic_link)
{
	kit_plugin("elsewhere", "good", "good");
	ck_assert_int_eq(symlink(kit_path("elsewhere/good.so"),
	                         kit_path(".astro/providers/good.so")),
	                 0);

	assert_refused("good", ASTRO_UNSAFE, "good.so is a symbolic link");
}
END_TEST

START_TEST(follows_a_folder_that_is_a_link_when_both_ends_are_safe)
{
	kit_plugin("elsewhere", "good", "good");
	ck_assert_int_eq(rmdir(kit_path(".astro/providers")), 0);
	ck_assert_int_eq(
		symlink(kit_path("elsewhere"), kit_path(".astro/providers")),
		0);

	ck_assert_int_eq(load("good"), ASTRO_OK);
}
END_TEST

START_TEST(refuses_a_link_to_a_folder_that_lies_where_others_may_write)
{
	char list[KIT_PATH_MAX * 2];

	kit_plugin("elsewhere", "good", "good");
	(void)kit_folder("shared");
	ck_assert_int_eq(
		symlink(kit_path("elsewhere"), kit_path("shared/link")), 0);
	ck_assert_int_eq(chmod(kit_path("shared"), 0777), 0);
	(void)snprintf(list, sizeof(list), "%s", kit_path("shared/link"));
	(void)setenv("ASTRO_PLUGIN_PATH", list, 1);

	assert_refused("good", ASTRO_UNSAFE, "shared (mode 0777)");
}
END_TEST

START_TEST(refuses_a_fifo_without_waiting_for_it)
{
	ck_assert_int_eq(mkfifo(kit_path(".astro/providers/good.so"), 0700), 0);

	assert_refused("good", ASTRO_BAD_PLUGIN, "is no regular file");
}
END_TEST

START_TEST(refuses_a_folder_in_place_of_a_plugin)
{
	(void)kit_folder(".astro/providers/good.so");

	assert_refused("good", ASTRO_BAD_PLUGIN, "is no regular file");
}
END_TEST

static const char *const texts[] = {
	"",
	"#!/bin/sh\necho hello\n",
	("\x7f"
         "ELF"),
	"INPUT ( /lib/x86_64-linux-gnu/libc.so.6 )\n",
	"!<arch>\n",
};

START_TEST(refuses_a_file_that_is_no_shared_object)
{
	kit_write(".astro/providers/good.so", texts[_i], strlen(texts[_i]),
	          0700);

	assert_refused("good", ASTRO_BAD_PLUGIN, "is no ELF file");
}
END_TEST

/* What dlopen() would die of with SIGBUS. */
START_TEST(survives_a_plugin_cut_short_at_any_point)
{
	size_t size = kit_plugin_size("good"), len;
	bool is_whole = false;

	for (len = 0; len < size; len += 512) {
		pid_t child;
		int ended;

		kit_plugin_cut(".astro/providers", "good", len);
		child = fork();
		if (child == 0) {
			int status = load("good");

			_exit(status == ASTRO_OK || status == ASTRO_BAD_PLUGIN
			              ? status
			              : 100);
		}
		ck_assert_int_eq(waitpid(child, &ended, 0), child);
		ck_assert_msg(WIFEXITED(ended), "cut at %zu: signal %d", len,
		              WTERMSIG(ended));
		/* What lies behind the last segment is for debuggers: from
		 * there on it is whole. */
		is_whole = is_whole ||
		           (len > 4096 && WEXITSTATUS(ended) == ASTRO_OK);
		ck_assert_msg(WEXITSTATUS(ended) ==
		                      (is_whole ? ASTRO_OK : ASTRO_BAD_PLUGIN),
		              "cut at %zu: status %d", len, WEXITSTATUS(ended));
	}
}
END_TEST

/* Every byte of the headers and of the tables behind them, made large. */
START_TEST(judges_damaged_headers_without_stumbling)
{
	char why[ELF_REASON_MAX];
	size_t size = kit_plugin_size("good"), i;
	int fd;

	kit_plugin(".astro/providers", "good", "good");
	fd = open(kit_path(".astro/providers/good.so"), O_RDWR | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	for (i = 0; i < size && i < 4096; i++) {
		const char large = (char)0xFF;
		char before;
		size_t found;

		ck_assert_int_eq(pread(fd, &before, 1, (off_t)i), 1);
		ck_assert_int_eq(pwrite(fd, &large, 1, (off_t)i), 1);
		why[0] = '\0';
		found = elf_judge(fd, size, ASTRO_PROVIDER_SYMBOL, why);
		ck_assert_msg(found > 0 || why[0] != '\0', "byte %zu", i);
		ck_assert_int_eq(pwrite(fd, &before, 1, (off_t)i), 1);
	}
	(void)close(fd);
}
END_TEST

START_TEST(finds_who_claims_a_domain)
{
	kit_plugin("lib/providers", "good", "good");
	kit_plugin("lib/providers", "denies", "denies");
	(void)load("good");

	ck_assert_int_eq(
		loader_claimant(&folders, "good.test", &provider, &err),
		ASTRO_OK);
	ck_assert_ptr_nonnull(provider);
	ck_assert_str_eq(provider->name, "good");
	ck_assert_int_eq(
		loader_claimant(&folders, "a.good.example", &provider, &err),
		ASTRO_OK);
	ck_assert_ptr_nonnull(provider);
}
END_TEST

static const char *const unclaimed[] = {"good.test.evil.example", "xgood.test",
                                        "goodxtest", "notgood.example", ""};

START_TEST(claims_whole_domains_only)
{
	kit_plugin("lib/providers", "good", "good");
	(void)load("good");

	ck_assert_int_eq(
		loader_claimant(&folders, unclaimed[_i], &provider, &err),
		ASTRO_OK);
	ck_assert_ptr_null(provider);
}
END_TEST

START_TEST(lets_a_broken_provider_claim_nothing)
{
	kit_plugin("lib/providers", "good", "good");
	kit_plugin("lib/providers", "major2", "major2");
	(void)kit_folder("lib/providers");
	kit_write("lib/providers/aaa.so", "nothing", 7, 0700);
	ck_assert_int_eq(
		loader_folders_find(&paths, kit_path("lib"), &folders, &err),
		ASTRO_OK);

	ck_assert_int_eq(
		loader_claimant(&folders, "good.test", &provider, &err),
		ASTRO_OK);
	ck_assert_ptr_nonnull(provider);
	ck_assert_str_eq(provider->name, "good");
}
END_TEST

#define ADD_EACH(tcase, test, table)                                           \
	tcase_add_loop_test(tcase, test, 0,                                    \
	                    (int)(sizeof(table) / sizeof((table)[0])))

int main(void)
{
	Suite *suite = suite_create("loader");
	TCase *loading = tcase_create("loading");
	TCase *trust = tcase_create("trust");
	SRunner *runner = srunner_create(suite);
	int failed;

	tcase_add_checked_fixture(loading, setup, teardown);
	tcase_set_timeout(loading, 60);
	tcase_add_test(loading, loads_a_provider_from_the_persons_folder);
	tcase_add_test(loading, loads_a_provider_only_once);
	tcase_add_test(
		loading,
		keeps_providers_apart_that_were_loaded_after_a_refused_one);
	tcase_add_test(loading, takes_what_it_knows_of_a_newer_table);
	tcase_add_test(loading, completes_an_older_table);
	tcase_add_test(
		loading,
		takes_its_own_table_where_there_is_one_of_another_major_too);
	ADD_EACH(loading, refuses_a_faulty_provider_and_says_what_is_wrong,
	         faulty);
	tcase_add_test(loading, runs_nothing_of_a_library_that_is_no_provider);
	ADD_EACH(loading, refuses_a_name_that_is_no_plain_name, bad_names);
	tcase_add_test(
		loading,
		names_the_folders_where_a_missing_provider_was_looked_for);
	tcase_add_test(
		loading,
		looks_in_the_plugin_path_then_the_persons_folder_then_the_installed);
	ADD_EACH(loading, refuses_a_file_that_is_no_shared_object, texts);
	tcase_add_test(loading, survives_a_plugin_cut_short_at_any_point);
	tcase_add_test(loading, judges_damaged_headers_without_stumbling);
	tcase_add_test(loading, finds_who_claims_a_domain);
	ADD_EACH(loading, claims_whole_domains_only, unclaimed);
	tcase_add_test(loading, lets_a_broken_provider_claim_nothing);
	suite_add_tcase(suite, loading);

	tcase_add_checked_fixture(trust, setup, teardown);
	tcase_add_test(trust, never_looks_in_the_working_directory);
	tcase_add_test(trust,
	               does_not_fall_through_from_an_unsafe_file_to_a_safe_one);
	tcase_add_test(trust, refuses_a_group_writable_plugin);
	tcase_add_test(trust,
	               refuses_a_plugin_in_a_folder_that_others_may_write_to);
	tcase_add_test(
		trust,
		refuses_a_plugin_below_a_folder_that_others_may_write_to);
	tcase_add_test(trust, refuses_a_sticky_folder_of_plugins);
	tcase_add_test(trust, refuses_a_plugin_of_another_user);
	tcase_add_test(trust, refuses_a_folder_of_another_user);
	tcase_add_test(trust, refuses_a_symbolic_link);
	tcase_add_test(trust,
	               follows_a_folder_that_is_a_link_when_both_ends_are_safe);
	tcase_add_test(
		trust,
		refuses_a_link_to_a_folder_that_lies_where_others_may_write);
	tcase_add_test(trust, refuses_a_fifo_without_waiting_for_it);
	tcase_add_test(trust, refuses_a_folder_in_place_of_a_plugin);
	suite_add_tcase(suite, trust);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
