/* SPDX-License-Identifier: Apache-2.0 */
/* Starting a program on a pseudo-terminal: descriptors, and the shell. */
#include "pty.h"

#include <check.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "pty_inside.h"

enum { DEFAULT_PATIENCE_MS = 30000 };

static int open_slave(const struct pty *pty, const struct pty_options *options)
{
	struct winsize size = {.ws_row = 24, .ws_col = 80};
	int slave = open(ptsname(pty->screen.fd), O_RDWR | O_NOCTTY);

	ck_assert_int_ge(slave, 0);
	ck_assert_int_eq(ioctl(slave, TIOCSWINSZ, &size), 0);
	if (options->settings != NULL)
		ck_assert_int_eq(tcsetattr(slave, TCSANOW, options->settings),
		                 0);
	return slave;
}

/* A pipe whose end of ours does not block. */
static void open_pipe(int *ours, int *theirs, bool they_read)
{
	int ends[2];

	ck_assert_int_eq(pipe(ends), 0);
	*ours = ends[they_read ? 1 : 0];
	*theirs = ends[they_read ? 0 : 1];
	ck_assert_int_eq(fcntl(*ours, F_SETFL, O_NONBLOCK), 0);
}

static void open_streams(struct pty *pty, const struct pty_options *options,
                         struct pty_shell *shell)
{
	int i;

	for (i = 0; i < 3; i++)
		shell->standard[i] = shell->terminal;
	if (options->input != NULL || options->pipe_stdin)
		open_pipe(&pty->input, &shell->standard[0], true);
	else if (options->no_terminal)
		shell->standard[0] = open("/dev/null", O_RDONLY);
	if (options->full_stdout)
		shell->standard[1] = open("/dev/full", O_WRONLY);
	else if (options->pipe_stdout || options->no_terminal)
		open_pipe(&pty->out.fd, &shell->standard[1], false);
	if (options->pipe_stderr || options->no_terminal)
		open_pipe(&pty->err.fd, &shell->standard[2], false);
}

/* In the child: nothing of ours may be held open there, other terminals'
 * ends included. */
static _Noreturn void become_shell(const struct pty_shell *shell)
{
	int fd;

	for (fd = 3; fd < 1024; fd++)
		if (fd != shell->control && fd != shell->terminal &&
		    fd != shell->standard[0] && fd != shell->standard[1] &&
		    fd != shell->standard[2])
			(void)close(fd);
	pty_shell_run(shell);
}

static void close_theirs(const struct pty_shell *shell)
{
	int i;

	for (i = 0; i < 3; i++)
		if (shell->standard[i] != shell->terminal)
			(void)close(shell->standard[i]);
	if (shell->terminal >= 0)
		(void)close(shell->terminal);
	(void)close(shell->control);
}

static void take_input(struct pty *pty, const struct pty_options *options)
{
	if (options->input == NULL)
		return;
	pty_feed(pty, options->input,
	         options->input_len != 0 ? options->input_len
	                                 : strlen(options->input));
	pty->close_when_sent = true;
}

struct pty *pty_spawn(const struct pty_options *options)
{
	struct pty_shell shell = {.options = options, .terminal = -1};
	struct pty *pty = calloc(1, sizeof(*pty));
	int ends[2];

	ck_assert_ptr_nonnull(pty);
	pty->screen.fd = pty->out.fd = pty->err.fd = pty->input = -1;
	pty->patience_ms = options->patience_ms != 0 ? options->patience_ms
	                                             : DEFAULT_PATIENCE_MS;
	pty->may_change_settings = options->may_change_settings;
	(void)signal(SIGPIPE, SIG_IGN);
	if (!options->no_terminal) {
		pty->screen.fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK);
		ck_assert_int_ge(pty->screen.fd, 0);
		ck_assert_int_eq(grantpt(pty->screen.fd), 0);
		ck_assert_int_eq(unlockpt(pty->screen.fd), 0);
		shell.terminal = open_slave(pty, options);
		ck_assert_int_eq(tcgetattr(shell.terminal, &pty->before), 0);
		pty->has_terminal = true;
	}
	open_streams(pty, options, &shell);
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	pty->control = ends[0];
	shell.control = ends[1];

	(void)fflush(NULL);
	pty->shell = fork();
	ck_assert_int_ge(pty->shell, 0);
	if (pty->shell == 0)
		become_shell(&shell);
	close_theirs(&shell);
	pty_hear(pty); /* its process id */
	take_input(pty, options);
	return pty;
}
