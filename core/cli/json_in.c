/* SPDX-License-Identifier: Apache-2.0 */
/* A strict reader of small JSON documents. */
#include "json_in.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "text.h"

struct json_in {
	struct json_in_value *values; /* the first is the root */
	size_t used, room;
	char *texts; /* names and strings, each with a NUL */
	size_t texts_used, texts_size;
};

struct reader {
	struct json_in *json;
	const char *bytes;
	size_t at, len;
	int depth;
	const char *fault; /* the first one, or NULL */
};

static bool fail(struct reader *reader, const char *fault)
{
	if (reader->fault == NULL)
		reader->fault = fault;
	return false;
}

/* The next byte, or -1 at the end. */
static int peek(const struct reader *reader)
{
	return reader->at < reader->len
	               ? (unsigned char)reader->bytes[reader->at]
	               : -1;
}

static void skip_blanks(struct reader *reader)
{
	int next = peek(reader);

	while (next == ' ' || next == '\t' || next == '\n' || next == '\r') {
		reader->at++;
		next = peek(reader);
	}
}

static bool take(struct reader *reader, char wanted)
{
	if (peek(reader) != wanted)
		return false;
	reader->at++;
	return true;
}

/* ---- strings ---- */

static void put_byte(struct reader *reader, unsigned byte)
{
	struct json_in *json = reader->json;

	/* No string has more bytes than it is written with, and its two quotes
	 * leave room for the NUL. */
	json->texts[json->texts_used++] = (char)byte;
}

static void put_character(struct reader *reader, unsigned code)
{
	if (code < 0x80) {
		put_byte(reader, code);
	} else if (code < 0x800) {
		put_byte(reader, 0xC0 | code >> 6);
		put_byte(reader, 0x80 | (code & 0x3F));
	} else if (code < 0x10000) {
		put_byte(reader, 0xE0 | code >> 12);
		put_byte(reader, 0x80 | (code >> 6 & 0x3F));
		put_byte(reader, 0x80 | (code & 0x3F));
	} else {
		put_byte(reader, 0xF0 | code >> 18);
		put_byte(reader, 0x80 | (code >> 12 & 0x3F));
		put_byte(reader, 0x80 | (code >> 6 & 0x3F));
		put_byte(reader, 0x80 | (code & 0x3F));
	}
}

/* Four hexadecimal digits. */
static bool read_unit(struct reader *reader, unsigned *unit)
{
	static const char digits[] = "0123456789abcdef";
	int i;

	*unit = 0;
	for (i = 0; i < 4; i++) {
		int next = peek(reader);
		const char *digit;

		if (next >= 'A' && next <= 'F')
			next += 'a' - 'A';
		digit = next > 0 ? strchr(digits, next) : NULL;
		if (digit == NULL)
			return fail(reader, "an escape that is none");
		*unit = *unit << 4 | (unsigned)(digit - digits);
		reader->at++;
	}
	return true;
}

/* Behind "\u".  RFC 8259, 7: beyond the first plane, a pair of surrogates. */
static bool read_code(struct reader *reader)
{
	unsigned code, low;

	if (!read_unit(reader, &code))
		return false;
	if (code == 0)
		return fail(reader, "a NUL in a text");
	if (code >= 0xDC00 && code <= 0xDFFF)
		return fail(reader, "half a character");
	if (code >= 0xD800 && code <= 0xDBFF) {
		if (!take(reader, '\\') || !take(reader, 'u'))
			return fail(reader, "half a character");
		if (!read_unit(reader, &low))
			return false;
		if (low < 0xDC00 || low > 0xDFFF)
			return fail(reader, "half a character");
		code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
	}
	put_character(reader, code);
	return true;
}

static bool read_escape(struct reader *reader)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char meanings[] = "\"\\/\b\f\n\r\t";
	int next = peek(reader);
	const char *letter = next > 0 ? strchr(letters, next) : NULL;

	if (next == 'u') {
		reader->at++;
		return read_code(reader);
	}
	if (letter == NULL)
		return fail(reader, "an escape that is none");
	reader->at++;
	put_byte(reader, (unsigned char)meanings[letter - letters]);
	return true;
}

static bool read_string(struct reader *reader, const char **out)
{
	*out = reader->json->texts + reader->json->texts_used;
	if (!take(reader, '"'))
		return fail(reader, "no string where one must be");
	while (!take(reader, '"')) {
		unsigned code = 0;
		size_t count = text_character(reader->bytes + reader->at,
		                              reader->len - reader->at, &code);

		if (reader->at == reader->len)
			return fail(reader, "a string without an end");
		if (count == 0)
			return fail(reader, "bytes that are not UTF-8");
		if (code < 0x20)
			return fail(reader, "a control character");
		if (code == '\\') {
			reader->at++;
			if (!read_escape(reader))
				return false;
			continue;
		}
		for (; count > 0; count--)
			put_byte(reader,
			         (unsigned char)reader->bytes[reader->at++]);
	}
	put_byte(reader, '\0');
	return true;
}

/* ---- values ---- */

static bool read_digits(struct reader *reader)
{
	size_t start = reader->at;

	while (peek(reader) >= '0' && peek(reader) <= '9')
		reader->at++;
	return reader->at > start;
}

static bool read_number(struct reader *reader)
{
	static const char fault[] = "a number that is none";

	(void)take(reader, '-');
	if (take(reader, '0')) {
		if (peek(reader) >= '0' && peek(reader) <= '9')
			return fail(reader, fault);
	} else if (!read_digits(reader)) {
		return fail(reader, "no value where one must be");
	}
	if (take(reader, '.') && !read_digits(reader))
		return fail(reader, fault);
	if (take(reader, 'e') || take(reader, 'E')) {
		if (!take(reader, '+'))
			(void)take(reader, '-');
		if (!read_digits(reader))
			return fail(reader, fault);
	}
	return true;
}

static bool read_word(struct reader *reader, struct json_in_value *value)
{
	static const struct {
		const char *word;
		enum json_in_kind kind;
	} words[] = {{"true", JSON_IN_TRUE},
	             {"false", JSON_IN_FALSE},
	             {"null", JSON_IN_NULL}};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i].word);

		if (reader->len - reader->at < len ||
		    memcmp(reader->bytes + reader->at, words[i].word, len) != 0)
			continue;
		reader->at += len;
		value->kind = words[i].kind;
		return true;
	}
	value->kind = JSON_IN_NUMBER;
	return read_number(reader);
}

static struct json_in_value *value_new(struct reader *reader)
{
	struct json_in *json = reader->json;

	if (json->used == json->room) {
		(void)fail(reader, "more values than are read here");
		return NULL;
	}
	return &json->values[json->used++];
}

static bool read_value(struct reader *reader, struct json_in_value *value);

/* A member's name, which its OBJECT must not have yet. */
static bool read_name(struct reader *reader, const struct json_in_value *object,
                      struct json_in_value *member)
{
	const struct json_in_value *other;
	size_t count = 0;

	member->name_start = reader->at;
	if (!read_string(reader, &member->name))
		return false;
	for (other = object->first; other != NULL && other != member;
	     other = other->next) {
		if (strcmp(other->name, member->name) == 0)
			return fail(reader, "a member that is there twice");
		count++;
	}
	if (count >= JSON_IN_MEMBERS_MAX)
		return fail(reader, "more members than are read here");
	skip_blanks(reader);
	if (!take(reader, ':'))
		return fail(reader, "no \":\" behind a name");
	skip_blanks(reader);
	return true;
}

/* What is in an object or array, behind its opening bracket. */
static bool read_content(struct reader *reader, struct json_in_value *value,
                         char closer)
{
	struct json_in_value **end = &value->first;

	skip_blanks(reader);
	if (take(reader, closer))
		return true;
	for (;;) {
		struct json_in_value *inner = value_new(reader);

		if (inner == NULL)
			return false;
		*end = inner;
		end = &inner->next;
		if (value->kind == JSON_IN_OBJECT &&
		    !read_name(reader, value, inner))
			return false;
		if (!read_value(reader, inner))
			return false;
		skip_blanks(reader);
		if (take(reader, closer))
			return true;
		if (!take(reader, ','))
			return fail(reader, "neither \",\" nor an end");
		skip_blanks(reader);
	}
}

static bool read_value(struct reader *reader, struct json_in_value *value)
{
	bool is_read;

	value->start = reader->at;
	if (peek(reader) == '"') {
		value->kind = JSON_IN_STRING;
		is_read = read_string(reader, &value->text);
	} else if (peek(reader) == '{' || peek(reader) == '[') {
		bool is_object = peek(reader) == '{';

		if (reader->depth == JSON_IN_DEPTH_MAX)
			return fail(reader, "nested deeper than is read here");
		reader->depth++;
		reader->at++;
		value->kind = is_object ? JSON_IN_OBJECT : JSON_IN_ARRAY;
		is_read = read_content(reader, value, is_object ? '}' : ']');
		reader->depth--;
	} else {
		is_read = read_word(reader, value);
	}
	value->end = reader->at;
	return is_read;
}

static bool read_document(struct reader *reader)
{
	struct json_in_value *root = value_new(reader);

	skip_blanks(reader);
	if (!read_value(reader, root))
		return false;
	skip_blanks(reader);
	if (reader->at < reader->len)
		return fail(reader, "something behind the document");
	return true;
}

/* ---- public ---- */

/* Room for every value that BYTES can hold: each begins the document or
 * follows a bracket or a comma. */
static size_t count_values(const char *bytes, size_t len)
{
	size_t count = 1, i;

	for (i = 0; i < len; i++)
		if (bytes[i] == ',' || bytes[i] == '{' || bytes[i] == '[')
			count++;
	return count < JSON_IN_VALUES_MAX ? count : JSON_IN_VALUES_MAX;
}

static struct json_in *json_new(const char *bytes, size_t len)
{
	struct json_in *json = calloc(1, sizeof(*json));

	if (json == NULL)
		return NULL;
	json->room = count_values(bytes, len);
	json->values = calloc(json->room, sizeof(*json->values));
	json->texts_size = len + 1;
	json->texts = malloc(json->texts_size);
	if (json->values != NULL && json->texts != NULL)
		return json;
	json->texts_size = 0;
	json_in_free(json);
	return NULL;
}

int json_in_read(const char *bytes, size_t len, const char *name,
                 struct json_in **out, struct astro_error *err)
{
	struct reader reader = {.bytes = bytes, .len = len};

	*out = NULL;
	if (len > JSON_IN_BYTES_MAX)
		return error_set(err, ASTRO_BAD_CONFIG, NULL,
		                 "%s: longer than 1 MiB", name);
	reader.json = json_new(bytes, len);
	if (reader.json == NULL)
		return error_no_memory(err);
	if (!read_document(&reader)) {
		json_in_free(reader.json);
		return error_set(err, ASTRO_BAD_CONFIG, NULL,
		                 "%s: no JSON: byte %zu: %s", name,
		                 reader.at + 1, reader.fault);
	}
	*out = reader.json;
	return ASTRO_OK;
}

void json_in_free(struct json_in *json)
{
	if (json == NULL)
		return;
	if (json->texts != NULL) {
		explicit_bzero(json->texts, json->texts_size);
		free(json->texts);
	}
	free(json->values);
	free(json);
}

const struct json_in_value *json_in_root(const struct json_in *json)
{
	return &json->values[0];
}

const struct json_in_value *json_in_member(const struct json_in_value *object,
                                           const char *name)
{
	const struct json_in_value *member;

	if (object == NULL || object->kind != JSON_IN_OBJECT)
		return NULL;
	for (member = object->first; member != NULL; member = member->next)
		if (strcmp(member->name, name) == 0)
			return member;
	return NULL;
}

const char *json_in_text(const struct json_in_value *object, const char *name)
{
	const struct json_in_value *member = json_in_member(object, name);

	return member != NULL && member->kind == JSON_IN_STRING ? member->text
	                                                        : NULL;
}
