/* SPDX-License-Identifier: Apache-2.0 */
/* Lines to and from programs: those that talk, and those that misbehave. */
#include "channel.h"

#include <check.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "kit.h"
#include "log.h"
#include "secret.h"

static struct channel channel;
static struct astro_error err;
static int64_t boot_now;
static const char *line;
static size_t len;

/* Ten seconds pass with each look at the clock. */
static int64_t fast_boot(void)
{
	return boot_now += 10 * 1000;
}

static void setup(void)
{
	kit_setup();
	interrupt_install();
	interrupt_forget();
	memset(&channel, 0, sizeof(channel));
	memset(&err, 0, sizeof(err));
	channel.provider = "corp";
	channel.operation = "authenticate";
	channel.patience_ms = 60 * 1000;
}

static void teardown(void)
{
	channel_close(&channel, 0);
	clock_replace(NULL, NULL);
	interrupt_forget();
	log_set_verbose(false);
	kit_teardown();
}

/* The file of a program; $HERE is the home folder. */
static int make(const char *first_line, const char *script, mode_t mode)
{
	char text[8192];
	int fd;

	(void)snprintf(text, sizeof(text), "%s\nHERE=%s\n%s\n", first_line,
	               kit_home, script);
	kit_write("program", text, strlen(text), mode);
	fd = open(kit_path("program"), O_RDONLY | O_CLOEXEC);
	ck_assert_int_ge(fd, 0);
	return fd;
}

static void start(const char *script)
{
	int fd = make("#!/bin/sh", script, 0700);
	int status = channel_open(&channel, fd, kit_path("program"), &err);

	ck_assert_msg(status == ASTRO_OK, "%s", err.message);
	(void)close(fd);
}

static void send_line(const char *text)
{
	struct text out;

	text_init(&out, 2 * CHANNEL_LINE_MAX);
	ck_assert(text_add_string(&out, text) && text_add(&out, "\n", 1));
	ck_assert_msg(channel_send(&channel, &out, &err) == ASTRO_OK, "%s",
	              err.message);
	text_clear(&out);
}

static void expect_line(const char *wanted)
{
	int status = channel_receive(&channel, &line, &len, &err);

	ck_assert_msg(status == ASTRO_OK, "%s", err.message);
	ck_assert_str_eq(line, wanted);
	ck_assert_uint_eq(len, strlen(wanted));
}

static void expect_failure(int wanted, const char *message)
{
	int status = channel_receive(&channel, &line, &len, &err);

	ck_assert_str_eq(err.message, message);
	ck_assert_int_eq(status, wanted);
}

static void expect_not_started(int fd, const char *part, const char *hint)
{
	int status = channel_open(&channel, fd, "/the/program", &err);

	ck_assert_int_eq(status, ASTRO_BAD_PLUGIN);
	ck_assert_msg(strstr(err.message, part) != NULL, "%s", err.message);
	ck_assert_msg(strstr(err.hint, hint) != NULL, "%s", err.hint);
	(void)close(fd);
}

static char *left(const char *name)
{
	char *text = kit_read(name, NULL);

	ck_assert_msg(text != NULL, "nothing was left in %s", name);
	return text;
}

/* ---- lines ---- */

START_TEST(takes_lines_in_pieces_and_several_at_once)
{
	start("printf 'one\\ntw'; sleep 0.05; printf 'o\\n\\nthree\\n'; read x;"
	      "echo \"got $x\"; read x");

	expect_line("one");
	expect_line("two");
	expect_line("");
	expect_line("three");
	send_line("four");
	expect_line("got four");
}
END_TEST

START_TEST(takes_a_line_of_the_full_length_and_none_that_is_longer)
{
	start("head -c 1048576 /dev/zero | tr '\\0' x; echo;"
	      "head -c 1048577 /dev/zero | tr '\\0' x; echo; read x");

	ck_assert_int_eq(channel_receive(&channel, &line, &len, &err),
	                 ASTRO_OK);
	ck_assert_uint_eq(len, CHANNEL_LINE_MAX);
	expect_failure(ASTRO_BAD_PLUGIN,
	               "the program of the provider corp sent a line of more "
	               "than 1048576 bytes during authenticate");
}
END_TEST

START_TEST(reads_no_more_of_an_endless_line_than_it_must)
{
	start("exec tr '\\0' x </dev/zero");

	expect_failure(ASTRO_BAD_PLUGIN,
	               "the program of the provider corp sent a line of more "
	               "than 1048576 bytes during authenticate");
	ck_assert_uint_lt(channel.input.size, 4 * CHANNEL_LINE_MAX);
}
END_TEST

START_TEST(sends_a_line_that_does_not_fit_into_the_pipe)
{
	char *text = malloc(CHANNEL_LINE_MAX + 1);

	ck_assert_ptr_nonnull(text);
	memset(text, 'y', CHANNEL_LINE_MAX);
	text[CHANNEL_LINE_MAX] = '\0';
	start("sleep 0.05; read -r x; echo ${#x}; read x");

	send_line(text);

	expect_line("1048576");
	free(text);
}
END_TEST

/* ---- ends ---- */

static const struct {
	const char *script, *message;
} ends[] = {
	{"exit 3", "the program of the provider corp ended during authenticate "
                   "(exit 3)"},
	{"exit 0", "the program of the provider corp ended during authenticate "
                   "(exit 0)"},
	{"printf half-a-line", "the program of the provider corp ended during "
                               "authenticate (exit 0)"},
	{"kill -SEGV $$",
         "the program of the provider corp was ended by signal "
         "11 (Segmentation fault) during authenticate"},
	{"exec >&-; sleep 600", "the program of the provider corp closed its "
                                "pipes during authenticate"},
};

START_TEST(tells_how_a_program_has_ended)
{
	start(ends[_i].script);

	expect_failure(ASTRO_BAD_PLUGIN, ends[_i].message);
	/* And says the same when asked again. */
	expect_failure(ASTRO_BAD_PLUGIN, ends[_i].message);
}
END_TEST

/* What has left the program's session is nobody's any more, but ours. */
static pid_t expect_pid(void)
{
	ck_assert_int_eq(channel_receive(&channel, &line, &len, &err),
	                 ASTRO_OK);
	return (pid_t)strtol(line, NULL, 10);
}

START_TEST(does_not_wait_for_what_a_program_leaves_behind)
{
	pid_t pid;

	start("setsid sleep 600 & echo $!; exit 4");
	pid = expect_pid();

	expect_failure(ASTRO_BAD_PLUGIN,
	               "the program of the provider corp ended during "
	               "authenticate (exit 4)");
	(void)kill(pid, SIGKILL);
}
END_TEST

START_TEST(survives_that_a_program_kills_its_keeper)
{
	pid_t pid;

	start("sleep 600 & echo $!; read x; kill -KILL $PPID; exec sleep 600");
	pid = expect_pid();
	send_line("now");

	expect_failure(ASTRO_BAD_PLUGIN,
	               "the program of the provider corp was ended by signal 9 "
	               "(Killed) during authenticate");
	(void)kill(pid, SIGKILL);
}
END_TEST

START_TEST(tells_when_nobody_reads_any_more)
{
	struct text out;

	text_init(&out, 64);
	ck_assert(text_add_string(&out, "x\n"));
	start("exec <&-; echo ready; sleep 600");
	expect_line("ready");

	ck_assert_int_eq(channel_send(&channel, &out, &err), ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message,
	                 "the program of the provider corp closed its pipes "
	                 "during authenticate");
	text_clear(&out);
}
END_TEST

START_TEST(does_not_wait_for_ever)
{
	start("sleep 600");
	clock_replace(NULL, fast_boot);

	expect_failure(ASTRO_BAD_PLUGIN,
	               "the program of the provider corp sent no whole line "
	               "for 60 seconds during authenticate");
}
END_TEST

START_TEST(does_not_wait_longer_for_a_line_that_comes_in_drops)
{
	start("while :; do printf x; sleep 0.01; done");
	clock_replace(NULL, fast_boot);

	expect_failure(ASTRO_BAD_PLUGIN,
	               "the program of the provider corp sent no whole line "
	               "for 60 seconds during authenticate");
}
END_TEST

START_TEST(does_not_wait_for_one_that_reads_nothing)
{
	struct text out;

	text_init(&out, CHANNEL_LINE_MAX);
	start("sleep 600");
	while (text_add(&out, "0123456789abcdef", 16))
		;
	clock_replace(NULL, fast_boot);

	ck_assert_int_eq(channel_send(&channel, &out, &err), ASTRO_BAD_PLUGIN);
	ck_assert_str_eq(err.message,
	                 "the program of the provider corp read nothing for "
	                 "60 seconds during authenticate");
	text_clear(&out);
}
END_TEST

START_TEST(stops_at_an_interrupt)
{
	start("echo ready; sleep 600");
	expect_line("ready");
	(void)raise(SIGINT);

	expect_failure(ASTRO_CANCELLED, "interrupted");
}
END_TEST

/* ---- the process ---- */

/* Gone, or about to be reaped by whoever adopted it. */
static void expect_ended(const char *pid)
{
	char path[64], state = '?';
	int tries;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat",
	               strtol(pid, NULL, 10));
	for (tries = 0; tries < 500; tries++) {
		FILE *stream = fopen(path, "re");

		if (stream == NULL)
			return;
		if (fscanf(stream, "%*d %*s %c", &state) != 1)
			state = '?';
		(void)fclose(stream);
		if (state == 'Z')
			return;
		(void)poll(NULL, 0, 10);
	}
	ck_abort_msg("process %s still runs (%c)", pid, state);
}

START_TEST(ends_what_the_program_has_started_too)
{
	char *pid;

	start("trap '' TERM HUP; sleep 600 & echo $!; wait");
	ck_assert_int_eq(channel_receive(&channel, &line, &len, &err),
	                 ASTRO_OK);
	pid = strdup(line);

	channel_close(&channel, 0);

	expect_ended(pid);
	free(pid);
}
END_TEST

START_TEST(ends_the_programs_children_when_it_ends_itself)
{
	char *pid;

	start("sleep 600 & echo $!; exit 0");
	ck_assert_int_eq(channel_receive(&channel, &line, &len, &err),
	                 ASTRO_OK);
	pid = strdup(line);

	expect_failure(ASTRO_BAD_PLUGIN,
	               "the program of the provider corp ended during "
	               "authenticate (exit 0)");
	expect_ended(pid);
	free(pid);
}
END_TEST

START_TEST(leaves_nothing_behind_when_we_are_killed)
{
	int ends_of_pipe[2];
	char pids[64] = "";
	size_t got = 0;
	char *child;
	pid_t pid;

	ck_assert_int_eq(pipe(ends_of_pipe), 0);
	pid = fork();
	if (pid == 0) {
		start("sleep 600 & echo $$ $!; wait");
		(void)channel_receive(&channel, &line, &len, &err);
		(void)!write(ends_of_pipe[1], line, len + 1);
		(void)raise(SIGKILL);
	}
	(void)close(ends_of_pipe[1]);
	while (got == 0 || pids[got - 1] != '\0') {
		ssize_t more =
			read(ends_of_pipe[0], pids + got, sizeof(pids) - got);

		ck_assert_int_gt(more, 0);
		got += (size_t)more;
	}
	ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
	child = strchr(pids, ' ');
	ck_assert_ptr_nonnull(child);
	*child++ = '\0';

	expect_ended(pids);
	expect_ended(child);
	(void)close(ends_of_pipe[0]);
}
END_TEST

START_TEST(lets_a_program_end_by_itself)
{
	char *text;

	start("echo ready; read x; sleep 0.1; echo done >$HERE/last");
	expect_line("ready");

	channel_close(&channel, 10 * 1000);

	text = left("last");
	ck_assert_str_eq(text, "done\n");
	free(text);
}
END_TEST

START_TEST(gives_the_program_an_environment_without_our_secrets)
{
	char *text;

	(void)setenv("ASTRO_API_TOKEN", "canary-token", 1);
	(void)setenv("ASTRO_PASSWORD", "canary-password", 1);
	(void)setenv("KRB5CCNAME", "of-the-person", 1);
	(void)setenv("PATH", ".:/usr/bin::relative:/bin:", 1);
	start("env >$HERE/environment; echo ready; read x");

	expect_line("ready");

	text = left("environment");
	ck_assert_ptr_null(strstr(text, "canary"));
	ck_assert_ptr_nonnull(strstr(text, "KRB5CCNAME=of-the-person\n"));
	ck_assert_ptr_nonnull(strstr(text, "PATH=/usr/bin:/bin\n"));
	free(text);
}
END_TEST

START_TEST(gives_the_program_nothing_else_of_ours)
{
	char *text;
	int inherited;

	/* As a careless shell's. */
	kit_write("inherited", "x", 1, 0600);
	inherited = open(kit_path("inherited"), O_RDONLY);
	ck_assert_int_ge(inherited, 0);
	(void)signal(SIGUSR1, SIG_IGN);
	start("cat /proc/$$/cmdline | tr '\\0' ' ' >$HERE/arguments;"
	      "ls -l /proc/self/fd >$HERE/open;"
	      "pwd >$HERE/folder;"
	      "grep -E '^Sig(Blk|Ign)' /proc/self/status >$HERE/signals;"
	      "(echo x >/dev/tty) 2>/dev/null && echo has >$HERE/terminal;"
	      "echo ready; read x");

	expect_line("ready");

	text = left("arguments");
	ck_assert_str_eq(text, "/bin/sh /proc/self/fd/3 ");
	free(text);
	text = left("open");
	ck_assert_msg(strstr(text, "inherited") == NULL, "%s", text);
	ck_assert_msg(strstr(text, "socket") == NULL, "%s", text);
	free(text);
	text = left("folder");
	ck_assert_str_eq(text, "/\n");
	free(text);
	text = left("signals");
	ck_assert_str_eq(text, "SigBlk:\t0000000000000000\n"
	                       "SigIgn:\t0000000000000000\n");
	free(text);
	ck_assert_ptr_null(kit_read("terminal", NULL));
	(void)close(inherited);
}
END_TEST

START_TEST(runs_the_file_that_was_judged_and_not_another_of_its_name)
{
	int fd = make("#!/bin/sh", "echo judged; read x", 0700);

	kit_write("other", "#!/bin/sh\necho swapped; read x\n", 31, 0700);
	ck_assert_int_eq(rename(kit_path("other"), kit_path("program")), 0);
	ck_assert_int_eq(channel_open(&channel, fd, kit_path("program"), &err),
	                 ASTRO_OK);

	expect_line("judged");
	(void)close(fd);
}
END_TEST

START_TEST(runs_a_program_that_is_no_script)
{
	int fd = open("/bin/cat", O_RDONLY | O_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(channel_open(&channel, fd, "/bin/cat", &err),
	                 ASTRO_OK);
	send_line("and back");
	expect_line("and back");
	(void)close(fd);
}
END_TEST

START_TEST(says_why_a_program_cannot_be_started)
{
	expect_not_started(make("#!/bin/sh", "", 0600),
	                   "/the/program cannot be started: Permission denied",
	                   "chmod u+x");
	expect_not_started(make("#!/no/such/thing", "", 0700),
	                   "/the/program cannot be started: No such file",
	                   "interpreter");
	expect_not_started(make("no program", "", 0700),
	                   "/the/program cannot be started: Exec format error",
	                   "#!");
}
END_TEST

/* Wherever the last descriptor is missed, in the keeper too. */
START_TEST(says_so_when_there_are_too_many_open_files)
{
	int fd = make("#!/bin/sh", "exec cat", 0700), failures = 0;
	struct rlimit before, few;

	ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	for (few.rlim_cur = (rlim_t)fd + 1; few.rlim_cur < 40; few.rlim_cur++) {
		int status;

		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
		status = channel_open(&channel, fd, "/the/program", &err);
		ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
		channel_close(&channel, 0);
		if (status == ASTRO_OK)
			continue;
		failures++;
		ck_assert_int_eq(status, ASTRO_BAD_PLUGIN);
		ck_assert_str_eq(err.message, "/the/program cannot be started: "
		                              "Too many open files");
	}

	ck_assert_int_gt(failures, 5);
	(void)close(fd);
}
END_TEST

/* ---- what it says beside ---- */

static char *captured(void)
{
	static char text[65536];
	size_t got;

	(void)fflush(stderr);
	rewind(stderr);
	got = fread(text, 1, sizeof(text) - 1, stderr);
	text[got] = '\0';
	return text;
}

static void capture(void)
{
	ck_assert_ptr_nonnull(freopen(kit_path("stderr"), "w+", stderr));
	ck_assert_int_eq(setvbuf(stderr, NULL, _IONBF, 0), 0);
}

START_TEST(shows_what_it_says_beside_with_the_trace_and_masked)
{
	struct astro_secret *secret;
	char *text;

	capture();
	log_set_verbose(true);
	ck_assert_int_eq(secret_new("canary-1", 8, &secret, NULL), ASTRO_OK);
	start("printf 'has canary-1\\n\\033[31mred\\nand no end' >&2;"
	      "echo ready; read x; echo last words >&2");
	expect_line("ready");

	channel_close(&channel, 10 * 1000);

	text = captured();
	ck_assert_ptr_nonnull(strstr(text, "debug: corp: has ***\n"));
	ck_assert_ptr_nonnull(strstr(text, "debug: corp: \\x1b[31mred\n"));
	ck_assert_ptr_nonnull(
		strstr(text, "debug: corp: and no endlast words\n"));
	ck_assert_ptr_null(strstr(text, "canary"));
	secret_free(secret);
}
END_TEST

START_TEST(is_not_held_up_by_a_flood_beside)
{
	capture();
	log_set_verbose(true);
	start("yes >&2 & sleep 0.1; echo ready; read x; kill $!");

	expect_line("ready");
}
END_TEST

START_TEST(shows_nothing_of_it_without_the_trace)
{
	capture();
	start("echo beside >&2; echo ready; read x");
	expect_line("ready");

	channel_close(&channel, 10 * 1000);

	ck_assert_str_eq(captured(), "");
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("channel");
	SRunner *runner = srunner_create(suite);
	TCase *lines = tcase_create("lines"),
	      *process = tcase_create("process");
	int failed;

	tcase_add_checked_fixture(lines, setup, teardown);
	tcase_set_timeout(lines, 60);
	tcase_add_test(lines, takes_lines_in_pieces_and_several_at_once);
	tcase_add_test(lines,
	               takes_a_line_of_the_full_length_and_none_that_is_longer);
	tcase_add_test(lines, reads_no_more_of_an_endless_line_than_it_must);
	tcase_add_test(lines, sends_a_line_that_does_not_fit_into_the_pipe);
	tcase_add_loop_test(lines, tells_how_a_program_has_ended, 0,
	                    sizeof(ends) / sizeof(ends[0]));
	tcase_add_test(lines, does_not_wait_for_what_a_program_leaves_behind);
	tcase_add_test(lines, survives_that_a_program_kills_its_keeper);
	tcase_add_test(lines, tells_when_nobody_reads_any_more);
	tcase_add_test(lines, does_not_wait_for_ever);
	tcase_add_test(lines,
	               does_not_wait_longer_for_a_line_that_comes_in_drops);
	tcase_add_test(lines, does_not_wait_for_one_that_reads_nothing);
	tcase_add_test(lines, stops_at_an_interrupt);
	suite_add_tcase(suite, lines);

	tcase_add_checked_fixture(process, setup, teardown);
	tcase_set_timeout(process, 60);
	tcase_add_test(process, ends_what_the_program_has_started_too);
	tcase_add_test(process, ends_the_programs_children_when_it_ends_itself);
	tcase_add_test(process, leaves_nothing_behind_when_we_are_killed);
	tcase_add_test(process, lets_a_program_end_by_itself);
	tcase_add_test(process,
	               gives_the_program_an_environment_without_our_secrets);
	tcase_add_test(process, gives_the_program_nothing_else_of_ours);
	tcase_add_test(
		process,
		runs_the_file_that_was_judged_and_not_another_of_its_name);
	tcase_add_test(process, runs_a_program_that_is_no_script);
	tcase_add_test(process, says_why_a_program_cannot_be_started);
	tcase_add_test(process, says_so_when_there_are_too_many_open_files);
	tcase_add_test(process,
	               shows_what_it_says_beside_with_the_trace_and_masked);
	tcase_add_test(process, is_not_held_up_by_a_flood_beside);
	tcase_add_test(process, shows_nothing_of_it_without_the_trace);
	suite_add_tcase(suite, process);

	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
