/* SPDX-License-Identifier: Apache-2.0 */
/* The test's side of the pseudo-terminal: typing, waiting, collecting. */
#include "pty.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "pty_inside.h"

enum { READ_SIZE = 65536, SHOWN_ON_FAILURE = 3000 };

static int64_t now_ms(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The end of STREAM, with whatever is not printable made visible. */
static void describe(char *out, size_t size, const struct stream *stream)
{
	size_t from = stream->len > SHOWN_ON_FAILURE / 3
	                      ? stream->len - SHOWN_ON_FAILURE / 3
	                      : 0;
	size_t used = 0, i;

	for (i = from; i < stream->len && used + 8 < size; i++) {
		unsigned char byte = (unsigned char)stream->bytes[i];

		if (byte == '\n' || (byte >= 0x20 && byte != 0x7F))
			out[used++] = (char)byte;
		else if (byte != '\r')
			used += (size_t)snprintf(out + used, size - used,
			                         "\\x%02x", byte);
	}
	out[used] = '\0';
}

static _Noreturn void give_up(const struct pty *pty, const char *fmt, ...)
{
	static char screen[SHOWN_ON_FAILURE], out[SHOWN_ON_FAILURE],
		err[SHOWN_ON_FAILURE];
	char what[400];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	describe(screen, sizeof(screen), &pty->screen);
	describe(out, sizeof(out), &pty->out);
	describe(err, sizeof(err), &pty->err);
	if (pty->program > 0)
		(void)kill(-pty->program, SIGKILL);
	ck_abort_msg("%s\n--- screen:\n%s\n--- stdout:\n%s\n--- stderr:\n%s\n"
	             "--- %s %d",
	             what, screen, out, err,
	             pty->ended ? "ended with wait status" : "still running",
	             pty->status);
	abort(); /* ck_abort_msg() does not come back */
}

static void collect(struct stream *stream)
{
	char *bytes = realloc(stream->bytes, stream->len + READ_SIZE + 1);
	ssize_t got;

	ck_assert_ptr_nonnull(bytes);
	stream->bytes = bytes;
	got = read(stream->fd, bytes + stream->len, READ_SIZE);
	if (got > 0) {
		stream->len += (size_t)got;
	} else if (got == 0 || (errno != EINTR && errno != EAGAIN)) {
		(void)close(stream->fd);
		stream->fd = -1;
	}
	bytes[stream->len] = '\0';
}

void pty_hear(struct pty *pty)
{
	struct pty_message message;

	if (recv(pty->control, &message, sizeof(message), 0) !=
	    (ssize_t)sizeof(message)) {
		(void)close(pty->control);
		pty->control = -1;
		give_up(pty, "the shell of the test has gone");
	}
	if (message.word == PTY_STARTED) {
		pty->program = (pid_t)message.number;
	} else if (message.word == PTY_STOPPED) {
		pty->stopped = true;
		pty->stop_signal = message.number;
	} else if (message.word == PTY_ENDED) {
		pty->ended = true;
		pty->status = message.number;
	}
}

static void feed_some(struct pty *pty)
{
	ssize_t sent = write(pty->input, pty->pending + pty->pending_sent,
	                     pty->pending_len - pty->pending_sent);

	if (sent > 0)
		pty->pending_sent += (size_t)sent;
	else if (sent < 0 && errno != EAGAIN && errno != EINTR)
		pty->pending_sent = pty->pending_len; /* nobody reads it */
	if (pty->pending_sent == pty->pending_len && pty->close_when_sent)
		pty_close_stdin(pty);
}

/* One round of waiting and collecting; false when nothing came. */
static bool pump(struct pty *pty, int timeout_ms)
{
	struct pollfd polls[] = {
		{.fd = pty->control, .events = POLLIN},
		{.fd = pty->screen.fd, .events = POLLIN},
		{.fd = pty->out.fd, .events = POLLIN},
		{.fd = pty->err.fd, .events = POLLIN},
		{.fd = pty->input, .events = POLLOUT},
	};

	if (pty->pending_sent == pty->pending_len && !pty->close_when_sent)
		polls[4].fd = -1;
	if (poll(polls, sizeof(polls) / sizeof(polls[0]), timeout_ms) <= 0)
		return false;
	/* Output first: a program's end comes after its words. */
	if (polls[1].revents != 0)
		collect(&pty->screen);
	if (polls[2].revents != 0)
		collect(&pty->out);
	if (polls[3].revents != 0)
		collect(&pty->err);
	if (polls[4].revents != 0)
		feed_some(pty);
	if (polls[0].revents != 0)
		pty_hear(pty);
	return true;
}

/* Whatever was written before the end is readable by now. */
static void drain(struct pty *pty)
{
	while (pump(pty, 0) &&
	       (pty->screen.fd >= 0 || pty->out.fd >= 0 || pty->err.fd >= 0))
		;
}

pid_t pty_pid(const struct pty *pty)
{
	return pty->program;
}

static void wait_for_text(struct pty *pty, struct stream *stream,
                          const char *text)
{
	int64_t until = now_ms() + pty->patience_ms;
	size_t len = strlen(text);

	for (;;) {
		const char *found = NULL;

		if (stream->len > stream->matched)
			found = memmem(stream->bytes + stream->matched,
			               stream->len - stream->matched, text,
			               len);
		if (found != NULL) {
			stream->matched = (size_t)(found - stream->bytes) + len;
			return;
		}
		if (pty->ended && !pump(pty, 0))
			give_up(pty, "the program ended before \"%s\"", text);
		if (now_ms() > until)
			give_up(pty, "waited in vain for \"%s\"", text);
		if (!pty->ended)
			(void)pump(pty, 100);
	}
}

void pty_expect(struct pty *pty, const char *text)
{
	wait_for_text(pty, &pty->screen, text);
}

void pty_expect_stdout(struct pty *pty, const char *text)
{
	wait_for_text(pty, &pty->out, text);
}

void pty_expect_stderr(struct pty *pty, const char *text)
{
	wait_for_text(pty, &pty->err, text);
}

char *pty_expect_until(struct pty *pty, const char *text)
{
	size_t from = pty->screen.matched;

	wait_for_text(pty, &pty->screen, text);
	return strndup(pty->screen.bytes + from,
	               pty->screen.matched - strlen(text) - from);
}

void pty_send(struct pty *pty, const char *text)
{
	pty_send_bytes(pty, text, strlen(text));
}

void pty_send_bytes(struct pty *pty, const void *bytes, size_t len)
{
	int64_t until = now_ms() + pty->patience_ms;
	const char *at = bytes;

	while (len > 0 && !pty->ended) {
		struct pollfd poll_out = {pty->screen.fd, POLLOUT, 0};
		ssize_t sent = write(pty->screen.fd, at, len);

		if (sent > 0) {
			at += sent;
			len -= (size_t)sent;
		}
		if (now_ms() > until)
			give_up(pty, "nobody reads what is typed");
		/* Its echo must be taken, or the two of us wait for ever. */
		(void)pump(pty, 0);
		if (sent < 0 && errno == EAGAIN)
			(void)poll(&poll_out, 1, 10);
		else if (sent < 0 && errno != EINTR)
			give_up(pty, "typing: %s", strerror(errno));
	}
}

void pty_feed(struct pty *pty, const void *bytes, size_t len)
{
	char *pending = realloc(pty->pending, pty->pending_len + len + 1);

	ck_assert_ptr_nonnull(pending);
	memcpy(pending + pty->pending_len, bytes, len);
	pty->pending = pending;
	pty->pending_len += len;
}

void pty_close_stdin(struct pty *pty)
{
	pty->close_when_sent = pty->pending_sent < pty->pending_len;
	if (pty->close_when_sent || pty->input < 0)
		return;
	(void)close(pty->input);
	pty->input = -1;
}

void pty_signal(struct pty *pty, int number)
{
	ck_assert_int_eq(kill(pty->program, number), 0);
}

bool pty_can_stop(void)
{
	const char *preloaded = getenv("LD_PRELOAD");

	return preloaded == NULL || strstr(preloaded, "vgpreload") == NULL;
}

int pty_expect_stopped(struct pty *pty)
{
	int64_t until = now_ms() + pty->patience_ms;

	while (!pty->stopped) {
		if (pty->ended)
			give_up(pty, "the program ended and did not stop");
		if (now_ms() > until)
			give_up(pty, "the program does not stop");
		(void)pump(pty, 100);
	}
	drain(pty);
	return pty->stop_signal;
}

static void tell(struct pty *pty, enum pty_word word)
{
	struct pty_message message = {word, 0};

	pty->stopped = false;
	ck_assert_int_eq(send(pty->control, &message, sizeof(message), 0),
	                 sizeof(message));
}

void pty_foreground(struct pty *pty)
{
	tell(pty, PTY_FOREGROUND);
}

void pty_background(struct pty *pty)
{
	tell(pty, PTY_BACKGROUND);
}

void pty_hang_up(struct pty *pty)
{
	drain(pty);
	(void)close(pty->screen.fd);
	pty->screen.fd = -1;
	pty->has_terminal = false;
}

void pty_expect_echo(struct pty *pty, bool on)
{
	int64_t until = now_ms() + pty->patience_ms;

	for (;;) {
		struct termios settings;

		ck_assert_int_eq(tcgetattr(pty->screen.fd, &settings), 0);
		if (((settings.c_lflag & ECHO) != 0) == on)
			return;
		if (now_ms() > until || pty->ended)
			give_up(pty, "the echo does not go %s",
			        on ? "on" : "off");
		(void)pump(pty, 5);
	}
}

bool pty_is_restored(const struct pty *pty)
{
	struct termios now;
	const struct termios *before = &pty->before;

	if (!pty->has_terminal)
		return true;
	ck_assert_int_eq(tcgetattr(pty->screen.fd, &now), 0);
	return now.c_iflag == before->c_iflag &&
	       now.c_oflag == before->c_oflag &&
	       now.c_cflag == before->c_cflag &&
	       now.c_lflag == before->c_lflag &&
	       memcmp(now.c_cc, before->c_cc, sizeof(now.c_cc)) == 0;
}

int pty_typed_ahead(const struct pty *pty)
{
	struct termios settings, raw;
	int count = 0, slave = open(ptsname(pty->screen.fd), O_RDWR | O_NOCTTY);

	/* In canonical mode half a line does not count. */
	ck_assert_int_ge(slave, 0);
	ck_assert_int_eq(tcgetattr(slave, &settings), 0);
	raw = settings;
	raw.c_lflag &= ~(tcflag_t)ICANON;
	ck_assert_int_eq(tcsetattr(slave, TCSANOW, &raw), 0);
	ck_assert_int_eq(ioctl(slave, FIONREAD, &count), 0);
	ck_assert_int_eq(tcsetattr(slave, TCSANOW, &settings), 0);
	(void)close(slave);
	return count;
}

void pty_resize(struct pty *pty, unsigned rows, unsigned columns)
{
	struct winsize size = {.ws_row = (unsigned short)rows,
	                       .ws_col = (unsigned short)columns};

	ck_assert_int_eq(ioctl(pty->screen.fd, TIOCSWINSZ, &size), 0);
}

int pty_finish(struct pty *pty)
{
	int64_t until = now_ms() + pty->patience_ms;

	while (!pty->ended) {
		if (now_ms() > until)
			give_up(pty, "the program does not end");
		if (pty->stopped)
			give_up(pty, "the program has stopped");
		(void)pump(pty, 100);
	}
	drain(pty);
	if (!pty->may_change_settings && !pty_is_restored(pty))
		give_up(pty, "the terminal is not as it was");
	return WIFEXITED(pty->status) ? WEXITSTATUS(pty->status)
	                              : -WTERMSIG(pty->status);
}

static const char *seen(const struct stream *stream)
{
	return stream->bytes != NULL ? stream->bytes : "";
}

const char *pty_screen(const struct pty *pty)
{
	return seen(&pty->screen);
}

const char *pty_stdout(const struct pty *pty)
{
	return seen(&pty->out);
}

const char *pty_stderr(const struct pty *pty)
{
	return seen(&pty->err);
}

size_t pty_stdout_len(const struct pty *pty)
{
	return pty->out.len;
}

static void stream_clear(struct stream *stream)
{
	if (stream->fd >= 0)
		(void)close(stream->fd);
	free(stream->bytes);
}

void pty_free(struct pty *pty)
{
	if (pty == NULL)
		return;
	if (pty->control >= 0)
		(void)close(pty->control); /* ends the shell, and the job */
	while (waitpid(pty->shell, NULL, 0) < 0 && errno == EINTR)
		;
	stream_clear(&pty->screen);
	stream_clear(&pty->out);
	stream_clear(&pty->err);
	if (pty->input >= 0)
		(void)close(pty->input);
	free(pty->pending);
	free(pty);
}

struct pty_result pty_run(const struct pty_options *options)
{
	struct pty *pty = pty_spawn(options);
	struct pty_result result;

	result.status = pty_finish(pty);
	result.screen = strdup(pty_screen(pty));
	result.out = strdup(pty_stdout(pty));
	result.err = strdup(pty_stderr(pty));
	pty_free(pty);
	return result;
}

void pty_result_clear(struct pty_result *result)
{
	free(result->screen);
	free(result->out);
	free(result->err);
}
