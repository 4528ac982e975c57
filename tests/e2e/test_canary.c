/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canaries: fresh secrets go through every command, with and without the
 * trace.  Then every byte of output, every file but the store, and the
 * arguments and environment of every program that was started are searched for
 * them (adversaries.md, INV-2).
 */
#include "e2e.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SOLO "solo@example.com"

enum { CANARIES_MAX = 16, CANARY_MIN = 8 };

static char *canaries[CANARIES_MAX];
static size_t canary_count;

/* Where strace writes: outside the home, which is searched. */
static char trace_folder[64];
static char trace_file[96];
/* A browser that tells how it was started, and what it tells. */
static char browser_file[96], told_file[96];

/* Takes SECRET over. */
static void canary_add(char *secret)
{
	ck_assert_uint_lt(canary_count, CANARIES_MAX);
	ck_assert_uint_ge(strlen(secret), CANARY_MIN);
	canaries[canary_count++] = secret;
}

static void begin(void)
{
	(void)snprintf(trace_folder, sizeof(trace_folder),
	               "/tmp/astro-trace-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(trace_folder));
	(void)snprintf(trace_file, sizeof(trace_file), "%s/trace",
	               trace_folder);
	(void)snprintf(browser_file, sizeof(browser_file), "%s/browser",
	               trace_folder);
	(void)snprintf(told_file, sizeof(told_file), "%s/told", trace_folder);
	canary_count = 0;
	/* A sanitized program cannot look for leaks while it is traced. */
	env_set("ASAN_OPTIONS", "detect_leaks=0");
}

static void end(void)
{
	while (canary_count > 0)
		free(canaries[--canary_count]);
	(void)unlink(trace_file);
	(void)unlink(browser_file);
	(void)unlink(told_file);
	ck_assert_int_eq(rmdir(trace_folder), 0);
}

static void text_has_none(const char *what, const char *text)
{
	size_t i;

	for (i = 0; i < canary_count; i++)
		ck_assert_msg(strstr(text, canaries[i]) == NULL,
		              "%s shows \"%s\":\n%s", what, canaries[i], text);
}

/* Nothing of the home but config.yaml. */
static void files_have_none(void)
{
	size_t i;

	for (i = 0; i < canary_count; i++) {
		const char *words[] = {"grep",        "-rlF", "--exclude",
		                       "config.yaml", "-e",   canaries[i],
		                       home_folder,   NULL};
		const struct pty_options options = {.argv = words,
		                                    .no_terminal = true,
		                                    .pipe_stdout = true,
		                                    .pipe_stderr = true};
		struct pty_result result = pty_run(&options);

		ck_assert_msg(result.status == 1, "\"%s\" is in %s",
		              canaries[i], result.out);
		pty_result_clear(&result);
	}
}

/* A file of texts, whole; the caller frees. */
static char *file_read(const char *name)
{
	FILE *in = fopen(name, "r");
	char *text = NULL;
	size_t size = 0;

	ck_assert_msg(in != NULL, "there is no %s", name);
	ck_assert_int_gt(getdelim(&text, &size, '\0', in), 0);
	(void)fclose(in);
	return text;
}

/* The visitor SOLO, after a look at what the kernel knows of the browser: an
 * ordinary user's strace may not look into a program that hides. */
static void use_telling_browser(void)
{
	FILE *out = fopen(browser_file, "w");

	ck_assert_ptr_nonnull(out);
	ck_assert_int_gt(
		fprintf(out,
	                "#!/bin/sh\n"
	                "tr '\\0' '\\n' </proc/$$/environ >%s\n"
	                "tr '\\0' '\\n' </proc/$$/cmdline >>%s\n"
	                "exec %s/astro-sandbox visit --user %s \"$@\"\n",
	                told_file, told_file, ASTRO_BIN, SOLO),
		0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(browser_file, 0700), 0);
	env_set("BROWSER", browser_file);
}

static void browser_has_none(void)
{
	char *told = file_read(told_file);

	text_expect(told, "ASTRO_HOME=");
	text_expect(told, "/authorize?");
	text_refuse(told, "ASTRO_API_TOKEN");
	text_refuse(told, "ASTRONOMER_KEY_SECRET");
	text_has_none("a browser", told);
	free(told);
}

/* What astro started, which is all but its own start.  How many these were. */
static size_t children_have_none(void)
{
	char *text = file_read(trace_file), *line, *rest = text;
	size_t started = 0;
	bool is_first = true;

	while ((line = strsep(&rest, "\n")) != NULL) {
		if (strstr(line, "execve(") == NULL)
			continue;
		if (!is_first) {
			text_has_none("a started program", line);
			text_refuse(line, "ASTRO_API_TOKEN");
			started++;
		}
		is_first = false;
	}
	ck_assert(!is_first);
	free(text);
	return started;
}

/* The value of NAME in a form's body; the caller frees. */
static char *form_value(const char *body, const char *name)
{
	char start[40], *found;

	(void)snprintf(start, sizeof(start), "%s=", name);
	found = strstr(body, start);
	ck_assert_msg(found != NULL, "no %s in %s", name, body);
	found += strlen(start);
	return strndup(found, strcspn(found, "&"));
}

static void add_stored(const char *key)
{
	char *value = home_value(key);
	size_t skip = strncmp(value, "Bearer ", 7) == 0 ? 7 : 0;

	canary_add(strdup(value + skip));
	/* Half a token is a secret as well. */
	canary_add(strndup(value + skip, strlen(value + skip) / 2));
	free(value);
}

/* RESULT must be good, and show none, but for its standard output where that
 * IS_THE_TOKEN. */
static void check_result(struct pty_result *result, bool is_the_token)
{
	ck_assert_msg(result->status == 0, "ended with %d\n%s%s",
	              result->status, result->out, result->err);
	text_has_none("standard error", result->err);
	if (!is_the_token)
		text_has_none("standard output", result->out);
	files_have_none();
	pty_result_clear(result);
}

/* Without the trace, and with it. */
enum { LEVELS = 2 };

/* The flag of a level, or what ends a list of arguments. */
static const char *flag_of(int level)
{
	return level == 1 ? "-v" : NULL;
}

static void expect_trace_of(const struct pty_result *result, int level,
                            const char *part)
{
	if (level == 1)
		text_expect(result->err, part);
}

/* The commands that use a login that is stored. */
static void use_stored(int level, const char *workspace)
{
	const char *v = flag_of(level);
	struct pty_result result;

	result = astro_traced(trace_file, NULL, "auth", "token", v, NULL);
	text_has_none("standard error", result.err);
	check_result(&result, true);
	ck_assert_uint_eq(children_have_none(), 0);

	result = astro_traced(trace_file, NULL, "auth", "status", v, NULL);
	check_result(&result, false);
	ck_assert_uint_eq(children_have_none(), 0);

	result = astro_traced(trace_file, NULL, "context", "show", v, NULL);
	check_result(&result, false);

	result = astro_traced(trace_file, NULL, "workspace", "list", v, NULL);
	text_expect(result.out, workspace);
	expect_trace_of(&result, level, "workspaces: ok");
	check_result(&result, false);
	ck_assert_uint_eq(children_have_none(), 0);

	result = astro_traced(trace_file, NULL, "workspace", "switch",
	                      workspace, v, NULL);
	check_result(&result, false);
	ck_assert_uint_eq(children_have_none(), 0);

	/* Its own environment is what it is for; arguments are not. */
	if (v != NULL)
		result =
			astro_traced(trace_file, NULL, "exec", v, "true", NULL);
	else
		result = astro_traced(trace_file, NULL, "exec", "true", NULL);
	check_result(&result, false);
}

/* A token that has ended is renewed: old and new are secrets. */
static void renew(int level)
{
	struct pty_result result;
	char *old = home_value("token"), *new;
	const char *body;
	json_t *log;

	home_expire();
	sandbox_forget();
	result = astro_traced(trace_file, NULL, "auth", "token", flag_of(level),
	                      NULL);
	new = home_value("token");
	ck_assert_str_ne(old, new);
	log = sandbox_log();
	body = json_string_value(
		json_object_get(log_find(log, "/oauth/token"), "body"));
	text_expect(body, "grant_type=refresh_token");
	json_decref(log);
	add_stored("token");
	add_stored("refreshtoken");
	expect_trace_of(&result, level, "refresh: ok");
	check_result(&result, true);
	ck_assert_uint_eq(children_have_none(), 0);
	free(old);
	free(new);
}

static void log_out(int level)
{
	const char *v = flag_of(level);
	struct pty_result result =
		astro_traced(trace_file, NULL, "logout", v, NULL);
	char *file;

	check_result(&result, false);
	ck_assert_uint_eq(children_have_none(), 0);
	/* And now not even the store. */
	file = home_read();
	text_has_none("the file", file);
	free(file);
}

START_TEST(a_login_in_the_browser)
{
	struct pty_result result;
	const char *body;
	json_t *log;

	canary_add(strdup("canary-of-the-environment"));
	canary_add(strdup("canary-of-the-retired-key"));
	env_set("ASTRO_API_TOKEN", canaries[0]);
	env_set("ASTRONOMER_KEY_SECRET", canaries[1]);
	use_telling_browser();
	result = astro_traced(trace_file, NULL, "login", "localhost",
	                      flag_of(_i), NULL);
	log = sandbox_log();
	body = json_string_value(
		json_object_get(log_find(log, "/oauth/token"), "body"));
	canary_add(form_value(body, "code"));
	canary_add(form_value(body, "code_verifier"));
	json_decref(log);
	canary_add(strdup("sandbox-solo"));
	add_stored("token");
	add_stored("refreshtoken");
	expect_trace_of(&result, _i, "authenticate: ok");
	check_result(&result, false);
	browser_has_none();
	/* The browser, at least. */
	ck_assert_uint_ge(children_have_none(), 1);

	env_set("ASTRO_API_TOKEN", NULL);
	env_set("ASTRONOMER_KEY_SECRET", NULL);
	use_stored(_i, "clwsstage");
	renew(_i);
	log_out(_i);
}
END_TEST

START_TEST(a_login_with_a_token)
{
	char *token = sandbox_token("{'user': '" SOLO "'}", "access_token");
	struct pty_result result;
	char *input;

	canary_add(token);
	ck_assert_int_gt(asprintf(&input, "%s\n", token), 0);
	result = astro_traced(trace_file, input, "login", "localhost", "-t",
	                      "-", flag_of(_i), NULL);
	add_stored("token");
	expect_trace_of(&result, _i, "authenticate: ok");
	check_result(&result, false);
	ck_assert_uint_eq(children_have_none(), 0);
	use_stored(_i, "clwsstage");
	log_out(_i);

	/* The logout has taken the first one back. */
	token = sandbox_token("{'user': '" SOLO "'}", "access_token");
	canary_add(token);
	result = astro_traced(trace_file, NULL, "login", "localhost", "-t",
	                      token, flag_of(_i), NULL);
	check_result(&result, false);
	ck_assert_uint_eq(children_have_none(), 0);
	log_out(_i);
	free(input);
}
END_TEST

START_TEST(a_login_with_a_password)
{
	struct pty_result result;

	canary_add(strdup("sandbox-solo"));
	result = astro_traced(trace_file, "sandbox-solo\n", "login", "houston",
	                      "-u", "solo", "--password-stdin", flag_of(_i),
	                      NULL);
	add_stored("token");
	expect_trace_of(&result, _i, "authenticate: ok");
	check_result(&result, false);
	ck_assert_uint_eq(children_have_none(), 0);
	use_stored(_i, "ckwssolo");
	log_out(_i);
}
END_TEST

START_TEST(a_token_of_the_environment)
{
	char *token = sandbox_token(
		"{'user': '" SOLO "', 'claims': {'apiTokenId': 'x',"
		" 'permissions': ['organizationId:clorgsolo']}}",
		"access_token");
	char *file;

	canary_add(token);
	home_write("context: localhost\n"
	           "contexts:\n"
	           "  localhost:\n"
	           "    domain: localhost\n"
	           "local:\n"
	           "  core: http://localhost:@\n");
	env_set("ASTRO_API_TOKEN", token);
	use_stored(_i, "clwsstage");
	file = home_read();
	text_has_none("the file", file);
	free(file);
}
END_TEST

/* ---- what the kernel shows of the program ---- */

/* NAME of PID, with blanks for NULs; "" where that is kept from us. */
static char *proc_read(int pid, const char *name)
{
	char path[64], *text = calloc(1, 65536);
	size_t len, i;
	FILE *in;

	(void)snprintf(path, sizeof(path), "/proc/%d/%s", pid, name);
	in = fopen(path, "r");
	if (in == NULL) {
		ck_assert_msg(errno == EACCES, "%s: %s", path, strerror(errno));
		return text;
	}
	len = fread(text, 1, 65535, in);
	(void)fclose(in);
	for (i = 0; i < len; i++) {
		if (text[i] == '\0')
			text[i] = ' ';
	}
	return text;
}

static void process_has_none(int pid)
{
	char *text = proc_read(pid, "environ");

	text_has_none("an environment", text);
	free(text);
	text = proc_read(pid, "cmdline");
	text_has_none("an argument list", text);
	free(text);
	text = proc_read(pid, "limits");
	text_expect(text, "Max core file size        0                    0");
	free(text);
}

START_TEST(a_waiting_login_has_no_secret_in_its_environment)
{
	struct pty *pty;
	char path[64], *children;

	canary_add(strdup("canary-of-the-environment"));
	canary_add(strdup("canary-of-the-retired-key"));
	env_set("ASTRO_API_TOKEN", canaries[0]);
	env_set("ASTRONOMER_KEY_SECRET", canaries[1]);
	pty = astro_start("login", "houston", NULL);
	pty_expect(pty, "Username");

	process_has_none(pty_pid(pty));
	(void)snprintf(path, sizeof(path), "task/%d/children",
	               (int)pty_pid(pty));
	children = proc_read(pty_pid(pty), path);
	ck_assert_int_gt(strtol(children, NULL, 10), 0);
	process_has_none((int)strtol(children, NULL, 10));
	free(children);

	pty_send(pty, PTY_END);
	ck_assert_int_eq(pty_finish(pty), 4);
	text_has_none("the screen", pty_screen(pty));
	pty_free(pty);
}
END_TEST

/* A sanitized build stays dumpable: its leak checker looks into itself. */
#ifndef ASTRO_KEEP_DUMPABLE
START_TEST(no_core_is_dumped_from_before_a_secret_is_read)
{
	struct pty_result result;
	char *text, *dumpable, *limit, *file;

	home_write("context: houston\n"
	           "contexts:\n  houston:\n    token: some.token.x\n");
	result = astro_traced(trace_file, NULL, "auth", "token", NULL);
	ck_assert_str_eq(result.out, "some.token.x\n");
	pty_result_clear(&result);

	text = file_read(trace_file);
	dumpable =
		strstr(text, "prctl(PR_SET_DUMPABLE, SUID_DUMP_DISABLE) = 0");
	limit = strstr(text,
	               "RLIMIT_CORE, {rlim_cur=0, rlim_max=0}, NULL) = 0");
	/* Who traces it without rights sees no names from here on. */
	file = strstr(text, "O_NOFOLLOW");
	ck_assert_msg(dumpable != NULL && limit != NULL && file != NULL, "%s",
	              text);
	ck_assert(dumpable < file);
	ck_assert(limit < file);
	free(text);
}
END_TEST
#endif

int main(void)
{
	Suite *suite = suite_create("canary");
	TCase *commands = e2e_case(suite, "commands");
	TCase *kernel = e2e_case(suite, "what the kernel shows");

	tcase_set_timeout(commands, 120);
	tcase_add_checked_fixture(commands, begin, end);
	tcase_add_loop_test(commands, a_login_in_the_browser, 0, LEVELS);
	tcase_add_loop_test(commands, a_login_with_a_token, 0, LEVELS);
	tcase_add_loop_test(commands, a_login_with_a_password, 0, LEVELS);
	tcase_add_loop_test(commands, a_token_of_the_environment, 0, LEVELS);

	tcase_add_checked_fixture(kernel, begin, end);
	tcase_add_test(kernel,
	               a_waiting_login_has_no_secret_in_its_environment);
#ifndef ASTRO_KEEP_DUMPABLE
	tcase_add_test(kernel, no_core_is_dumped_from_before_a_secret_is_read);
#endif
	return e2e_main(suite);
}
