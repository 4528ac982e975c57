/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Starting and ending a provider's program.  What is executed is the descriptor
 * that was judged, by its name below /proc: a script's interpreter opens it by
 * the same name, so it stays open in the program as number 3.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clock.h"
#include "environment.h"
#include "error.h"
#include "program.h"

#define FILE_LINK "/proc/self/fd/3"

/* The descriptors of the keeper; the first four are the program's as well. */
enum slot { IN, OUT, TRACE, PROGRAM_FILE, LIFELINE, REPORT, SLOTS };

/* All that the keeper and the program need, made before the fork: from there
 * on only async-signal-safe calls are allowed. */
struct plan {
	const char *path;
	const char **environment;
	char *search; /* of the environment */
	int slots[SLOTS];
	sigset_t none;
};

static void wake(int number)
{
	(void)number;
}

/* There is no program, and no keeper: errno says why. */
static _Noreturn void give_up(int report)
{
	int number = errno;

	(void)!write(report, &number, sizeof(number));
	_exit(1);
}

/* Whatever their numbers are now. */
static void arrange(struct plan *plan)
{
	int report = plan->slots[REPORT], i;

	for (i = 0; i < SLOTS; i++) {
		plan->slots[i] =
			fcntl(plan->slots[i], F_DUPFD_CLOEXEC, 2 * SLOTS);
		if (plan->slots[i] < 0)
			give_up(report);
	}
	report = plan->slots[REPORT];
	for (i = 0; i < SLOTS; i++)
		if (dup3(plan->slots[i], i, O_CLOEXEC) < 0)
			give_up(report);
	(void)syscall(SYS_close_range, (unsigned)SLOTS, ~0u, 0u);
}

/* FAILURE closes itself when the program starts; else it gets the errno. */
static _Noreturn void become(const struct plan *plan, int failure)
{
	const char *const argv[] = {plan->path, NULL};
	int number, i;

	/* Without a terminal: what is typed there is for astro alone. */
	(void)setsid();
	/* Should the keeper be killed. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (number = 1; number < _NSIG; number++)
		(void)signal(number, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, &plan->none, NULL);
	for (i = IN; i <= PROGRAM_FILE; i++)
		(void)fcntl(i, F_SETFD, 0);
	/* execve() changes neither array, for all that its type says. */
	if (chdir("/") == 0)
		(void)execve(FILE_LINK, (char *const *)(uintptr_t)argv,
		             (char *const *)(uintptr_t)plan->environment);
	number = errno;
	(void)!write(failure, &number, sizeof(number));
	_exit(127);
}

/* Until PID has ended, or we: then the lifeline's other end is closed. */
static void watch(pid_t pid, const sigset_t *none)
{
	struct pollfd lifeline = {.fd = LIFELINE, .events = POLLIN};
	siginfo_t info;

	do {
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)pid, &info,
		           WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid == pid)
			return;
	} while (ppoll(&lifeline, 1, NULL, none) <= 0);
}

static _Noreturn void keep(struct plan *plan)
{
	struct sigaction action = {.sa_handler = wake};
	int ends[2], number = 0, status = 0;
	sigset_t all;
	pid_t pid;

	(void)setsid();
	(void)sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)sigaction(SIGCHLD, &action, NULL);
	arrange(plan);
	if (pipe2(ends, O_CLOEXEC) != 0)
		give_up(REPORT);
	pid = fork();
	if (pid == 0)
		become(plan, ends[1]);
	if (pid < 0)
		number = errno;
	(void)close(ends[1]);
	(void)syscall(SYS_close_range, (unsigned)IN, (unsigned)PROGRAM_FILE,
	              0u);
	if (pid > 0 && read(ends[0], &number, sizeof(number)) == 0)
		number = 0;
	(void)!write(REPORT, &number, sizeof(number));
	if (pid < 0)
		_exit(1);

	watch(pid, &plan->none);
	/* Before it is reaped: its number is its group's. */
	(void)kill(-pid, SIGKILL);
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	(void)!write(REPORT, &status, sizeof(status));
	_exit(0);
}

static bool read_number(int fd, int *out)
{
	ssize_t len;

	do {
		len = read(fd, out, sizeof(*out));
	} while (len < 0 && errno == EINTR);
	return len == (ssize_t)sizeof(*out);
}

/* OURS is our end, the one of the slot the keeper's; we write when OURS is. */
static bool make_pipe(int *ours, int *theirs, bool we_write)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return false;
	*ours = ends[we_write ? 1 : 0];
	*theirs = ends[we_write ? 0 : 1];
	return true;
}

static bool make_pipes(struct child *child, struct plan *plan, bool listen)
{
	if (!make_pipe(&child->in, &plan->slots[IN], true) ||
	    !make_pipe(&child->out, &plan->slots[OUT], false) ||
	    !make_pipe(&child->lifeline, &plan->slots[LIFELINE], true) ||
	    !make_pipe(&child->report, &plan->slots[REPORT], false))
		return false;
	if (listen && !make_pipe(&child->trace, &plan->slots[TRACE], false))
		return false;
	if (!listen)
		plan->slots[TRACE] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return plan->slots[TRACE] >= 0 &&
	       fcntl(child->in, F_SETFL, O_NONBLOCK) == 0 &&
	       fcntl(child->out, F_SETFL, O_NONBLOCK) == 0 &&
	       (!listen || fcntl(child->trace, F_SETFL, O_NONBLOCK) == 0);
}

static int plan_environment(struct plan *plan, struct astro_error *err)
{
	size_t i;

	plan->search = program_search_path();
	if (plan->search == NULL)
		return error_no_memory(err);
	if (environment_clean(&plan->environment, err) != ASTRO_OK)
		return ASTRO_NO_MEMORY;
	for (i = 0; plan->environment[i] != NULL; i++)
		if (strncmp(plan->environment[i], "PATH=", 5) == 0)
			plan->environment[i] = plan->search;
	return ASTRO_OK;
}

static void shut(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static void reap(struct child *child)
{
	while (child->keeper > 0 && waitpid(child->keeper, NULL, 0) < 0 &&
	       errno == EINTR)
		;
	child->keeper = 0;
}

static void clear(struct child *child)
{
	shut(&child->in);
	shut(&child->out);
	shut(&child->trace);
	shut(&child->lifeline);
	shut(&child->report);
	reap(child);
}

static int not_started(const char *path, int number, struct astro_error *err)
{
	const char *hint = NULL;

	if (number == EACCES)
		hint = "make it executable with `chmod u+x`; its file system "
		       "must allow that, too";
	else if (number == ENOENT)
		hint = "the interpreter that its first line names is missing";
	else if (number == ENOEXEC)
		hint = "it is neither a program for this machine nor a script "
		       "whose first line begins with #!";
	return error_set_system(err, ASTRO_BAD_PLUGIN, number, hint,
	                        "%s cannot be started", path);
}

int child_start(struct child *child, int file, const char *path, bool listen,
                struct astro_error *err)
{
	struct plan plan = {.path = path, .slots = {-1, -1, -1, file, -1, -1}};
	int status, number = 0, i;

	*child = (struct child){-1, -1, -1, -1, -1, 0};
	(void)sigemptyset(&plan.none);
	status = plan_environment(&plan, err);
	if (status != ASTRO_OK)
		goto out;
	if (make_pipes(child, &plan, listen))
		child->keeper = fork();
	else
		child->keeper = -1;
	if (child->keeper == 0)
		keep(&plan);
	number = child->keeper < 0 ? errno : 0;
	plan.slots[PROGRAM_FILE] = -1; /* the caller's */
	for (i = 0; i < SLOTS; i++)
		shut(&plan.slots[i]);
	if (number == 0 && !read_number(child->report, &number))
		number = EAGAIN;
	if (number != 0)
		status = not_started(path, number, err);
out:
	if (status != ASTRO_OK)
		clear(child);
	free(plan.environment);
	free(plan.search);
	return status;
}

bool child_is_over(const struct child *child)
{
	struct pollfd report = {.fd = child->report, .events = POLLIN};

	return poll(&report, 1, 0) > 0;
}

struct child_end child_end(struct child *child, int patience_ms)
{
	struct child_end end = {.is_killed = true};
	struct pollfd report = {.fd = child->report, .events = POLLIN};
	int64_t limit = clock_boot() + patience_ms, left;

	shut(&child->in);
	while (report.fd >= 0 && (left = limit - clock_boot()) > 0) {
		int count = poll(&report, 1, (int)left);

		if (count > 0)
			end.is_killed = false;
		/* A signal to us means that nobody waits any more. */
		if (count != 0)
			break;
	}
	shut(&child->lifeline);
	/* Nothing from a keeper that was killed itself. */
	if (report.fd >= 0 && !read_number(child->report, &end.status))
		end.status = SIGKILL;
	clear(child);
	return end;
}
