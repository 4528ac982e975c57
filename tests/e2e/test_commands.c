/* SPDX-License-Identifier: Apache-2.0 */
/* The commands around a login, and the Go CLI's own file under them. */
#include "e2e.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "go_file.h"

/* The Go CLI's file with INDENT blanks a level; the caller frees. */
static char *go_file_indented(size_t indent)
{
	const char *in = go_file;
	char *text;
	size_t len, depth, i;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	while (*in != '\0') {
		depth = strspn(in, " ") / 4;
		in += strspn(in, " ");
		for (i = 0; i < depth * indent; i++)
			(void)fputc(' ', out);
		len = strcspn(in, "\n") + 1;
		(void)fwrite(in, 1, len, out);
		in += len;
	}
	(void)fclose(out);
	return text;
}

/* TEXT with the first FROM replaced by TO; frees TEXT. */
static char *replaced(char *text, const char *from, const char *to)
{
	char *at = strstr(text, from), *result;

	ck_assert_msg(at != NULL, "no \"%s\" in\n%s", from, text);
	ck_assert_int_ge(asprintf(&result, "%.*s%s%s", (int)(at - text), text,
	                          to, at + strlen(from)),
	                 0);
	free(text);
	return result;
}

static void file_must_be(const char *wanted)
{
	char *text = home_read();

	ck_assert_str_eq(text, wanted);
	free(text);
}

/* Both indentations of section 7.2. */
static const size_t indents[] = {4, 2};
enum { INDENTS = 2 };

/* The file with a login that is still good. */
static char *go_home(size_t indent)
{
	char *text = go_file_indented(indent);

	text = replaced(text, "2026-11-25T16:16:57.044824155Z",
	                "2096-11-25T16:16:57.044824155-05:00");
	home_write(text);
	return text;
}

/* F2, F3 without its colours, F7, X4, D34 */
START_TEST(lists_the_contexts_of_the_go_cli)
{
	char *text = go_home(indents[_i]);
	struct pty_result result = astro_ends(0, NULL, "context", "list", NULL);

	ck_assert_str_eq(result.out, "  NAME\n"
	                             "  astronomer.io\n"
	                             "* mycompany.example.com\n");
	pty_result_clear(&result);
	file_must_be(text);
	free(text);
}
END_TEST

/* M5, M6: the stored token, without "Bearer ". */
START_TEST(prints_the_tokens_of_the_go_cli)
{
	char *text = go_home(indents[_i]);
	struct pty_result result = astro_ends(0, NULL, "auth", "token", NULL);

	ck_assert_str_eq(result.out, "ey.software.jwt\n");
	ck_assert_str_eq(result.err, "");
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "auth", "token", "-d", "astronomer.io",
	                    NULL);
	ck_assert_str_eq(result.out, "AAA.BBB.CCC\n");
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "auth", "token", "-d",
	                    "https://cloud.astronomer.io/", NULL);
	ck_assert_str_eq(result.out, "AAA.BBB.CCC\n");
	pty_result_clear(&result);
	file_must_be(text);
	free(text);
}
END_TEST

START_TEST(says_that_a_login_of_the_go_cli_has_ended)
{
	struct pty_result result;
	char *text = replaced(go_file_indented(indents[_i]), "2026-11-25",
	                      "2020-11-25");

	/* Without it the login cannot be renewed. */
	text = replaced(text, "refreshtoken: v1.refresh", "refreshtoken: \"\"");
	home_write(text);
	result = astro_ends(4, NULL, "auth", "token", "-d", "astronomer.io",
	                    NULL);
	ck_assert_str_eq(result.out, "");
	text_expect(result.err, "astro login astronomer.io");
	pty_result_clear(&result);
	file_must_be(text);
	free(text);
}
END_TEST

/* F4: ASTRO_DOMAIN */
START_TEST(uses_the_context_of_the_environment)
{
	char *text = go_home(4);
	struct pty_result result;

	env_set("ASTRO_DOMAIN", "astronomer.io");
	result = astro_ends(0, NULL, "auth", "token", NULL);
	ck_assert_str_eq(result.out, "AAA.BBB.CCC\n");
	pty_result_clear(&result);
	file_must_be(text);
	free(text);
}
END_TEST

START_TEST(changes_nothing_but_the_current_context)
{
	char *text = go_home(indents[_i]);
	struct pty_result result = astro_ends(0, NULL, "context", "switch",
	                                      "cloud.astronomer.io", NULL);

	pty_result_clear(&result);
	text = replaced(text, "context: mycompany.example.com",
	                "context: astronomer.io");
	file_must_be(text);
	free(text);
}
END_TEST

/* C35, C36, D19, D20: what was logged out of is erased, nothing else. */
START_TEST(logs_out_of_one_context_alone)
{
	char *text = go_home(indents[_i]), *after;
	struct pty_result result;

	env_set("HTTPS_PROXY", "http://127.0.0.1:1");
	result = astro_ends(3, NULL, "logout", "astronomer.io", NULL);
	pty_result_clear(&result);
	after = home_read();
	text_refuse(after, "AAA.BBB.CCC");
	text_refuse(after, "v1.refresh");
	text_refuse(after, "jane@example.com");
	text_refuse(after, "expiresin");
	text_expect(after, "context: mycompany.example.com");
	text_expect(after, "ey.software.jwt");
	text_expect(after, "organization: clorg");
	free(after);
	free(text);
}
END_TEST

START_TEST(logs_out_of_the_current_context)
{
	char *text = go_home(4), *after;
	struct pty_result result = astro_ends(0, NULL, "logout", NULL);

	pty_result_clear(&result);
	after = home_read();
	text_refuse(after, "ey.software.jwt");
	text_expect(after, "AAA.BBB.CCC");
	text_refuse(after, "context: mycompany");
	free(after);
	free(text);
	result = astro_ends(4, NULL, "auth", "token", NULL);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}
END_TEST

/* F1, F5, A13, X3, M4: unknown names are no success (D35). */
static const struct {
	const char *words[4];
	int code;
} unknown[] = {
	{{"logout", "nobody.example.com"}, 1},
	{{"context", "delete", "nobody.example.com"}, 1},
	{{"context", "delete", "nobody.example.com", "-f"}, 1},
	{{"auth", "token", "-d", "nobody.example.com"}, 1},
};

START_TEST(refuses_an_unknown_context)
{
	char *text = go_home(4);
	struct pty_result result =
		astro_ends(unknown[_i].code, NULL, unknown[_i].words[0],
	                   unknown[_i].words[1], unknown[_i].words[2],
	                   unknown[_i].words[3], NULL);

	text_expect(result.err, "nobody.example.com");
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
	file_must_be(text);
	free(text);
}
END_TEST

START_TEST(asks_before_the_current_context_is_deleted)
{
	char *text = go_home(4);
	struct pty *pty =
		astro_start("context", "delete", "mycompany.example.com", NULL);

	pty_expect(pty, "(y/n)");
	pty_send(pty, "n\n");
	astro_finish(pty, 4);
	file_must_be(text);
	pty = astro_start("c", "de", "mycompany.example.com", NULL);
	pty_expect(pty, "(y/n)");
	pty_send(pty, "y\n");
	astro_finish(pty, 0);
	free(text);
	text = home_read();
	text_refuse(text, "mycompany");
	text_expect(text, "AAA.BBB.CCC");
	free(text);
}
END_TEST

/* X3: another one than the current is not asked about. */
START_TEST(deletes_another_context_without_asking)
{
	char *text = go_home(indents[_i]), *after;
	struct pty_result result =
		astro_ends(0, NULL, "context", "delete", "astronomer.io", NULL);

	pty_result_clear(&result);
	after = home_read();
	text_refuse(after, "AAA.BBB.CCC");
	text_expect(after, "context: mycompany.example.com");
	text_expect(after, "cosmos_boost:");
	free(after);
	free(text);
}
END_TEST

/* X5, A14: made on the way, without a login. */
START_TEST(makes_a_context_when_switching_to_an_unknown_one)
{
	struct pty_result result =
		astro_ends(0, NULL, "context", "switch", "test.com", NULL);

	pty_result_clear(&result);
	home_expect("# kept by hand\n"
	            "context: test.com\n"
	            "contexts:\n"
	            "  test_com:\n"
	            "    domain: test.com\n"
	            "local:\n"
	            "  core: http://localhost:@\n"
	            "  houston: http://localhost:@/v1\n"
	            "upgrade_message: \"false\"\n");
}
END_TEST

/* The first file of all: sorted, by 4, 0600 in a folder 0700. */
START_TEST(makes_the_file_where_there_is_none)
{
	struct pty_result result;
	char folder[PATH_SIZE];
	struct stat info;

	ck_assert_int_eq(unlink(home_file), 0);
	(void)snprintf(folder, sizeof(folder), "%.4000s/.astro", home_folder);
	ck_assert_int_eq(rmdir(folder), 0);
	result = astro_ends(0, NULL, "context", "switch", "test.com", NULL);
	pty_result_clear(&result);
	file_must_be("context: test.com\n"
	             "contexts:\n"
	             "    test_com:\n"
	             "        domain: test.com\n");
	ck_assert_uint_eq(home_mode(), 0600);
	ck_assert_int_eq(stat(folder, &info), 0);
	ck_assert_uint_eq(info.st_mode & 07777, 0700);
}
END_TEST

/* A second login of the Go CLI's: its file keeps all the rest. */
START_TEST(logs_in_under_the_file_of_the_go_cli)
{
	char *text = go_file_indented(indents[_i]), *after, *token, *line;
	struct pty_result result;

	text = replaced(text, "core: http://localhost:8888",
	                "houston: http://localhost:@/v1");
	text = replaced(text, "mycompany.example.com", "houston");
	text = replaced(text, "mycompany_example_com", "houston");
	text = replaced(text, "last_used_workspace: ckws",
	                "last_used_workspace: ckwsone");
	home_write(text);
	free(text);
	text = home_read();
	result = astro_ends(0, "sandbox-jane\n", "login", "-u", "jane",
	                    "--password-stdin", NULL);
	pty_result_clear(&result);
	after = home_read();
	line = strstr(after, "    houston:\n");
	if (line == NULL)
		line = strstr(after, "  houston:\n");
	ck_assert_ptr_nonnull(line);
	line = strstr(line, "token: ");
	token = strndup(line, strcspn(line, "\n"));
	text = replaced(text, "token: ey.software.jwt", token);
	text = replaced(text, "workspace: ckws\n", "workspace: ckwsone\n");
	/* The Go CLI leaves the domain out (7.4); whether it is added is the
	 * only liberty. */
	line = strstr(after, "domain: houston\n");
	if (line != NULL) {
		char *start = line;

		while (start > after && start[-1] == ' ')
			start--;
		memmove(start, line + strlen("domain: houston\n"),
		        strlen(line + strlen("domain: houston\n")) + 1);
	}
	ck_assert_str_eq(after, text);
	free(token);
	free(after);
	free(text);
}
END_TEST

/* Whatever the server said to the login, workspaces can be asked for later. */
START_TEST(lists_and_switches_workspaces)
{
	struct pty_result result;
	struct pty *pty;
	char *workspace;

	result = astro_ends(0, "sandbox-jane\n", "login", "houston", "-u",
	                    "jane", "--password-stdin", "--workspace",
	                    "ckwsone", NULL);
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "workspace", "list", NULL);
	text_expect(result.out, "Workspace One");
	text_expect(result.out, "ckwstwo");
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "wo", "sw", "Workspace Two", NULL);
	pty_result_clear(&result);
	workspace = home_value("workspace");
	ck_assert_str_eq(workspace, "ckwstwo");
	free(workspace);
	pty = astro_start("workspace", "switch", NULL);
	pty_expect(pty, "Workspace One");
	pty_expect(pty, "> ");
	pty_send(pty, "1\n");
	astro_finish(pty, 0);
	workspace = home_value("workspace");
	ck_assert_str_eq(workspace, "ckwsone");
	free(workspace);
	result = astro_ends(1, NULL, "workspace", "switch", "nowhere", NULL);
	text_expect(result.err, "nowhere");
	pty_result_clear(&result);
}
END_TEST

/* F6, D34 */
START_TEST(lists_contexts_without_a_current_one)
{
	struct pty_result result;

	home_write("contexts:\n  a_example_com:\n    token: x\n");
	result = astro_ends(0, NULL, "context", "list", NULL);
	text_expect(result.out, "NAME");
	text_expect(result.out, "a.example.com");
	pty_result_clear(&result);
	result = astro_ends(4, NULL, "auth", "token", NULL);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}
END_TEST

START_TEST(shows_the_status_of_every_login)
{
	char *text = go_home(4);
	struct pty_result result = astro_ends(0, NULL, "auth", "status", NULL);
	json_t *document, *contexts;

	text_expect(result.out, "astronomer.io");
	text_expect(result.out, "jane@example.com");
	text_refuse(result.out, "AAA.BBB.CCC");
	pty_result_clear(&result);
	result = astro_ends(0, NULL, "auth", "status", "--json", NULL);
	document = json_loads(result.out, 0, NULL);
	ck_assert_ptr_nonnull(document);
	contexts = json_object_get(document, "contexts");
	ck_assert_uint_eq(json_array_size(contexts), 2);
	json_decref(document);
	pty_result_clear(&result);
	home_write("context: a.example.com\n"
	           "contexts:\n  a_example_com:\n    workspace: x\n");
	result = astro_ends(4, NULL, "auth", "status", NULL);
	pty_result_clear(&result);
	sandbox_expect("");
	free(text);
}
END_TEST

/* S3, D16, D17: used, never written, nothing else on standard output. */
START_TEST(prints_the_token_of_the_environment)
{
	char *text = go_home(4);
	struct pty_result result;

	env_set("ASTRO_API_TOKEN", "env.token.x");
	result = astro_ends(0, NULL, "auth", "token", NULL);
	ck_assert_str_eq(result.out, "env.token.x\n");
	pty_result_clear(&result);
	file_must_be(text);
	free(text);
}
END_TEST

/* S4, as far as it is offline: the token's own end counts, unverified. */
START_TEST(judges_a_token_from_the_environment_by_its_own_end)
{
	struct pty_result result;

	/* {"exp":1000000000} and {"exp":2000000000} */
	env_set("ASTRO_API_TOKEN", "e30.eyJleHAiOjEwMDAwMDAwMDB9.x");
	result = astro_ends(4, NULL, "auth", "token", NULL);
	ck_assert_str_eq(result.out, "");
	text_expect(result.err, "the token in ASTRO_API_TOKEN has ended");
	pty_result_clear(&result);
	result = astro_ends(4, NULL, "auth", "status", NULL);
	text_expect(result.out, "environment");
	pty_result_clear(&result);

	env_set("ASTRO_API_TOKEN", "e30.eyJleHAiOjIwMDAwMDAwMDB9.x");
	result = astro_ends(0, NULL, "auth", "token", "--min-valid", "600",
	                    NULL);
	ck_assert_str_eq(result.out, "e30.eyJleHAiOjIwMDAwMDAwMDB9.x\n");
	pty_result_clear(&result);
	result = astro_ends(3, NULL, "auth", "token", "--min-valid",
	                    "300000000", NULL);
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}
END_TEST

/* M1, M7 */
static const struct {
	const char *words[3];
	const char *says;
} helps[] = {
	{{"login", "--help"}, "Authenticate to Astro or APC"},
	{{"login", "--help"}, "astro login [BASEDOMAIN or ISSUER] ["},
	{{"workspace", "switch", "--help"}, "switch [ID or NAME] ["},
	{{"auth", "login", "--help"}, "Authenticate to Astro or APC"},
	{{"auth", "--help"}, "token"},
	{{"auth", "logout", "--help"}, "Log out of Astro"},
	{{"auth", "token", "--help"}, "Print the current authentication token"},
	{{"auth", "token", "--help"}, "--domain"},
	{{"help", "login"}, "--token-login"},
	{{"--help"}, "context"},
	{{"version"}, "astro 0.1.0"},
	{{"--version"}, "astro 0.1.0"},
};

START_TEST(explains_itself)
{
	struct pty_result result =
		astro_ends(0, NULL, helps[_i].words[0], helps[_i].words[1],
	                   helps[_i].words[2], NULL);

	text_expect(result.out, helps[_i].says);
	ck_assert_str_eq(result.err, "");
	pty_result_clear(&result);
}
END_TEST

enum { TITLES_MAX = 100 };

START_TEST(the_man_page_has_each_variable_once)
{
	static char titles[TITLES_MAX][200];
	char line[1000];
	bool is_inside = false, is_title = false;
	size_t count = 0, i;
	FILE *page = fopen(MAN_PAGE, "r");

	ck_assert_ptr_nonnull(page);
	while (fgets(line, sizeof(line), page) != NULL) {
		if (strncmp(line, ".SH ", 4) == 0)
			is_inside = strcmp(line, ".SH ENVIRONMENT\n") == 0;
		if (is_inside && is_title) {
			for (i = 0; i < count; i++)
				ck_assert_str_ne(titles[i], line);
			ck_assert_uint_lt(count, TITLES_MAX);
			(void)snprintf(titles[count++], sizeof(titles[0]),
			               "%.199s", line);
		}
		is_title = strcmp(line, ".TP\n") == 0;
	}
	(void)fclose(page);
	ck_assert_uint_gt(count, 10);
}
END_TEST

/* CALL of the program's process and of no other: strace -f puts a number in
 * front.  Where it is something that a token does not need, *WHAT is it. */
static bool is_needed(const char *call, const char **what)
{
	static const char *const refused[] = {"libcurl",
	                                      "astro-engine",
	                                      "astro-keyring",
	                                      "libdbus",
	                                      "libgio",
	                                      "libsecret",
	                                      "libkeyutils",
	                                      "O_WRONLY",
	                                      "O_RDWR",
	                                      "O_CREAT",
	                                      NULL};
	static const char *const calls[] = {
		"openat(",  "open(",         "execve(",           "writev(1,",
		"write(1,", "exit_group(0)", "+++ exited with 0", NULL};
	const char *start = call + strspn(call, "0123456789 ");
	size_t i;

	for (i = 0; refused[i] != NULL; i++) {
		*what = refused[i];
		if (strstr(call, refused[i]) != NULL)
			return false;
	}
	*what = "the call";
	for (i = 0; calls[i] != NULL; i++)
		if (strncmp(start, calls[i], strlen(calls[i])) == 0)
			return true;
	return false;
}

/* strace shows what a valid token costs: files that are read, and one write. */
START_TEST(prints_a_token_and_touches_nothing_else)
{
	char *text = go_home(4), trace[PATH_SIZE], *seen = NULL, *line, *rest;
	const char *arguments[] = {"strace", "-f", "-o", trace, "-e",
	                           /* "?": where the machine has it. */
	                           "trace=%network,%process,openat,?open,"
	                           "?creat,write,writev,pwrite64,pwritev,"
	                           "sendfile,?rename,?renameat,renameat2,"
	                           "?link,linkat,?symlink,symlinkat,?unlink,"
	                           "unlinkat,?mkdir,mkdirat,?chmod,fchmod,"
	                           "fchmodat,truncate,ftruncate,flock,fsync,"
	                           "utimensat,add_key,request_key,keyctl",
	                           ASTRO_BIN "/astro", "auth", "token", NULL};
	const struct pty_options options = {.argv = arguments};
	struct pty_result result;
	size_t size = 0, writes = 0;
	FILE *in;

	(void)snprintf(trace, sizeof(trace), "%.4000s/trace", home_folder);
	ck_assert_int_eq(setenv("ASTRO_HOME", home_folder, 1), 0);
	/* A sanitized program cannot look for leaks while it is traced. */
	ck_assert_int_eq(setenv("ASAN_OPTIONS", "detect_leaks=0", 1), 0);
	result = pty_run(&options);
	ck_assert_msg(result.status == 0, "%s", result.screen);
	text_expect(result.screen, "ey.software.jwt");
	pty_result_clear(&result);
	in = fopen(trace, "r");
	ck_assert_ptr_nonnull(in);
	ck_assert_int_gt(getdelim(&seen, &size, '\0', in), 0);
	(void)fclose(in);
	text_expect(seen, "libyaml");
	rest = seen;
	while ((line = strsep(&rest, "\n")) != NULL && *line != '\0') {
		const char *what;

		ck_assert_msg(is_needed(line, &what), "%s: %s", what, line);
		writes += strstr(line, "write") != NULL;
	}
	ck_assert_uint_eq(writes, 1);
	free(seen);
	free(text);
}
END_TEST

/* What the dynamic loader was asked for on the way of a command: the program
 * binds as it goes, so these are the functions that it called. */
static char *bindings_of(const char *group, const char *name)
{
	const char *arguments[] = {ASTRO_BIN "/astro", group, name, NULL};
	const struct pty_options options = {.argv = arguments};
	char trace[PATH_SIZE], file[PATH_SIZE + 16], *seen = NULL;
	struct pty *pty;
	size_t size = 0;
	FILE *in;

	(void)snprintf(trace, sizeof(trace), "%.4000s/bindings", home_folder);
	ck_assert_int_eq(setenv("ASTRO_HOME", home_folder, 1), 0);
	ck_assert_int_eq(unsetenv("LD_BIND_NOW"), 0);
	ck_assert_int_eq(setenv("LD_DEBUG_OUTPUT", trace, 1), 0);
	ck_assert_int_eq(setenv("LD_DEBUG", "bindings", 1), 0);
	pty = pty_spawn(&options);
	(void)snprintf(file, sizeof(file), "%s.%ld", trace, (long)pty_pid(pty));
	ck_assert_int_eq(pty_finish(pty), 0);
	pty_free(pty);
	in = fopen(file, "r");
	ck_assert_msg(in != NULL, "%s", file);
	ck_assert_int_gt(getdelim(&seen, &size, '\0', in), 0);
	(void)fclose(in);
	return seen;
}

START_TEST(prints_a_token_of_the_go_cli_without_calling_libyaml)
{
	char *text = go_home(indents[_i]);
	char *seen = bindings_of("auth", "token");

	text_expect(seen, "`writev'");
	text_refuse(seen, "`yaml_parser_initialize'");
	free(seen);
	free(text);
}
END_TEST

/* It would be seen if libyaml were called. */
START_TEST(prints_a_token_of_any_other_file_by_libyaml)
{
	char *seen;

	home_write("context: x.io\n"
	           "contexts: {x_io: {domain: x.io, token: secret}}\n");
	seen = bindings_of("auth", "token");

	text_expect(seen, "`yaml_parser_initialize'");
	free(seen);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("commands");
	TCase *go = e2e_case(suite, "the Go CLI's file");
	TCase *contexts = e2e_case(suite, "contexts");
	TCase *others = e2e_case(suite, "others");

	tcase_add_loop_test(go, lists_the_contexts_of_the_go_cli, 0, INDENTS);
	tcase_add_loop_test(go, prints_the_tokens_of_the_go_cli, 0, INDENTS);
	tcase_add_loop_test(go, says_that_a_login_of_the_go_cli_has_ended, 0,
	                    INDENTS);
	tcase_add_loop_test(go, changes_nothing_but_the_current_context, 0,
	                    INDENTS);
	tcase_add_loop_test(go, logs_out_of_one_context_alone, 0, INDENTS);
	tcase_add_loop_test(go, deletes_another_context_without_asking, 0,
	                    INDENTS);
	tcase_add_loop_test(go, logs_in_under_the_file_of_the_go_cli, 0,
	                    INDENTS);

	tcase_add_test(contexts, uses_the_context_of_the_environment);
	tcase_add_test(contexts, logs_out_of_the_current_context);
	tcase_add_loop_test(contexts, refuses_an_unknown_context, 0,
	                    sizeof(unknown) / sizeof(unknown[0]));
	tcase_add_test(contexts, asks_before_the_current_context_is_deleted);
	tcase_add_test(contexts,
	               makes_a_context_when_switching_to_an_unknown_one);
	tcase_add_test(contexts, makes_the_file_where_there_is_none);
	tcase_add_test(contexts, lists_contexts_without_a_current_one);

	tcase_add_test(others, lists_and_switches_workspaces);
	tcase_add_test(others, shows_the_status_of_every_login);
	tcase_add_test(others, prints_the_token_of_the_environment);
	tcase_add_test(others,
	               judges_a_token_from_the_environment_by_its_own_end);
	tcase_add_test(others, the_man_page_has_each_variable_once);
	tcase_add_loop_test(others, explains_itself, 0,
	                    sizeof(helps) / sizeof(helps[0]));
	tcase_add_test(others, prints_a_token_and_touches_nothing_else);
	tcase_add_loop_test(
		others, prints_a_token_of_the_go_cli_without_calling_libyaml, 0,
		INDENTS);
	tcase_add_test(others, prints_a_token_of_any_other_file_by_libyaml);
	return e2e_main(suite);
}
