/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a browser: what it is given, and what must not be waited for. */
#include "browser.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "error.h"
#include "opener.h"

#define URL "https://auth.example.com/authorize?a=b&c=$(id)%20;`id`"

static char folder[64], path[256];

static void set_up(void)
{
	(void)snprintf(folder, sizeof(folder), "/tmp/test_browser.XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	(void)unsetenv("ASTRO_BROWSER");
	(void)unsetenv("BROWSER");
	(void)unsetenv("VSCODE_GIT_ASKPASS_NODE");
	(void)unsetenv("WSL_DISTRO_NAME");
	(void)unsetenv("WSL_INTEROP");
	(void)snprintf(path, sizeof(path), "%s/out", folder);
	(void)setenv("OUT", path, 1);
}

static void tear_down(void)
{
	static const char *const names[] = {
		"out",          "out.part",
		"xdg-open",     "x-www-browser",
		"opener",       "wslview",
		"rundll32.exe", "cmd.exe",
		"done",         "bin/helpers/browser.sh",
		"bin/helpers",  "bin"};
	char name[256];
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(name, sizeof(name), "%s/%s", folder, names[i]);
		(void)remove(name);
	}
	(void)rmdir(folder);
}

/* A program NAME of the shell's lines SCRIPT. */
static const char *make(const char *name, const char *script)
{
	static char made[256];
	FILE *stream;

	(void)snprintf(made, sizeof(made), "%s/%s", folder, name);
	stream = fopen(made, "we");
	ck_assert_ptr_nonnull(stream);
	(void)fprintf(stream, "#!/bin/sh\nPATH=/usr/bin:/bin\n%s\n", script);
	(void)fclose(stream);
	ck_assert_int_eq(chmod(made, 0700), 0);
	return made;
}

/* What the program wrote; it writes elsewhere first and renames. */
static const char *output(void)
{
	static char text[65536];
	FILE *stream = fopen(path, "re");
	size_t len;

	ck_assert_msg(stream != NULL, "the opener has written nothing");
	len = fread(text, 1, sizeof(text) - 1, stream);
	text[len] = '\0';
	(void)fclose(stream);
	return text;
}

static const char record[] =
	"{ printf '%s\\n' \"$#\"; for a; do printf '<%s>\\n' \"$a\"; done; } "
	">$OUT.part; mv $OUT.part $OUT";

START_TEST(gives_the_address_as_one_argument_without_a_shell)
{
	struct astro_error err = {0};
	char command[300];

	(void)snprintf(command, sizeof(command), "  %s  --new \t-x ",
	               make("opener", record));
	(void)setenv("BROWSER", command, 1);

	ck_assert_msg(browser_open(URL, &err) == ASTRO_OK, "%s", err.message);
	ck_assert_str_eq(output(), "3\n<--new>\n<-x>\n<" URL ">\n");
}
END_TEST

START_TEST(leaves_shell_syntax_to_be_words)
{
	char command[300];

	(void)snprintf(command, sizeof(command), "%s $(id) ;id \"a",
	               make("opener", record));
	(void)setenv("BROWSER", command, 1);

	ck_assert_int_eq(browser_open("http://localhost/", NULL), ASTRO_OK);
	ck_assert_str_eq(output(), "4\n<$(id)>\n<;id>\n<\"a>\n"
	                           "<http://localhost/>\n");
}
END_TEST

START_TEST(prefers_astro_browser_to_browser)
{
	(void)setenv("ASTRO_BROWSER", make("opener", record), 1);
	(void)setenv("BROWSER", "/bin/false", 1);

	ck_assert(opener_is_named());
	ck_assert_int_eq(browser_open("http://localhost/", NULL), ASTRO_OK);
	ck_assert_str_eq(output(), "1\n<http://localhost/>\n");
}
END_TEST

START_TEST(finds_an_opener_in_the_absolute_entries_of_path_only)
{
	struct astro_error err = {0};
	char search[300];

	(void)make("xdg-open", record);
	ck_assert_int_eq(chdir(folder), 0);
	(void)setenv("PATH", ":.:relative", 1);
	ck_assert_int_eq(browser_open("http://localhost/", &err),
	                 ASTRO_UNSUPPORTED);
	ck_assert_str_eq(err.message, "no browser was found");
	ck_assert(!browser_is_there());

	(void)snprintf(search, sizeof(search), ".:/nonexistent:%s", folder);
	(void)setenv("PATH", search, 1);
	ck_assert(browser_is_there());
	ck_assert_int_eq(browser_open("http://localhost/", &err), ASTRO_OK);
	ck_assert_str_eq(output(), "1\n<http://localhost/>\n");
}
END_TEST

START_TEST(refuses_a_relative_browser)
{
	struct astro_error err = {0};

	(void)make("opener", record);
	ck_assert_int_eq(chdir(folder), 0);
	(void)setenv("BROWSER", "./opener", 1);
	ck_assert_int_eq(browser_open("http://localhost/", &err),
	                 ASTRO_UNSUPPORTED);
	ck_assert_str_eq(err.message, "the browser \"./opener\" was not found");
}
END_TEST

START_TEST(opens_nothing_when_the_browser_is_none)
{
	struct astro_error err = {0};

	(void)setenv("ASTRO_BROWSER", "none", 1);
	ck_assert(!opener_is_named());
	ck_assert(opener_is_refused());
	ck_assert_int_eq(browser_open("http://localhost/", &err),
	                 ASTRO_UNSUPPORTED);
	ck_assert_str_eq(err.message, "the browser is set to \"none\"");
}
END_TEST

START_TEST(takes_an_empty_browser_for_none_named)
{
	(void)setenv("ASTRO_BROWSER", "", 1);
	(void)setenv("BROWSER", "  ", 1);
	ck_assert(!opener_is_named());
	ck_assert(!opener_is_refused());
}
END_TEST

static const char *const no_addresses[] = {
	"file:///etc/passwd", "javascript:alert(1)", "-h",       "",
	"https://a b",        "http://a\nb",         "HTTP://a", "https:/a",
	"http://\xc3\xa4",
};

START_TEST(opens_web_addresses_only)
{
	struct astro_error err = {0};

	(void)setenv("BROWSER", make("opener", record), 1);
	ck_assert_int_eq(browser_open(no_addresses[_i], &err), ASTRO_UNSAFE);
	ck_assert_ptr_nonnull(
		strstr(err.message, "is no web address for a browser"));
	ck_assert_int_ne(access(path, F_OK), 0);
}
END_TEST

START_TEST(says_when_the_browser_fails_at_once)
{
	struct astro_error err = {0};

	(void)setenv("BROWSER", make("opener", "exit 3"), 1);
	ck_assert_int_eq(browser_open("http://localhost/", &err),
	                 ASTRO_UNSUPPORTED);
	ck_assert_str_eq(err.message, "the browser ended with 3");

	(void)setenv("BROWSER", make("opener", "kill -SEGV $$"), 1);
	ck_assert_int_eq(browser_open("http://localhost/", &err),
	                 ASTRO_UNSUPPORTED);
	ck_assert_str_eq(err.message, "the browser was ended by signal 11");
}
END_TEST

START_TEST(says_when_the_browser_cannot_be_executed)
{
	struct astro_error err = {0};
	const char *program = make("opener", "");
	FILE *stream = fopen(program, "we");

	(void)fprintf(stream, "#!/nonexistent/interpreter\n");
	(void)fclose(stream);
	(void)setenv("BROWSER", program, 1);
	ck_assert_int_eq(browser_open("http://localhost/", &err),
	                 ASTRO_UNSUPPORTED);
	ck_assert_str_eq(err.message, "the browser was not started: No such "
	                              "file or directory");
}
END_TEST

START_TEST(hides_our_secrets_from_the_browser)
{
	const char *text;

	(void)setenv("ASTRO_API_TOKEN", "canary-1", 1);
	(void)setenv("ASTRO_PASSWORD", "canary-2", 1);
	(void)setenv("ASTRO_CLIENT_SECRET", "canary-3", 1);
	(void)setenv("ASTRO_DOMAIN", "kept", 1);
	(void)setenv("LD_LIBRARY_PATH", "/kept", 1);
	(void)setenv("BROWSER",
	             make("opener", "env >$OUT.part; mv $OUT.part $OUT"), 1);

	ck_assert_int_eq(browser_open("http://localhost/", NULL), ASTRO_OK);
	text = output();
	ck_assert_ptr_null(strstr(text, "canary"));
	ck_assert_ptr_nonnull(strstr(text, "ASTRO_DOMAIN=kept"));
	ck_assert_ptr_nonnull(strstr(text, "LD_LIBRARY_PATH=/kept"));
}
END_TEST

START_TEST(leaves_the_browser_nothing_of_ours)
{
	sigset_t all;
	int fd = open("/dev/zero", O_RDONLY); /* no O_CLOEXEC, on purpose */
	const char *text;

	ck_assert_int_ge(fd, 0);
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
	(void)signal(SIGINT, SIG_IGN);
	(void)setenv(
		"BROWSER",
		make("opener",
	             "l=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 "
	             "/proc/$$/fd/2 /proc/$$/fd/*)\n"
	             "echo \"$l\" >$OUT\n"
	             "exec grep -E '^Sig(Blk|Ign)' /proc/self/status >>$OUT"),
		1);

	ck_assert_int_eq(browser_open("http://localhost/", NULL), ASTRO_OK);
	(void)close(fd);
	text = output();
	ck_assert_msg(strncmp(text, "/dev/null\n/dev/null\n/dev/null\n", 30) ==
	                      0,
	              "%s", text);
	ck_assert_msg(strstr(text, "/dev/zero") == NULL, "%s", text);
	ck_assert_ptr_nonnull(strstr(text, "SigBlk:\t0000000000000000"));
	ck_assert_ptr_nonnull(strstr(text, "SigIgn:\t0000000000000000"));
}
END_TEST

START_TEST(does_not_wait_for_a_browser_that_stays)
{
	struct timespec begun, ended;
	int64_t ms;
	pid_t pid = 0;

	(void)setenv("BROWSER",
	             make("opener", "echo $$ >$OUT.part; mv $OUT.part $OUT; "
	                            "exec sleep 60"),
	             1);
	(void)clock_gettime(CLOCK_MONOTONIC, &begun);
	ck_assert_int_eq(browser_open("http://localhost/", NULL), ASTRO_OK);
	(void)clock_gettime(CLOCK_MONOTONIC, &ended);
	ms = (int64_t)(ended.tv_sec - begun.tv_sec) * 1000 +
	     (ended.tv_nsec - begun.tv_nsec) / 1000000;
	ck_assert_int_lt(ms, 1500);

	ck_assert_int_eq(sscanf(output(), "%d", &pid), 1);
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
}
END_TEST

START_TEST(leaves_no_child_behind)
{
	(void)setenv("BROWSER", "/bin/true", 1);
	ck_assert_int_eq(browser_open("http://localhost/", NULL), ASTRO_OK);
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
}
END_TEST

START_TEST(does_not_block_while_it_is_started)
{
	struct astro_error err = {0};
	struct pollfd watched = {.events = POLLIN};
	int watcher_holds[2];
	char byte;

	ck_assert_int_eq(pipe(watcher_holds), 0);
	(void)setenv("BROWSER", make("opener", "exec sleep 2"), 1);
	ck_assert_int_eq(browser_start("http://localhost/", &watched.fd, &err),
	                 ASTRO_OK);
	/* Nobody else keeps what is ours open: not even the callback's port,
	 * for as long as the browser is watched. */
	(void)close(watcher_holds[1]);
	ck_assert_int_eq(read(watcher_holds[0], &byte, 1), 0);
	(void)close(watcher_holds[0]);
	ck_assert_int_eq(poll(&watched, 1, 0), 0);

	ck_assert_int_eq(poll(&watched, 1, 2000), 1);
	ck_assert_int_eq(browser_result(watched.fd, &err), ASTRO_OK);
}
END_TEST

START_TEST(bounds_the_command)
{
	struct astro_error err = {0};
	static char command[8192];
	size_t i;

	for (i = 0; i < 80; i++) {
		command[2 * i] = 'a';
		command[2 * i + 1] = ' ';
	}
	(void)setenv("BROWSER", command, 1);
	ck_assert_int_eq(browser_open("http://localhost/", &err),
	                 ASTRO_UNSUPPORTED);
	ck_assert_str_eq(err.message, "the browser's command has too many "
	                              "words");
	memset(command, 'a', sizeof(command) - 1);
	(void)setenv("BROWSER", command, 1);
	ck_assert_int_eq(browser_open("http://localhost/", &err),
	                 ASTRO_UNSUPPORTED);
	ck_assert_str_eq(err.message, "the browser's command is too long");
}
END_TEST

/* PATH has FOLDER alone; the scripts have a PATH of their own. */
static void search_folder_only(void)
{
	(void)setenv("PATH", folder, 1);
}

START_TEST(hands_the_address_to_the_helper_of_vs_code)
{
	char name[300];

	search_folder_only();
	(void)snprintf(name, sizeof(name), "%s/bin", folder);
	ck_assert_int_eq(mkdir(name, 0700), 0);
	(void)snprintf(name, sizeof(name), "%s/bin/helpers", folder);
	ck_assert_int_eq(mkdir(name, 0700), 0);
	(void)make("xdg-open", "exit 1");
	(void)snprintf(name, sizeof(name), "%s/node", folder);
	(void)setenv("VSCODE_GIT_ASKPASS_NODE", name, 1);
	ck_assert(!opener_is_editor());

	(void)make("bin/helpers/browser.sh", record);
	ck_assert(opener_is_editor());
	ck_assert(!opener_is_named());
	ck_assert_int_eq(browser_open(URL, NULL), ASTRO_OK);
	ck_assert_str_eq(output(), "1\n<" URL ">\n");

	/* The person's own word goes first. */
	(void)setenv("BROWSER", make("opener", "exit 4"), 1);
	ck_assert_int_eq(browser_open(URL, NULL), ASTRO_UNSUPPORTED);
	(void)setenv("BROWSER", "none", 1);
	ck_assert_int_eq(browser_open(URL, NULL), ASTRO_UNSUPPORTED);

	(void)unsetenv("BROWSER");
	(void)setenv("VSCODE_GIT_ASKPASS_NODE", "node", 1);
	ck_assert(!opener_is_editor());
}
END_TEST

#define URL_ODD "https://a.example/?a=%41^b&c=|\"d\"&e=$(id)!"

/* What each program of Windows is given for URL_ODD. */
static const struct {
	const char *name;
	const char *argv;
} windows[] = {
	{"wslview", "1\n<" URL_ODD ">\n"},
	{"rundll32.exe",
         "2\n<url.dll,FileProtocolHandler>\n"
         "<https://a.example/?a=%41%5Eb&c=%7C%22d%22&e=$(id)!>\n"},
	{"cmd.exe", "3\n</c>\n<start>\n"
                    "<https^:^/^/a^.example^/^?a^=^%41^%5Eb^&c^=^%7C^%22d^%22"
                    "^&e^=^$^(id^)^!>\n"},
};

START_TEST(opens_the_browser_of_windows_and_no_shell_of_its)
{
	size_t i;

	search_folder_only();
	(void)make("xdg-open", "exit 1");
	/* Whoever stands earlier in the table goes first. */
	for (i = (size_t)_i; i < sizeof(windows) / sizeof(windows[0]); i++)
		(void)make(windows[i].name, record);
	(void)setenv("WSL_DISTRO_NAME", "Debian", 1);

	ck_assert_int_eq(browser_open(URL_ODD, NULL), ASTRO_OK);
	ck_assert_str_eq(output(), windows[_i].argv);
}
END_TEST

START_TEST(gives_cmd_no_line_that_it_would_cut)
{
	static char url[8002];
	struct astro_error err = {0};

	search_folder_only();
	(void)make("cmd.exe", record);
	(void)setenv("WSL_INTEROP", "/run/WSL/1_interop", 1);
	memset(url, 'a', sizeof(url) - 1);
	memcpy(url, "https://", 8);
	/* Three carets come along. */
	url[7998] = '\0';
	ck_assert_int_eq(browser_open(url, &err), ASTRO_UNSUPPORTED);
	ck_assert_str_eq(err.message, "the address is too long for cmd.exe");
	url[7997] = '\0';
	ck_assert_int_eq(browser_open(url, &err), ASTRO_OK);
}
END_TEST

START_TEST(leaves_windows_alone_where_there_is_none)
{
	struct astro_error err = {0};

	search_folder_only();
	(void)make("cmd.exe", record);
	(void)make("rundll32.exe", record);
	ck_assert_int_eq(browser_open(URL, &err), ASTRO_UNSUPPORTED);
	ck_assert_str_eq(err.message, "no browser was found");
}
END_TEST

START_TEST(hears_nothing_of_what_the_browser_prints)
{
	(void)setenv("BROWSER",
	             make("opener", "head -c 1048576 /dev/zero | tr '\\0' x &&"
	                            " echo printed >$OUT.part &&"
	                            " mv $OUT.part $OUT"),
	             1);
	ck_assert_int_eq(browser_open(URL, NULL), ASTRO_OK);
	ck_assert_str_eq(output(), "printed\n");
}
END_TEST

/* What was started in the background is not waited for, and lives on. */
START_TEST(lets_a_browser_become_a_daemon)
{
	struct timespec begun, ended;
	int64_t ms;
	pid_t pid = 0;

	(void)setenv("BROWSER",
	             make("opener", "setsid sleep 60 &\n"
	                            "echo $! >$OUT.part; mv $OUT.part $OUT"),
	             1);
	(void)clock_gettime(CLOCK_MONOTONIC, &begun);
	ck_assert_int_eq(browser_open(URL, NULL), ASTRO_OK);
	(void)clock_gettime(CLOCK_MONOTONIC, &ended);
	ms = (int64_t)(ended.tv_sec - begun.tv_sec) * 1000 +
	     (ended.tv_nsec - begun.tv_nsec) / 1000000;
	ck_assert_int_lt(ms, 1500);

	ck_assert_int_eq(sscanf(output(), "%d", &pid), 1);
	ck_assert_int_eq(kill(pid, SIGTERM), 0);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("browser");
	TCase *tcase = tcase_create("browser");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 30);
	tcase_add_checked_fixture(tcase, set_up, tear_down);
	tcase_add_test(tcase,
	               gives_the_address_as_one_argument_without_a_shell);
	tcase_add_test(tcase, leaves_shell_syntax_to_be_words);
	tcase_add_test(tcase, prefers_astro_browser_to_browser);
	tcase_add_test(tcase,
	               finds_an_opener_in_the_absolute_entries_of_path_only);
	tcase_add_test(tcase, refuses_a_relative_browser);
	tcase_add_test(tcase, opens_nothing_when_the_browser_is_none);
	tcase_add_test(tcase, takes_an_empty_browser_for_none_named);
	tcase_add_loop_test(tcase, opens_web_addresses_only, 0,
	                    sizeof(no_addresses) / sizeof(no_addresses[0]));
	tcase_add_test(tcase, says_when_the_browser_fails_at_once);
	tcase_add_test(tcase, says_when_the_browser_cannot_be_executed);
	tcase_add_test(tcase, hides_our_secrets_from_the_browser);
	tcase_add_test(tcase, leaves_the_browser_nothing_of_ours);
	tcase_add_test(tcase, does_not_wait_for_a_browser_that_stays);
	tcase_add_test(tcase, leaves_no_child_behind);
	tcase_add_test(tcase, does_not_block_while_it_is_started);
	tcase_add_test(tcase, bounds_the_command);
	tcase_add_test(tcase, hands_the_address_to_the_helper_of_vs_code);
	tcase_add_loop_test(tcase,
	                    opens_the_browser_of_windows_and_no_shell_of_its, 0,
	                    sizeof(windows) / sizeof(windows[0]));
	tcase_add_test(tcase, gives_cmd_no_line_that_it_would_cut);
	tcase_add_test(tcase, leaves_windows_alone_where_there_is_none);
	tcase_add_test(tcase, hears_nothing_of_what_the_browser_prints);
	tcase_add_test(tcase, lets_a_browser_become_a_daemon);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
