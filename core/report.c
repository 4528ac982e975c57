/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records on a pipe: a header, then two texts.  The child has a provider in
 * it, so the parent believes no length and no number.
 */
#include "report.h"

#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "text.h"

enum {
	BYTES_MAX = 4 * 1024 * 1024, /* of all values, and of a record */
	NAME_MAX_BYTES = 64,
	READ_SIZE = 16384
};

enum kind { KIND_STAGE, KIND_VALUE, KIND_END, KIND_TURN };

struct header {
	uint32_t kind; /* enum kind */
	int32_t number;
	uint32_t first, second; /* bytes of the texts, without NUL */
};

struct report {
	struct text pending; /* not yet whole records */
	size_t kept;         /* bytes of the values' records */
	bool is_broken;
	enum report_stage stage;
	enum report_turn turn;
	size_t turn_count;
	char provider[NAME_MAX_BYTES + 1];
	char **values; /* key, value, key, value... */
	size_t value_count;
	struct astro_error error;
};

static void write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		struct pollfd writable = {.fd = fd, .events = POLLOUT};
		ssize_t written = write(fd, bytes, len);

		if (written > 0) {
			bytes += written;
			len -= (size_t)written;
		} else if (written < 0 && errno == EAGAIN) {
			(void)poll(&writable, 1, -1);
		} else if (written == 0 || errno != EINTR) {
			return;
		}
	}
}

static void send_record(int fd, enum kind kind, int number, const char *first,
                        const char *second)
{
	struct header header;
	struct text record;

	memset(&header, 0, sizeof(header));
	header.kind = (uint32_t)kind;
	header.number = number;
	header.first = (uint32_t)strlen(first);
	header.second = (uint32_t)strlen(second);
	/* Whole or not at all: half a record would be nonsense. */
	text_init(&record, BYTES_MAX);
	if (text_add(&record, &header, sizeof(header)) &&
	    text_add(&record, first, header.first) &&
	    text_add(&record, second, header.second))
		write_all(fd, record.bytes, record.len);
	text_clear(&record);
}

void report_stage(int fd, enum report_stage stage, const char *name)
{
	send_record(fd, KIND_STAGE, (int)stage, name != NULL ? name : "", "");
}

void report_turn(int fd, enum report_turn turn)
{
	send_record(fd, KIND_TURN, (int)turn, "", "");
}

bool report_is_heard(int fd)
{
	struct pollfd pipe = {.fd = fd};
	struct stat info;

	if (fstat(fd, &info) != 0 || !S_ISFIFO(info.st_mode))
		return false;
	return poll(&pipe, 1, 0) <= 0 || (pipe.revents & POLLERR) == 0;
}

void report_value(int fd, const char *key, const char *value)
{
	if (value != NULL)
		send_record(fd, KIND_VALUE, 0, key, value);
}

void report_end(int fd, int status, const struct astro_error *error)
{
	bool has_error = status != ASTRO_OK && error != NULL;

	send_record(fd, KIND_END, status, has_error ? error->message : "",
	            has_error ? error->hint : "");
}

struct report *report_new(void)
{
	struct report *report = calloc(1, sizeof(*report));

	if (report != NULL)
		text_init(&report->pending, BYTES_MAX);
	return report;
}

void report_free(struct report *report)
{
	size_t i;

	if (report == NULL)
		return;
	/* One may be a token. */
	for (i = 0; i < report->value_count * 2; i++) {
		if (report->values[i] != NULL)
			explicit_bzero(report->values[i],
			               strlen(report->values[i]));
		free(report->values[i]);
	}
	free(report->values);
	text_clear(&report->pending);
	free(report);
}

static bool add_value(struct report *report, const char *key, const char *value)
{
	size_t at = report->value_count * 2;
	char **values =
		realloc(report->values, (at + 2) * sizeof(*report->values));

	if (values == NULL)
		return false;
	report->values = values;
	values[at] = text_copy(key);
	values[at + 1] = text_copy(value);
	report->value_count++;
	return values[at] != NULL && values[at + 1] != NULL;
}

static bool take_turn(struct report *report, int number)
{
	if (number != REPORT_TURN_HOST && number != REPORT_TURN_PROVIDER)
		return false;
	report->turn = (enum report_turn)number;
	report->turn_count++;
	return true;
}

static bool take_stage(struct report *report, int number, const char *name)
{
	/* Never back, and the end has a record of its own. */
	if (number < (int)report->stage || number >= (int)REPORT_ENDED ||
	    strlen(name) > NAME_MAX_BYTES)
		return false;
	report->stage = (enum report_stage)number;
	if (report->stage != REPORT_PROVIDER)
		return true;
	memcpy(report->provider, name, strlen(name) + 1);
	return take_turn(report, REPORT_TURN_PROVIDER);
}

static bool take_end(struct report *report, int status, const char *message,
                     const char *hint)
{
	if (status < (int)ASTRO_OK || status > (int)ASTRO_INTERNAL)
		status = ASTRO_INTERNAL;
	report->stage = REPORT_ENDED;
	if (status == ASTRO_OK)
		return true;
	(void)error_set(&report->error, (enum astro_status)status,
	                hint[0] != '\0' ? hint : NULL, "%s",
	                message[0] != '\0' ? message
	                                   : "it ended without saying why");
	return true;
}

/* Values alone are kept; turns may come as often as they like. */
static bool take_value(struct report *report, const struct header *header,
                       const char *key, const char *value)
{
	size_t len = sizeof(*header) + header->first + header->second;

	if (len > BYTES_MAX - report->kept)
		return false;
	report->kept += len;
	return add_value(report, key, value);
}

static bool take_record(struct report *report, const struct header *header,
                        const char *first, const char *second)
{
	if (report->stage == REPORT_ENDED)
		return false;
	switch ((enum kind)header->kind) {
	case KIND_STAGE:
		return take_stage(report, header->number, first);
	case KIND_VALUE:
		return take_value(report, header, first, second);
	case KIND_END:
		return take_end(report, header->number, first, second);
	case KIND_TURN:
		return take_turn(report, header->number);
	}
	return false;
}

/* The text of LEN bytes at FROM, or NULL when it has a NUL inside. */
static char *text_at(const char *from, size_t len)
{
	return memchr(from, '\0', len) == NULL ? strndup(from, len) : NULL;
}

/* Take one record off the front; false when there is no whole one. */
static bool next_record(struct report *report, size_t *at)
{
	const char *bytes = report->pending.bytes + *at;
	size_t have = report->pending.len - *at;
	struct header header;
	char *first, *second;

	if (have < sizeof(header))
		return false;
	memcpy(&header, bytes, sizeof(header));
	bytes += sizeof(header);
	have -= sizeof(header);
	if (header.first > BYTES_MAX || header.second > BYTES_MAX) {
		report->is_broken = true;
		return false;
	}
	if (have < (size_t)header.first + header.second)
		return false;

	first = text_at(bytes, header.first);
	second = text_at(bytes + header.first, header.second);
	if (first == NULL || second == NULL ||
	    !take_record(report, &header, first, second))
		report->is_broken = true;
	free(first);
	if (second != NULL)
		explicit_bzero(second, strlen(second));
	free(second);
	*at += sizeof(header) + header.first + header.second;
	return !report->is_broken;
}

static bool take_records(struct report *report)
{
	size_t at = 0;
	struct text rest;
	bool is_kept = true;

	while (next_record(report, &at))
		;
	if (at == 0 || report->is_broken)
		return !report->is_broken;
	text_init(&rest, BYTES_MAX);
	is_kept = text_add(&rest, report->pending.bytes + at,
	                   report->pending.len - at);
	text_clear(&report->pending);
	report->pending = rest;
	return is_kept;
}

bool report_read(struct report *report, int fd)
{
	char bytes[READ_SIZE];
	ssize_t got;

	if (report->is_broken)
		return false;
	got = read(fd, bytes, sizeof(bytes));
	if (got < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (got <= 0)
		return false;

	if (!text_add(&report->pending, bytes, (size_t)got) ||
	    !take_records(report))
		report->is_broken = true;
	explicit_bzero(bytes, (size_t)got);
	return !report->is_broken;
}

bool report_is_broken(const struct report *report)
{
	return report->is_broken;
}

enum report_stage report_reached(const struct report *report)
{
	return report->stage;
}

const char *report_provider(const struct report *report)
{
	return report->provider;
}

enum report_turn report_turn_of(const struct report *report, size_t *count)
{
	*count = report->turn_count;
	return report->turn;
}

int report_status(const struct report *report, struct astro_error *err)
{
	if (report->stage != REPORT_ENDED)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "the login process ended without a word");
	if (err != NULL)
		*err = report->error;
	return report->error.status;
}

const char *report_get(const struct report *report, const char *key,
                       size_t index)
{
	size_t i;

	for (i = 0; i < report->value_count; i++)
		if (strcmp(report->values[i * 2], key) == 0 && index-- == 0)
			return report->values[i * 2 + 1];
	return NULL;
}
