/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The forked child, its clock, and the terminal put back.  Both stay in one
 * process group: what the terminal sends (^C, ^Z) reaches both.
 */
#include "supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "terminal.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAS_LEAK_CHECK 1
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HAS_LEAK_CHECK 1
#endif
#ifdef HAS_LEAK_CHECK
#include <sanitizer/lsan_interface.h>
#endif

/* For a child that has been told to stop; and a leak, where that is checked. */
enum {
	GRACE_MS = 1000,
	EXIT_LEAKED = 99,
	/* For one that has sent a refresh token: longer than its requests, its
	 * second attempt and its waiting for the file take together. */
	SENT_MS = 90 * 1000,
	/* A provider that neither returns nor calls the host.  Asked twice: a
	 * machine that slept meanwhile has let nobody work. */
	TURN_MS = 4000,
	TURN_AGAIN_MS = 400,
	/* As many as a full pipe takes. */
	READS_MAX = 64
};

/* The exit code of a child whose pipe to us was closed. */
enum { EXIT_UNHEARD = 98 };

/* What the parent must survive to clean up after its child. */
static const int handled[] = {SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU};
enum { HANDLED = sizeof(handled) / sizeof(handled[0]) };

/* Blocked but for the waiting, with those of interrupt.h. */
static const int blocked[] = {SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGINT,
                              SIGTERM, SIGHUP,  SIGQUIT, SIGALRM};

struct watch {
	pid_t child;
	int fd; /* the report, or -1 at its end */
	struct report *report;
	int64_t deadline, kill_at; /* clock_boot(), 0: none */
	/* The provider must have ended its turn then, 0: it has none. */
	int64_t turn_end;
	size_t turn_count; /* of the report, when that was set */
	bool is_turn_warned;
	bool is_told, is_late, is_gone, is_sent;
	int ended; /* as waitpid() gives it */
	sigset_t waiting;
};

static void wake(int number)
{
	(void)number;
}

static void take_signals(struct sigaction *replaced)
{
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = wake;
	(void)sigemptyset(&action.sa_mask);
	for (i = 0; i < HANDLED; i++)
		(void)sigaction(handled[i], &action, &replaced[i]);
}

static void give_signals_back(const struct sigaction *replaced)
{
	size_t i;

	for (i = 0; i < HANDLED; i++)
		(void)sigaction(handled[i], &replaced[i], NULL);
}

static void block_signals(sigset_t *before)
{
	sigset_t set;
	size_t i;

	(void)sigemptyset(&set);
	for (i = 0; i < sizeof(blocked) / sizeof(blocked[0]); i++)
		(void)sigaddset(&set, blocked[i]);
	(void)sigprocmask(SIG_BLOCK, &set, before);
}

static _Noreturn void be_child(int (*work)(void *data, int report_fd),
                               void *data, int fd, pid_t parent,
                               const sigset_t *mask)
{
	int code;

	/* A killed parent leaves no child behind. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	interrupt_forget();
	(void)signal(SIGCHLD, SIG_DFL);
	(void)sigprocmask(SIG_SETMASK, mask, NULL);
	code = work(data, fd);
	if (!report_is_heard(fd))
		_exit(EXIT_UNHEARD);
#ifdef HAS_LEAK_CHECK
	/* _exit() would skip it. */
	if (__lsan_do_recoverable_leak_check() != 0)
		code = EXIT_LEAKED;
#endif
	_exit(code);
}

/* From now on, if it is the provider's. */
static void begin_turn(struct watch *watch)
{
	watch->is_turn_warned = false;
	watch->turn_end = 0;
	if (report_turn_of(watch->report, &watch->turn_count) ==
	            REPORT_TURN_PROVIDER &&
	    report_reached(watch->report) != REPORT_ENDED)
		watch->turn_end = clock_boot() + TURN_MS;
}

/*
 * A child that the terminal has stopped (^Z, or asking in the background)
 * stops us as well, and only then: a shell that sees its job stop takes the
 * terminal's settings as its own from then on, so the child must have put them
 * back.  SIGSTOP, since nothing that comes while the shell continues us can
 * stop us too early again, as a second SIGTSTP would.  The shell continues the
 * whole group, and a turn of the provider begins anew.  A child stopped by
 * SIGSTOP is not the terminal's doing: its deadline goes on.
 */
static void reap(struct watch *watch)
{
	int status;
	pid_t got;

	while (!watch->is_gone) {
		got = waitpid(watch->child, &status, WNOHANG | WUNTRACED);
		if (got < 0 && errno == EINTR)
			continue;
		if (got == 0)
			return;
		if (got < 0 || !WIFSTOPPED(status)) {
			watch->is_gone = true;
			watch->ended = got < 0 ? 0 : status;
		} else if (WSTOPSIG(status) != SIGSTOP) {
			(void)kill(getpid(), SIGSTOP);
			begin_turn(watch);
		}
	}
}

static bool is_due(int64_t time)
{
	return time != 0 && clock_boot() >= time;
}

/* Take what was reported; false when nothing was. */
static bool read_news(struct watch *watch)
{
	size_t count;

	if (report_read(watch->report, watch->fd)) {
		(void)report_turn_of(watch->report, &count);
		if (count != watch->turn_count)
			begin_turn(watch);
		return true;
	}
	(void)close(watch->fd);
	watch->fd = -1;
	return false;
}

/* All that is there now: a child may write faster than we read. */
static void read_all_news(struct watch *watch)
{
	struct pollfd report = {.fd = watch->fd, .events = POLLIN};
	int reads = 0;

	while (reads++ < READS_MAX && watch->fd >= 0 &&
	       poll(&report, 1, 0) > 0 && read_news(watch))
		;
}

/* A refresh token that has been sent may be spent: the child must be let save
 * the answer, whatever the person wants meanwhile. */
static void allow_for_sent(struct watch *watch)
{
	/* What it has said last counts before it is killed. */
	read_all_news(watch);
	if (watch->is_sent || report_reached(watch->report) != REPORT_SENT)
		return;
	watch->is_sent = true;
	watch->deadline = clock_boot() + SENT_MS;
}

/* What it has sent since is read before it is believed to hang. */
static bool turn_is_over(struct watch *watch)
{
	if (watch->is_sent || !is_due(watch->turn_end))
		return false;
	read_all_news(watch);
	if (!is_due(watch->turn_end))
		return false;
	if (watch->is_turn_warned)
		return true;
	watch->is_turn_warned = true;
	watch->turn_end = clock_boot() + TURN_AGAIN_MS;
	return false;
}

/* It could keep a login of which nobody would hear: that has failed. */
static bool is_unheard(const struct watch *watch)
{
	return report_is_broken(watch->report) && !watch->is_sent &&
	       report_reached(watch->report) != REPORT_ENDED;
}

static void apply_clock(struct watch *watch)
{
	int number = interrupt_signal();

	allow_for_sent(watch);
	if (number != 0 && !watch->is_told) {
		/* ^C has reached it already; a signal to us alone has not. */
		(void)kill(watch->child, number);
		watch->is_told = true;
		watch->kill_at = clock_boot() + GRACE_MS;
	}
	if (watch->is_sent)
		watch->kill_at = 0;
	if (is_due(watch->deadline) && (!watch->is_told || watch->is_sent))
		watch->is_late = true;
	if (turn_is_over(watch))
		watch->is_late = true;
	if (watch->is_late || is_unheard(watch) || is_due(watch->kill_at))
		(void)kill(watch->child, SIGKILL);
}

static int64_t time_left(const struct watch *watch)
{
	int64_t until = watch->kill_at != 0 ? watch->kill_at : watch->deadline;
	int64_t left;

	if (watch->turn_end != 0 && !watch->is_sent &&
	    (until == 0 || watch->turn_end < until))
		until = watch->turn_end;
	if (until == 0)
		return -1;
	left = until - clock_boot();
	return left > 0 ? left : 0;
}

static void await_news(struct watch *watch)
{
	struct pollfd report = {.fd = watch->fd, .events = POLLIN};
	int64_t left = time_left(watch);
	struct timespec limit;

	/* Killed, and as good as gone: only its SIGCHLD is to come. */
	if (left == 0)
		left = GRACE_MS;
	limit.tv_sec = (time_t)(left / 1000);
	limit.tv_nsec = (long)(left % 1000) * 1000000;
	if (ppoll(&report, 1, left < 0 ? NULL : &limit, &watch->waiting) > 0)
		(void)read_news(watch);
}

/* What was written before the end.  Somebody else may hold the pipe open. */
static void read_rest(struct watch *watch)
{
	read_all_news(watch);
	if (watch->fd >= 0)
		(void)close(watch->fd);
	watch->fd = -1;
}

static void watch_child(struct watch *watch)
{
	struct sigaction replaced[HANDLED];

	take_signals(replaced);
	for (;;) {
		reap(watch);
		if (watch->is_gone)
			break;
		apply_clock(watch);
		await_news(watch);
	}
	read_rest(watch);
	/* What is pending was meant for both, and must not strike us alone. */
	(void)sigprocmask(SIG_SETMASK, &watch->waiting, NULL);
	give_signals_back(replaced);
}

static int blame_provider(const struct watch *watch, struct astro_error *err)
{
	const char *hint = "report it to the provider's author, or remove the "
			   "provider";
	const char *name = report_provider(watch->report);
	int number = WTERMSIG(watch->ended);

	if (watch->is_late)
		return error_set(err, ASTRO_BAD_PLUGIN, hint,
		                 "the provider %s did not come back in time",
		                 name);
	if (report_is_broken(watch->report))
		return error_set(err, ASTRO_BAD_PLUGIN, hint,
		                 "the provider %s wrote to files that are not "
		                 "its own: nobody hears how it ended",
		                 name);
	if (WIFEXITED(watch->ended) &&
	    WEXITSTATUS(watch->ended) == EXIT_UNHEARD)
		return error_set(err, ASTRO_BAD_PLUGIN, hint,
		                 "the provider %s closed files that are not "
		                 "its own: nobody hears how it ended",
		                 name);
	if (WIFEXITED(watch->ended))
		return error_set(err, ASTRO_BAD_PLUGIN, hint,
		                 "the provider %s ended the program by itself "
		                 "(exit %d)",
		                 name, WEXITSTATUS(watch->ended));
	return error_set(err, ASTRO_BAD_PLUGIN, hint,
	                 "the provider %s %s (signal %d, %s)", name,
	                 number == SIGKILL || number == SIGTERM ? "was killed"
	                                                        : "crashed",
	                 number, strsignal(number));
}

static int blame_astro(const struct watch *watch, struct astro_error *err)
{
	const char *hint = "please report it";
	int number = WTERMSIG(watch->ended);

	if (watch->is_late)
		return error_set(err, ASTRO_INTERNAL, hint,
		                 "the login process did not come back in time");
	if (WIFEXITED(watch->ended))
		return error_set(err, ASTRO_INTERNAL, hint,
		                 "the login process ended early (exit %d)",
		                 WEXITSTATUS(watch->ended));
	return error_set(err, ASTRO_INTERNAL, hint,
	                 "the login process died of signal %d (%s)", number,
	                 strsignal(number));
}

static int verdict(const struct watch *watch, struct astro_error *err)
{
	enum report_stage stage = report_reached(watch->report);

#ifdef HAS_LEAK_CHECK
	if (WIFEXITED(watch->ended) && WEXITSTATUS(watch->ended) == EXIT_LEAKED)
		return error_set(err, ASTRO_INTERNAL, NULL, "memory leaked");
#endif
	if (stage == REPORT_ENDED)
		return report_status(watch->report, err);
	if (interrupt_check(err) != ASTRO_OK)
		return ASTRO_CANCELLED;
	if (WIFSIGNALED(watch->ended) && (WTERMSIG(watch->ended) == SIGQUIT ||
	                                  WTERMSIG(watch->ended) == SIGINT))
		return error_set(err, ASTRO_CANCELLED, NULL, "interrupted");
	return stage == REPORT_STARTED ? blame_astro(watch, err)
	                               : blame_provider(watch, err);
}

/* Fork, with every signal held back until both sides are ready for it. */
static int start(struct watch *watch, int (*work)(void *data, int report_fd),
                 void *data, struct astro_error *err)
{
	pid_t parent = getpid();
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return error_set_system(err, ASTRO_INTERNAL, errno, NULL,
		                        "a pipe to the login process");
	(void)fflush(stdout);
	watch->child = fork();
	if (watch->child == 0) {
		(void)close(ends[0]);
		be_child(work, data, ends[1], parent, &watch->waiting);
	}
	(void)close(ends[1]);
	watch->fd = ends[0];
	if (watch->child > 0)
		return ASTRO_OK;
	(void)close(ends[0]);
	return error_set_system(err, ASTRO_INTERNAL, errno, NULL,
	                        "the login process");
}

int supervise(int (*work)(void *data, int report_fd), void *data,
              int64_t deadline, struct report **out, struct astro_error *err)
{
	struct watch watch = {.deadline = deadline};
	struct terminal_state *terminal = NULL;
	int status;

	*out = NULL;
	interrupt_install();
	status = interrupt_check(err);
	if (status != ASTRO_OK)
		return status;
	watch.report = report_new();
	if (watch.report == NULL)
		return error_no_memory(err);

	terminal = terminal_save();
	block_signals(&watch.waiting);
	status = start(&watch, work, data, err);
	if (status == ASTRO_OK) {
		watch_child(&watch);
		status = verdict(&watch, err);
	}
	/* A child that ended in good order has put it back itself; what the
	 * person changed meanwhile (^Z, stty) stays. */
	if (report_reached(watch.report) == REPORT_ENDED)
		terminal_forget(terminal);
	else
		terminal_restore(terminal);
	(void)sigprocmask(SIG_SETMASK, &watch.waiting, NULL);
	*out = watch.report;
	return status;
}
