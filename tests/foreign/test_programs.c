/* SPDX-License-Identifier: Apache-2.0 */
/* Providers that are programs: the examples, as they stand, and bad ones. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TOKEN "canary-corp-token"
#define DESCRIBE                                                               \
	"read -r line; echo '{\"result\":{\"contract\":1,\"operations\":["     \
	"\"authenticate\"]}}'; read -r line\n"

static const char first_file[] = "example:\n"
				 "    server: http://127.0.0.1:@/corp\n";

static void put(const char *name, const char *text)
{
	char path[PATH_SIZE];
	FILE *out;

	(void)snprintf(path, sizeof(path),
	               "%.3000s/.astro/providers/astro-provider-%s",
	               home_folder, name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(path, 0700), 0);
}

static void put_example(const char *name, const char *file)
{
	char path[PATH_SIZE], *text = NULL;
	size_t size = 0;
	FILE *in;

	(void)snprintf(path, sizeof(path), TEST_SOURCE "/%s", file);
	in = fopen(path, "r");
	ck_assert_msg(in != NULL, "there is no %s", path);
	ck_assert_int_gt(getdelim(&text, &size, '\0', in), 0);
	(void)fclose(in);
	put(name, text);
	free(text);
}

static void begin(void)
{
	char folder[PATH_SIZE];

	home_begin();
	(void)snprintf(folder, sizeof(folder), "%.3000s/.astro/providers",
	               home_folder);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	home_write(first_file);
	put_example("sh", "docs/examples/providers/astro-provider-sh");
	put_example("python", "docs/examples/providers/astro-provider-python");
	put_example("device", "examples/providers/device.py");
	sandbox_fault("{'path': '/corp/token', 'kind': 'body', 'value': "
	              "{'access_token': '" TOKEN "', 'expires_in': 3600}}");
}

/* ---- the short examples ---- */

static const struct {
	const char *name, *domain, *key;
} examples[] = {
	{"sh", "sh.example.com", "sh_example_com"},
	{"python", "python.example.com", "python_example_com"},
};

static void expect_login(const char *name, const char *domain, const char *key)
{
	char pattern[1000];

	(void)snprintf(pattern, sizeof(pattern),
	               "context: %s\n"
	               "contexts:\n"
	               "    %s:\n"
	               "        access_token: " TOKEN "\n"
	               "        domain: %s\n"
	               "        expiresin: *\n"
	               "        provider: %s\n"
	               "        user_email: jane\n"
	               "example:\n"
	               "    server: http://127.0.0.1:@/corp\n",
	               domain, key, domain, name);
	home_expect(pattern);
}

/* What the server was sent is what was typed. */
static void expect_sent(void)
{
	json_t *log = sandbox_log();
	const char *body = json_string_value(
		json_object_get(log_find(log, "/corp/token"), "body"));

	ck_assert_str_eq(body, "username=jane&password=canary+typed");
	json_decref(log);
}

START_TEST(asks_the_person_and_sees_no_password)
{
	struct pty *pty =
		astro_start("login", examples[_i].domain, "--provider",
	                    examples[_i].name, "-v", NULL);

	pty_expect(pty, "User name:");
	pty_send(pty, "jane\n");
	pty_expect(pty, "Password:");
	pty_send(pty, "canary typed\n");
	pty_expect(pty, "Logged in to ");
	pty_expect(pty, " as jane");
	ck_assert_int_eq(pty_finish(pty), 0);
	text_refuse(pty_screen(pty), "canary");
	pty_free(pty);

	expect_sent();
	expect_login(examples[_i].name, examples[_i].domain, examples[_i].key);
}
END_TEST

START_TEST(logs_in_again_by_the_provider_of_the_context)
{
	struct pty_result result;

	result = astro_ends(0, "one\n", "login", examples[_i].domain,
	                    "--provider", examples[_i].name, "-u", "jane",
	                    "--password-stdin", NULL);
	pty_result_clear(&result);
	result = astro_ends(0, "canary typed\n", "login", "-u", "jane",
	                    "--password-stdin", NULL);
	pty_result_clear(&result);

	expect_login(examples[_i].name, examples[_i].domain, examples[_i].key);
	result = astro_ends(0, NULL, "auth", "token", NULL);
	ck_assert_str_eq(result.out, TOKEN "\n");
	pty_result_clear(&result);
}
END_TEST

START_TEST(passes_on_that_the_server_refuses)
{
	struct pty_result result;
	char wanted[100];

	sandbox_reset();
	sandbox_fault("{'path': '/corp/token', 'kind': 'body', 'status': 401, "
	              "'value': {'message': 'no such badge'}}");
	result = astro_ends(4, "canary typed\n", "login", examples[_i].domain,
	                    "--provider", examples[_i].name, "-u", "jane",
	                    "--password-stdin", NULL);
	(void)snprintf(wanted, sizeof(wanted),
	               "astro: 127.0.0.1:%u refused: no such badge\n",
	               sandbox_port);
	ck_assert_str_eq(result.err, wanted);
	pty_result_clear(&result);
	home_expect(first_file);
}
END_TEST

START_TEST(passes_on_that_nobody_can_be_asked)
{
	struct pty_result result;

	result = astro_ends(4, NULL, "login", examples[_i].domain, "--provider",
	                    examples[_i].name, "--no-input", NULL);
	text_expect(result.err, "astro: username would have to be asked for, "
	                        "and nobody can be asked\n"
	                        "  try: give it with -u NAME\n");
	pty_result_clear(&result);
	home_expect(first_file);
}
END_TEST

START_TEST(passes_on_an_interrupt)
{
	struct pty *pty = astro_start("login", examples[_i].domain,
	                              "--provider", examples[_i].name, NULL);

	pty_expect(pty, "User name:");
	pty_send(pty, PTY_INTERRUPT);
	astro_finish(pty, 130);
	home_expect(first_file);
}
END_TEST

START_TEST(is_driven_as_any_other)
{
	struct pty_result result;

	result = astro_ends(0,
	                    "{\"key\": \"username\", \"answer\": \"jane\"}\n"
	                    "{\"key\": \"password\", \"answer\": \"canary "
	                    "typed\"}\n",
	                    "login", examples[_i].domain, "--provider",
	                    examples[_i].name, "--json", NULL);
	text_expect(result.out, "{\"event\":\"prompt\",\"key\":\"username\","
	                        "\"label\":\"User name:\",\"secret\":false}\n");
	text_expect(result.out, "{\"event\":\"prompt\",\"key\":\"password\","
	                        "\"label\":\"Password:\",\"secret\":true}\n");
	text_expect(result.out, "{\"event\":\"logged_in\"");
	text_refuse(result.out, "canary");
	pty_result_clear(&result);
	expect_sent();
}
END_TEST

/* ---- the device grant ---- */

static char *issuer(void)
{
	char *address;

	ck_assert_int_ge(
		asprintf(&address, "http://127.0.0.1:%u/op", sandbox_port), 0);
	return address;
}

static struct pty_result log_in_by_device(int code)
{
	char *address = issuer();
	struct pty_result result;

	/* Five seconds are the usual interval: too long for a test. */
	sandbox_fault("{'path': '/op/device', 'kind': 'merge', "
	              "'value': {'interval': 1}}");
	result =
		astro_ends(code, NULL, "login", address, "--provider", "device",
	                   "--client-id", "sandbox-native", "-v", NULL);
	free(address);
	return result;
}

START_TEST(logs_in_by_the_device_grant)
{
	struct pty_result result;
	char *token;

	sandbox_set("{'op_device_script': ['approve:jane@example.com']}");
	result = log_in_by_device(0);
	text_expect(result.err, "Enter ");
	text_expect(result.err, "/op/activate\n");
	text_expect(result.err, " as jane@example.com\n");
	home_expect("context: http://127.0.0.1:@/op\n"
	            "contexts:\n"
	            "    http___127_0_0_1_*_op:\n"
	            "        access_token: *\n"
	            "        client_id: sandbox-native\n"
	            "        domain: http://127.0.0.1:@/op\n"
	            "        expiresin: *\n"
	            "        issuer: http://127.0.0.1:@/op\n"
	            "        provider: device\n"
	            "        refresh_token: *\n"
	            "        subject: *sandbox-jane\n"
	            "        user_email: jane@example.com\n"
	            "example:\n"
	            "    server: http://127.0.0.1:@/corp\n");
	token = home_value("access_token");
	text_refuse(result.err, token);
	free(token);
	token = home_value("refresh_token");
	text_refuse(result.err, token);
	free(token);
	pty_result_clear(&result);
}
END_TEST

START_TEST(passes_on_that_the_person_refuses_the_device)
{
	struct pty_result result;

	sandbox_set("{'op_device_script': ['access_denied']}");
	result = log_in_by_device(4);
	text_expect(result.err, " refused: the device has not been "
	                        "authorized\n");
	pty_result_clear(&result);
	home_expect(first_file);
}
END_TEST

/* The login has ended long ago. */
static void expire(void)
{
	char *text = home_read(), *year = strstr(text, "expiresin: ");

	ck_assert_ptr_nonnull(year);
	memcpy(year + strlen("expiresin: "), "2001", 4);
	home_write(text);
	free(text);
}

START_TEST(refreshes_and_revokes)
{
	struct pty_result result;
	char *before, *after;

	sandbox_set("{'op_device_script': ['approve:jane@example.com']}");
	result = log_in_by_device(0);
	pty_result_clear(&result);
	before = home_value("access_token");
	expire();
	result = astro_ends(0, NULL, "auth", "token", NULL);
	after = home_value("access_token");
	ck_assert_str_ne(after, before);
	ck_assert_int_eq(strncmp(result.out, after, strlen(after)), 0);
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "logout", NULL);
	text_expect(result.err, "Revoked the refresh token\n");
	text_expect(result.err, "Revoked the access token\n");
	pty_result_clear(&result);
	free(before);
	free(after);
}
END_TEST

/* ---- the schema ---- */

/* Put a tap before the program NAME. */
static void tap(const char *name)
{
	char folder[PATH_SIZE], script[PATH_SIZE * 2];

	(void)snprintf(folder, sizeof(folder), "%.3000s/.astro/providers",
	               home_folder);
	(void)snprintf(script, sizeof(script),
	               "#!/bin/sh\nexec /usr/bin/python3 " TEST_SOURCE
	               "/tests/foreign/tap.py " TEST_SOURCE
	               "/docs/exec-provider.schema.json "
	               "%.3000s/astro-provider-%s %.3000s/notes\n",
	               folder, name, home_folder);
	put("tap", script);
}

static void expect_notes(size_t fewest)
{
	char path[PATH_SIZE], *line = NULL;
	size_t size = 0, count = 0;
	FILE *in;

	(void)snprintf(path, sizeof(path), "%.3000s/notes", home_folder);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	while (getline(&line, &size, in) > 0) {
		ck_assert_msg(strcmp(line, "from_astro: well\n") == 0 ||
		                      strcmp(line, "from_program: well\n") == 0,
		              "%s", line);
		count++;
	}
	ck_assert_uint_ge(count, fewest);
	free(line);
	(void)fclose(in);
}

START_TEST(every_line_is_as_the_schema_says)
{
	struct pty_result result;

	tap(examples[_i].name);
	result = astro_ends(0, "canary typed\n", "login", "a.example.com",
	                    "--provider", "tap", "-u", "jane",
	                    "--password-stdin", NULL);
	pty_result_clear(&result);
	expect_notes(12);
	/* A refusal as well. */
	sandbox_reset();
	result = astro_ends(4, "canary typed\n", "login", "a.example.com", "-u",
	                    "jane", "--password-stdin", NULL);
	pty_result_clear(&result);
	expect_notes(23);
}
END_TEST

START_TEST(a_whole_life_is_as_the_schema_says)
{
	struct pty_result result;
	char *address = issuer();

	tap("device");
	sandbox_set("{'op_device_script': ['approve:jane@example.com']}");
	sandbox_fault("{'path': '/op/device', 'kind': 'merge', "
	              "'value': {'interval': 1}}");
	result = astro_ends(0, NULL, "login", address, "--provider", "tap",
	                    "--client-id", "sandbox-native", NULL);
	pty_result_clear(&result);
	expire();
	result = astro_ends(0, NULL, "auth", "token", NULL);
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "logout", NULL);
	pty_result_clear(&result);
	expect_notes(40);
	free(address);
}
END_TEST

/* ---- bad ones ---- */

static const struct {
	const char *script, *message;
} bad[] = {
	{"exit 7",
         "the program of the provider bad ended during describe (exit "
         "7)"},
	{"read -r line; echo hello",
         "the program of the provider bad sent a line during describe that is "
         "no JSON: "},
	{DESCRIBE "exit 0", "the program of the provider bad ended during "
                            "authenticate (exit 0)"},
	{DESCRIBE "kill -SEGV $$",
         "the program of the provider bad was ended by signal 11 "},
	{DESCRIBE "echo '{\"request\":\"dance\"}'; sleep 600",
         "the program of the provider bad asks for \"dance\", which this astro "
         "does not know"},
	{DESCRIBE "exec tr '\\0' x </dev/zero",
         "the program of the provider bad sent a line of more than 1048576 "
         "bytes during authenticate"},
	{DESCRIBE "echo '{\"result\":{\"login\":{\"fields\":{}}}}'",
         "the provider bad says that it succeeded, but gives no access "
         "token"},
	{DESCRIBE "printf '%s\\n' '{\"result\":{\"login\":{\"fields\":{"
                  "\"access_token\":\"a\\nb\"}}}}'",
         "the provider bad gives an access token with characters that no token "
         "has"},
	{DESCRIBE "printf '%s\\n' '{\"result\":{\"login\":{\"fields\":{"
                  "\"access_token\":\"a\",\"domain\":\"b.example.com\"}}}}'",
         "the provider bad wants to keep a key that is not its own: domain"},
	{DESCRIBE "kill -KILL $PPID; exec sleep 600",
         "the program of the provider bad "},
};

START_TEST(a_bad_program_is_one_clear_line)
{
	struct pty_result result;
	char script[2000];

	(void)snprintf(script, sizeof(script), "#!/bin/sh\n%s\n",
	               bad[_i].script);
	put("bad", script);
	result = astro_ends(6, NULL, "login", "bad.example.com", "--provider",
	                    "bad", NULL);
	text_expect(result.err, "astro: ");
	text_expect(result.err, bad[_i].message);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	home_expect(first_file);
}
END_TEST

START_TEST(a_program_may_take_its_time)
{
	struct pty_result result;

	/* Longer than a library that is silent may. */
	put("slow", "#!/bin/sh\n" DESCRIBE
	            "sleep 6; echo '{\"result\":{\"login\":{\"fields\":{"
	            "\"access_token\":\"slow-token\"}}}}'\n");
	result = astro_ends(0, NULL, "login", "slow.example.com", "--provider",
	                    "slow", NULL);
	pty_result_clear(&result);
}
END_TEST

START_TEST(a_login_may_be_an_account_alone)
{
	struct pty_result result;

	put("badge", "#!/bin/sh\n" DESCRIBE
	             "echo '{\"result\":{\"login\":{\"account_only\":true,"
	             "\"fields\":{\"user_email\":\"jane\"}}}}'\n");
	result = astro_ends(0, NULL, "login", "badge.example.com", "--provider",
	                    "badge", "--store", "none", NULL);
	text_expect(result.err, "Logged in to badge.example.com as jane");
	pty_result_clear(&result);
	home_expect(first_file);
	result = astro_ends(0, NULL, "login", "badge.example.com", "--provider",
	                    "badge", NULL);
	pty_result_clear(&result);
	home_expect("context: badge.example.com\n"
	            "contexts:\n"
	            "    badge_example_com:\n"
	            "        domain: badge.example.com\n"
	            "        provider: badge\n"
	            "        user_email: jane\n"
	            "example:\n"
	            "    server: http://127.0.0.1:@/corp\n");
}
END_TEST

START_TEST(a_program_that_others_may_write_to_is_refused)
{
	char path[PATH_SIZE];
	struct pty_result result;

	(void)snprintf(path, sizeof(path),
	               "%.3000s/.astro/providers/astro-provider-sh",
	               home_folder);
	ck_assert_int_eq(chmod(path, 0722), 0);
	result = astro_ends(7, NULL, "login", "sh.example.com", "--provider",
	                    "sh", NULL);
	text_expect(result.err, "others may write to ");
	pty_result_clear(&result);
	home_expect(first_file);
}
END_TEST

START_TEST(is_found_in_the_folders_of_the_environment)
{
	char folder[PATH_SIZE], moved[PATH_SIZE];
	struct pty_result result;

	(void)snprintf(folder, sizeof(folder), "%.3000s/.astro/providers",
	               home_folder);
	(void)snprintf(moved, sizeof(moved), "%.3000s/elsewhere", home_folder);
	ck_assert_int_eq(rename(folder, moved), 0);
	env_set("ASTRO_PLUGIN_PATH", moved);

	result = astro_ends(0, "x\n", "login", "sh.example.com", "--provider",
	                    "sh", "-u", "jane", "--password-stdin", NULL);
	pty_result_clear(&result);
	expect_login("sh", "sh.example.com", "sh_example_com");
}
END_TEST

START_TEST(a_name_without_a_file_says_what_was_looked_for)
{
	struct pty_result result;

	result = astro_ends(6, NULL, "login", "a.example.com", "--provider",
	                    "absent", NULL);
	text_expect(result.err, "astro: no provider named absent: there is no "
	                        "absent.so and no astro-provider-absent in ");
	pty_result_clear(&result);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("programs");
	TCase *short_ones = tcase_create("short examples");
	TCase *device = tcase_create("device"), *hostile = tcase_create("bad");
	int count = sizeof(examples) / sizeof(examples[0]);

	tcase_add_checked_fixture(short_ones, begin, home_end);
	tcase_set_timeout(short_ones, 60);
	tcase_add_loop_test(short_ones, asks_the_person_and_sees_no_password, 0,
	                    count);
	tcase_add_loop_test(short_ones,
	                    logs_in_again_by_the_provider_of_the_context, 0,
	                    count);
	tcase_add_loop_test(short_ones, passes_on_that_the_server_refuses, 0,
	                    count);
	tcase_add_loop_test(short_ones, passes_on_that_nobody_can_be_asked, 0,
	                    count);
	tcase_add_loop_test(short_ones, passes_on_an_interrupt, 0, count);
	tcase_add_loop_test(short_ones, is_driven_as_any_other, 0, count);
	tcase_add_loop_test(short_ones, every_line_is_as_the_schema_says, 0,
	                    count);
	suite_add_tcase(suite, short_ones);

	tcase_add_checked_fixture(device, begin, home_end);
	tcase_set_timeout(device, 60);
	tcase_add_test(device, logs_in_by_the_device_grant);
	tcase_add_test(device, passes_on_that_the_person_refuses_the_device);
	tcase_add_test(device, refreshes_and_revokes);
	tcase_add_test(device, a_whole_life_is_as_the_schema_says);
	suite_add_tcase(suite, device);

	tcase_add_checked_fixture(hostile, begin, home_end);
	tcase_set_timeout(hostile, 60);
	tcase_add_loop_test(hostile, a_bad_program_is_one_clear_line, 0,
	                    sizeof(bad) / sizeof(bad[0]));
	tcase_add_test(hostile, a_program_may_take_its_time);
	tcase_add_test(hostile, a_login_may_be_an_account_alone);
	tcase_add_test(hostile, a_program_that_others_may_write_to_is_refused);
	tcase_add_test(hostile, is_found_in_the_folders_of_the_environment);
	tcase_add_test(hostile, a_name_without_a_file_says_what_was_looked_for);
	suite_add_tcase(suite, hostile);
	return e2e_main(suite);
}
