/* SPDX-License-Identifier: Apache-2.0 */
/* Starts a browser, without a shell and without waiting for it. */
#include "browser.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "environment.h"
#include "error.h"
#include "interrupt.h"
#include "opener.h"

enum {
	WAIT_MS = 500, /* for an opener that fails */
	GRACE_MS = 500 /* for the one that waits for it */
};

/* Everything execve() needs, made before the fork: between the two only
 * async-signal-safe calls are allowed, the network library has threads. */
struct command {
	struct opener opener;
	const char **environment;
};

/* How it went: what the watching process writes. */
struct outcome {
	int number; /* errno of execve(), or 0 */
	int status; /* of waitpid(), 0 while it still runs */
};

bool browser_is_there(void)
{
	struct opener *opener = calloc(1, sizeof(*opener));
	bool there = opener != NULL && opener_find(opener, NULL) == ASTRO_OK;

	free(opener);
	return there;
}

static int command_make(struct command *command, const char *url,
                        struct astro_error *err)
{
	int status = opener_make(&command->opener, url, err);

	if (status == ASTRO_OK)
		status = environment_clean(&command->environment, err);
	return status;
}

/* As if a desktop had started it: no terminal, and nothing of ours is held
 * open, the callback's sockets least of all.  OUT becomes descriptor 3. */
static bool detach(int out)
{
	int null = open("/dev/null", O_RDWR), number;

	(void)setsid();
	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 ||
	    dup2(null, 2) < 0 || (out != 3 && dup3(out, 3, O_CLOEXEC) < 0))
		return false;
	(void)syscall(SYS_close_range, 4u, ~0u, 0u);
	/* An inherited SIG_IGN would even hide how the program ends. */
	for (number = 1; number < _NSIG; number++)
		(void)signal(number, SIG_DFL);
	return true;
}

/* REPORT closes itself when the program starts; else it gets the errno. */
static void become(const struct command *command, int report)
{
	sigset_t none;
	int number;

	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	/* execve() changes neither array, for all that its type says. */
	(void)execve(command->opener.path,
	             (char *const *)(uintptr_t)command->opener.argv,
	             (char *const *)(uintptr_t)command->environment);
	number = errno;
	(void)!write(report, &number, sizeof(number));
	_exit(127);
}

/* Start it, and see for half a second whether it fails. */
static void watch(const struct command *command, int out)
{
	const struct timespec patience = {.tv_nsec = WAIT_MS * 1000000L};
	struct outcome outcome = {0, 0};
	int report[2], number;
	sigset_t ended;
	pid_t pid;

	(void)sigemptyset(&ended);
	(void)sigaddset(&ended, SIGCHLD);
	if (!detach(out) || pipe2(report, O_CLOEXEC) != 0 ||
	    sigprocmask(SIG_SETMASK, &ended, NULL) != 0)
		_exit(1);
	pid = fork();
	if (pid == 0)
		become(command, report[1]);
	(void)close(report[1]);
	if (pid < 0)
		outcome.number = errno;
	else if (read(report[0], &number, sizeof(number)) == sizeof(number))
		outcome.number = number;
	if (pid > 0 && outcome.number == 0) {
		(void)sigtimedwait(&ended, NULL, &patience);
		if (waitpid(pid, &number, WNOHANG) == pid)
			outcome.status = number;
	}
	(void)!write(3, &outcome, sizeof(outcome));
	_exit(0);
}

int browser_start(const char *url, int *fd, struct astro_error *err)
{
	struct command *command = calloc(1, sizeof(*command));
	int ends[2] = {-1, -1}, status;
	pid_t pid;

	*fd = -1;
	if (command == NULL)
		return error_no_memory(err);
	status = command_make(command, url, err);
	if (status != ASTRO_OK)
		goto out;
	if (pipe2(ends, O_CLOEXEC) != 0) {
		status = error_set_system(err, ASTRO_UNSUPPORTED, errno, NULL,
		                          "the browser was not started");
		goto out;
	}
	/* Twice, so that the one who watches is nobody's child to wait for. */
	pid = fork();
	if (pid == 0) {
		pid = fork();
		if (pid == 0)
			watch(command, ends[1]);
		_exit(pid < 0);
	}
	if (pid < 0) {
		status = error_set_system(err, ASTRO_UNSUPPORTED, errno, NULL,
		                          "the browser was not started");
		goto out;
	}
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	*fd = ends[0];
	ends[0] = -1; /* handed over */
out:
	if (ends[0] >= 0)
		(void)close(ends[0]);
	if (ends[1] >= 0)
		(void)close(ends[1]);
	free(command->environment);
	opener_clear(&command->opener);
	free(command);
	return status;
}

int browser_result(int fd, struct astro_error *err)
{
	struct outcome outcome;
	ssize_t len;

	do {
		len = read(fd, &outcome, sizeof(outcome));
	} while (len < 0 && errno == EINTR);
	(void)close(fd);
	if (len != (ssize_t)sizeof(outcome))
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "the browser was not started");
	if (outcome.number != 0)
		return error_set_system(err, ASTRO_UNSUPPORTED, outcome.number,
		                        NULL, "the browser was not started");
	if (WIFSIGNALED(outcome.status))
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "the browser was ended by signal %d",
		                 WTERMSIG(outcome.status));
	if (WEXITSTATUS(outcome.status) != 0)
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "the browser ended with %d",
		                 WEXITSTATUS(outcome.status));
	return ASTRO_OK;
}

int browser_open(const char *url, struct astro_error *err)
{
	struct pollfd watched = {.events = POLLIN};
	int64_t end = clock_boot() + WAIT_MS + GRACE_MS, left;
	int status;

	status = browser_start(url, &watched.fd, err);
	if (status != ASTRO_OK)
		return status;
	while ((left = end - clock_boot()) > 0) {
		int count = poll(&watched, 1, (int)left);

		if (count > 0)
			return browser_result(watched.fd, err);
		if (count == 0)
			break;
		status = interrupt_check(err);
		if (status != ASTRO_OK)
			break;
	}
	(void)close(watched.fd);
	return status;
}
