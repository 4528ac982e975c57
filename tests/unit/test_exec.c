/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers that are programs, as the engine sees them: found, described, and
 * talked with.  Each program is a few lines of sh, with its answers at hand in
 * functions: host REQUEST, say LINE.
 */
#include "exec.h"

#include <check.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "host.h"
#include "interrupt.h"
#include "kit.h"
#include "loader.h"
#include "log.h"
#include "policy.h"
#include "random.h"
#include "secret.h"

#define DESCRIBE                                                               \
	"{\"result\":{\"contract\":1,\"title\":\"Corp\","                      \
	"\"operations\":[\"authenticate\"]}}"
#define PROGRAM "the program of the provider corp "

static struct astro_error err;
static struct astro_core core;
static struct engine_job job;
static struct engine_answer answers[8];
static const struct astro_provider *provider;
static struct astro_session *session;
static struct astro_credential *credential;

static const char file[] = "corp:\n"
			   "    server: https://corp.example.com\n"
			   "contexts:\n"
			   "    corp_test:\n"
			   "        domain: corp.test\n"
			   "        organization: org1\n"
			   "        access_token: hidden\n";

static void setup(void)
{
	kit_setup();
	interrupt_install();
	interrupt_forget();
	(void)kit_folder(".astro/providers");
	kit_write(".astro/config.yaml", file, strlen(file), 0600);
	memset(&err, 0, sizeof(err));
	memset(&job, 0, sizeof(job));
	memset(answers, 0, sizeof(answers));
	job.name = "corp.test";
	job.answers = answers;
	job.no_input = true;
	ck_assert_int_eq(core_open(&core, &job, -1, &err), ASTRO_OK);
}

static void teardown(void)
{
	if (session != NULL)
		provider->close(session);
	session = NULL;
	credential_free(credential);
	credential = NULL;
	loader_forget();
	core_close(&core);
	clock_replace(NULL, NULL);
	random_replace(NULL);
	interrupt_forget();
	kit_teardown();
}

static void answer(const char *key, const char *text)
{
	answers[job.answer_count].key = key;
	answers[job.answer_count].text = text;
	job.answer_count++;
}

static void write_program(const char *name, const char *script, mode_t mode)
{
	static const char start[] =
		"#!/bin/sh\n"
		"HERE=%s\n"
		"say() { printf '%%s\\n' \"$1\"; }\n"
		"host() { say \"$1\"; read -r answer;"
		" case $answer in '{\"ok\":true'*) ;; *) exit 1;; esac; }\n"
		"keep() { say \"$1\"; read -r answer;"
		" printf '%%s\\n' \"$answer\" >>$HERE/answers; }\n"
		"%s\n";
	char text[32 * 1024], path[200];

	(void)snprintf(text, sizeof(text), start, kit_home, script);
	(void)snprintf(path, sizeof(path), ".astro/providers/astro-provider-%s",
	               name);
	kit_write(path, text, strlen(text), mode);
}

static int load(const char *name)
{
	int status = loader_load(&core.folders, name, &provider, &err);

	core.program = status == ASTRO_OK ? loader_program(provider) : NULL;
	return status;
}

static void assert_ok(int status)
{
	ck_assert_msg(status == ASTRO_OK, "%d: %s", status, err.message);
}

/* Describe themselves, and do SCRIPT when they are to authenticate. */
static int authenticate(const char *script)
{
	char text[16 * 1024];

	(void)snprintf(text, sizeof(text),
	               "read -r line; say '%s'; read -r line\n%s\n", DESCRIBE,
	               script);
	write_program("corp", text, 0700);
	assert_ok(load("corp"));
	assert_ok(provider->open(&core.host, &core.settings, &session, &err));
	memset(&err, 0, sizeof(err));
	return provider->authenticate(session, &credential, &err);
}

static void expect_failed(const char *script, int wanted, const char *message)
{
	int status = authenticate(script);

	ck_assert_str_eq(err.message, message);
	ck_assert_int_eq(status, wanted);
	ck_assert_ptr_null(credential);
}

static void expect_secret(const char *field, const char *wanted)
{
	const struct astro_secret *secret = credential_get(credential, field);

	ck_assert_msg(secret != NULL, "no secret %s", field);
	ck_assert_str_eq(secret_bytes(secret, NULL), wanted);
}

/* What keep() has written. */
static void expect_answers(const char *wanted)
{
	char *text = kit_read("answers", NULL);

	ck_assert_ptr_nonnull(text);
	ck_assert_str_eq(text, wanted);
	free(text);
}

#define TOKEN                                                                  \
	"say '{\"result\":{\"login\":{\"fields\":{\"access_token\":\"t\"}}}}'"

/* ---- finding and describing ---- */

START_TEST(a_program_is_a_provider_where_there_is_no_library)
{
	write_program("corp",
	              "read -r line; say \"$line\" >$HERE/asked;"
	              "say '{\"result\":{\"contract\":1,\"title\":\"The Corp\","
	              "\"operations\":[\"authenticate\",\"refresh\",\"dance\"]}"
	              "}'; read -r line",
	              0700);
	char *asked;

	assert_ok(load("corp"));

	ck_assert_str_eq(provider->name, "corp");
	ck_assert_str_eq(provider->title, "The Corp");
	ck_assert_uint_eq(provider->abi_major, ASTRO_ABI_MAJOR);
	ck_assert(provider->refresh != NULL);
	ck_assert(provider->prompt == NULL);
	ck_assert(provider->workspaces == NULL);
	ck_assert(provider->store == NULL);
	ck_assert(provider->revoke == NULL);
	ck_assert_ptr_null(provider->domains);
	asked = kit_read("asked", NULL);
	ck_assert_str_eq(asked, "{\"operation\":\"describe\",\"provider\":"
	                        "\"corp\",\"contract\":1,\"minor\":0}\n");
	free(asked);
}
END_TEST

START_TEST(without_a_title_it_goes_by_its_name)
{
	write_program("corp",
	              "read -r line; say '{\"result\":{\"contract\":1,"
	              "\"operations\":[\"authenticate\"]}}'; read -r line",
	              0700);
	assert_ok(load("corp"));
	ck_assert_str_eq(provider->title, "corp");
}
END_TEST

START_TEST(a_program_claims_no_domain_and_is_not_run_to_find_out)
{
	const struct astro_provider *claimant;

	write_program("corp", "echo x >$HERE/ran", 0700);
	assert_ok(loader_claimant(&core.folders, "corp.test", &claimant, &err));
	ck_assert_ptr_null(claimant);
	ck_assert_ptr_null(kit_read("ran", NULL));
}
END_TEST

START_TEST(names_both_files_where_there_is_neither)
{
	ck_assert_int_eq(load("corp"), ASTRO_BAD_PLUGIN);
	ck_assert_ptr_nonnull(strstr(err.message,
	                             "no provider named corp: there is no "
	                             "corp.so and no astro-provider-corp in "));
}
END_TEST

static const struct {
	const char *description, *message;
} descriptions[] = {
	{"hello", PROGRAM "sent a line during describe that is no JSON: '[' or "
                          "'{' expected (line 1, column 5)"},
	{"{}", PROGRAM "sent a line during describe that is neither a request "
                       "nor a result nor a failure"},
	{"{\"result\":{}}",
         PROGRAM "is made for version 0 of the provider contract, this astro "
                 "speaks version 1"},
	{"{\"result\":{\"contract\":2,\"operations\":[\"authenticate\"]}}",
         PROGRAM "is made for version 2 of the provider contract, this astro "
                 "speaks version 1"},
	{"{\"result\":{\"contract\":1}}",
         PROGRAM "does not offer authenticate among its operations, which is "
                 "required"},
	{"{\"result\":{\"contract\":1,\"operations\":[\"open\"]}}",
         PROGRAM "does not offer authenticate among its operations, which is "
                 "required"},
	{"{\"result\":{\"contract\":1,\"title\":\"\",\"operations\":"
         "[\"authenticate\"]}}",
         PROGRAM "has a title that cannot be shown (1 to 64 bytes of UTF-8, in "
                 "one line)"},
	{"{\"result\":{\"contract\":1,\"title\":\"a\\u001b[2J\",\"operations\":"
         "[\"authenticate\"]}}",
         PROGRAM "has a title that cannot be shown (1 to 64 bytes of UTF-8, in "
                 "one line)"},
	{"{\"result\":{\"contract\":1,\"title\":7,\"operations\":"
         "[\"authenticate\"]}}",
         PROGRAM "says no proper \"title\" in describe: it is a string"},
	{"{\"request\":\"tell\",\"text\":\"early\"}",
         PROGRAM "asks for tell before it is opened"},
	{"{\"failed\":\"denied\",\"message\":\"not today\"}", "not today"},
};

START_TEST(a_description_that_makes_no_sense_is_refused)
{
	char script[1000];
	bool own = strstr(descriptions[_i].description, "failed") != NULL;

	(void)snprintf(script, sizeof(script),
	               "read -r line; say '%s'; read -r line",
	               descriptions[_i].description);
	write_program("corp", script, 0700);
	ck_assert_int_eq(load("corp"), own ? ASTRO_DENIED : ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message, descriptions[_i].message);
	ck_assert_ptr_null(provider);
}
END_TEST

/* ---- trust ---- */

START_TEST(the_rules_of_trust_are_those_of_libraries)
{
	static const struct {
		mode_t mode;
		int status;
		const char *part;
	} cases[] = {
		{0720, ASTRO_UNSAFE, "others may write to "},
		{0702, ASTRO_UNSAFE, "others may write to "},
		{04700, ASTRO_UNSAFE, "is set-user-id or set-group-id "},
		{02700, ASTRO_UNSAFE, "is set-user-id or set-group-id "},
		{0600, ASTRO_BAD_PLUGIN, "cannot be started: Permission "},
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		write_program("corp", "echo x >$HERE/ran", cases[i].mode);
		ck_assert_int_eq(load("corp"), cases[i].status);
		ck_assert_msg(strstr(err.message, cases[i].part) != NULL, "%s",
		              err.message);
		ck_assert_ptr_null(kit_read("ran", NULL));
	}
}
END_TEST

START_TEST(a_link_a_folder_and_a_pipe_are_no_programs)
{
	const char *path = kit_path(".astro/providers/astro-provider-corp");

	write_program("real", "echo x >$HERE/ran", 0700);
	ck_assert_int_eq(symlink("astro-provider-real", path), 0);
	ck_assert_int_eq(load("corp"), ASTRO_UNSAFE);
	ck_assert_ptr_nonnull(strstr(err.message, "is a symbolic link"));

	ck_assert_int_eq(unlink(path), 0);
	ck_assert_int_eq(mkdir(path, 0700), 0);
	ck_assert_int_eq(load("corp"), ASTRO_BAD_PLUGIN);
	ck_assert_ptr_nonnull(strstr(err.message, "is no regular file"));

	ck_assert_int_eq(rmdir(path), 0);
	ck_assert_int_eq(mkfifo(path, 0700), 0);
	ck_assert_int_eq(load("corp"), ASTRO_BAD_PLUGIN);
	ck_assert_ptr_nonnull(strstr(err.message, "is no regular file"));
	ck_assert_ptr_null(kit_read("ran", NULL));
}
END_TEST

START_TEST(a_folder_that_others_may_write_to_has_no_programs)
{
	write_program("corp", "echo x >$HERE/ran", 0700);
	ck_assert_int_eq(chmod(kit_path(".astro/providers"), 0770), 0);
	ck_assert_int_eq(load("corp"), ASTRO_UNSAFE);
	ck_assert_ptr_nonnull(strstr(err.message, "others may write to "));
	ck_assert_ptr_null(kit_read("ran", NULL));
}
END_TEST

START_TEST(what_the_administrator_allows_counts_for_programs_too)
{
	static const char pins[] = "sha256:\n"
				   "  corp: 0123456789abcdef0123456789abcdef"
				   "0123456789abcdef0123456789abcdef\n";
	char *asked;

	if (geteuid() != 0)
		return; /* the file has to be root's */
	write_program("corp", "echo x >$HERE/ran", 0700);
	policy_free(core.folders.policy);
	kit_write("policy.yaml", "allow: [astro]\n", 15, 0600);
	assert_ok(policy_load(kit_path("policy.yaml"), &core.folders.policy,
	                      &err));
	ck_assert_int_eq(load("corp"), ASTRO_UNSAFE);
	ck_assert_ptr_nonnull(
		strstr(err.message, "does not allow the provider corp"));

	policy_free(core.folders.policy);
	kit_write("policy.yaml", pins, sizeof(pins) - 1, 0600);
	assert_ok(policy_load(kit_path("policy.yaml"), &core.folders.policy,
	                      &err));
	ck_assert_int_eq(load("corp"), ASTRO_UNSAFE);
	ck_assert_ptr_nonnull(strstr(err.message, "is not the file that "));
	asked = kit_read("ran", NULL);
	ck_assert_ptr_null(asked);
}
END_TEST

/* ---- a login ---- */

START_TEST(a_login_goes_through_with_what_is_kept_unseen)
{
	answer("username", "jane");
	answer("password", "canary-password");

	assert_ok(authenticate(
		"host '{\"request\":\"ask\",\"key\":\"username\","
		"\"label\":\"User:\",\"keep\":\"name\"}'\n"
		"keep '{\"request\":\"ask\",\"key\":\"password\","
		"\"label\":\"P:\",\"echo\":false,\"keep\":\"p\"}'\n"
		"say '{\"result\":{\"login\":{\"fields\":{"
		"\"access_token\":{\"secret\":\"p\"},"
		"\"user_email\":{\"secret\":\"name\",\"text\":true},"
		"\"organization\":\"org7\",\"level\":3,\"nothing\":null},"
		"\"expires_at\":4102444800}}}'"));

	expect_secret("access_token", "canary-password");
	ck_assert_str_eq(credential_text(credential, "user_email"), "jane");
	ck_assert_str_eq(credential_text(credential, "organization"), "org7");
	ck_assert_str_eq(credential_text(credential, "level"), "3");
	ck_assert_ptr_null(credential_text(credential, "nothing"));
	ck_assert_int_eq(credential_expiry(credential), 4102444800);
	expect_answers("{\"ok\":true}\n");
}
END_TEST

static int counting_source(void *bytes, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		((unsigned char *)bytes)[i] = (unsigned char)i;
	return 0;
}

static int64_t fixed_wall(void)
{
	return 1700000000;
}

START_TEST(the_host_answers_what_it_is_asked)
{
	answer("username", "jane \"j\" doe");
	answer("team", "Two");
	random_replace(counting_source);
	clock_replace(fixed_wall, NULL);

	assert_ok(authenticate(
		"keep '{\"request\":\"has_answer\",\"key\":\"username\"}'\n"
		"keep '{\"request\":\"has_answer\",\"key\":\"email\"}'\n"
		"keep '{\"request\":\"can_ask\"}'\n"
		"keep '{\"request\":\"ask\",\"key\":\"username\","
		"\"label\":\"U\",\"fallback\":\"x\"}'\n"
		"keep '{\"request\":\"choose\",\"key\":\"team\",\"label\":\"T\","
		"\"items\":[{\"id\":\"t1\",\"name\":\"One\"},"
		"{\"id\":\"t2\",\"name\":\"Two\"}]}'\n"
		"keep '{\"request\":\"setting\",\"key\":\"corp.server\"}'\n"
		"keep '{\"request\":\"setting\",\"key\":\"organization\"}'\n"
		"keep '{\"request\":\"setting\",\"key\":\"access_token\"}'\n"
		"keep '{\"request\":\"now\"}'\n"
		"keep '{\"request\":\"wait\",\"ms\":1}'\n"
		"keep '{\"request\":\"random\",\"bytes\":6}'\n"
		"keep '{\"request\":\"random\",\"bytes\":32,\"keep\":\"r\"}'\n"
		"keep '{\"request\":\"url_escape\",\"text\":\"a b/c\"}'\n"
		"keep '{\"request\":\"secret\",\"text\":\"s3cret\","
		"\"keep\":\"s\"}'\n"
		"keep '{\"request\":\"reveal\",\"value\":{\"secret\":\"s\"}}'\n"
		"keep '{\"request\":\"token_expiry\","
		"\"value\":{\"secret\":\"s\"}}'\n"
		"keep '{\"request\":\"forget\",\"name\":\"s\"}'\n"
		"keep '{\"request\":\"log\",\"text\":\"unseen\"}'\n" TOKEN));

	expect_answers("{\"ok\":true,\"value\":true}\n"
	               "{\"ok\":true,\"value\":false}\n"
	               "{\"ok\":true,\"value\":false}\n"
	               "{\"ok\":true,\"value\":\"jane \\\"j\\\" doe\"}\n"
	               "{\"ok\":true,\"value\":\"t2\",\"index\":1}\n"
	               "{\"ok\":true,\"value\":\"https://corp.example.com\"}\n"
	               "{\"ok\":true,\"value\":\"org1\"}\n"
	               "{\"ok\":true,\"value\":null}\n"
	               "{\"ok\":true,\"value\":1700000000}\n"
	               "{\"ok\":true}\n"
	               "{\"ok\":true,\"value\":\"AAECAwQF\"}\n"
	               "{\"ok\":true}\n"
	               "{\"ok\":true,\"value\":\"a%20b%2Fc\"}\n"
	               "{\"ok\":true}\n"
	               "{\"ok\":true,\"value\":\"s3cret\"}\n"
	               "{\"ok\":true,\"value\":null}\n"
	               "{\"ok\":true}\n"
	               "{\"ok\":true}\n");
	expect_secret("access_token", "t");
}
END_TEST

START_TEST(a_relative_expiry_is_counted_from_now)
{
	clock_replace(fixed_wall, NULL);

	assert_ok(authenticate(
		"say '{\"result\":{\"login\":{\"fields\":{\"access_token\":"
		"\"t\"},\"expires_in\":60}}}'"));

	ck_assert_int_eq(credential_expiry(credential), 1700000060);
}
END_TEST

START_TEST(a_token_that_says_when_it_ends_is_believed)
{
	/* {"alg":"none"}.{"exp":1800000000}. */
	assert_ok(authenticate(
		"say '{\"result\":{\"login\":{\"fields\":{\"access_token\":"
		"\"eyJhbGciOiJub25lIn0.eyJleHAiOjE4MDAwMDAwMDB9.\"}}}}'"));

	ck_assert_int_eq(credential_expiry(credential), 1800000000);
}
END_TEST

START_TEST(a_failure_is_the_programs_own_words)
{
	expect_failed("say '{\"failed\":\"denied\",\"message\":\"the badge is "
	              "locked\\u001b[31m\",\"hint\":\"call the desk\"}'",
	              ASTRO_DENIED, "the badge is locked\\x1b[31m");
	ck_assert_str_eq(err.hint, "call the desk");
}
END_TEST

static const char nobody[] =
	"username would have to be asked for, and nobody can be asked";

START_TEST(a_program_that_ends_after_a_failure_passes_it_on)
{
	expect_failed("host '{\"request\":\"ask\",\"key\":\"username\","
	              "\"label\":\"U\"}'\n" TOKEN,
	              ASTRO_DENIED, nobody);
	ck_assert_str_eq(err.hint, "give it with -u NAME");
}
END_TEST

START_TEST(a_failure_without_words_passes_the_last_one_on)
{
	expect_failed("keep '{\"request\":\"ask\",\"key\":\"username\","
	              "\"label\":\"U\"}'\n"
	              "say '{\"failed\":\"denied\"}'\nread -r line",
	              ASTRO_DENIED, nobody);
	expect_answers("{\"ok\":false,\"failed\":\"denied\",\"message\":"
	               "\"username would have to be asked for, and nobody can "
	               "be asked\",\"hint\":\"give it with -u NAME\"}\n");
}
END_TEST

START_TEST(a_program_may_go_on_after_a_failure)
{
	assert_ok(authenticate("keep '{\"request\":\"ask\",\"key\":"
	                       "\"username\",\"label\":\"U\"}'\n" TOKEN));
	expect_secret("access_token", "t");
}
END_TEST

START_TEST(an_interrupt_ends_it)
{
	int status;

	status = authenticate(
		"kill -INT $(cut -d' ' -f4 /proc/$PPID/stat); sleep 600");
	ck_assert_int_eq(status, ASTRO_CANCELLED);
	ck_assert_str_eq(err.message, "interrupted");
}
END_TEST

/* ---- programs that misbehave ---- */

static const struct {
	const char *script, *message;
} misuses[] = {
	{"say hello",
         PROGRAM "sent a line during authenticate that is no JSON: "
                 "'[' or '{' expected (line 1, column 5)"},
	{"say '{\"request\":\"ask\"'",
         PROGRAM "sent a line during authenticate that is no JSON: '}' "
                 "expected (line 1, column 16)"},
	{"say '{\"request\":\"tell\",\"request\":\"ask\"}'",
         PROGRAM "sent a line during authenticate that is no JSON: duplicate "
                 "object key (line 1, column 27)"},
	{"say ''",
         PROGRAM "sent a line during authenticate that is no JSON: '[' "
                 "or '{' expected (line 1, column 0)"},
	{"printf '{\"a\\000\": 1}\\n'",
         PROGRAM "sent a line during authenticate that is no JSON: control "
                 "character 0x0 (line 1, column 3)"},
	{"printf '{\"a\": \"\\377\"}\\n'",
         PROGRAM "sent a line during authenticate that is no JSON: unable to "
                 "decode byte 0xff (line 1, column 7)"},
	{"say '[]'",
         PROGRAM "sent a line during authenticate that is neither a "
                 "request nor a result nor a failure"},
	{"say '{\"result\":[]}'",
         PROGRAM "sent a line during authenticate that is neither a request "
                 "nor a result nor a failure"},
	{"say '{\"request\":7}'",
         PROGRAM "sent a line during authenticate that is neither a request "
                 "nor a result nor a failure"},
	{"head -c 40 /dev/zero | tr '\\000' '['; echo",
         PROGRAM "sent a line during authenticate that is no JSON: nested "
                 "deeper than 32"},
	{"say '{\"request\":\"dance\"}'",
         PROGRAM "asks for \"dance\", which this astro does not know"},
	{"say '{\"request\":\"ask\",\"key\":\"k\",\"lable\":\"L\"}'",
         PROGRAM "puts \"lable\" into ask, where this astro does not know it"},
	{"say '{\"request\":\"ask\",\"key\":\"k\"}'",
         PROGRAM "says no proper \"label\" in authenticate: it is a string"},
	{"say '{\"request\":\"ask\",\"key\":7,\"label\":\"L\"}'",
         PROGRAM "says no proper \"key\" in authenticate: it is a string"},
	{"say '{\"request\":\"ask\",\"key\":\"k\",\"label\":\"L\",\"echo\":"
         "\"no\"}'",
         PROGRAM "says no proper \"echo\" in authenticate: it is true or "
                 "false"},
	{"say '{\"request\":\"ask\",\"key\":\"k\",\"label\":\"L\",\"echo\":"
         "false}'",
         PROGRAM "asks for \"k\" without echo and gives the answer no name "
                 "(keep)"},
	{"say '{\"request\":\"ask\",\"key\":\"k\",\"label\":\"L\",\"keep\":"
         "\"a b\"}'",
         PROGRAM "gives the name \"a b\" (keep): one has 1 to 64 letters, "
                 "digits, _, . and -"},
	{"say '{\"request\":\"secret\",\"text\":\"x\",\"keep\":\"login\"}'",
         PROGRAM "gives the name \"login\" (keep), which is that of what an "
                 "operation is about"},
	{"say '{\"request\":\"choose\",\"key\":\"k\",\"label\":\"L\"}'",
         PROGRAM "offers a choice without a list of items"},
	{"say '{\"request\":\"reveal\",\"value\":{\"secret\":\"x\"}}'",
         PROGRAM "speaks of \"x\", which it has not got"},
	{"say '{\"request\":\"reveal\",\"value\":{\"answer\":\"x\"}}'",
         PROGRAM "says no proper \"path\" in authenticate: it is a string"},
	{"say '{\"request\":\"reveal\",\"value\":{}}'",
         PROGRAM "gives an object for a value that names no secret, answer or "
                 "credential"},
	{"say '{\"request\":\"reveal\",\"value\":[]}'",
         PROGRAM "gives a value in authenticate that is neither a string nor "
                 "a number nor an object"},
	{"host '{\"request\":\"secret\",\"text\":\"x\",\"keep\":\"s\"}';"
         "say '{\"request\":\"read\",\"answer\":\"s\",\"show\":[]}'",
         PROGRAM "reads \"s\", which is no answer"},
	{"say '{\"request\":\"forget\",\"name\":\"s\"}'",
         PROGRAM "wants to forget \"s\", which is not its own"},
	{"say '{\"request\":\"log\",\"text\":\"x\",\"level\":\"loud\"}'",
         PROGRAM "logs with the level \"loud\"; there are debug, info and "
                 "warning"},
	{"say '{\"request\":\"wait\",\"ms\":-1}'",
         PROGRAM "waits for no sensible number of milliseconds (ms)"},
	{"say '{\"request\":\"random\",\"bytes\":1000000}'",
         PROGRAM "asks for other than 1 to 1024 random bytes"},
	{"say '{\"request\":\"http\"}'",
         PROGRAM "says no proper \"url\" in authenticate: it is a string"},
	{"say '{\"request\":\"http\",\"url\":\"https://x\",\"body\":\"xml\"}'",
         PROGRAM "sends a body of the kind \"xml\"; there are form, json and "
                 "graphql"},
	{"say '{\"request\":\"http\",\"url\":\"https://x\",\"bearer\":\"t\"}'",
         PROGRAM "gives a bearer that is no secret"},
	{"say '{\"request\":\"http\",\"url\":\"https://x\",\"fields\":[]}'",
         PROGRAM "gives fields in authenticate that are no object"},
	{"say '{\"request\":\"http_all\",\"requests\":[]}'",
         PROGRAM "makes other than 1 to 16 requests at once"},
	{"say '{\"request\":\"authorize\"}'",
         PROGRAM "names no server or no client in authorize"},
	{"say '{\"request\":\"list_add\",\"rows\":[]}'",
         PROGRAM "lists workspaces in authenticate"},
	{"say '{\"request\":\"store_put\"}'",
         PROGRAM "gives no login in authenticate: \"login\" is an object"},
	{"while say '{\"request\":\"now\"}'; do read -r x; done",
         PROGRAM "made more than 10000 requests during authenticate"},
	{"say '{\"result\":{}}'",
         PROGRAM "gives no login in authenticate: \"login\" is an object"},
	{"say '{\"result\":{\"token\":\"x\"}}'",
         PROGRAM "puts \"token\" into its result, where this astro does not "
                 "know it"},
	{"say '{\"result\":{\"login\":{\"from\":\"x\"}}}'",
         PROGRAM "makes a login from \"x\", which is no credential"},
	{"say '{\"result\":{\"login\":{\"fields\":{\"a\":true}}}}'",
         PROGRAM "gives a value in authenticate that is neither a string nor "
                 "a number nor an object"},
	{"say '{\"result\":{\"login\":{\"expires_in\":\"soon\"}}}'",
         PROGRAM "gives something for a number in authenticate that is none"},
	{"say '{\"failed\":\"tired\",\"message\":\"no\"}'",
         PROGRAM "failed with \"tired\", which is none of the words for it, "
                 "and: no"},
	{"say '{\"failed\":\"denied\"}'",
         PROGRAM "failed in authenticate without saying why"},
	{"exit 3", PROGRAM "ended during authenticate (exit 3)"},
	{"kill -KILL $$", PROGRAM "was ended by signal 9 (Killed) during "
                                  "authenticate"},
};

START_TEST(a_program_that_is_not_understood_is_not_asked_again)
{
	struct astro_error again = {.status = ASTRO_OK};
	struct astro_credential *other = NULL;
	char script[2000];
	int status;

	(void)snprintf(script, sizeof(script), "%s; sleep 600",
	               misuses[_i].script);
	expect_failed(script, ASTRO_BAD_PLUGIN, misuses[_i].message);
	/* One that has ended may have said why. */
	ck_assert_str_eq(err.hint,
	                 strstr(misuses[_i].message, "ended ") != NULL
	                         ? "see with --verbose what it writes to "
	                           "standard error, and tell the provider's "
	                           "author"
	                         : "report it to the provider's author");

	status = provider->authenticate(session, &other, &again);
	ck_assert_int_eq(status, ASTRO_BAD_PLUGIN);
	ck_assert_ptr_null(other);
	ck_assert_str_eq(again.message,
	                 PROGRAM "is not asked for authenticate any more");
}
END_TEST

START_TEST(keeps_no_more_than_it_has_room_for)
{
	assert_ok(authenticate(
		"i=0; while [ $i -lt 64 ]; do host '{\"request\":\"secret\","
		"\"text\":\"x\",\"keep\":\"s'$i'\"}'; i=$((i+1)); done\n"
		"host '{\"request\":\"secret\",\"text\":\"y\",\"keep\":\"s0\"}'\n"
		"keep '{\"request\":\"secret\",\"text\":\"x\",\"keep\":\"more\"}'"
		"\n" TOKEN));
	expect_answers("{\"ok\":false,\"failed\":\"bad_plugin\",\"message\":"
	               "\"more than 64 things are kept for the program\","
	               "\"hint\":\"forget what is not needed any more\"}\n");
}
END_TEST

START_TEST(misuse_of_the_host_is_the_hosts_own_error)
{
	expect_failed("host '{\"request\":\"browse\",\"url\":\"file:///x\"}'",
	              ASTRO_BAD_PLUGIN,
	              "the provider called browse() with arguments that make "
	              "no sense");
}
END_TEST

/* ---- the other operations ---- */

#define ALL                                                                    \
	"read -r line; say '{\"result\":{\"contract\":1,\"title\":\"Corp\","   \
	"\"operations\":[\"open\",\"close\",\"prompt\",\"authenticate\","      \
	"\"workspaces\",\"store\",\"refresh\",\"revoke\"]}}';"

static struct astro_credential *old_login(void)
{
	struct astro_credential *login;
	struct astro_secret *secret;

	assert_ok(credential_new(&login, &err));
	assert_ok(secret_new("canary-old", 10, &secret, &err));
	assert_ok(credential_set(login, "access_token", secret, &err));
	assert_ok(credential_set(login, "refresh_token", secret, &err));
	secret_free(secret);
	assert_ok(credential_set_text(login, "user_email", "jane", &err));
	credential_expires(login, 1700000000);
	return login;
}

START_TEST(each_operation_is_a_message)
{
	struct astro_listing listing = {.rows = NULL};
	struct astro_credential *login = old_login();
	char *asked;

	write_program("corp",
	              ALL
	              "while read -r line; do say \"$line\" >>$HERE/asked;"
	              "case $line in\n"
	              "*workspaces*) host '{\"request\":\"list_add\",\"rows\":"
	              "[{\"id\":\"w1\",\"name\":\"One\"},{\"id\":\"w2\"}]}';"
	              "say '{\"result\":{}}';;\n"
	              "*refresh\\\",*) say '{\"result\":{\"login\":{\"from\":"
	              "\"login\",\"fields\":{\"access_token\":\"fresh\"},"
	              "\"expires_at\":1800000000}}}';;\n"
	              "*store*) host '{\"request\":\"store_put\",\"login\":"
	              "{\"fields\":{\"access_token\":{\"credential\":\"login\","
	              "\"field\":\"access_token\"},\"kind\":\"x\"}}}';"
	              "say '{\"result\":{}}';;\n"
	              "*) say '{\"result\":{}}';;\n"
	              "esac; done",
	              0700);
	assert_ok(load("corp"));
	assert_ok(provider->open(&core.host, &core.settings, &session, &err));
	assert_ok(provider->prompt(session, &err));
	assert_ok(provider->workspaces(session, login, &listing, &err));
	assert_ok(provider->store(session, login, &err));
	assert_ok(provider->revoke(session, login, &err));
	assert_ok(provider->refresh(session, login, &credential, &err));
	provider->close(session);
	session = NULL;

	ck_assert_uint_eq(listing.count, 2);
	ck_assert_str_eq(listing.rows[0].name, "One");
	ck_assert_str_eq(listing.rows[1].name, "w2");
	ck_assert_str_eq(
		secret_bytes(credential_get(core.kept, "access_token"), NULL),
		"canary-old");
	ck_assert_str_eq(credential_text(core.kept, "kind"), "x");
	expect_secret("access_token", "fresh");
	expect_secret("refresh_token", "canary-old");
	ck_assert_int_eq(credential_expiry(credential), 1800000000);
	asked = kit_read("asked", NULL);
#define LOGIN                                                                  \
	"\"login\":{\"texts\":{\"user_email\":\"jane\"},\"secrets\":"          \
	"[\"access_token\",\"refresh_token\"],\"expires_at\":1700000000}}\n"
	ck_assert_str_eq(asked,
	                 "{\"operation\":\"open\",\"domain\":\"corp.test\"}\n"
	                 "{\"operation\":\"prompt\"}\n"
	                 "{\"operation\":\"workspaces\"," LOGIN
	                 "{\"operation\":\"store\"," LOGIN
	                 "{\"operation\":\"revoke\"," LOGIN
	                 "{\"operation\":\"refresh\"," LOGIN
	                 "{\"operation\":\"close\"}\n");
	free(asked);
	listing_clear(&listing);
	credential_free(login);
}
END_TEST

START_TEST(each_session_is_a_run_of_its_own)
{
	char *runs;

	write_program("corp",
	              "echo run >>$HERE/runs; read -r line; say '" DESCRIBE
	              "'; read -r line; " TOKEN,
	              0700);
	assert_ok(load("corp"));
	assert_ok(provider->open(&core.host, &core.settings, &session, &err));
	assert_ok(provider->authenticate(session, &credential, &err));
	provider->close(session);
	credential_free(credential);
	assert_ok(provider->open(&core.host, &core.settings, &session, &err));
	assert_ok(provider->authenticate(session, &credential, &err));

	runs = kit_read("runs", NULL);
	ck_assert_str_eq(runs, "run\nrun\n");
	free(runs);
}
END_TEST

START_TEST(the_login_of_an_operation_is_lent_for_it_alone)
{
	struct astro_credential *login = old_login();

	write_program("corp",
	              ALL "while read -r line; do case $line in\n"
	                  "*authenticate*) say '{\"request\":\"reveal\","
	                  "\"value\":{\"credential\":\"login\",\"field\":"
	                  "\"access_token\"}}'; read -r line; " TOKEN ";;\n"
	                  "*) say '{\"result\":{}}';;\nesac; done",
	              0700);
	assert_ok(load("corp"));
	assert_ok(provider->open(&core.host, &core.settings, &session, &err));
	assert_ok(provider->revoke(session, login, &err));

	ck_assert_int_eq(provider->authenticate(session, &credential, &err),
	                 ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message,
	                 PROGRAM "speaks of \"login\", which it has not got");
	credential_free(login);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("exec");
	SRunner *runner = srunner_create(suite);
	TCase *tcase = tcase_create("exec");
	int failed;

	tcase_add_checked_fixture(tcase, setup, teardown);
	tcase_set_timeout(tcase, 60);
	tcase_add_test(tcase,
	               a_program_is_a_provider_where_there_is_no_library);
	tcase_add_test(tcase, without_a_title_it_goes_by_its_name);
	tcase_add_test(tcase,
	               a_program_claims_no_domain_and_is_not_run_to_find_out);
	tcase_add_test(tcase, names_both_files_where_there_is_neither);
	tcase_add_loop_test(tcase, a_description_that_makes_no_sense_is_refused,
	                    0, sizeof(descriptions) / sizeof(descriptions[0]));
	tcase_add_test(tcase, the_rules_of_trust_are_those_of_libraries);
	tcase_add_test(tcase, a_link_a_folder_and_a_pipe_are_no_programs);
	tcase_add_test(tcase,
	               a_folder_that_others_may_write_to_has_no_programs);
	tcase_add_test(tcase,
	               what_the_administrator_allows_counts_for_programs_too);
	tcase_add_test(tcase, a_login_goes_through_with_what_is_kept_unseen);
	tcase_add_test(tcase, the_host_answers_what_it_is_asked);
	tcase_add_test(tcase, a_relative_expiry_is_counted_from_now);
	tcase_add_test(tcase, a_token_that_says_when_it_ends_is_believed);
	tcase_add_test(tcase, a_failure_is_the_programs_own_words);
	tcase_add_test(tcase, a_program_that_ends_after_a_failure_passes_it_on);
	tcase_add_test(tcase, a_failure_without_words_passes_the_last_one_on);
	tcase_add_test(tcase, a_program_may_go_on_after_a_failure);
	tcase_add_test(tcase, an_interrupt_ends_it);
	tcase_add_loop_test(tcase,
	                    a_program_that_is_not_understood_is_not_asked_again,
	                    0, sizeof(misuses) / sizeof(misuses[0]));
	tcase_add_test(tcase, keeps_no_more_than_it_has_room_for);
	tcase_add_test(tcase, misuse_of_the_host_is_the_hosts_own_error);
	tcase_add_test(tcase, each_operation_is_a_message);
	tcase_add_test(tcase, each_session_is_a_run_of_its_own);
	tcase_add_test(tcase, the_login_of_an_operation_is_lent_for_it_alone);
	suite_add_tcase(suite, tcase);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
