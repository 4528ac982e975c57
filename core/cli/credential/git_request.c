/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of git's credential protocol, without its leniences. */
#include "git_request.h"

#include <string.h>

#include "error.h"
#include "text.h"

/* One line, and where it stands. */
struct line {
	const char *key, *value;
	size_t key_len, value_len;
	unsigned number;
};

struct reader {
	struct git_request *request;
	bool has_protocol, has_host, has_username;
	const char *fault;
};

static bool fail(struct reader *reader, const char *fault)
{
	if (reader->fault == NULL)
		reader->fault = fault;
	return false;
}

static bool is_key(const struct line *line, const char *key)
{
	return line->key_len == strlen(key) &&
	       memcmp(line->key, key, line->key_len) == 0;
}

static bool is_value(const struct line *line, const char *value)
{
	return line->value_len == strlen(value) &&
	       memcmp(line->value, value, line->value_len) == 0;
}

static bool read_protocol(struct reader *reader, const struct line *line)
{
	if (reader->has_protocol)
		return fail(reader, "a second protocol");
	if (line->value_len == 0)
		return fail(reader, "an empty protocol");
	reader->has_protocol = true;
	reader->request->is_https = is_value(line, "https");
	return true;
}

static bool read_host(struct reader *reader, const struct line *line)
{
	if (reader->has_host)
		return fail(reader, "a second host");
	reader->has_host = true;
	if (!host_read(line->value, line->value_len, reader->request->host))
		return fail(reader, "a host that is none");
	return true;
}

static bool read_username(struct reader *reader, const struct line *line)
{
	char *username = reader->request->username;

	if (reader->has_username)
		return fail(reader, "a second username");
	if (line->value_len >= GIT_USERNAME_SIZE)
		return fail(reader, "a username longer than 1023 bytes");
	reader->has_username = true;
	memcpy(username, line->value, line->value_len);
	username[line->value_len] = '\0';
	return true;
}

/* As if protocol and host had been given. */
static bool read_url(struct reader *reader, const struct line *line)
{
	static const char between[] = "://";
	struct line part = *line;
	const char *rest = memmem(line->value, line->value_len, between, 3);
	size_t left;

	if (rest == NULL)
		return fail(reader, "a URL without a protocol");
	part.value_len = (size_t)(rest - line->value);
	if (!read_protocol(reader, &part))
		return false;
	rest += sizeof(between) - 1;
	left = line->value_len - (size_t)(rest - line->value);
	part.value = rest;
	part.value_len = 0;
	while (part.value_len < left &&
	       strchr("/?#", rest[part.value_len]) == NULL)
		part.value_len++;
	return read_host(reader, &part);
}

static bool read_capability(struct reader *reader, const struct line *line)
{
	/* An empty entry forgets those before it. */
	if (line->value_len == 0)
		reader->request->takes_authtype = false;
	if (is_value(line, "authtype"))
		reader->request->takes_authtype = true;
	return true;
}

static bool read_line(struct reader *reader, const struct line *line)
{
	static const struct {
		const char *key;
		bool (*read)(struct reader *reader, const struct line *line);
	} keys[] = {
		{"protocol", read_protocol},       {"host", read_host},
		{"username", read_username},       {"url", read_url},
		{"capability[]", read_capability},
	};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (is_key(line, keys[i].key))
			return keys[i].read(reader, line);
	return true;
}

/* LEN bytes without the line end. */
static bool split_line(struct reader *reader, const char *bytes, size_t len,
                       struct line *line)
{
	const char *equals = memchr(bytes, '=', len);

	if (len + 1 > GIT_LINE_MAX)
		return fail(reader, "a line longer than 65535 bytes");
	if (memchr(bytes, '\0', len) != NULL)
		return fail(reader, "a NUL");
	if (memchr(bytes, '\r', len) != NULL)
		return fail(reader, "a carriage return");
	if (equals == NULL || equals == bytes)
		return fail(reader, "no key=value");
	line->key = bytes;
	line->key_len = (size_t)(equals - bytes);
	line->value = equals + 1;
	line->value_len = len - line->key_len - 1;
	return true;
}

static int refuse(const struct line *line, const char *fault,
                  struct astro_error *err)
{
	return error_set(err, ASTRO_USAGE, NULL, "git: refused: line %u has %s",
	                 line->number, fault);
}

int git_request_read(const char *bytes, size_t len, struct git_request *out,
                     struct astro_error *err)
{
	struct reader reader = {.request = out};
	struct line line = {.number = 1};

	memset(out, 0, sizeof(*out));
	while (len > 0 && bytes[0] != '\n') {
		const char *end = memchr(bytes, '\n', len);
		size_t line_len = end == NULL ? len : (size_t)(end - bytes);

		if (!split_line(&reader, bytes, line_len, &line) ||
		    !read_line(&reader, &line))
			return refuse(&line, reader.fault, err);
		/* It may have been cut short, and a host with it. */
		if (end == NULL)
			return refuse(&line, "no end", err);
		bytes += line_len + 1;
		len -= line_len + 1;
		line.number++;
	}
	if (!reader.has_protocol)
		return error_set(err, ASTRO_USAGE, NULL,
		                 "git: refused: there is no protocol");
	if (!reader.has_host)
		return error_set(err, ASTRO_USAGE, NULL,
		                 "git: refused: there is no host");
	return ASTRO_OK;
}
