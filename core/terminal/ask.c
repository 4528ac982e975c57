/* SPDX-License-Identifier: Apache-2.0 */
/* Questions, and what a pipe on standard input answers. */
#include "terminal.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "line.h"
#include "secret.h"
#include "text.h"

enum { LABEL_MAX = 2048, READ_SIZE = 4096 };

/* How to answer in advance, for whoever cannot at the terminal. */
static const char *hint_for(const char *key)
{
	static const struct {
		const char *key, *hint;
	} hints[] = {
		{"username", "give it with -u NAME"},
		{"password", "give it with --password-stdin"},
		{"token", "give it with --token-login -"},
		{"organization", "give it with --organization ID"},
		{"workspace", "give it with --workspace ID"},
	};
	size_t i;

	for (i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (strcmp(key, hints[i].key) == 0)
			return hints[i].hint;
	return "run it on a terminal, and answer there";
}

/*
 * Wait until FD can be read, or something happened that is worth a look.
 * ASTRO_CANCELLED and ASTRO_TIMED_OUT (the latter without a message).
 */
static int await_readable(int fd, int64_t deadline, struct astro_error *err)
{
	struct pollfd readable = {.fd = fd, .events = POLLIN};
	struct timespec timeout, *limit = NULL;
	sigset_t set, before;
	int status;

	if (deadline != 0) {
		int64_t left = deadline - clock_boot();

		if (left <= 0)
			return ASTRO_TIMED_OUT;
		timeout.tv_sec = (time_t)(left / 1000);
		timeout.tv_nsec = (long)(left % 1000) * 1000000;
		limit = &timeout;
	}
	line_signals(&set);
	(void)pthread_sigmask(SIG_BLOCK, &set, &before);
	status = interrupt_check(err);
	if (status == ASTRO_OK)
		(void)ppoll(&readable, 1, limit, &before);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return status == ASTRO_OK ? interrupt_check(err) : status;
}

/* *OUT stays NULL when only an error says why. */
static int await_line(struct terminal_line *line, const char *key,
                      int64_t deadline, struct astro_secret **out,
                      struct astro_error *err)
{
	bool ended = false;
	int status;

	do {
		status = await_readable(terminal_line_fd(line), deadline, err);
		if (status == ASTRO_TIMED_OUT)
			return error_set(err, ASTRO_TIMED_OUT, NULL,
			                 "nobody answered the question for the "
			                 "%s in time",
			                 key);
		if (status == ASTRO_OK)
			status = terminal_line_read(line, out, &ended, err);
	} while (status == ASTRO_OK && *out == NULL && !ended);

	if (status == ASTRO_OK && ended)
		return error_set(err, ASTRO_DENIED, hint_for(key),
		                 "end of input at the question for the %s",
		                 key);
	return status;
}

static int take_fallback(const struct astro_question *question,
                         struct astro_secret **answer, struct astro_error *err)
{
	size_t len;

	if (!ASTRO_HAS(struct astro_question, question, fallback))
		return ASTRO_OK;
	(void)secret_bytes(*answer, &len);
	if (len > 0)
		return ASTRO_OK;
	secret_free(*answer);
	return secret_new(question->fallback, strlen(question->fallback),
	                  answer, err);
}

int terminal_ask(const struct astro_question *question, int64_t deadline,
                 struct astro_secret **answer, struct astro_error *err)
{
	bool is_password = strcmp(question->key, "password") == 0;
	struct terminal_line *line;
	char prompt[LABEL_MAX];
	int status;

	*answer = NULL;
	(void)snprintf(prompt, sizeof(prompt), "%s ", question->label);
	status = line_open(
		prompt, question->key, (enum astro_echo)question->echo,
		is_password ? TERMINAL_PASSWORD_MAX : TERMINAL_ANSWER_MAX,
		&line, err);
	if (status != ASTRO_OK)
		return status;
	if (line == NULL)
		return error_set(err, ASTRO_DENIED, hint_for(question->key),
		                 "no terminal to ask for the %s on",
		                 question->key);

	status = await_line(line, question->key, deadline, answer, err);
	terminal_line_close(line);
	if (status == ASTRO_OK)
		status = take_fallback(question, answer, err);
	return status;
}

int terminal_confirm(const char *label, bool *yes, struct astro_error *err)
{
	char whole[LABEL_MAX];
	struct astro_question question = {.size = sizeof(question),
	                                  .echo = ASTRO_ECHO_ON,
	                                  .key = "confirmation",
	                                  .label = whole};
	struct astro_secret *answer;
	const char *word;
	int status;

	*yes = false;
	(void)snprintf(whole, sizeof(whole), "%s (y/n)", label);
	status = terminal_ask(&question, 0, &answer, err);
	if (status != ASTRO_OK)
		return status;
	word = secret_bytes(answer, NULL);
	*yes = strcmp(word, "y") == 0 || strcmp(word, "yes") == 0;
	secret_free(answer);
	return ASTRO_OK;
}

/* Read up to the first line's end, or the stream's; one byte too many is
 * enough to know that it is too long. */
static int read_line(int fd, size_t max, struct text *line,
                     struct astro_error *err)
{
	char bytes[READ_SIZE];
	int status = ASTRO_OK;

	while (line->len <= max + 1 &&
	       memchr(line->bytes, '\n', line->len) == NULL) {
		size_t room = max + 2 - line->len;
		ssize_t got;

		status = await_readable(fd, 0, err);
		if (status != ASTRO_OK)
			break;
		got = read(fd, bytes,
		           room < sizeof(bytes) ? room : sizeof(bytes));
		if (got == 0)
			break;
		if (got < 0 && (errno == EINTR || errno == EAGAIN))
			continue;
		if (got < 0) {
			status = error_set_system(err, ASTRO_DENIED, errno,
			                          NULL, "standard input");
			break;
		}
		if (!text_add(line, bytes, (size_t)got)) {
			status = error_no_memory(err);
			break;
		}
	}
	explicit_bzero(bytes, sizeof(bytes));
	return status;
}

static int check_line(const char *what, const char *bytes, size_t len,
                      size_t max, struct astro_error *err)
{
	if (len > max)
		return error_set(err, ASTRO_DENIED, NULL,
		                 "the %s on standard input is longer than %zu "
		                 "bytes",
		                 what, max);
	if (memchr(bytes, '\0', len) != NULL)
		return error_set(err, ASTRO_DENIED, NULL,
		                 "the %s on standard input holds a NUL byte",
		                 what);
	if (len == 0)
		return error_set(err, ASTRO_DENIED,
		                 "write it as one line to standard input",
		                 "no %s on standard input", what);
	return ASTRO_OK;
}

int terminal_read_stdin(const char *what, size_t max, struct astro_secret **out,
                        struct astro_error *err)
{
	struct text line;
	const char *end;
	size_t len;
	int status;

	*out = NULL;
	text_init(&line, max + 2);
	status = read_line(STDIN_FILENO, max, &line, err);
	if (status != ASTRO_OK)
		goto out;

	end = memchr(line.bytes, '\n', line.len);
	len = end != NULL ? (size_t)(end - line.bytes) : line.len;
	if (len > 0 && line.bytes[len - 1] == '\r')
		len--;
	status = check_line(what, line.bytes, len, max, err);
	if (status == ASTRO_OK)
		status = secret_new(line.bytes, len, out, err);
out:
	text_clear(&line);
	return status;
}
