/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an administrator says about providers in /etc/astro/providers.yaml.  The
 * real path is read: /etc is replaced, in a mount namespace of this program's
 * own, by a copy of itself, which takes root's rights.
 */
#include "plugins.h"

#include <openssl/sha.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define POLICY "/etc/astro/providers.yaml"
#define MINE ".astro/providers"

enum { SKIPPED = 77, HASH_TEXT = 2 * SHA256_DIGEST_LENGTH + 1 };

/* With nothing of Check's, which is not running yet. */
static bool copy_etc(const char *to)
{
	int ended;
	pid_t pid = fork();

	if (pid == 0) {
		(void)execlp("cp", "cp", "-a", "/etc/.", to, (char *)NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &ended, 0) == pid && ended == 0;
}

/* False where the system does not let us. */
static bool etc_replace(void)
{
	static const char copy[] = "/mnt/etc";

	return geteuid() == 0 && unshare(CLONE_NEWNS) == 0 &&
	       mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
	       mount("none", "/mnt", "tmpfs", 0, "mode=755") == 0 &&
	       mkdir(copy, 0755) == 0 && copy_etc(copy) &&
	       mount(copy, "/etc", NULL, MS_BIND, NULL) == 0 &&
	       (mkdir("/etc/astro", 0755) == 0 ||
	        access("/etc/astro", F_OK) == 0);
}

static void allow(const char *text)
{
	FILE *out = fopen(POLICY, "w");

	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(POLICY, 0644), 0);
}

static void begin(void)
{
	(void)unlink(POLICY);
	ck_assert_int_eq(chmod("/etc/astro", 0755), 0);
	plugin_put(MINE, "older", "older");
}

static struct pty_result log_in(int code)
{
	return astro_ends(code, NULL, "login", "a.example.com", "--provider",
	                  "older", NULL);
}

/* LOGIN fails with CODE and SAYS, and nothing is written. */
static void expect_refusal(int code, const char *says)
{
	char *before = home_read(), *after;
	struct pty_result result = log_in(code);

	text_expect(result.err, says);
	after = home_read();
	ck_assert_str_eq(after, before);
	free(before);
	free(after);
	pty_result_clear(&result);
}

static void expect_login(void)
{
	struct pty_result result = log_in(0);

	pty_result_clear(&result);
}

static void hash_of_plugin(char out[HASH_TEXT])
{
	unsigned char hash[SHA256_DIGEST_LENGTH];
	char *bytes = NULL;
	size_t len;
	FILE *in = fopen(plugin_path(MINE "/older.so"), "r");
	FILE *whole = open_memstream(&bytes, &len);
	int byte;

	ck_assert_ptr_nonnull(in);
	ck_assert_ptr_nonnull(whole);
	while ((byte = fgetc(in)) != EOF)
		(void)fputc(byte, whole);
	(void)fclose(in);
	(void)fclose(whole);
	(void)SHA256((const unsigned char *)bytes, len, hash);
	free(bytes);
	for (len = 0; len < sizeof(hash); len++)
		(void)snprintf(out + 2 * len, 3, "%02x", hash[len]);
}

static void pin(const char *hash)
{
	char text[300];

	(void)snprintf(text, sizeof(text), "sha256:\n    older: %s\n", hash);
	allow(text);
}

START_TEST(nothing_is_forbidden_without_a_file)
{
	expect_login();
}
END_TEST

START_TEST(what_is_not_on_the_list_is_not_loaded)
{
	json_t *document, *row;

	allow("allow: [astro, software]\n");

	expect_refusal(7, "astro: " POLICY " does not allow the provider "
	                  "older\n  try: ask the administrator of this "
	                  "machine\n");
	row = plugin_listed("older", &document);
	ck_assert(json_is_false(json_object_get(row, "isTrusted")));
	text_expect(plugin_text(row, "reason"), POLICY " does not allow");
	json_decref(document);
	row = plugin_listed("software", &document);
	ck_assert(json_is_true(json_object_get(row, "isTrusted")));
	json_decref(document);

	allow("allow: [astro, software, older]\n");
	expect_login();
	row = plugin_listed("older", &document);
	ck_assert(json_is_true(json_object_get(row, "isTrusted")));
	json_decref(document);
}
END_TEST

START_TEST(a_pinned_provider_is_the_pinned_file_or_none)
{
	static const char other[] = "0000000000000000000000000000000000000000"
				    "000000000000000000000000";
	char hash[HASH_TEXT], says[200];
	json_t *document, *row;

	hash_of_plugin(hash);
	pin(hash);
	expect_login();
	pin(other);
	(void)snprintf(says, sizeof(says), "pins: its SHA-256 is %s", hash);
	expect_refusal(7, says);
	row = plugin_listed("older", &document);
	text_expect(plugin_text(row, "reason"), says);
	json_decref(document);

	/* One byte behind its end makes it another file. */
	pin(hash);
	ck_assert_int_eq(truncate(plugin_path(MINE "/older.so"), 200000), 0);
	expect_refusal(7, "is not the file that " POLICY " pins");
}
END_TEST

/* Neither a file of the person's nor the environment says otherwise. */
START_TEST(nothing_of_the_persons_loosens_it)
{
	allow("allow: []\n");
	plugin_write(".astro/providers.yaml", "allow: [older]\n");
	plugin_write(MINE "/providers.yaml", "allow: [older]\n");
	plugin_put("mine", "older", "older");
	env_set("ASTRO_PLUGIN_PATH", plugin_path("mine"));

	expect_refusal(7, "does not allow the provider older");
}
END_TEST

/* A slip of the administrator's forbids: it may have been meant to. */
static const struct {
	const char *text, *says;
} senseless[] = {
	{"allow: older\n", "expected a list of names"},
	{"alow: [older]\n", "unknown key; there are allow and sha256"},
	{"sha256: {older: abc}\n", "expected 64 hexadecimal digits"},
	{"allow: [", POLICY},
};
enum { SENSELESS = sizeof(senseless) / sizeof(senseless[0]) };

START_TEST(a_file_that_makes_no_sense_forbids_everything)
{
	struct pty_result result;

	allow(senseless[_i].text);

	expect_refusal(5, senseless[_i].says);
	result = astro_ends(5, NULL, "provider", "list", NULL);
	text_expect(result.err, senseless[_i].says);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_file_that_others_could_have_written_is_refused)
{
	static const char says[] = "somebody else than root could have written "
				   "it";

	allow("allow: [older]\n");
	ck_assert_int_eq(chmod(POLICY, 0666), 0);
	expect_refusal(7, says);
	ck_assert_int_eq(chmod(POLICY, 0644), 0);
	ck_assert_int_eq(chown(POLICY, 12345, 0), 0);
	expect_refusal(7, says);
	ck_assert_int_eq(chown(POLICY, 0, 0), 0);
	ck_assert_int_eq(chmod("/etc/astro", 0777), 0);
	expect_refusal(7, says);
	ck_assert_int_eq(chmod("/etc/astro", 0755), 0);
	expect_login();
}
END_TEST

/* The example that is installed is one. */
START_TEST(the_example_is_understood)
{
	FILE *in = fopen(TEST_CONFIGS "/providers.example.yaml", "r");
	char *text = NULL;
	size_t size = 0;

	ck_assert_ptr_nonnull(in);
	ck_assert_int_gt(getdelim(&text, &size, '\0', in), 0);
	(void)fclose(in);
	allow(text);
	free(text);

	expect_refusal(7, "does not allow the provider older");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("the administrator's list");
	TCase *tcase = e2e_case(suite, "policy");

	if (!etc_replace()) {
		(void)fprintf(stderr, "skipped: no mount namespace for this "
		                      "user\n");
		return SKIPPED;
	}
	tcase_add_checked_fixture(tcase, begin, NULL);
	tcase_add_test(tcase, nothing_is_forbidden_without_a_file);
	tcase_add_test(tcase, what_is_not_on_the_list_is_not_loaded);
	tcase_add_test(tcase, a_pinned_provider_is_the_pinned_file_or_none);
	tcase_add_test(tcase, nothing_of_the_persons_loosens_it);
	tcase_add_loop_test(tcase,
	                    a_file_that_makes_no_sense_forbids_everything, 0,
	                    SENSELESS);
	tcase_add_test(tcase, a_file_that_others_could_have_written_is_refused);
	tcase_add_test(tcase, the_example_is_understood);
	return e2e_main(suite);
}
