/* SPDX-License-Identifier: Apache-2.0 */
/* The helper store against Debian's credential helpers, and against bad ones.
 */
#include "helper.h"

#include <check.h>
#include <dirent.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "backend.h"
#include "clock.h"
#include "context.h"
#include "desktop.h"
#include "error.h"
#include "interrupt.h"
#include "json.h"
#include "place.h"
#include "secret.h"
#include "text.h"

#define HINT                                                                   \
	"mend the helper, or keep the login in the context file with --store " \
	"file"
#define RECORD "{\"version\":1,\"access_token\":\"a\\\\b\\\"c\"}"
/* SHA-256 of the folder, a NUL, and the name: its first 32 digits. */
#define URL "https://astronomer.io/astro-login/16c93126a052b863ec7bebfab93c1eba"

static const struct store_entry entry = {
	.folder = "/home/jane/.astro",
	.name = "astronomer.io",
	.account = "jane@example.com",
};
static struct astro_error err;
static char tools[DESKTOP_PATH_MAX + 8];

static void begin(void)
{
	char path[DESKTOP_PATH_MAX * 2];

	memset(&err, 0, sizeof(err));
	interrupt_install();
	json_setup();
	desktop_begin();
	(void)snprintf(tools, sizeof(tools), "%s/bin", desktop_home);
	ck_assert_int_eq(mkdir(tools, 0700), 0);
	(void)snprintf(path, sizeof(path), "%s:/usr/bin:/bin", tools);
	(void)setenv("PATH", path, 1);
}

/* A helper NAME of the shell's lines SCRIPT; $HERE is the home folder. */
static void make(const char *name, const char *script)
{
	char path[DESKTOP_PATH_MAX * 2];
	FILE *stream;

	(void)snprintf(path, sizeof(path), "%s/docker-credential-%s", tools,
	               name);
	stream = fopen(path, "we");
	ck_assert_ptr_nonnull(stream);
	(void)fprintf(stream, "#!/bin/sh\nHERE=%s\n%s\n", desktop_home, script);
	(void)fclose(stream);
	ck_assert_int_eq(chmod(path, 0700), 0);
}

static const char *in_home(const char *name)
{
	static char path[DESKTOP_PATH_MAX * 2];

	(void)snprintf(path, sizeof(path), "%s/%s", desktop_home, name);
	return path;
}

/* What a helper left in the file NAME of the home folder. */
static const char *left(const char *name)
{
	static char text[32 * 1024];
	FILE *stream = fopen(in_home(name), "re");
	size_t len;

	ck_assert_msg(stream != NULL, "%s: %s", name, strerror(errno));
	len = fread(text, 1, sizeof(text) - 1, stream);
	text[len] = '\0';
	(void)fclose(stream);
	return text;
}

static long number_of(const char *text)
{
	return strtol(text, NULL, 10);
}

/* Gone, or about to be reaped by whoever adopted it. */
static void expect_ended(pid_t pid)
{
	char path[64], state;
	int tries;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	for (tries = 0; tries < 500; tries++) {
		FILE *stream = fopen(path, "re");
		int found;

		if (stream == NULL)
			return;
		found = fscanf(stream, "%*d %*s %c", &state);
		(void)fclose(stream);
		if (found != 1 || state == 'Z')
			return;
		(void)poll(NULL, 0, 10);
	}
	ck_abort_msg("process %ld still runs", (long)pid);
}

static int put(const char *helper, const char *text)
{
	struct astro_secret *record;
	int status;

	ck_assert_int_eq(secret_new(text, strlen(text), &record, &err),
	                 ASTRO_OK);
	status = store_helper.put(helper, &entry, record, &err);
	secret_free(record);
	return status;
}

static void expect(const char *helper, const char *text)
{
	struct astro_secret *record;
	int status = store_helper.get(helper, &entry, &record, &err);

	ck_assert_msg(status == ASTRO_OK, "%d: %s", status, err.message);
	ck_assert_str_eq(secret_bytes(record, NULL), text);
	secret_free(record);
}

static void expect_failed(const char *helper, int wanted, const char *message)
{
	struct astro_secret *record;
	int status = store_helper.get(helper, &entry, &record, &err);

	ck_assert_str_eq(err.message, message);
	ck_assert_int_eq(status, wanted);
	ck_assert_ptr_null(record);
}

/* What every helper must be good for. */
static void walk(const char *helper)
{
	char message[128];

	(void)snprintf(message, sizeof(message),
	               "the credential helper %s holds no login for "
	               "astronomer.io",
	               helper);
	ck_assert_msg(store_helper.probe(helper, &err) == ASTRO_OK, "%s",
	              err.message);
	expect_failed(helper, ASTRO_NOT_FOUND, message);
	ck_assert_int_eq(store_helper.erase(helper, &entry, &err),
	                 ASTRO_NOT_FOUND);

	ck_assert_msg(put(helper, RECORD) == ASTRO_OK, "%s", err.message);
	expect(helper, RECORD);
	ck_assert_int_eq(put(helper, "second"), ASTRO_OK);
	expect(helper, "second");
	ck_assert_int_eq(store_helper.erase(helper, &entry, &err), ASTRO_OK);
	expect_failed(helper, ASTRO_NOT_FOUND, message);
}

static void make_pass(void)
{
	static const char *const key[] = {
		"gpg",           "--batch", "--quiet",
		"--passphrase",  "",        "--quick-gen-key",
		"a@example.com", "default", "default",
		"never",         NULL,
	};
	static const char *const store[] = {"pass", "init", "a@example.com",
	                                    NULL};
	char path[DESKTOP_PATH_MAX * 2];

	(void)snprintf(path, sizeof(path), "%s/gnupg", desktop_home);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	(void)setenv("GNUPGHOME", path, 1);
	(void)snprintf(path, sizeof(path), "%s/pass", desktop_home);
	(void)setenv("PASSWORD_STORE_DIR", path, 1);
	ck_assert_int_eq(desktop_run(key, ""), 0);
	ck_assert_int_eq(desktop_run(store, ""), 0);
}

static void end_pass(void)
{
	static const char *const agent[] = {"gpgconf", "--kill", "all", NULL};

	ck_assert_int_eq(desktop_run(agent, ""), 0);
}

/* Names in the folder that docker-credential-pass keeps for itself, but for
 * its own check. */
static int count_passwords(void)
{
	char path[DESKTOP_PATH_MAX * 2];
	const struct dirent *found;
	int count = 0;
	DIR *folder;

	(void)snprintf(path, sizeof(path), "%s/pass/docker-credential-helpers",
	               desktop_home);
	folder = opendir(path);
	while (folder != NULL && (found = readdir(folder)) != NULL)
		count += found->d_name[0] != '.' &&
		         strncmp(found->d_name, "docker-pass", 11) != 0;
	if (folder != NULL)
		(void)closedir(folder);
	return count;
}

START_TEST(keeps_a_login_in_pass)
{
	make_pass();
	walk("pass");
	ck_assert_int_eq(count_passwords(), 0);
	ck_assert_int_eq(put("pass", RECORD), ASTRO_OK);
	ck_assert_int_eq(store_helper.probe("pass", &err), ASTRO_OK);
	ck_assert_int_eq(count_passwords(), 1);
	end_pass();
}
END_TEST

START_TEST(names_of_any_length_fit_into_pass)
{
	static char name[300];
	struct store_entry one = entry, other = entry;
	struct astro_secret *record;

	make_pass();
	memset(name, 'x', sizeof(name) - 1);
	one.name = name;
	other.name = name + 1;
	ck_assert_int_eq(secret_new("1", 1, &record, &err), ASTRO_OK);
	ck_assert_msg(store_helper.put("pass", &one, record, &err) == ASTRO_OK,
	              "%s", err.message);
	secret_free(record);
	ck_assert_int_eq(store_helper.get("pass", &other, &record, &err),
	                 ASTRO_NOT_FOUND);
	ck_assert_int_eq(store_helper.get("pass", &one, &record, &err),
	                 ASTRO_OK);
	secret_free(record);
	end_pass();
}
END_TEST

START_TEST(pass_without_a_store_fails_at_the_probe)
{
	char path[DESKTOP_PATH_MAX * 2];

	(void)snprintf(path, sizeof(path), "%s/pass", desktop_home);
	(void)setenv("PASSWORD_STORE_DIR", path, 1);
	ck_assert_int_eq(store_helper.probe("pass", &err), ASTRO_STORE);
	ck_assert_ptr_nonnull(strstr(err.message,
	                             "the credential helper pass said no to "
	                             "\"store\": "));
	ck_assert_str_eq(err.hint, HINT);
}
END_TEST

START_TEST(pass_whose_key_is_lost_erases_all_the_same)
{
	static const char *const forget[] = {
		"sh", "-c", "rm -rf $GNUPGHOME/private-keys-v1.d", NULL};
	struct astro_secret *record;

	make_pass();
	ck_assert_int_eq(put("pass", RECORD), ASTRO_OK);
	end_pass();
	ck_assert_int_eq(desktop_run(forget, ""), 0);
	ck_assert_int_eq(store_helper.get("pass", &entry, &record, &err),
	                 ASTRO_STORE);
	ck_assert_int_eq(count_passwords(), 1);
	ck_assert_msg(store_helper.erase("pass", &entry, &err) == ASTRO_OK,
	              "%s", err.message);
	ck_assert_int_eq(count_passwords(), 0);
	end_pass();
}
END_TEST

START_TEST(keeps_a_login_in_the_secret_service)
{
	desktop_start_bus();
	desktop_start_keyring("password");
	walk("secretservice");
}
END_TEST

START_TEST(secretservice_without_a_bus_fails_at_the_probe)
{
	ck_assert_int_eq(store_helper.probe("secretservice", &err),
	                 ASTRO_STORE);
	ck_assert_ptr_nonnull(
		strstr(err.message, "the credential helper secretservice "));
}
END_TEST

/* Writes down how it was called, and answers like the real ones. */
static const char recorder[] = "printf '%s\\n' \"$#\" \"$1\" >$HERE/arguments\n"
			       "env >$HERE/environment\n"
			       "cat >$HERE/input\n"
			       "case $1 in get) cat $HERE/answer;; esac\n";

static void make_recorder(const char *answer)
{
	char path[DESKTOP_PATH_MAX * 2];
	FILE *stream;

	make("recorder", recorder);
	(void)snprintf(path, sizeof(path), "%s/answer", desktop_home);
	stream = fopen(path, "we");
	ck_assert_ptr_nonnull(stream);
	(void)fputs(answer, stream);
	(void)fclose(stream);
}

START_TEST(speaks_the_protocol_to_the_byte)
{
	make_recorder("{\"ServerURL\":\"" URL "\",\"Username\":\"astro\","
	              "\"Secret\":\"it\"}\n");
	ck_assert_int_eq(put("recorder", "a\"b"), ASTRO_OK);
	ck_assert_str_eq(left("arguments"), "1\nstore\n");
	ck_assert_str_eq(left("input"),
	                 "{\"ServerURL\":\"" URL "\",\"Username\":\"astro\","
	                 "\"Secret\":\"a\\\"b\"}");

	expect("recorder", "it");
	ck_assert_str_eq(left("arguments"), "1\nget\n");
	ck_assert_str_eq(left("input"), URL);

	ck_assert_int_eq(store_helper.erase("recorder", &entry, &err),
	                 ASTRO_OK);
	ck_assert_str_eq(left("arguments"), "1\nerase\n");
	ck_assert_str_eq(left("input"), URL);
}
END_TEST

START_TEST(lets_no_secret_and_no_relative_path_into_its_environment)
{
	char path[DESKTOP_PATH_MAX * 2];

	make_recorder("");
	(void)snprintf(path, sizeof(path), ":.:%s::bin:/usr/bin:/bin:", tools);
	(void)setenv("PATH", path, 1);
	(void)setenv("ASTRO_API_TOKEN", "canary", 1);
	(void)setenv("ASTRONOMER_KEY_SECRET", "canary", 1);
	(void)setenv("AWS_SECRET_ACCESS_KEY", "canary", 1);
	(void)setenv("LD_PRELOAD_NOT", "canary", 1);
	(void)setenv("GPG_TTY", "/dev/pts/7", 1);
	(void)setenv("DISPLAY", ":7", 1);
	(void)setenv("WAYLAND_DISPLAY", "wayland-7", 1);
	(void)setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/7", 1);
	(void)setenv("GNUPGHOME", "/7/gnupg", 1);
	(void)setenv("PASSWORD_STORE_DIR", "/7/pass", 1);
	(void)setenv("LANG", "C.UTF-8", 1);
	ck_assert_int_eq(put("recorder", "x"), ASTRO_OK);

	(void)snprintf(path, sizeof(path), "PATH=%s:/usr/bin:/bin\n", tools);
	ck_assert_ptr_nonnull(strstr(left("environment"), path));
	ck_assert_ptr_null(strstr(left("environment"), "canary"));
	ck_assert_ptr_null(strstr(left("environment"), "ASTRO"));
	(void)snprintf(path, sizeof(path), "HOME=%s\n", desktop_home);
	ck_assert_ptr_nonnull(strstr(left("environment"), path));
	(void)snprintf(path, sizeof(path), "XDG_RUNTIME_DIR=%s/run\n",
	               desktop_home);
	ck_assert_ptr_nonnull(strstr(left("environment"), path));
	ck_assert_ptr_nonnull(
		strstr(left("environment"), "GPG_TTY=/dev/pts/7\n"));
	ck_assert_ptr_nonnull(strstr(left("environment"), "DISPLAY=:7\n"));
	ck_assert_ptr_nonnull(
		strstr(left("environment"), "WAYLAND_DISPLAY=wayland-7\n"));
	ck_assert_ptr_nonnull(
		strstr(left("environment"),
	               "DBUS_SESSION_BUS_ADDRESS=unix:path=/7\n"));
	ck_assert_ptr_nonnull(
		strstr(left("environment"), "GNUPGHOME=/7/gnupg\n"));
	ck_assert_ptr_nonnull(
		strstr(left("environment"), "PASSWORD_STORE_DIR=/7/pass\n"));
	ck_assert_ptr_nonnull(strstr(left("environment"), "LANG=C.UTF-8\n"));
}
END_TEST

START_TEST(inherits_no_descriptor_and_no_terminal)
{
	ck_assert_int_eq(dup2(2, 77), 77);
	make("curious", "ls /proc/$$/fd >$HERE/descriptors\n"
	                "cut -d' ' -f6,7 /proc/$$/stat >$HERE/session\n"
	                "echo $$ >$HERE/pid\n"
	                "echo credentials not found in native keychain\n"
	                "exit 1");
	expect_failed("curious", ASTRO_NOT_FOUND,
	              "the credential helper curious holds no login for "
	              "astronomer.io");
	ck_assert_ptr_nonnull(strstr(left("descriptors"), "0\n1\n"));
	ck_assert_ptr_null(strstr(left("descriptors"), "77"));
	ck_assert_int_eq(number_of(left("pid")), number_of(left("session")));
	ck_assert_ptr_nonnull(strstr(left("session"), " 0\n"));
}
END_TEST

static const struct bad {
	const char *script;
	int status;
	const char *message;
} bad[] = {
	{"echo credentials not found in native keychain; exit 1",
         ASTRO_NOT_FOUND,
         "the credential helper bad holds no login for astronomer.io"},
	{"printf '{\"ServerURL\":\"\",\"Username\":\"\",\"Secret\":\"\"}'",
         ASTRO_NOT_FOUND,
         "the credential helper bad holds no login for astronomer.io"},
	{"printf 'the \\033[31mvault\\r\\nis sealed'; exit 1", ASTRO_STORE,
         "the credential helper bad said no to \"get\": the \\x1b[31mvault"},
	{"exit 3", ASTRO_STORE,
         "the credential helper bad ended with 3 at \"get\""},
	{"printf '{\"Secret\":\"canary\"}'; exit 1", ASTRO_STORE,
         "the credential helper bad ended with 1 at \"get\""},
	{"exit 0", ASTRO_STORE,
         "the credential helper bad answers with something that is no JSON"},
	{"echo canary", ASTRO_STORE,
         "the credential helper bad answers with something that is no JSON"},
	{"printf '[]'", ASTRO_STORE,
         "the credential helper bad answers for something else than was "
         "asked"},
	{"printf '{\"ServerURL\":\"https://astronomer.io\","
         "\"Username\":\"astro\",\"Secret\":\"canary\"}'",
         ASTRO_STORE,
         "the credential helper bad answers for something else than was "
         "asked"},
	{"printf '{\"ServerURL\":\"" URL "\",\"Username\":\"jane\","
         "\"Secret\":\"canary\"}'",
         ASTRO_STORE,
         "the credential helper bad answers for something else than was "
         "asked"},
	{"printf '{\"ServerURL\":\"" URL "\",\"Username\":\"astro\","
         "\"Secret\":7}'",
         ASTRO_STORE,
         "the credential helper bad answers for something else than was "
         "asked"},
};

START_TEST(a_bad_answer_is_no_login)
{
	make("bad", bad[_i].script);
	expect_failed("bad", bad[_i].status, bad[_i].message);
}
END_TEST

/* "the credential helper HOME/bin/docker-credential-NAME ..." */
static const char *message_of(const char *name, const char *rest)
{
	static char message[512];

	(void)snprintf(message, sizeof(message),
	               "the credential helper %s/docker-credential-%s %s",
	               tools, name, rest);
	return message;
}

START_TEST(a_huge_answer_is_cut_off)
{
	make("huge", "echo $$ >$HERE/pid; exec yes");
	expect_failed(
		"huge", ASTRO_STORE,
		message_of("huge", "answers with more than 131072 bytes"));
	expect_ended((pid_t)number_of(left("pid")));
}
END_TEST

/* Twenty times as fast. */
static int64_t hurried_clock(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 20000 + now.tv_nsec / 50000;
}

START_TEST(a_hanging_helper_is_ended_with_all_that_it_started)
{
	make("hanging", "sleep 1000 &\necho $! >$HERE/pid\nwait");
	clock_replace(NULL, hurried_clock);
	expect_failed(
		"hanging", ASTRO_STORE,
		message_of("hanging", "did not answer within 10 seconds"));
	ck_assert_int_eq(put("hanging", "x"), ASTRO_STORE);
	clock_replace(NULL, NULL);
	expect_ended((pid_t)number_of(left("pid")));
}
END_TEST

START_TEST(somebody_who_types_a_passphrase_gets_a_minute)
{
	make("hanging", "exec sleep 1000");
	clock_replace(NULL, hurried_clock);
	(void)setenv("GPG_TTY", "/dev/pts/7", 1);
	expect_failed(
		"hanging", ASTRO_STORE,
		message_of("hanging", "did not answer within 60 seconds"));
	(void)setenv("CI", "true", 1);
	expect_failed(
		"hanging", ASTRO_STORE,
		message_of("hanging", "did not answer within 10 seconds"));
	clock_replace(NULL, NULL);
}
END_TEST

START_TEST(an_interrupted_helper_is_ended_at_once)
{
	make("hanging", "echo $$ >$HERE/pid; kill -INT $PPID; exec sleep 1000");
	expect_failed("hanging", ASTRO_CANCELLED, "interrupted");
	interrupt_forget();
	expect_ended((pid_t)number_of(left("pid")));
}
END_TEST

START_TEST(an_agent_that_it_leaves_behind_is_not_waited_for)
{
	int64_t begun = clock_boot();

	make("starter", "setsid sleep 1000 &\necho $! >$HERE/pid\n"
	                "echo credentials not found in native keychain\n"
	                "exit 1");
	expect_failed("starter", ASTRO_NOT_FOUND,
	              "the credential helper starter holds no login for "
	              "astronomer.io");
	ck_assert_int_lt(clock_boot() - begun, 5000);
	ck_assert_int_eq(kill((pid_t)number_of(left("pid")), SIGKILL), 0);
}
END_TEST

START_TEST(a_helper_that_does_not_read_may_still_say_why)
{
	static char large[50 * 1024];

	memset(large, 'x', sizeof(large) - 1);
	make("deaf", "exec <&-; echo the vault is sealed; exit 1");
	ck_assert_int_eq(put("deaf", large), ASTRO_STORE);
	ck_assert_str_eq(err.message, "the credential helper deaf said no to "
	                              "\"store\": the vault is sealed");
}
END_TEST

START_TEST(a_helper_that_is_killed_is_said)
{
	make("killed", "kill -SEGV $$");
	expect_failed("killed", ASTRO_STORE,
	              message_of("killed", "was ended by signal 11"));
}
END_TEST

/* gpg-agent, asked by a dozen at once, says that there is no key. */
START_TEST(what_a_helper_refuses_in_company_it_is_asked_alone)
{
	static const char script[] =
		"read url\n"
		"[ $1 = get ] || exit 0\n"
		"echo call >>$HERE/calls\n"
		"[ $(wc -l <$HERE/calls) -gt 1 ] || { echo no key; exit 1; }\n"
		"echo \"{\\\"ServerURL\\\":\\\"$url\\\","
		"\\\"Username\\\":\\\"astro\\\",\\\"Secret\\\":\\\"word\\\"}\"";
	struct store_entry here = entry;
	struct astro_secret *record;
	struct paths paths;

	make("lonely", script);
	expect_failed("lonely", ASTRO_STORE,
	              "the credential helper lonely said no to \"get\": no "
	              "key");
	ck_assert_str_eq(left("calls"), "call\n");

	(void)setenv("ASTRO_HOME", desktop_home, 1);
	ck_assert_int_eq(paths_find(&paths, &err), ASTRO_OK);
	here.paths = &paths;
	ck_assert_int_eq(secret_new("word", 4, &record, &err), ASTRO_OK);
	ck_assert_int_eq(store_helper.put("lonely", &here, record, &err),
	                 ASTRO_OK);
	secret_free(record);
	ck_assert_int_eq(unlink(in_home("calls")), 0);
	ck_assert_int_eq(store_helper.get("lonely", &here, &record, &err),
	                 ASTRO_OK);
	ck_assert_str_eq(secret_bytes(record, NULL), "word");
	secret_free(record);
	ck_assert_str_eq(left("calls"), "call\ncall\n");
	paths_clear(&paths);
}
END_TEST

START_TEST(a_helper_that_is_not_there_is_said)
{
	char folder[DESKTOP_PATH_MAX * 2];

	expect_failed("absent", ASTRO_STORE,
	              "the credential helper docker-credential-absent is not "
	              "on PATH");
	ck_assert_str_eq(err.hint, "install it, or keep the login in the "
	                           "context file with --store file");
	/* In the working directory, and in a relative entry: not there. */
	make("here", "exit 0");
	ck_assert_int_eq(chdir(tools), 0);
	(void)setenv("PATH", ":.:../bin:", 1);
	expect_failed("here", ASTRO_STORE,
	              "the credential helper docker-credential-here is not on "
	              "PATH");
	ck_assert_int_eq(store_helper.probe("here", &err), ASTRO_STORE);
	(void)snprintf(folder, sizeof(folder), "%s", tools);
	(void)setenv("PATH", folder, 1);
	ck_assert_int_eq(chdir("/"), 0);
	make("broken", "");
	(void)snprintf(folder, sizeof(folder), "%s/docker-credential-broken",
	               tools);
	ck_assert_int_eq(truncate(folder, 0), 0);
	expect_failed("broken", ASTRO_STORE,
	              message_of("broken", "cannot be run: Exec format "
	                                   "error"));
}
END_TEST

START_TEST(refuses_names_that_are_none)
{
	static const char *const names[] = {
		"",     "a/b",      "../pass",
		"Pass", "a b",      "a;b",
		"a.b",  "\xc3\xa9", "abcdefghijklmnopqrstuvwxyzabcdefg",
	};
	char message[128];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		ck_assert(!place_helper_is_plain(names[i]));
		(void)snprintf(message, sizeof(message),
		               "\"%s\" is no name of a credential helper",
		               names[i]);
		expect_failed(names[i], ASTRO_BAD_CONFIG, message);
	}
	ck_assert(place_helper_is_plain("secret-service-2"));
	ck_assert(place_helper_is_plain("abcdefghijklmnopqrstuvwxyzabcdef"));
}
END_TEST

START_TEST(refuses_what_it_could_not_read_back)
{
	static char large[64 * 1024];
	struct astro_secret *record;

	make_recorder("");
	memset(large, '"', sizeof(large) - 1);
	ck_assert_int_eq(put("recorder", large), ASTRO_STORE);
	ck_assert_str_eq(err.message, "a login of 65535 bytes is too large "
	                              "for a credential helper");
	ck_assert_int_eq(secret_new("\xff", 1, &record, &err), ASTRO_OK);
	ck_assert_int_eq(store_helper.put("recorder", &entry, record, &err),
	                 ASTRO_STORE);
	ck_assert_str_eq(err.message, "the login is no text that a credential "
	                              "helper could keep");
	secret_free(record);
}
END_TEST

START_TEST(a_probe_leaves_nothing_and_finds_a_helper_that_forgets)
{
	make("keeper", "case $1 in\n"
	               "store) cat >$HERE/kept;;\n"
	               "get) cat $HERE/kept;;\n"
	               "erase) rm $HERE/kept;;\n"
	               "esac");
	ck_assert_msg(store_helper.probe("keeper", &err) == ASTRO_OK, "%s",
	              err.message);
	ck_assert_int_eq(access(desktop_home, F_OK), 0);
	ck_assert_int_eq(chdir(desktop_home), 0);
	ck_assert_int_eq(access("kept", F_OK), -1);
	ck_assert_int_eq(chdir("/"), 0);

	make("forgetful",
	     "test $1 != get || { echo credentials not found in native "
	     "keychain; exit 1; }");
	ck_assert_int_eq(store_helper.probe("forgetful", &err), ASTRO_STORE);
	ck_assert_str_eq(err.message, "the credential helper forgetful does "
	                              "not keep what it is given");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("helper");
	TCase *tcase = tcase_create("helper");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 120);
	tcase_add_checked_fixture(tcase, begin, desktop_end);
	tcase_add_test(tcase, keeps_a_login_in_pass);
	tcase_add_test(tcase, names_of_any_length_fit_into_pass);
	tcase_add_test(tcase, pass_without_a_store_fails_at_the_probe);
	tcase_add_test(tcase, pass_whose_key_is_lost_erases_all_the_same);
	tcase_add_test(tcase, keeps_a_login_in_the_secret_service);
	tcase_add_test(tcase, secretservice_without_a_bus_fails_at_the_probe);
	tcase_add_test(tcase, speaks_the_protocol_to_the_byte);
	tcase_add_test(
		tcase,
		lets_no_secret_and_no_relative_path_into_its_environment);
	tcase_add_test(tcase, inherits_no_descriptor_and_no_terminal);
	tcase_add_loop_test(tcase, a_bad_answer_is_no_login, 0,
	                    sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(tcase, a_huge_answer_is_cut_off);
	tcase_add_test(tcase,
	               a_hanging_helper_is_ended_with_all_that_it_started);
	tcase_add_test(tcase, somebody_who_types_a_passphrase_gets_a_minute);
	tcase_add_test(tcase, an_interrupted_helper_is_ended_at_once);
	tcase_add_test(tcase, an_agent_that_it_leaves_behind_is_not_waited_for);
	tcase_add_test(tcase, a_helper_that_does_not_read_may_still_say_why);
	tcase_add_test(tcase, a_helper_that_is_killed_is_said);
	tcase_add_test(tcase,
	               what_a_helper_refuses_in_company_it_is_asked_alone);
	tcase_add_test(tcase, a_helper_that_is_not_there_is_said);
	tcase_add_test(tcase, refuses_names_that_are_none);
	tcase_add_test(tcase, refuses_what_it_could_not_read_back);
	tcase_add_test(tcase,
	               a_probe_leaves_nothing_and_finds_a_helper_that_forgets);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
