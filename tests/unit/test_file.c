/* SPDX-License-Identifier: Apache-2.0 */
/* file.c and replace.c: who is trusted, what a writer leaves behind. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "config_home.h"
#include "interrupt.h"
#include "tree.h"

static char path_buffer[256];

/* HOME/NAME */
static const char *at(const char *name)
{
	(void)snprintf(path_buffer, sizeof(path_buffer), "%s/%s", home, name);
	return path_buffer;
}

static int load(struct astro_error *err)
{
	struct config *config = NULL;
	int status = config_load(&paths, &config, err);

	config_free(config);
	return status;
}

static int switch_to(const char *name, struct astro_error *err)
{
	const struct change change = {.key = "context", .text = name};

	return config_change(&paths, &change, 1, err);
}

static void expect_config(const char *text)
{
	char *bytes = get_config();

	ck_assert_pstr_eq(bytes, text);
	free(bytes);
}

START_TEST(a_missing_file_is_an_empty_one_and_reading_makes_nothing)
{
	ck_assert_int_eq(load(NULL), ASTRO_OK);
	ck_assert_int_ne(access(paths.folder, F_OK), 0);

	put_bytes(".astro/other", "", 0);
	ck_assert_int_eq(load(NULL), ASTRO_OK);
	ck_assert_int_ne(access(paths.file, F_OK), 0);
	ck_assert_int_ne(access(paths.lock, F_OK), 0);

	put_config("");
	ck_assert_int_eq(load(NULL), ASTRO_OK);
	ck_assert_int_ne(access(paths.lock, F_OK), 0);
}
END_TEST

START_TEST(makes_home_folder_and_file_for_their_owner_alone)
{
	struct paths deeper;

	(void)umask(0);
	ck_assert_int_eq(setenv("ASTRO_HOME", at("x/y"), 1), 0);
	ck_assert_int_eq(paths_find(&deeper, NULL), ASTRO_OK);
	const struct change change = {.key = "context", .text = "a.io"};
	ck_assert_int_eq(config_change(&deeper, &change, 1, NULL), ASTRO_OK);

	ck_assert_uint_eq(mode_of("x"), 0700);
	ck_assert_uint_eq(mode_of("x/y/.astro"), 0700);
	ck_assert_uint_eq(mode_of("x/y/.astro/config.yaml"), 0600);
	ck_assert_uint_eq(mode_of("x/y/.astro/config.yaml.lock"), 0600);
	paths_clear(&deeper);
}
END_TEST

/* What stands on standard error while WORK runs. */
static char *warnings_of_switch(void)
{
	static char text[1000];
	int fds[2], kept = dup(STDERR_FILENO);
	ssize_t len;

	ck_assert_int_eq(pipe(fds), 0);
	(void)dup2(fds[1], STDERR_FILENO);
	(void)close(fds[1]);
	ck_assert_int_eq(switch_to("b.io", NULL), ASTRO_OK);
	(void)dup2(kept, STDERR_FILENO);
	(void)close(kept);
	len = read(fds[0], text, sizeof(text) - 1);
	(void)close(fds[0]);
	text[len < 0 ? 0 : len] = '\0';
	return text;
}

START_TEST(a_mode_that_lets_others_read_is_tightened_once_and_said)
{
	put_config("context: a.io\n");
	ck_assert_int_eq(chmod(paths.file, 0644), 0);
	ck_assert_int_eq(load(NULL), ASTRO_OK);
	ck_assert_uint_eq(mode_of(".astro/config.yaml"), 0644);

	ck_assert_ptr_nonnull(strstr(
		warnings_of_switch(),
		"config.yaml could be read by others (mode 0644); its mode is "
		"0600 now"));
	ck_assert_uint_eq(mode_of(".astro/config.yaml"), 0600);
	ck_assert_int_eq(switch_to("c.io", NULL), ASTRO_OK);
	ck_assert_str_eq(warnings_of_switch(), "");
}
END_TEST

static const struct {
	const char *name;
	mode_t mode;
	bool is_accepted;
	const char *message;
} modes[] = {
	{".astro/config.yaml", 0600, true, NULL},
	{".astro/config.yaml", 0644, true, NULL},
	{".astro/config.yaml", 0400, true, NULL},
	{".astro/config.yaml", 0620, false,
         "config.yaml: others can write to it (mode 0620)"},
	{".astro/config.yaml", 0666, false,
         "config.yaml: others can write to it (mode 0666)"},
	{".astro", 0755, true, NULL},
	{".astro", 0777, false, NULL},
	{".astro", 01777, false, NULL},
	{"", 0777, false, NULL},
	{"", 0755, true, NULL},
};

START_TEST(what_others_could_have_written_is_refused)
{
	struct astro_error err = {0};
	int expected = modes[_i].is_accepted ? ASTRO_OK : ASTRO_UNSAFE;

	put_config("context: a.io\n");
	ck_assert_int_eq(chmod(at(modes[_i].name), modes[_i].mode), 0);
	ck_assert_int_eq(load(&err), expected);
	if (modes[_i].message != NULL)
		ck_assert_str_eq(err.message, modes[_i].message);
	if (!modes[_i].is_accepted) {
		ck_assert_ptr_nonnull(strstr(err.hint, "chmod"));
		ck_assert_int_eq(switch_to("b.io", &err), ASTRO_UNSAFE);
		ck_assert_int_eq(config_check_writable(&paths, &err),
		                 ASTRO_UNSAFE);
		expect_config("context: a.io\n");
	}
}
END_TEST

START_TEST(a_group_may_write_to_the_folder_only_if_it_is_the_users_own)
{
	struct astro_error err = {0};

	if (geteuid() != 0)
		return;
	put_config("context: a.io\n");
	become_ordinary();
	ck_assert_int_eq(chmod(paths.folder, 0775), 0);
	ck_assert_int_eq(load(&err), ASTRO_OK);
	stay_ordinary_no_more();
	ck_assert_int_eq(chown(paths.folder, 65534, 100), 0);
	become_ordinary();
	stay_ordinary_no_more();
	ck_assert_int_eq(chown(paths.folder, 65534, 100), 0);
	ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_int_eq(load(&err), ASTRO_UNSAFE);
	ck_assert_int_eq(seteuid(0), 0);
}
END_TEST

START_TEST(what_belongs_to_somebody_else_is_refused)
{
	static const char *const names[] = {"", ".astro", ".astro/config.yaml"};
	struct astro_error err = {0};
	size_t i;

	if (geteuid() != 0)
		return;
	put_config("context: a.io\n");
	for (i = 0; i < 3; i++) {
		ck_assert_int_eq(chown(at(names[i]), 65534, 65534), 0);
		ck_assert_int_eq(load(&err), ASTRO_UNSAFE);
		ck_assert_ptr_nonnull(strstr(
			err.message, "it belongs to another user (uid 65534)"));
		ck_assert_int_eq(switch_to("b.io", &err), ASTRO_UNSAFE);
		ck_assert_int_eq(chown(at(names[i]), 0, 0), 0);
	}
	/* What root has left behind may be read. */
	become_ordinary();
	stay_ordinary_no_more();
	ck_assert_int_eq(chown(paths.file, 0, 0), 0);
	ck_assert_int_eq(chmod(paths.file, 0644), 0);
	ck_assert_int_eq(seteuid(65534), 0);
	ck_assert_int_eq(load(&err), ASTRO_OK);
	ck_assert_int_eq(seteuid(0), 0);
	expect_config("context: a.io\n");
}
END_TEST

START_TEST(a_file_that_cannot_be_read_is_an_error_not_an_empty_file)
{
	struct astro_error err = {0};

	put_config("context: a.io\n");
	become_ordinary();
	ck_assert_int_eq(chmod(paths.file, 0), 0);
	ck_assert_int_eq(load(&err), ASTRO_STORE);
	ck_assert_str_eq(err.message, "config.yaml: Permission denied");
	ck_assert_int_eq(switch_to("b.io", &err), ASTRO_STORE);
	stay_ordinary_no_more();
	ck_assert_uint_eq(mode_of(".astro/config.yaml"), 0);
}
END_TEST

START_TEST(a_fifo_or_a_folder_in_its_place_is_refused_without_waiting)
{
	struct astro_error err = {0};

	put_bytes(".astro/other", "", 0);
	ck_assert_int_eq(mkfifo(paths.file, 0600), 0);
	ck_assert_int_eq(load(&err), ASTRO_STORE);
	ck_assert_str_eq(err.message, "config.yaml: it is no regular file");
	ck_assert_int_eq(unlink(paths.file), 0);
	ck_assert_int_eq(mkdir(paths.file, 0700), 0);
	ck_assert_int_eq(load(&err), ASTRO_STORE);
	ck_assert_str_eq(err.message, "config.yaml: it is no regular file");
	ck_assert_int_eq(switch_to("b.io", &err), ASTRO_STORE);
}
END_TEST

START_TEST(a_folder_that_is_a_file_is_refused)
{
	struct astro_error err = {0};

	put_bytes(".astro", "", 0);
	ck_assert_int_eq(load(&err), ASTRO_STORE);
	ck_assert_ptr_nonnull(strstr(err.message, ".astro: it is no folder"));
}
END_TEST

START_TEST(a_file_larger_than_16_mebibytes_is_not_even_read)
{
	struct astro_error err = {0};

	put_config("");
	ck_assert_int_eq(truncate(paths.file, (off_t)64 * 1024 * 1024), 0);
	ck_assert_int_eq(load(&err), ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message, "config.yaml: larger than 16 MiB");
}
END_TEST

/* ---- links ---- */

START_TEST(a_link_is_followed_and_stays_a_link)
{
	struct stat info;
	char *bytes;
	size_t len;

	put_bytes("dotfiles/astro.yaml", "context: a.io\n", 14);
	put_bytes(".astro/other", "", 0);
	ck_assert_int_eq(symlink("../dotfiles/astro.yaml", paths.file), 0);
	ck_assert_int_eq(load(NULL), ASTRO_OK);
	ck_assert_int_eq(switch_to("b.io", NULL), ASTRO_OK);

	ck_assert_int_eq(lstat(paths.file, &info), 0);
	ck_assert(S_ISLNK(info.st_mode));
	bytes = get_bytes("dotfiles/astro.yaml", &len);
	ck_assert_str_eq(bytes, "context: b.io\n");
	free(bytes);
	ck_assert_uint_eq(mode_of("dotfiles/astro.yaml"), 0600);
	ck_assert_int_eq(access(paths.lock, F_OK), 0);
}
END_TEST

START_TEST(a_link_to_nothing_is_filled)
{
	char *bytes;
	size_t len;

	put_bytes("dotfiles/other", "", 0);
	put_bytes(".astro/other", "", 0);
	ck_assert_int_eq(symlink("../dotfiles/astro.yaml", paths.file), 0);
	ck_assert_int_eq(load(NULL), ASTRO_OK);
	ck_assert_int_eq(switch_to("b.io", NULL), ASTRO_OK);
	bytes = get_bytes("dotfiles/astro.yaml", &len);
	ck_assert_str_eq(bytes, "context: b.io\n");
	free(bytes);
	ck_assert_int_eq(unlink(paths.file), 0);

	/* The same with a path from the root on. */
	ck_assert_int_eq(symlink(at("dotfiles/second.yaml"), paths.file), 0);
	ck_assert_int_eq(switch_to("c.io", NULL), ASTRO_OK);
	expect_config("context: c.io\n");
}
END_TEST

START_TEST(links_that_lead_astray_are_refused)
{
	struct astro_error err = {0};

	put_bytes(".astro/other", "", 0);
	ck_assert_int_eq(symlink("config.yaml", paths.file), 0);
	ck_assert_int_eq(load(&err), ASTRO_BAD_CONFIG);
	ck_assert_ptr_nonnull(strstr(err.message, "a link that leads nowhere"));
	ck_assert_str_eq(err.hint, "remove the link");
	ck_assert_int_eq(unlink(paths.file), 0);

	ck_assert_int_eq(symlink("../missing/astro.yaml", paths.file), 0);
	ck_assert_int_eq(load(&err), ASTRO_STORE);
	ck_assert_int_eq(unlink(paths.file), 0);

	/* Through a folder where others may write. */
	put_bytes("open/astro.yaml", "", 0);
	ck_assert_int_eq(chmod(at("open"), 0777), 0);
	ck_assert_int_eq(symlink("../open/astro.yaml", paths.file), 0);
	ck_assert_int_eq(load(&err), ASTRO_UNSAFE);
	ck_assert_int_eq(switch_to("b.io", &err), ASTRO_UNSAFE);
	ck_assert_int_eq(unlink(paths.file), 0);

	/* Somebody else's file, readable as it may be. */
	ck_assert_int_eq(symlink("/etc/passwd", paths.file), 0);
	ck_assert_int_eq(switch_to("b.io", &err), ASTRO_BAD_CONFIG);
}
END_TEST

START_TEST(the_folder_itself_may_be_a_link)
{
	char *bytes;
	size_t len;

	put_bytes("dotfiles/config.yaml", "context: a.io\n", 14);
	ck_assert_int_eq(symlink("dotfiles", paths.folder), 0);
	ck_assert_int_eq(switch_to("b.io", NULL), ASTRO_OK);
	bytes = get_bytes("dotfiles/config.yaml", &len);
	ck_assert_str_eq(bytes, "context: b.io\n");
	free(bytes);
	ck_assert_int_eq(chmod(at("dotfiles"), 0777), 0);
	ck_assert_int_eq(load(NULL), ASTRO_UNSAFE);
}
END_TEST

START_TEST(a_second_name_of_the_file_keeps_the_old_content)
{
	char *bytes;
	size_t len;

	put_config("context: a.io\n");
	ck_assert_int_eq(link(paths.file, at("second")), 0);
	ck_assert_int_eq(switch_to("b.io", NULL), ASTRO_OK);
	bytes = get_bytes("second", &len);
	ck_assert_str_eq(bytes, "context: a.io\n");
	free(bytes);
	expect_config("context: b.io\n");
}
END_TEST

/* ---- writing that does not work ---- */

START_TEST(a_folder_that_cannot_be_written_is_said_and_nothing_changes)
{
	struct astro_error err = {0};

	put_config("context: a.io\n");
	put_bytes(".astro/config.yaml.lock", "", 0);
	become_ordinary();
	ck_assert_int_eq(chmod(paths.folder, 0500), 0);
	ck_assert_int_eq(config_check_writable(&paths, &err), ASTRO_STORE);
	ck_assert_str_eq(err.message, "config.yaml: it cannot be written: "
	                              "Permission denied");
	ck_assert_int_eq(switch_to("b.io", &err), ASTRO_STORE);
	ck_assert_str_eq(err.message, "config.yaml: it cannot be written: "
	                              "Permission denied");
	stay_ordinary_no_more();
	expect_config("context: a.io\n");
	ck_assert_int_eq(count_temporaries(), 0);
}
END_TEST

START_TEST(a_home_that_cannot_be_written_is_found_before_a_login)
{
	struct astro_error err = {0};

	become_ordinary();
	ck_assert_int_eq(config_check_writable(&paths, &err), ASTRO_OK);
	ck_assert_int_ne(access(paths.folder, F_OK), 0);
	ck_assert_int_eq(chmod(home, 0500), 0);
	ck_assert_int_eq(config_check_writable(&paths, &err), ASTRO_STORE);
	ck_assert_ptr_nonnull(
		strstr(err.message, "cannot make it: Permission denied"));
	ck_assert_int_eq(switch_to("b.io", &err), ASTRO_STORE);
	stay_ordinary_no_more();
}
END_TEST

START_TEST(a_file_size_limit_is_an_error_and_no_death)
{
	struct rlimit kept, small;
	struct astro_error err = {0};
	int status;

	put_config("context: a.io\n");
	interrupt_install();
	ck_assert_int_eq(getrlimit(RLIMIT_FSIZE, &kept), 0);
	small = kept;
	small.rlim_cur = 4;
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &small), 0);
	status = switch_to("b.io", &err);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &kept), 0);

	ck_assert_int_eq(status, ASTRO_STORE);
	ck_assert_str_eq(err.message,
	                 "config.yaml: it cannot be written: File too large");
	expect_config("context: a.io\n");
	ck_assert_int_eq(count_temporaries(), 0);
}
END_TEST

START_TEST(temporaries_of_the_dead_are_removed_and_of_the_living_kept)
{
	char living[128];
	pid_t child = fork();

	ck_assert_int_ge(child, 0);
	if (child == 0)
		_exit(0);
	ck_assert_int_eq(waitpid(child, NULL, 0), child);

	put_config("context: a.io\n");
	(void)snprintf(living, sizeof(living), ".astro/.config.yaml.%ld.0a",
	               (long)child);
	put_bytes(living, "secret", 6);
	(void)snprintf(living, sizeof(living), ".astro/.config.yaml.%ld.0a",
	               (long)getppid());
	put_bytes(living, "x", 1);
	put_bytes(".astro/.config.yaml.mine", "x", 1);
	put_bytes(".astro/.config.yaml.99999999999999999999.x", "x", 1);
	(void)snprintf(living, sizeof(living), ".astro/.config.yaml.%ld.0b",
	               (long)child);
	ck_assert_int_eq(mkdir(at(living), 0700), 0);
	ck_assert_int_eq(count_temporaries(), 5);

	ck_assert_int_eq(switch_to("b.io", NULL), ASTRO_OK);
	ck_assert_int_eq(count_temporaries(), 4);
	expect_config("context: b.io\n");
}
END_TEST

START_TEST(nothing_is_written_when_nothing_changes)
{
	struct stat before, after;

	put_config("context: a.io\n");
	ck_assert_int_eq(stat(paths.file, &before), 0);
	ck_assert_int_eq(switch_to("a.io", NULL), ASTRO_OK);
	ck_assert_int_eq(stat(paths.file, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	ck_assert_int_eq(config_check_writable(&paths, NULL), ASTRO_OK);
	ck_assert_int_eq(stat(paths.file, &after), 0);
	ck_assert_uint_eq(before.st_ino, after.st_ino);
	ck_assert_int_eq(count_temporaries(), 0);
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, home_make, home_remove);
	tcase_add_test(
		tcase,
		a_missing_file_is_an_empty_one_and_reading_makes_nothing);
	tcase_add_test(tcase, makes_home_folder_and_file_for_their_owner_alone);
	tcase_add_test(tcase,
	               a_mode_that_lets_others_read_is_tightened_once_and_said);
	tcase_add_loop_test(tcase, what_others_could_have_written_is_refused, 0,
	                    sizeof(modes) / sizeof(*modes));
	tcase_add_test(
		tcase,
		a_group_may_write_to_the_folder_only_if_it_is_the_users_own);
	tcase_add_test(tcase, what_belongs_to_somebody_else_is_refused);
	tcase_add_test(
		tcase,
		a_file_that_cannot_be_read_is_an_error_not_an_empty_file);
	tcase_add_test(
		tcase,
		a_fifo_or_a_folder_in_its_place_is_refused_without_waiting);
	tcase_add_test(tcase, a_folder_that_is_a_file_is_refused);
	tcase_add_test(tcase, a_file_larger_than_16_mebibytes_is_not_even_read);
	tcase_add_test(tcase, a_link_is_followed_and_stays_a_link);
	tcase_add_test(tcase, a_link_to_nothing_is_filled);
	tcase_add_test(tcase, links_that_lead_astray_are_refused);
	tcase_add_test(tcase, the_folder_itself_may_be_a_link);
	tcase_add_test(tcase, a_second_name_of_the_file_keeps_the_old_content);
	tcase_add_test(
		tcase,
		a_folder_that_cannot_be_written_is_said_and_nothing_changes);
	tcase_add_test(tcase,
	               a_home_that_cannot_be_written_is_found_before_a_login);
	tcase_add_test(tcase, a_file_size_limit_is_an_error_and_no_death);
	tcase_add_test(
		tcase,
		temporaries_of_the_dead_are_removed_and_of_the_living_kept);
	tcase_add_test(tcase, nothing_is_written_when_nothing_changes);
}

int main(void)
{
	return run_case("file", add_tests);
}
