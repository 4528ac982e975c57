/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal's settings: changed for a question, put back on every way out.
 * The one file that includes <termios.h>.
 */
#include "line.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "error.h"
#include "interrupt.h"
#include "secret.h"
#include "terminal.h"
#include "text.h"
#include "typing.h"

/* Read per call of terminal_line_read(), so that others get their turn. */
enum { KEYS_AT_ONCE = 8192, ECHO_MAX = 1024 * 1024, PROMPT_MAX = 4096 };

struct terminal_state {
	int fd;
	struct termios settings;
};

struct terminal_line {
	int fd, out; /* OUT is FD wherever that can be written */
	bool is_own; /* fd is to be closed */
	bool is_hidden;
	bool at_start;   /* nothing on the screen's line that must be ended */
	bool must_flush; /* what else was pasted is no command for the shell */
	struct termios before;
	struct typing typing;
	struct typing_keys keys;
	struct text echo;
	char *what;
	char *prompt;
	size_t prompt_len;
	volatile sig_atomic_t is_changed; /* the settings are ours */
	volatile sig_atomic_t is_resumed; /* stopped and continued since */
	volatile sig_atomic_t is_lost;    /* no longer our terminal */
};

/* Caught during a question where nothing else handles them: the terminal is
 * put back before they do what they do. */
static const int caught[] = {SIGTSTP, SIGTTIN, SIGTTOU, SIGQUIT,
                             SIGALRM, SIGINT,  SIGTERM, SIGHUP};
enum { CAUGHT = sizeof(caught) / sizeof(caught[0]) };

/* The line that the signal handler has to look after, and what it replaced. */
static struct terminal_line *active;
static struct sigaction replaced[CAUGHT];

void line_signals(sigset_t *set)
{
	size_t i;

	(void)sigemptyset(set);
	for (i = 0; i < CAUGHT; i++)
		(void)sigaddset(set, caught[i]);
}

/* The terminal, or -1. */
static int open_terminal(bool *is_own)
{
	int fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

	*is_own = fd >= 0;
	if (fd >= 0)
		return fd;
	return isatty(STDIN_FILENO) ? STDIN_FILENO : -1;
}

bool terminal_can_ask(void)
{
	bool is_own;
	int fd = open_terminal(&is_own);

	if (is_own)
		(void)close(fd);
	return fd >= 0;
}

/* Nobody is hurt when a prompt cannot be shown in full: a stopped terminal
 * (^S) is waited for a second. */
static void write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		struct pollfd writable = {.fd = fd, .events = POLLOUT};
		ssize_t written = write(fd, bytes, len);

		if (written > 0) {
			bytes += written;
			len -= (size_t)written;
		} else if (written < 0 && errno == EAGAIN) {
			if (poll(&writable, 1, 1000) == 0)
				return;
		} else if (written == 0 || errno != EINTR) {
			return;
		}
	}
}

static void set_settings(int fd, int when, const struct termios *settings)
{
	while (tcsetattr(fd, when, settings) != 0 && errno == EINTR)
		;
}

static bool is_foreground(int fd)
{
	pid_t group = tcgetpgrp(fd);

	/* -1: not our controlling terminal, so no job control either. */
	return group < 0 || group == getpgrp();
}

/*
 * Put FD's settings back without being stopped for it.  In the background they
 * are the shell's business, or another job's.
 */
static void put_back(int fd, int when, const struct termios *settings)
{
	sigset_t set, before;

	if (!is_foreground(fd))
		return;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTTOU);
	(void)pthread_sigmask(SIG_BLOCK, &set, &before);
	set_settings(fd, when, settings);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/*
 * Wait for the foreground: in the background tcdrain() is stopped by SIGTTOU,
 * as often as needed, and changes nothing itself.  False where that cannot be
 * (nobody could continue us), or after a signal to stop.
 */
static bool await_foreground(int fd)
{
	do {
		if (interrupt_signal() != 0)
			return false;
		if (tcdrain(fd) == 0)
			return interrupt_signal() == 0;
	} while (errno == EINTR);
	return false;
}

/*
 * ICANON off, since the kernel cuts longer lines than 4095 bytes.  VMIN 0: a
 * read never blocks, whoever else may read there.
 */
static void change(struct terminal_line *line)
{
	struct termios settings = line->before;

	settings.c_lflag &= (tcflag_t) ~(ICANON | ECHO | ECHONL);
	settings.c_lflag |= ISIG;
	settings.c_cc[VMIN] = 0;
	settings.c_cc[VTIME] = 0;
	line->is_changed = 1;
	/* What was typed before the question is no password. */
	set_settings(line->fd, line->is_hidden ? TCSAFLUSH : TCSADRAIN,
	             &settings);
}

static void restore(struct terminal_line *line)
{
	if (line->is_changed == 0)
		return;
	put_back(line->fd,
	         line->is_hidden || line->must_flush ? TCSAFLUSH : TCSADRAIN,
	         &line->before);
	line->is_changed = 0;
}

static void show_prompt(const struct terminal_line *line)
{
	write_all(line->out, line->prompt, line->prompt_len);
	if (!line->is_hidden)
		write_all(line->out, line->typing.bytes, line->typing.len);
}

/* Deliver NUMBER to ourselves as if nobody caught it. */
static void suffer(int number)
{
	struct sigaction usual, ours;
	sigset_t set, before;

	memset(&usual, 0, sizeof(usual));
	usual.sa_handler = SIG_DFL;
	(void)sigaction(number, &usual, &ours);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, number);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, &before);
	(void)kill(getpid(), number);
	/* A stopped process goes on here. */
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)sigaction(number, &ours, NULL);
}

/* As OpenSSH's readpass and sudo's tgetpass do it, but within the handler, so
 * that it holds whatever the program is waiting in.  Only functions that
 * signal-safety(7) lists. */
static void step_aside(int number)
{
	struct terminal_line *line = active;
	struct sigaction usual, ours;
	sigset_t set, before;
	int saved = errno;

	restore(line);
	suffer(number);

	memset(&usual, 0, sizeof(usual));
	usual.sa_handler = SIG_DFL;
	(void)sigaction(SIGTTOU, &usual, &ours);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGTTOU);
	(void)pthread_sigmask(SIG_UNBLOCK, &set, &before);
	if (await_foreground(line->fd) &&
	    tcgetattr(line->fd, &line->before) == 0) {
		change(line);
		line->is_resumed = 1;
		show_prompt(line);
	} else if (interrupt_signal() == 0) {
		line->is_lost = 1;
	}
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	(void)sigaction(SIGTTOU, &ours, NULL);
	errno = saved;
}

static void catch_signals(void)
{
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = step_aside;
	(void)sigemptyset(&action.sa_mask);
	(void)sigaddset(&action.sa_mask, SIGTSTP);
	(void)sigaddset(&action.sa_mask, SIGTTIN);
	(void)sigaddset(&action.sa_mask, SIGTTOU);
	for (i = 0; i < CAUGHT; i++) {
		(void)sigaction(caught[i], NULL, &replaced[i]);
		if (replaced[i].sa_handler == SIG_DFL)
			(void)sigaction(caught[i], &action, NULL);
	}
}

static void release_signals(void)
{
	size_t i;

	for (i = 0; i < CAUGHT; i++)
		(void)sigaction(caught[i], &replaced[i], NULL);
}

/* Change the settings and watch the signals, both or neither. */
static void begin(struct terminal_line *line)
{
	sigset_t set, before;

	line_signals(&set);
	(void)pthread_sigmask(SIG_BLOCK, &set, &before);
	active = line;
	catch_signals();
	change(line);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	show_prompt(line);
}

static void end(struct terminal_line *line)
{
	sigset_t set, before;

	line_signals(&set);
	(void)pthread_sigmask(SIG_BLOCK, &set, &before);
	restore(line);
	release_signals();
	active = NULL;
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void line_free(struct terminal_line *line)
{
	if (line == NULL)
		return;
	typing_clear(&line->typing);
	text_clear(&line->echo);
	free(line->prompt);
	free(line->what);
	if (line->is_own)
		(void)close(line->fd);
	free(line);
}

/* FD is taken over.  NULL: out of memory. */
static struct terminal_line *line_new(int fd, bool is_own, const char *prompt,
                                      const char *what)
{
	struct terminal_line *line = calloc(1, sizeof(*line));

	if (line == NULL) {
		if (is_own)
			(void)close(fd);
		return NULL;
	}
	line->fd = fd;
	line->is_own = is_own;
	line->out =
		(fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR ? fd : STDERR_FILENO;
	text_init(&line->echo, ECHO_MAX);
	line->what = text_copy(what);
	line->prompt = malloc(PROMPT_MAX);
	if (line->what == NULL || line->prompt == NULL) {
		line_free(line);
		return NULL;
	}
	text_escape(line->prompt, PROMPT_MAX, prompt, strlen(prompt));
	line->prompt_len = strlen(line->prompt);
	return line;
}

/* A disabled key is _POSIX_VDISABLE, which is 0 here as there. */
static void take_keys(struct terminal_line *line)
{
	const cc_t *keys = line->before.c_cc;

	line->keys.erase = keys[VERASE];
	line->keys.word = keys[VWERASE];
	line->keys.kill = keys[VKILL];
	line->keys.end = keys[VEOF];
}

int line_open(const char *prompt, const char *what, enum astro_echo echo,
              size_t max, struct terminal_line **out, struct astro_error *err)
{
	struct terminal_line *line;
	int fd, status = ASTRO_OK;
	bool is_own;

	*out = NULL;
	assert(active == NULL);
	fd = open_terminal(&is_own);
	if (fd < 0)
		return ASTRO_OK;
	line = line_new(fd, is_own, prompt, what);
	if (line == NULL)
		return error_no_memory(err);

	line->is_hidden = echo == ASTRO_ECHO_OFF;
	if (!typing_init(&line->typing, max,
	                 line->is_hidden ? NULL : &line->echo)) {
		status = error_no_memory(err);
		goto out;
	}
	if (!await_foreground(fd) || tcgetattr(fd, &line->before) != 0) {
		status = interrupt_check(err);
		goto out;
	}
	take_keys(line);
	begin(line);
	*out = line;
	line = NULL; /* handed over */
out:
	line_free(line);
	return status;
}

int terminal_line_open(const char *prompt, struct terminal_line **out,
                       struct astro_error *err)
{
	return line_open(prompt, "answer", ASTRO_ECHO_ON, TERMINAL_ANSWER_MAX,
	                 out, err);
}

int terminal_line_fd(const struct terminal_line *line)
{
	return line->fd;
}

void terminal_line_reword(struct terminal_line *line, const char *prompt)
{
	static const char clean[] = "\r\033[K";

	/* At the line's start there is no prompt to draw over; and one that
	 * fills the line would leave its first half standing. */
	if (line->typing.len > 0 || line->at_start || line->is_lost != 0 ||
	    strcmp(line->prompt, prompt) == 0 || !terminal_can_draw(stderr) ||
	    line->prompt_len >= terminal_width(stderr))
		return;
	text_escape(line->prompt, PROMPT_MAX, prompt, strlen(prompt));
	line->prompt_len = strlen(line->prompt);
	write_all(line->out, clean, sizeof(clean) - 1);
	write_all(line->out, line->prompt, line->prompt_len);
}

static void flush_echo(struct terminal_line *line)
{
	write_all(line->out, line->echo.bytes, line->echo.len);
	text_clear(&line->echo);
}

/* With VMIN 0 a read of nothing means "not now", unless it has hung up. */
static bool has_hung_up(int fd)
{
	struct pollfd state = {.fd = fd, .events = POLLIN};

	return poll(&state, 1, 0) > 0 &&
	       (state.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

static int finish_line(struct terminal_line *line, struct astro_secret **out,
                       struct astro_error *err)
{
	int status;

	(void)text_add_string(&line->echo, "\n");
	flush_echo(line);
	line->at_start = true;
	status = typing_check(&line->typing, line->what, err);
	if (status != ASTRO_OK)
		line->must_flush = true;
	else
		status = secret_new(line->typing.bytes, line->typing.len, out,
		                    err);
	typing_reset(&line->typing);
	return status;
}

int terminal_line_read(struct terminal_line *line, struct astro_secret **out,
                       bool *ended, struct astro_error *err)
{
	enum typing_event event = TYPING_GOES_ON;
	int i;

	*out = NULL;
	*ended = line->is_lost != 0;
	if (line->is_resumed != 0 && line->is_hidden)
		typing_reset(&line->typing);
	line->is_resumed = 0;

	/* One byte at a time leaves what was typed ahead to its question. */
	for (i = 0; i < KEYS_AT_ONCE && !*ended; i++) {
		unsigned char byte;
		ssize_t got = read(line->fd, &byte, 1);

		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			break;
		if (got <= 0) {
			*ended = got < 0 || has_hung_up(line->fd);
			break;
		}
		line->at_start = false;
		event = typing_key(&line->typing, &line->keys, byte);
		explicit_bzero(&byte, sizeof(byte));
		if (event == TYPING_LINE)
			return finish_line(line, out, err);
		*ended = event == TYPING_END;
	}
	flush_echo(line);
	return ASTRO_OK;
}

void terminal_line_close(struct terminal_line *line)
{
	if (line == NULL)
		return;
	if (!line->at_start)
		write_all(line->out, "\n", 1);
	end(line);
	line_free(line);
}

struct terminal_state *terminal_save(void)
{
	struct terminal_state *state = calloc(1, sizeof(*state));

	if (state == NULL)
		return NULL;
	state->fd = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (state->fd >= 0 && is_foreground(state->fd) &&
	    tcgetattr(state->fd, &state->settings) == 0)
		return state;
	if (state->fd >= 0)
		(void)close(state->fd);
	free(state);
	return NULL;
}

void terminal_restore(struct terminal_state *state)
{
	if (state != NULL)
		put_back(state->fd, TCSADRAIN, &state->settings);
	terminal_forget(state);
}

void terminal_forget(struct terminal_state *state)
{
	if (state == NULL)
		return;
	(void)close(state->fd);
	free(state);
}
