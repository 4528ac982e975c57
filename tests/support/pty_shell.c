/* SPDX-License-Identifier: Apache-2.0 */
/* A shell with one job, for pty.c. */
#include "pty_shell.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_LEAK_CHECK 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(HAS_LEAK_CHECK)
#include <sanitizer/lsan_interface.h>
#undef HAS_LEAK_CHECK
#define HAS_LEAK_CHECK 1
#else
#define HAS_LEAK_CHECK 0
#endif

enum { CANNOT_RUN = 127, LEAKED = 99 };

static void default_signals(void)
{
	sigset_t none;
	int number;

	for (number = 1; number < NSIG; number++)
		if (number != SIGKILL && number != SIGSTOP)
			(void)signal(number, SIG_DFL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Standard input, output and error from numbers that are all above 2. */
static void take_streams(const int standard[3])
{
	int i;

	for (i = 0; i < 3; i++)
		if (dup2(standard[i], i) < 0)
			_exit(CANNOT_RUN);
	(void)close_range(3, ~0u, 0);
}

static _Noreturn void run_program(const struct pty_shell *shell)
{
	const struct pty_options *options = shell->options;
	extern char **environ;

	take_streams(shell->standard);
	default_signals();
	if (options->folder != NULL && chdir(options->folder) != 0)
		_exit(CANNOT_RUN);
	if (options->work != NULL) {
		int status = options->work(options->data);

		(void)fflush(NULL);
#if HAS_LEAK_CHECK
		if (__lsan_do_recoverable_leak_check() != 0)
			status = LEAKED;
#endif
		_exit(status);
	}
	(void)execvpe(options->argv[0], (char *const *)options->argv,
	              options->env != NULL ? (char *const *)options->env
	                                   : environ);
	(void)dprintf(2, "%s: %s\n", options->argv[0], strerror(errno));
	_exit(CANNOT_RUN);
}

static void give_terminal(const struct pty_shell *shell, pid_t group)
{
	if (shell->terminal >= 0)
		(void)tcsetpgrp(shell->terminal, group);
}

static pid_t start_job(const struct pty_shell *shell)
{
	pid_t job = fork();

	if (job < 0)
		_exit(CANNOT_RUN);
	if (job == 0) {
		/* Both sides do it, so that neither depends on the other being
		 * first; SIGTTOU is ignored until run_program(). */
		(void)setpgid(0, 0);
		if (!shell->options->in_background)
			give_terminal(shell, getpid());
		run_program(shell);
	}
	(void)setpgid(job, job);
	if (!shell->options->in_background)
		give_terminal(shell, job);
	return job;
}

static void say(const struct pty_shell *shell, enum pty_word word, int number)
{
	struct pty_message message = {word, number};

	(void)send(shell->control, &message, sizeof(message), MSG_NOSIGNAL);
}

/* False when the job has ended. */
static bool look_after(const struct pty_shell *shell, pid_t job)
{
	int status;

	while (waitpid(job, &status, WNOHANG | WUNTRACED) == job) {
		give_terminal(shell, getpid());
		if (!WIFSTOPPED(status)) {
			say(shell, PTY_ENDED, status);
			return false;
		}
		say(shell, PTY_STOPPED, WSTOPSIG(status));
	}
	return true;
}

static void obey(const struct pty_shell *shell, pid_t job,
                 const struct pty_message *message)
{
	if (message->word == PTY_FOREGROUND)
		give_terminal(shell, job);
	(void)kill(-job, SIGCONT);
}

_Noreturn void pty_shell_run(const struct pty_shell *shell)
{
	static const int ignored[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE,
	                              SIGTSTP, SIGTTIN, SIGTTOU, SIGTERM};
	struct pty_message message;
	struct pollfd polls[2];
	bool alive = true;
	sigset_t child;
	pid_t job;
	size_t i;

	for (i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		(void)signal(ignored[i], SIG_IGN);
	(void)setsid();
	if (shell->terminal >= 0 && ioctl(shell->terminal, TIOCSCTTY, 0) != 0)
		_exit(CANNOT_RUN);
	(void)sigemptyset(&child);
	(void)sigaddset(&child, SIGCHLD);
	(void)sigprocmask(SIG_BLOCK, &child, NULL);

	job = start_job(shell);
	for (i = 0; i < 3; i++)
		if (shell->standard[i] != shell->terminal)
			(void)close(shell->standard[i]);
	say(shell, PTY_STARTED, (int)job);

	polls[0] = (struct pollfd){.fd = shell->control, .events = POLLIN};
	polls[1] = (struct pollfd){.events = POLLIN};
	polls[1].fd = signalfd(-1, &child, SFD_CLOEXEC);
	for (;;) {
		struct signalfd_siginfo info;

		if (poll(polls, 2, -1) < 0)
			continue;
		if (polls[1].revents != 0 &&
		    read(polls[1].fd, &info, sizeof(info)) > 0 && alive)
			alive = look_after(shell, job);
		if (polls[0].revents == 0)
			continue;
		if (recv(shell->control, &message, sizeof(message), 0) !=
		    (ssize_t)sizeof(message))
			break;
		obey(shell, job, &message);
	}
	(void)kill(-job, SIGKILL);
	_exit(0);
}
