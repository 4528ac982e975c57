/* SPDX-License-Identifier: Apache-2.0 */
/* Docker's config.json: one member changes, every other byte stays. */
#include "docker_config.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config_home.h"
#include "error.h"

static struct astro_error err;
static struct docker_config config;
static bool is_changed;

static void set_up(void)
{
	home_make();
	ck_assert_int_eq(setenv("HOME", home, 1), 0);
	ck_assert_int_eq(unsetenv("DOCKER_CONFIG"), 0);
}

static void tear_down(void)
{
	docker_config_clear(&config);
	home_remove();
}

static int set_in_file(const char *host)
{
	int status = docker_config_read(&config, &err);

	if (status == ASTRO_OK)
		status = docker_config_set(&config, host, "astro", &is_changed,
		                           &err);
	return status;
}

static const struct {
	const char *before, *after;
} edits[] = {
	{"{}", "{\n\t\"credHelpers\": {\n\t\t\"r.example\": \"astro\"\n\t}\n}"},
	{"{ }\n",
         "{\n\t\"credHelpers\": {\n\t\t\"r.example\": \"astro\"\n\t}\n}\n"},
	/* As docker writes it, with its tabs. */
	{"{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {\n\t\t\t"
         "\"auth\": \"amFuZTpwdw==\"\n\t\t}\n\t},\n\t\"credsStore\": "
         "\"pass\"\n}",
         "{\n\t\"auths\": {\n\t\t\"https://index.docker.io/v1/\": {\n\t\t\t"
         "\"auth\": \"amFuZTpwdw==\"\n\t\t}\n\t},\n\t\"credsStore\": "
         "\"pass\",\n\t\"credHelpers\": {\n\t\t\"r.example\": \"astro\"\n\t}"
         "\n}"},
	/* Two blanks, and another helper stays. */
	{"{\n  \"credHelpers\": {\n    \"gcr.io\": \"gcloud\"\n  },\n"
         "  \"x\": 1e2\n}\n",
         "{\n  \"credHelpers\": {\n    \"gcr.io\": \"gcloud\",\n"
         "    \"r.example\": \"astro\"\n  },\n  \"x\": 1e2\n}\n"},
	{"{\n  \"credHelpers\": {}\n}",
         "{\n  \"credHelpers\": {\n    \"r.example\": \"astro\"\n  }\n}"},
	{"{\"credHelpers\":{\"r.example\":\"old\"},\"a\":[1 , 2]}",
         "{\"credHelpers\":{\"r.example\":\"astro\"},\"a\":[1 , 2]}"},
	{"{\"credHelpers\":{\"r.example\":null}}",
         "{\"credHelpers\":{\"r.example\":\"astro\"}}"},
	{"{\"auths\":{}}",
         "{\"auths\":{},\"credHelpers\": {\"r.example\": \"astro\"}}"},
	{"{\"HttpHeaders\":{\"credHelpers\":{}}}",
         "{\"HttpHeaders\":{\"credHelpers\":{}},\"credHelpers\": "
         "{\"r.example\": \"astro\"}}"},
	{"\r\n{\r\n  \"auths\": {}\r\n}\r\n",
         "\r\n{\r\n  \"auths\": {},\r\n  \"credHelpers\": {\r\n    "
         "\"r.example\": \"astro\"\r\n  }\r\n}\r\n"},
};

START_TEST(changes_one_member_and_no_other_byte)
{
	put_bytes(".docker/config.json", edits[_i].before,
	          strlen(edits[_i].before));

	ck_assert_msg(set_in_file("r.example") == ASTRO_OK, "%s", err.message);
	ck_assert(is_changed);
	ck_assert_str_eq(config.text.bytes, edits[_i].after);

	/* And once more changes nothing. */
	ck_assert_int_eq(docker_config_set(&config, "r.example", "astro",
	                                   &is_changed, &err),
	                 ASTRO_OK);
	ck_assert(!is_changed);
	ck_assert_str_eq(config.text.bytes, edits[_i].after);
}
END_TEST

static const struct {
	const char *text;
	const char *message;
} refused[] = {
	{"// mine\n{}", "no JSON: byte 1: no value where one must be"},
	{"{\"a\":1,}", "no JSON: byte 8: no string where one must be"},
	{"{\"a\":1,\"a\":2}", "no JSON: byte 11: a member that is there twice"},
	{" ", "no JSON: byte 2: no value where one must be"},
	{"[]", "it is no JSON object"},
	{"null", "it is no JSON object"},
	{"{\"credHelpers\":[]}", "its credHelpers is no object"},
	{"{\"credHelpers\":null}", "its credHelpers is no object"},
};

START_TEST(refuses_a_file_that_it_does_not_understand)
{
	char wanted[400];
	size_t len;
	char *after;

	put_bytes(".docker/config.json", refused[_i].text,
	          strlen(refused[_i].text));

	ck_assert_int_eq(set_in_file("r.example"), ASTRO_BAD_CONFIG);
	(void)snprintf(wanted, sizeof(wanted), "%s/.docker/config.json: %s",
	               home, refused[_i].message);
	ck_assert_str_eq(err.message, wanted);
	after = get_bytes(".docker/config.json", &len);
	ck_assert_str_eq(after, refused[_i].text);
	free(after);
}
END_TEST

static void write_it(void)
{
	ck_assert_msg(docker_config_write(&config, &err) == ASTRO_OK, "%s",
	              err.message);
}

static void expect_file(const char *name, const char *wanted)
{
	size_t len;
	char *text = get_bytes(name, &len);

	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, wanted);
	free(text);
}

static const char made[] =
	"{\n\t\"credHelpers\": {\n\t\t\"r.example\": \"astro\"\n\t}\n}\n";

START_TEST(makes_file_and_folder_for_the_user_alone)
{
	ck_assert_int_eq(set_in_file("r.example"), ASTRO_OK);
	write_it();

	expect_file(".docker/config.json", made);
	ck_assert_uint_eq(mode_of(".docker/config.json"), 0600);
	ck_assert_uint_eq(mode_of(".docker"), 0700);
}
END_TEST

START_TEST(writes_where_docker_config_says)
{
	char folder[100];

	(void)snprintf(folder, sizeof(folder), "%s/elsewhere", home);
	ck_assert_int_eq(setenv("DOCKER_CONFIG", folder, 1), 0);
	ck_assert_int_eq(set_in_file("r.example"), ASTRO_OK);
	write_it();

	expect_file("elsewhere/config.json", made);
}
END_TEST

START_TEST(keeps_the_mode_and_a_link)
{
	char link[100], target[100];
	struct stat info;

	put_bytes("dotfiles/docker.json", "{}\n", 3);
	(void)snprintf(target, sizeof(target), "%s/dotfiles/docker.json", home);
	ck_assert_int_eq(chmod(target, 0640), 0);
	put_bytes(".docker/other", "", 0);
	(void)snprintf(link, sizeof(link), "%s/.docker/config.json", home);
	ck_assert_int_eq(symlink(target, link), 0);

	ck_assert_int_eq(set_in_file("r.example"), ASTRO_OK);
	write_it();

	expect_file("dotfiles/docker.json", made);
	ck_assert_uint_eq(mode_of("dotfiles/docker.json"), 0640);
	ck_assert_int_eq(lstat(link, &info), 0);
	ck_assert(S_ISLNK(info.st_mode));
}
END_TEST

START_TEST(leaves_the_file_alone_where_it_cannot_write)
{
	char folder[100];

	put_bytes(".docker/config.json", "{}", 2);
	(void)snprintf(folder, sizeof(folder), "%s/.docker", home);
	become_ordinary();
	ck_assert_int_eq(chmod(folder, 0500), 0);
	ck_assert_int_eq(set_in_file("r.example"), ASTRO_OK);

	ck_assert_int_eq(docker_config_write(&config, &err), ASTRO_STORE);
	ck_assert_ptr_nonnull(
		strstr(err.message, "config.json: Permission denied"));
	expect_file(".docker/config.json", "{}");
	ck_assert_int_eq(chmod(folder, 0700), 0);
	stay_ordinary_no_more();
}
END_TEST

static void add_tests(TCase *tcase)
{
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_loop_test(tcase, changes_one_member_and_no_other_byte, 0,
	                    sizeof(edits) / sizeof(edits[0]));
	tcase_add_loop_test(tcase, refuses_a_file_that_it_does_not_understand,
	                    0, sizeof(refused) / sizeof(refused[0]));
	tcase_add_test(tcase, makes_file_and_folder_for_the_user_alone);
	tcase_add_test(tcase, writes_where_docker_config_says);
	tcase_add_test(tcase, keeps_the_mode_and_a_link);
	tcase_add_test(tcase, leaves_the_file_alone_where_it_cannot_write);
}

int main(void)
{
	return run_case("docker_config", add_tests);
}
