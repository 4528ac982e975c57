/* SPDX-License-Identifier: Apache-2.0 */
/* Lines over pipes, and every way in which they can fail to come. */
#include "channel.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "aside.h"
#include "clock.h"
#include "error.h"
#include "interrupt.h"

enum {
	CHUNK = 16 * 1024,
	TRACE_LINE_MAX = 2048,
	TRACE_TURNS = 64,
	SLICE_MS = 200, /* a signal may come just before the poll */
	END_MS = 1000   /* for one that has closed its output */
};

/* Its author is who reads this first. */
static const char hint[] = "see with --verbose what it writes to standard "
			   "error, and tell the provider's author";

int channel_open(struct channel *channel, int file, const char *path,
                 struct astro_error *err)
{
	int status;

	text_init(&channel->input, CHANNEL_LINE_MAX + CHUNK);
	text_init(&channel->trace, TRACE_LINE_MAX);
	channel->taken = channel->searched = 0;
	status =
		child_start(&channel->child, file, path, aside_is_heard(), err);
	channel->has_ended = status != ASTRO_OK;
	return status;
}

/* ---- what it says beside ---- */

static void show_trace(struct channel *channel)
{
	if (channel->trace.len > 0)
		aside_said(channel->provider, channel->trace.bytes);
	text_clear(&channel->trace);
}

static void add_trace(struct channel *channel, const char *bytes, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			show_trace(channel);
		else if (!text_add(&channel->trace, &bytes[i], 1)) {
			show_trace(channel);
			(void)text_add(&channel->trace, &bytes[i], 1);
		}
	}
}

static void listen_to(struct channel *channel)
{
	struct child *child = &channel->child;
	char bytes[TRACE_LINE_MAX];
	ssize_t len = -1;
	int turn;

	/* Not for ever: it may write faster than we read. */
	for (turn = 0; turn < TRACE_TURNS && child->trace >= 0; turn++) {
		len = read(child->trace, bytes, sizeof(bytes));
		if (len <= 0)
			break;
		add_trace(channel, bytes, (size_t)len);
	}
	explicit_bzero(bytes, sizeof(bytes));
	if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR)) {
		(void)close(child->trace);
		child->trace = -1;
	}
}

/* ---- the end ---- */

static void end(struct channel *channel, int patience_ms)
{
	struct child *child = &channel->child;
	int trace;

	if (channel->has_ended)
		return;
	/* What it says as it goes is worth reading most. */
	trace = child->trace;
	child->trace = -1;
	channel->end = child_end(child, patience_ms);
	channel->has_ended = true;
	child->trace = trace;
	if (trace >= 0) {
		listen_to(channel);
		show_trace(channel);
	}
	if (child->trace >= 0)
		(void)close(child->trace);
	child->trace = -1;
}

void channel_close(struct channel *channel, int patience_ms)
{
	bool was_asked = !channel->has_ended && patience_ms > 0;

	if (channel->provider == NULL)
		return;
	end(channel, patience_ms);
	aside_ended(channel->provider, &channel->end, was_asked);
	text_clear(&channel->input);
	text_clear(&channel->trace);
}

/* Its output is closed, or nobody reads its input. */
static int gone(struct channel *channel, struct astro_error *err)
{
	int status;

	end(channel, END_MS);
	status = channel->end.status;
	if (interrupt_check(err) != ASTRO_OK)
		return ASTRO_CANCELLED;
	if (channel->end.is_killed)
		return error_set(err, ASTRO_BAD_PLUGIN, hint,
		                 "the program of the provider %s closed its "
		                 "pipes during %s",
		                 channel->provider, channel->operation);
	if (WIFSIGNALED(status))
		return error_set(err, ASTRO_BAD_PLUGIN, hint,
		                 "the program of the provider %s was ended by "
		                 "signal %d (%s) during %s",
		                 channel->provider, WTERMSIG(status),
		                 strsignal(WTERMSIG(status)),
		                 channel->operation);
	return error_set(err, ASTRO_BAD_PLUGIN, hint,
	                 "the program of the provider %s ended during %s "
	                 "(exit %d)",
	                 channel->provider, channel->operation,
	                 WEXITSTATUS(status));
}

/* ---- waiting ---- */

static int silent(const struct channel *channel, short events,
                  struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_PLUGIN, hint,
	                 "the program of the provider %s %s for %d seconds "
	                 "during %s",
	                 channel->provider,
	                 events == POLLOUT ? "read nothing"
	                                   : "sent no whole line",
	                 channel->patience_ms / 1000, channel->operation);
}

/* For a slice, until FD is ready.  The clock counts when there was nothing to
 * be had: we may have been stopped meanwhile. */
static int await(struct channel *channel, int fd, short events, int64_t limit,
                 struct astro_error *err)
{
	struct pollfd watched[] = {
		{.fd = fd, .events = events},
		{.fd = channel->child.trace, .events = POLLIN},
		{.fd = channel->child.report, .events = POLLIN},
	};

	if (clock_boot() >= limit)
		return silent(channel, events, err);
	if (poll(watched, 3, SLICE_MS) > 0 && watched[1].revents != 0)
		listen_to(channel);
	return interrupt_check(err);
}

/* ---- lines ---- */

int channel_send(struct channel *channel, const struct text *line,
                 struct astro_error *err)
{
	int64_t limit = clock_boot() + channel->patience_ms;
	const struct child *child = &channel->child;
	size_t done = 0;

	if (channel->has_ended)
		return gone(channel, err);
	while (done < line->len) {
		ssize_t count =
			write(child->in, line->bytes + done, line->len - done);
		int status = ASTRO_OK;

		if (count > 0)
			done += (size_t)count;
		else if (errno == EAGAIN)
			status = await(channel, child->in, POLLOUT, limit, err);
		else if (errno != EINTR)
			return gone(channel, err);
		if (status != ASTRO_OK)
			return status;
	}
	return ASTRO_OK;
}

/* What was lent goes, wiped: it may have had a secret. */
static void drop_line(struct channel *channel)
{
	struct text *input = &channel->input;
	size_t rest = input->len - channel->taken;

	if (channel->taken == 0)
		return;
	memmove(input->bytes, input->bytes + channel->taken, rest);
	explicit_bzero(input->bytes + rest, channel->taken);
	input->len = rest;
	channel->taken = 0;
}

static bool take_line(struct channel *channel, const char **line, size_t *len)
{
	struct text *input = &channel->input;
	char *found = NULL;

	if (input->len > channel->searched)
		found = memchr(input->bytes + channel->searched, '\n',
		               input->len - channel->searched);
	channel->searched = found == NULL ? input->len : 0;
	if (found == NULL)
		return false;
	*found = '\0';
	*line = input->bytes;
	*len = (size_t)(found - input->bytes);
	channel->taken = *len + 1;
	return true;
}

/* Nothing, with ASTRO_OK, where nothing is there. */
static int read_some(struct channel *channel, size_t *got,
                     struct astro_error *err)
{
	char bytes[CHUNK];
	int status = ASTRO_OK;
	ssize_t len = read(channel->child.out, bytes, sizeof(bytes));

	*got = 0;
	if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
		return gone(channel, err);
	if (len < 0)
		return ASTRO_OK;
	if (!text_add(&channel->input, bytes, (size_t)len))
		status = error_no_memory(err);
	explicit_bzero(bytes, (size_t)len);
	*got = (size_t)len;
	return status;
}

static int too_long(const struct channel *channel, struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_PLUGIN, hint,
	                 "the program of the provider %s sent a line of more "
	                 "than %d bytes during %s",
	                 channel->provider, CHANNEL_LINE_MAX,
	                 channel->operation);
}

int channel_receive(struct channel *channel, const char **line, size_t *len,
                    struct astro_error *err)
{
	int64_t limit = clock_boot() + channel->patience_ms;
	/* One that never stops asking must not keep ^C from being seen. */
	int status = interrupt_check(err);
	bool is_over;
	size_t got;

	drop_line(channel);
	while (status == ASTRO_OK && !take_line(channel, line, len)) {
		if (channel->has_ended)
			return gone(channel, err);
		if (channel->input.len > CHANNEL_LINE_MAX)
			return too_long(channel, err);
		/* What it has started may hold its output open for ever. */
		is_over = child_is_over(&channel->child);
		status = read_some(channel, &got, err);
		if (status == ASTRO_OK && got == 0 && is_over)
			return gone(channel, err);
		if (status == ASTRO_OK && got == 0)
			status = await(channel, channel->child.out, POLLIN,
			               limit, err);
	}
	if (status == ASTRO_OK && *len > CHANNEL_LINE_MAX)
		status = too_long(channel, err);
	return status;
}
