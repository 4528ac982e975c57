/* SPDX-License-Identifier: Apache-2.0 */
/* The home of a test, and the program run in it. */
#include "e2e.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PROGRAM ASTRO_BIN "/astro"

enum { VARIABLES_MAX = 64, ARGUMENTS_MAX = 40 };

char home_folder[PATH_SIZE];
char home_file[PATH_SIZE];

static char *variables[VARIABLES_MAX + 1];
static const char *arguments[ARGUMENTS_MAX + 2];

static const char first_file[] = "# kept by hand\n"
				 "local:\n"
				 "  core: http://localhost:@\n"
				 "  houston: http://localhost:@/v1\n"
				 "upgrade_message: \"false\"\n";

static size_t variable_find(const char *name)
{
	size_t len = strlen(name), i;

	for (i = 0; variables[i] != NULL; i++) {
		if (strncmp(variables[i], name, len) == 0 &&
		    variables[i][len] == '=')
			break;
	}
	return i;
}

void env_set(const char *name, const char *value)
{
	size_t i = variable_find(name), last;

	ck_assert_uint_lt(i, VARIABLES_MAX);
	if (value != NULL) {
		free(variables[i]);
		ck_assert_int_ge(asprintf(&variables[i], "%s=%s", name, value),
		                 0);
		return;
	}
	if (variables[i] == NULL)
		return;
	free(variables[i]);
	for (last = i; variables[last + 1] != NULL; last++)
		;
	variables[i] = variables[last];
	variables[last] = NULL;
}

void env_browser(const char *user)
{
	char *command;

	ck_assert_int_ge(asprintf(&command,
	                          ASTRO_BIN "/astro-sandbox visit --user %s",
	                          user),
	                 0);
	env_set("BROWSER", command);
	free(command);
}

/* PATTERN with the sandbox's port in the place of "@". */
static char *with_port(const char *pattern)
{
	char *text, *at;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	ck_assert_ptr_nonnull(out);
	while ((at = strchr(pattern, '@')) != NULL) {
		/* An e-mail address has one as well. */
		if (at > pattern && (at[-1] == ':' || at[-1] == ' '))
			(void)fprintf(out, "%.*s%u", (int)(at - pattern),
			              pattern, sandbox_port);
		else
			(void)fprintf(out, "%.*s@", (int)(at - pattern),
			              pattern);
		pattern = at + 1;
	}
	(void)fputs(pattern, out);
	(void)fclose(out);
	return text;
}

void home_write(const char *text)
{
	char *filled = with_port(text);
	FILE *out = fopen(home_file, "w");

	ck_assert_ptr_nonnull(out);
	ck_assert_int_ge(fputs(filled, out), 0);
	ck_assert_int_eq(fclose(out), 0);
	ck_assert_int_eq(chmod(home_file, 0600), 0);
	free(filled);
}

void home_begin(void)
{
	char folder[PATH_SIZE];

	(void)snprintf(home_folder, sizeof(home_folder),
	               "/tmp/astro-e2e-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home_folder));
	(void)snprintf(folder, sizeof(folder), "%.4000s/.astro", home_folder);
	ck_assert_int_eq(mkdir(folder, 0700), 0);
	(void)snprintf(home_file, sizeof(home_file), "%.4000s/config.yaml",
	               folder);
	home_write(first_file);
	env_set("PATH", "/usr/local/bin:/usr/bin:/bin");
	env_set("HOME", home_folder);
	env_set("ASTRO_HOME", home_folder);
	env_set("TMPDIR", home_folder);
	env_set("TERM", "xterm");
	env_set("LANG", "C.UTF-8");
	/* The sanitizers of the build under test, if it has any. */
	if (getenv("ASAN_OPTIONS") != NULL)
		env_set("ASAN_OPTIONS", getenv("ASAN_OPTIONS"));
	sandbox_reset();
}

void home_end(void)
{
	char *command[] = {"rm", "-rf", home_folder, NULL};
	const struct pty_options options = {
		.argv = (const char *const *)command,
	};
	struct pty_result result;
	size_t i;

	(void)chmod(home_folder, 0700);
	result = pty_run(&options);
	ck_assert_int_eq(result.status, 0);
	pty_result_clear(&result);
	for (i = 0; variables[i] != NULL; i++) {
		free(variables[i]);
		variables[i] = NULL;
	}
}

char *home_read(void)
{
	FILE *in = fopen(home_file, "r");
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	ck_assert_msg(in != NULL, "there is no %s", home_file);
	len = getdelim(&text, &size, '\0', in);
	if (len < 0) {
		free(text);
		text = strdup("");
	}
	(void)fclose(in);
	return text;
}

/* LINE, of LEN bytes, against a pattern with at most one "*". */
static bool line_matches(const char *line, size_t len, const char *pattern,
                         size_t pattern_len)
{
	const char *star = memchr(pattern, '*', pattern_len);
	size_t before, after;

	if (star == NULL)
		return len == pattern_len && memcmp(line, pattern, len) == 0;
	before = (size_t)(star - pattern);
	after = pattern_len - before - 1;
	return len > before + after && memcmp(line, pattern, before) == 0 &&
	       memcmp(line + len - after, star + 1, after) == 0;
}

void home_expect(const char *pattern)
{
	char *filled = with_port(pattern), *text = home_read();
	const char *wanted = filled, *line = text;
	bool same = true;
	size_t wanted_len, len;

	while (same && (*wanted != '\0' || *line != '\0')) {
		wanted_len = strcspn(wanted, "\n");
		len = strcspn(line, "\n");
		same = line_matches(line, len, wanted, wanted_len) &&
		       wanted[wanted_len] == line[len];
		wanted += wanted_len + (wanted[wanted_len] == '\n');
		line += len + (line[len] == '\n');
	}
	ck_assert_msg(same, "the file is\n%s\nand should be\n%s", text, filled);
	free(filled);
	free(text);
}

char *home_value(const char *key)
{
	char *text = home_read(), *found, *value = NULL;
	char start[100];

	(void)snprintf(start, sizeof(start), " %s: ", key);
	found = strstr(text, start);
	ck_assert_msg(found != NULL, "no %s in\n%s", key, text);
	found += strlen(start);
	/* Quoted where it would be read as something else ("_x", "1e3"). */
	if (*found == '"' || *found == '\'')
		found++;
	value = strndup(found, strcspn(found, "\"'\n"));
	free(text);
	return value;
}

void home_expire(void)
{
	char *text = home_read(), *found, *end;
	FILE *out = fopen(home_file, "w");

	ck_assert_ptr_nonnull(out);
	found = strstr(text, "expiresin: ");
	ck_assert_msg(found != NULL, "no expiresin in\n%s", text);
	end = found + strcspn(found, "\n");
	ck_assert_int_gt(fprintf(out, "%.*sexpiresin: 2020-01-01T00:00:00Z%s",
	                         (int)(found - text), text, end),
	                 0);
	ck_assert_int_eq(fclose(out), 0);
	free(text);
}

mode_t home_mode(void)
{
	struct stat info;

	ck_assert_int_eq(stat(home_file, &info), 0);
	return info.st_mode & 07777;
}

/* PREFIX, ended by NULL, before the program. */
static struct pty_options program_after(const char *const *prefix,
                                        const char *first, va_list list)
{
	struct pty_options options = {.argv = arguments,
	                              .env = (const char *const *)variables,
	                              .folder = home_folder};
	size_t count = 0;

	while (prefix[count] != NULL) {
		arguments[count] = prefix[count];
		count++;
	}
	arguments[count++] = PROGRAM;
	while (first != NULL) {
		ck_assert_uint_lt(count, ARGUMENTS_MAX);
		arguments[count++] = first;
		first = va_arg(list, const char *);
	}
	arguments[count] = NULL;
	return options;
}

static struct pty_options program(const char *first, va_list list)
{
	static const char *const nothing[] = {NULL};

	return program_after(nothing, first, list);
}

struct pty *astro_start(const char *first, ...)
{
	struct pty_options options;
	va_list list;

	va_start(list, first);
	options = program(first, list);
	va_end(list);
	return pty_spawn(&options);
}

static struct pty *start_alone(struct pty_options *options)
{
	options->no_terminal = true;
	options->pipe_stdin = true;
	options->pipe_stdout = true;
	options->pipe_stderr = true;
	return pty_spawn(options);
}

struct pty *astro_start_alone(const char *first, ...)
{
	struct pty_options options;
	va_list list;

	va_start(list, first);
	options = program(first, list);
	va_end(list);
	return start_alone(&options);
}

struct pty *program_start_alone(const char *const *words)
{
	struct pty_options options = {.argv = words,
	                              .env = (const char *const *)variables,
	                              .folder = home_folder};

	return start_alone(&options);
}

struct pty *program_start(const char *const *words)
{
	/* A shell leaves the terminal as it likes it. */
	const struct pty_options options = {
		.argv = words,
		.env = (const char *const *)variables,
		.folder = home_folder,
		.may_change_settings = true};

	return pty_spawn(&options);
}

static struct pty_result run_piped(struct pty_options *options,
                                   const char *input)
{
	options->no_terminal = true;
	options->input = input != NULL ? input : "";
	options->pipe_stdout = true;
	options->pipe_stderr = true;
	/* A request alone may take 30 s. */
	options->patience_ms = 60 * 1000;
	return pty_run(options);
}

static struct pty_result piped(const char *input, const char *first,
                               va_list list)
{
	struct pty_options options = program(first, list);

	return run_piped(&options, input);
}

struct pty_result astro_traced(const char *trace, const char *input,
                               const char *first, ...)
{
	/* -v, -s: environments and arguments whole. */
	const char *const prefix[] = {
		"strace", "-f",     "-v",
		"-s",     "200000", "-o",
		trace,    "-e",     "trace=execve,prctl,prlimit64,openat",
		NULL};
	struct pty_options options;
	va_list list;

	va_start(list, first);
	options = program_after(prefix, first, list);
	va_end(list);
	return run_piped(&options, input);
}

struct pty_result astro_piped(const char *input, const char *first, ...)
{
	struct pty_result result;
	va_list list;

	va_start(list, first);
	result = piped(input, first, list);
	va_end(list);
	return result;
}

struct pty_result astro_ends(int code, const char *input, const char *first,
                             ...)
{
	struct pty_result result;
	va_list list;

	va_start(list, first);
	result = piped(input, first, list);
	va_end(list);
	ck_assert_msg(result.status == code,
	              "ended with %d, should be %d\n%s%s", result.status, code,
	              result.out, result.err);
	return result;
}

pid_t astro_spawn(int out, const char *first, ...)
{
	struct pty_options options;
	va_list list;
	pid_t pid;
	int none;

	va_start(list, first);
	options = program(first, list);
	va_end(list);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid > 0)
		return pid;
	none = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (setpgid(0, 0) == 0 && dup2(none, STDIN_FILENO) >= 0 &&
	    dup2(out, STDOUT_FILENO) >= 0 && dup2(none, STDERR_FILENO) >= 0)
		(void)execve(PROGRAM, (char *const *)options.argv,
		             (char *const *)options.env);
	_exit(127);
}

void astro_finish(struct pty *pty, int code)
{
	int status = pty_finish(pty);

	ck_assert_msg(status == code, "ended with %d, should be %d\n%s", status,
	              code, pty_screen(pty));
	pty_free(pty);
}

void text_expect(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no \"%s\" in\n%s", part,
	              text);
}

void text_refuse(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) == NULL, "\"%s\" is in\n%s", part,
	              text);
}

static struct pty_result visit(const char *url, const char *user, bool stop)
{
	const char *words[] = {
		ASTRO_BIN "/astro-sandbox", "visit", "--user", user,
		stop ? "--stop" : url,      url,     NULL};
	const struct pty_options options = {
		.argv = words,
		.env = (const char *const *)variables,
		.no_terminal = true,
		.pipe_stdout = true,
		.pipe_stderr = true,
	};
	struct pty_result result;

	if (!stop)
		words[5] = NULL;
	result = pty_run(&options);
	ck_assert_msg(result.status == 0, "the browser says\n%s%s", result.out,
	              result.err);
	return result;
}

void browser_visit(const char *url, const char *user)
{
	struct pty_result result = visit(url, user, false);

	pty_result_clear(&result);
}

char *browser_visit_elsewhere(const char *url, const char *user)
{
	static const char word[] = "callback ";
	struct pty_result result = visit(url, user, true);
	char *address = strstr(result.out, word);

	ck_assert_msg(address != NULL, "no callback in\n%s", result.out);
	address += strlen(word);
	address = strndup(address, strcspn(address, "\n"));
	pty_result_clear(&result);
	return address;
}
