/* SPDX-License-Identifier: Apache-2.0 */
/* astro completion, in the real shells. */
#include "e2e.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ISSUER "login.example.com:8443/realm"

static const char *const shells[] = {"bash", "zsh", "fish"};
enum { SHELLS = 3, WORDS_SIZE = 1000 };

static char script[PATH_SIZE]; /* a file */
static char *text;             /* what it holds */

static void begin(void)
{
	text = NULL;
	env_set("PATH", ASTRO_BIN ":/usr/bin:/bin");
	env_set("XDG_CONFIG_HOME", home_folder);
	home_write("context: localhost\n"
	           "contexts:\n"
	           "  localhost:\n    domain: localhost\n"
	           "  corp:\n    domain: corp.example.com\n"
	           "  op:\n    domain: " ISSUER "\n"
	           "    issuer: https://" ISSUER "\n    provider: oidc\n"
	           "  evil:\n    domain: \"e$(touch canary)`touch canary`\"\n");
}

static void end(void)
{
	free(text);
}

static bool is_here(const char *shell)
{
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "/usr/bin/%s", shell);
	if (access(path, X_OK) == 0)
		return true;
	(void)fprintf(stderr, "left out: there is no %s\n", shell);
	return false;
}

/* SHELL's script, in TEXT and in the file SCRIPT. */
static void write_script(const char *shell)
{
	struct pty_result result =
		astro_ends(0, NULL, "completion", shell, NULL);
	FILE *out;

	free(text);
	text = strdup(result.out);
	pty_result_clear(&result);
	(void)snprintf(script, sizeof(script), "%.4000s/script", home_folder);
	out = fopen(script, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(text, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

/* ---- it has everything ---- */

/* NAME of GROUP ("": none) is a word that leads on, in the script's table. */
static void expect_step(const char *group, const char *name, size_t len)
{
	char step[WORDS_SIZE];

	(void)snprintf(step, sizeof(step), "'%s %.*s'", group, (int)len, name);
	text_expect(text, step);
}

/* The flags of a command's help ("  -d, --domain DOMAIN", "      --json") stand
 * in its entry of the table, which begins at ENTRY. */
static void expect_flags(const char *entry, const char *help)
{
	const char *line = strstr(help, "\nFlags:\n"), *found;
	const char *stop = strstr(entry, "--verbose");
	char flag[WORDS_SIZE];

	ck_assert_ptr_nonnull(line);
	ck_assert_ptr_nonnull(stop);
	while ((line = strchr(line + 1, '\n')) != NULL) {
		const char *name = line + strlen("\n  -x, ");

		if (strncmp(line, "\n  -", 4) != 0 &&
		    strncmp(line, "\n      --", 9) != 0)
			continue;
		(void)snprintf(flag, sizeof(flag), "'%.*s",
		               (int)strspn(name, "-abcdefghijklmnopqrstuvwxyz"),
		               name);
		found = strstr(entry, flag);
		ck_assert_msg(found != NULL && found <= stop, "no %s in %.60s",
		              flag, entry);
	}
}

static size_t expect_commands(const char *group, const char *help);

/* What `astro help WORDS` is about. */
static size_t expect_command(const char *group, const char *name, size_t len)
{
	char word[40], entry[100];
	const char *flags = strstr(text, "astro_flags");
	const char *blank = group[0] == '\0' ? "" : " ";
	struct pty_result result;
	size_t count = 1;

	(void)snprintf(word, sizeof(word), "%.*s", (int)len, name);
	(void)snprintf(entry, sizeof(entry), "'%.40s%s%s'", group, blank, word);
	if (group[0] == '\0')
		result = astro_ends(0, NULL, "help", word, NULL);
	else
		result = astro_ends(0, NULL, "help", group, word, NULL);
	flags = strstr(flags, entry);
	ck_assert_msg(flags != NULL, "no flags of %s", entry);
	if (strstr(result.out, "\nCommands:\n") != NULL)
		count += expect_commands(word, result.out);
	else
		expect_flags(flags, result.out);
	pty_result_clear(&result);
	return count;
}

/* Every row of the "Commands:" in HELP: "  name, alias    summary". */
static size_t expect_commands(const char *group, const char *help)
{
	const char *at = strstr(help, "\nCommands:\n");
	size_t count = 0;

	ck_assert_ptr_nonnull(at);
	at += strlen("\nCommands:\n");
	while (at[0] == ' ' && at[1] == ' ') {
		size_t len = strcspn(at + 2, ", ");

		expect_step(group, at + 2, len);
		if (at[2 + len] == ',')
			expect_step(group, at + 2 + len + 2,
			            strcspn(at + 2 + len + 2, " "));
		count += expect_command(group, at + 2, len);
		at += strcspn(at, "\n");
		at += *at == '\n';
	}
	return count;
}

START_TEST(has_every_command_alias_and_flag_of_the_help)
{
	struct pty_result result = astro_ends(0, NULL, "help", NULL);

	write_script(shells[_i]);
	ck_assert_uint_ge(expect_commands("", result.out), 25);
	pty_result_clear(&result);
}
END_TEST

START_TEST(is_what_the_shell_itself_can_read)
{
	const char *words[] = {shells[_i], "-n", script, NULL};
	struct pty *pty;

	if (!is_here(shells[_i]))
		return;
	write_script(shells[_i]);
	pty = program_start_alone(words);
	pty_close_stdin(pty);
	ck_assert_int_eq(pty_finish(pty), 0);
	ck_assert_str_eq(pty_stderr(pty), "");
	pty_free(pty);
}
END_TEST

/* The tables are those of the program that was built. */
START_TEST(is_installed_as_it_is_printed)
{
	char path[PATH_SIZE], *installed = NULL;
	size_t size = 0;
	FILE *in;

	write_script(shells[_i]);
	(void)snprintf(path, sizeof(path), "%s/%s", COMPLETIONS, shells[_i]);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	ck_assert_int_gt(getdelim(&installed, &size, '\0', in), 0);
	(void)fclose(in);
	ck_assert_str_eq(installed, text);
	free(installed);
}
END_TEST

START_TEST(knows_three_shells)
{
	struct pty_result result =
		astro_ends(2, NULL, "completion", "tcsh", NULL);

	text_expect(result.err,
	            "there is no completion for tcsh: bash, zsh and "
	            "fish have one");
	ck_assert_str_eq(result.out, "");
	pty_result_clear(&result);
}
END_TEST

/* ---- and completes ---- */

static const struct {
	const char *line; /* up to the cursor */
	const char *has;  /* words that are offered, with blanks between */
	const char *lacks;
	const char *bash; /* instead of HAS: what readline is to put there */
} rows[] = {
	{"astro ", "login logout auth context completion", "list token c",
         NULL},
	{"astro con", "context", "login", NULL},
	{"astro c ", "list switch delete show move-store", "token", NULL},
	{"astro context sw", "switch", "show", NULL},
	{"astro context switch ", "localhost corp.example.com", "NAME list",
         NULL},
	{"astro c sw co", "corp.example.com", "localhost", NULL},
	{"astro login login.example.com:8", ISSUER, "localhost", "8443/realm"},
	{"astro login --st", "--store", "--scopes", NULL},
	{"astro auth doctor -", "--domain --json --help", "--store", NULL},
	{"astro login --store ",
         "file keyring session none helper:", "localhost", NULL},
	{"astro login --store k", "keyring", "file", NULL},
	{"astro login --provider so", "software", "oidc", NULL},
	{"astro auth token -d corp", "corp.example.com", "localhost", NULL},
	{"astro context move-store localhost ", "file keyring", "localhost",
         NULL},
	{"astro provider info o", "oidc", "astro", NULL},
	{"astro provider new x --kind p", "password", "oauth", NULL},
	{"astro credential git ", "get store erase capability", "list", NULL},
	{"astro help c", "context completion credential", "list", NULL},
	{"astro help context l", "list", "login", NULL},
	{"astro auth status ", "", "localhost", NULL},
	{"astro auth token -- ", "", "login", NULL},
	{"astro exec -d corp", "corp.example.com", "localhost", NULL},
	{"astro exec astro co", "", "localhost", NULL},
	{"astro login --store=ke", "", "file", NULL},
};
enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

/* WORD is a whole line of OUT, but for a summary behind it. */
static bool is_offered(const char *out, const char *word, size_t len)
{
	const char *at = out;

	for (; at != NULL; at = strchr(at, '\n')) {
		at += *at == '\n';
		if (strncmp(at, word, len) == 0 &&
		    strchr(" \t\n", at[len]) != NULL)
			return true;
	}
	return false;
}

static void expect_words(const char *out, const char *words, bool offered)
{
	size_t len;

	for (; *words != '\0'; words += len + (words[len] == ' ')) {
		len = strcspn(words, " ");
		ck_assert_msg(is_offered(out, words, len) == offered,
		              "%.*s should %sbe in\n%s", (int)len, words,
		              offered ? "" : "not ", out);
	}
}

static char *offered(const char *const *words)
{
	struct pty *pty = program_start_alone(words);
	char *out;

	pty_close_stdin(pty);
	ck_assert_msg(pty_finish(pty) == 0, "%s", pty_stderr(pty));
	ck_assert_str_eq(pty_stderr(pty), "");
	out = strdup(pty_stdout(pty));
	pty_free(pty);
	return out;
}

static void expect_no_canary(void)
{
	char canary[PATH_SIZE];

	(void)snprintf(canary, sizeof(canary), "%.4000s/canary", home_folder);
	ck_assert_int_ne(access(canary, F_OK), 0);
}

/* As readline calls it. */
START_TEST(completes_in_bash)
{
	static const char run[] =
		"source \"$1\"; COMP_WORDBREAKS=$' \\t\\n\"\\'><=;|&(:'; "
		"COMP_LINE=$2 COMP_POINT=${#2}; _astro astro; "
		"printf '%s\\n' \"${COMPREPLY[@]}\"";
	const char *words[] = {"bash", "--norc", "-c",          run,
	                       "bash", script,   rows[_i].line, NULL};
	char *out;

	if (!is_here("bash"))
		return;
	write_script("bash");
	out = offered(words);
	expect_words(out, rows[_i].bash != NULL ? rows[_i].bash : rows[_i].has,
	             true);
	expect_words(out, rows[_i].lacks, false);
	expect_no_canary();
	free(out);
}
END_TEST

/* A name that would run something, were it not quoted. */
START_TEST(quotes_what_bash_would_run)
{
	static const char run[] = "source \"$1\"; COMP_LINE='astro c sw e' "
				  "COMP_POINT=12; _astro astro; "
				  "eval \"printf %s ${COMPREPLY[0]}\"";
	const char *words[] = {"bash", "--norc", "-c", run,
	                       "bash", script,   NULL};
	char *out;

	if (!is_here("bash"))
		return;
	write_script("bash");
	out = offered(words);
	ck_assert_str_eq(out, "e$(touch canary)`touch canary`");
	expect_no_canary();
	free(out);
}
END_TEST

START_TEST(completes_in_fish)
{
	static const char run[] = "source $argv[1]; complete -C $argv[2]";
	const char *words[] = {"fish", "--no-config", "-c", run,
	                       script, rows[_i].line, NULL};
	char *out;

	if (!is_here("fish"))
		return;
	write_script("fish");
	out = offered(words);
	expect_words(out, rows[_i].has, true);
	expect_words(out, rows[_i].lacks, false);
	expect_no_canary();
	free(out);
}
END_TEST

/* zsh completes on a terminal alone.  What its own compadd would add is written
 * to a file instead. */
static const char zsh_set_up[] =
	"autoload -Uz compinit && compinit -u -D\n"
	"source ./script\n"
	"compadd() {\n"
	"\tif [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\\ * ]]; then\n"
	"\t\tbuiltin compadd \"$@\"\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tlocal -a hits\n"
	"\tbuiltin compadd -A hits \"$@\"\n"
	"\tprint -rl -- $hits >>$HOME/offered\n"
	"}\n"
	"capture() {\n"
	"\tprint -n >$HOME/offered\n"
	"\tzle complete-word\n"
	"\tprint -n '=done='\n"
	"}\n"
	"zle -N capture\n"
	"bindkey '^X' capture\n"
	"bindkey '^U' kill-whole-line\n"
	"PROMPT='ready> '\n";

static void write_home(const char *name, const char *what)
{
	char path[PATH_SIZE];
	FILE *out;

	(void)snprintf(path, sizeof(path), "%.4000s/%s", home_folder, name);
	out = fopen(path, "w");
	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(what, out), 0);
	ck_assert_int_eq(fclose(out), 0);
}

static char *read_home(const char *name)
{
	char path[PATH_SIZE], *what = NULL;
	size_t size = 0;
	FILE *in;

	(void)snprintf(path, sizeof(path), "%.4000s/%s", home_folder, name);
	in = fopen(path, "r");
	ck_assert_ptr_nonnull(in);
	if (getdelim(&what, &size, '\0', in) < 0) {
		free(what);
		what = strdup("");
	}
	(void)fclose(in);
	return what;
}

START_TEST(completes_in_zsh)
{
	const char *words[] = {"zsh", "-f", "-i", NULL};
	struct pty *pty;
	size_t i;

	if (!is_here("zsh"))
		return;
	write_script("zsh");
	write_home("set_up", zsh_set_up);
	pty = program_start(words);
	pty_send(pty, "source ./set_up\n");
	for (i = 0; i < ROWS; i++) {
		char *out;

		pty_expect(pty, "ready> ");
		pty_send(pty, rows[i].line);
		pty_send(pty, "\x18");
		pty_expect(pty, "=done=");
		out = read_home("offered");
		expect_words(out, rows[i].has, true);
		expect_words(out, rows[i].lacks, false);
		free(out);
		/* A new prompt on an empty line. */
		pty_send(pty, "\x15\n");
	}
	expect_no_canary();
	pty_expect(pty, "ready> ");
	pty_send(pty, "exit\n");
	ck_assert_int_eq(pty_finish(pty), 0);
	pty_free(pty);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("completion");
	TCase *tcase = e2e_case(suite, "completion");

	tcase_add_checked_fixture(tcase, begin, end);
	tcase_add_loop_test(tcase, has_every_command_alias_and_flag_of_the_help,
	                    0, SHELLS);
	tcase_add_loop_test(tcase, is_what_the_shell_itself_can_read, 0,
	                    SHELLS);
	tcase_add_loop_test(tcase, is_installed_as_it_is_printed, 0, SHELLS);
	tcase_add_test(tcase, knows_three_shells);
	tcase_add_loop_test(tcase, completes_in_bash, 0, ROWS);
	tcase_add_test(tcase, quotes_what_bash_would_run);
	tcase_add_loop_test(tcase, completes_in_fish, 0, ROWS);
	tcase_add_test(tcase, completes_in_zsh);
	return e2e_main(suite);
}
