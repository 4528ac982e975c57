/* SPDX-License-Identifier: Apache-2.0 */
/* Events out, answers in: one JSON object a line, both ways. */
#include "drive.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "json.h"
#include "json_out.h"
#include "secret.h"
#include "text.h"

enum {
	LINE_MAX_BYTES = 256 * 1024,
	ANSWERS_MAX = 32,
	KEY_SIZE = 64,
	TURN_MS = 200,
	WAITING_MS = 5000,
	ATTEMPTS = 3
};

/* An answer that came before its question. */
struct early {
	char key[KEY_SIZE];
	struct astro_secret *answer;
};

struct drive {
	int out;
	struct text input; /* of a line that is not whole yet */
	bool has_ended;
	bool is_alone;        /* nobody reads the events any more */
	int64_t said_waiting; /* clock_boot(), 0: not yet */
	struct early early[ANSWERS_MAX];
	size_t count;
};

int drive_new(int fd, struct drive **out, struct astro_error *err)
{
	struct drive *drive = calloc(1, sizeof(*drive));

	*out = drive;
	if (drive == NULL)
		return error_no_memory(err);
	drive->out = fd;
	text_init(&drive->input, LINE_MAX_BYTES);
	return ASTRO_OK;
}

void drive_free(struct drive *drive)
{
	if (drive == NULL)
		return;
	while (drive->count > 0)
		secret_free(drive->early[--drive->count].answer);
	text_clear(&drive->input);
	free(drive);
}

/*
 * Out.
 */

static void put(struct drive *drive, const struct text *line)
{
	size_t done = 0;

	while (done < line->len) {
		ssize_t count =
			write(drive->out, line->bytes + done, line->len - done);

		if (count < 0 && errno != EINTR) {
			drive->is_alone = true;
			return;
		}
		if (count > 0)
			done += (size_t)count;
	}
}

static void begin_event(struct json_out *json, const char *event)
{
	json_out_init_line(json);
	json_out_object(json, NULL);
	json_out_string(json, "event", event);
}

static void end_event(struct drive *drive, struct json_out *json)
{
	const struct text *line;

	json_out_close(json);
	line = json_out_end(json);
	if (line != NULL)
		put(drive, line);
	json_out_clear(json);
}

void drive_event(struct drive *drive, const char *event,
                 const struct drive_member *members, size_t count)
{
	struct json_out json;
	size_t i;

	begin_event(&json, event);
	for (i = 0; i < count; i++) {
		const struct drive_member *member = &members[i];

		if (member->kind == DRIVE_NUMBER)
			json_out_number(&json, member->name, member->number);
		else if (member->text != NULL)
			json_out_string(&json, member->name, member->text);
	}
	end_event(drive, &json);
}

void drive_waiting(struct drive *drive, const char *what, int64_t left_ms)
{
	const struct drive_member members[] = {
		{.name = "for", .text = what},
		{.name = "seconds_left",
	         .kind = DRIVE_NUMBER,
	         .number = (left_ms + 999) / 1000},
	};
	int64_t now = clock_boot();

	if (drive->said_waiting != 0 && now - drive->said_waiting < WAITING_MS)
		return;
	drive->said_waiting = now;
	drive_event(drive, "waiting", members, 2);
}

static void add_choices(struct json_out *json, const struct astro_menu *menu)
{
	size_t i;

	json_out_array(json, "choices");
	for (i = 0; i < menu->count; i++) {
		json_out_object(json, NULL);
		json_out_string(json, "id", menu->items[i].id);
		json_out_string(json, "name", menu->items[i].name);
		json_out_close(json);
	}
	json_out_close(json);
}

static void announce(struct drive *drive, const char *key, const char *label,
                     bool secret, const struct astro_menu *menu)
{
	struct json_out json;

	begin_event(&json, "prompt");
	json_out_string(&json, "key", key);
	json_out_string(&json, "label", label);
	json_out_bool(&json, "secret", secret);
	if (menu != NULL)
		add_choices(&json, menu);
	end_event(drive, &json);
}

void drive_announce(struct drive *drive, const struct astro_question *question)
{
	announce(drive, question->key, question->label,
	         question->echo == ASTRO_ECHO_OFF, NULL);
}

/*
 * In.
 */

static int bad_line(struct astro_error *err, const char *why)
{
	return error_set(err, ASTRO_DENIED,
	                 "write lines such as {\"key\": \"email\", "
	                 "\"answer\": \"jane@example.com\"}",
	                 "standard input has a line that is no answer: %s",
	                 why);
}

static int keep_answer(struct drive *drive, const char *key, const char *answer,
                       struct astro_error *err)
{
	struct early *early = &drive->early[drive->count];
	int status;

	if (drive->count == ANSWERS_MAX)
		return bad_line(err, "too many answers that nobody asked for");
	if (strlen(key) >= sizeof(early->key))
		return bad_line(err, "its key is too long");
	status = secret_new(answer, strlen(answer), &early->answer, err);
	if (status != ASTRO_OK)
		return status;
	memcpy(early->key, key, strlen(key) + 1);
	drive->count++;
	return ASTRO_OK;
}

static int read_answer(struct drive *drive, const char *line, size_t len,
                       struct astro_error *err)
{
	struct astro_error why = {0};
	struct json *json = NULL;
	const char *key, *answer;
	int status;

	if (len > 0 && line[len - 1] == '\r')
		len--;
	if (len == 0)
		return ASTRO_OK;
	if (json_parse(line, len, &json, &why) != ASTRO_OK)
		return bad_line(err, why.message);
	key = json_text(json, "key");
	answer = json_text(json, "answer");
	if (key == NULL || answer == NULL)
		status = bad_line(err, "it has no \"key\" and \"answer\"");
	else
		status = keep_answer(drive, key, answer, err);
	json_free(json);
	return status;
}

static int take_lines(struct drive *drive, struct astro_error *err)
{
	struct text *input = &drive->input;
	int status = ASTRO_OK;
	char *end;

	while (status == ASTRO_OK && input->len > 0 &&
	       (end = memchr(input->bytes, '\n', input->len)) != NULL) {
		size_t len = (size_t)(end - input->bytes);

		status = read_answer(drive, input->bytes, len, err);
		memmove(input->bytes, end + 1, input->len - len - 1);
		explicit_bzero(input->bytes + input->len - len - 1, len + 1);
		input->len -= len + 1;
	}
	return status;
}

/* Once: what can be read is, without waiting for more. */
static int read_some(struct drive *drive, struct astro_error *err)
{
	char bytes[4096];
	struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
	ssize_t got;
	int status = ASTRO_OK;

	if (drive->has_ended || poll(&input, 1, 0) <= 0)
		return ASTRO_OK;
	got = read(STDIN_FILENO, bytes, sizeof(bytes));
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return ASTRO_OK;
	if (got <= 0)
		drive->has_ended = true;
	else if (!text_add(&drive->input, bytes, (size_t)got))
		status = bad_line(err, "it is longer than 262144 bytes");
	explicit_bzero(bytes, sizeof(bytes));
	return status == ASTRO_OK ? take_lines(drive, err) : status;
}

int drive_check(const struct drive *drive, struct astro_error *err)
{
	if (!drive->is_alone)
		return ASTRO_OK;
	return error_set(err, ASTRO_CANCELLED, NULL,
	                 "the program that drives the login has gone");
}

int drive_fd(const struct drive *drive)
{
	return drive->has_ended ? -1 : STDIN_FILENO;
}

int drive_take(struct drive *drive, const char *key, struct astro_secret **out,
               bool *ended, struct astro_error *err)
{
	int status = drive_check(drive, err);
	size_t i;

	*out = NULL;
	if (status == ASTRO_OK)
		status = read_some(drive, err);
	*ended = drive->has_ended;
	for (i = 0; status == ASTRO_OK && i < drive->count; i++) {
		if (strcmp(drive->early[i].key, key) != 0)
			continue;
		*out = drive->early[i].answer; /* handed over */
		drive->count--;
		memmove(&drive->early[i], &drive->early[i + 1],
		        (drive->count - i) * sizeof(drive->early[0]));
		break;
	}
	return status;
}

static int await(struct drive *drive, const char *key, int64_t deadline,
                 struct astro_secret **out, struct astro_error *err)
{
	bool ended = false;

	*out = NULL;
	for (;;) {
		struct pollfd input = {.fd = STDIN_FILENO, .events = POLLIN};
		int status = interrupt_check(err);

		if (status == ASTRO_OK)
			status = drive_take(drive, key, out, &ended, err);
		if (status != ASTRO_OK || *out != NULL)
			return status;
		if (ended)
			return error_set(err, ASTRO_DENIED, NULL,
			                 "standard input ended before the "
			                 "answer to \"%s\"",
			                 key);
		if (deadline != 0 && clock_boot() >= deadline)
			return error_set(err, ASTRO_TIMED_OUT,
			                 "allow more time with --timeout",
			                 "\"%s\" was not answered in time",
			                 key);
		(void)poll(&input, 1, TURN_MS);
	}
}

int drive_ask(struct drive *drive, const struct astro_question *question,
              int64_t deadline, struct astro_secret **answer,
              struct astro_error *err)
{
	struct astro_secret *got = NULL;
	const char *fallback = question->fallback;
	size_t len;
	int status;

	*answer = NULL;
	drive_announce(drive, question);
	status = await(drive, question->key, deadline, &got, err);
	if (status != ASTRO_OK)
		return status;
	(void)secret_bytes(got, &len);
	if (len > 0 || fallback == NULL) {
		*answer = got;
		return ASTRO_OK;
	}
	secret_free(got);
	return secret_new(fallback, strlen(fallback), answer, err);
}

/* By id or name, else by its number. */
static bool find_row(const struct astro_menu *menu, const char *answer,
                     size_t *picked)
{
	char *end;
	long number;
	size_t i;

	for (i = 0; i < menu->count; i++) {
		if (strcmp(menu->items[i].id, answer) == 0 ||
		    strcmp(menu->items[i].name, answer) == 0) {
			*picked = i;
			return true;
		}
	}
	errno = 0;
	number = strtol(answer, &end, 10);
	if (errno != 0 || end == answer || *end != '\0' || number < 1 ||
	    (unsigned long)number > menu->count)
		return false;
	*picked = (size_t)number - 1;
	return true;
}

int drive_choose(struct drive *drive, const struct astro_menu *menu,
                 int64_t deadline, size_t *picked, struct astro_error *err)
{
	int attempt;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		struct astro_secret *answer = NULL;
		int status;
		bool found;

		announce(drive, menu->key, menu->label, false, menu);
		status = await(drive, menu->key, deadline, &answer, err);
		if (status != ASTRO_OK)
			return status;
		found = find_row(menu, secret_bytes(answer, NULL), picked);
		secret_free(answer);
		if (found)
			return ASTRO_OK;
	}
	return error_set(err, ASTRO_NOT_FOUND, NULL,
	                 "no row was chosen for \"%s\" in %d answers",
	                 menu->key, ATTEMPTS);
}
