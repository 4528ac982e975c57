/* SPDX-License-Identifier: Apache-2.0 */
/* JSON through jansson, within limits that it does not have itself. */
#include "json.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "secret.h"
#include "text.h"
#include "wipe.h"

enum {
	DEPTH_MAX = 32,
	STRING_MAX = 64 * 1024,
	/* An empty object of three bytes takes three hundred. */
	VALUES_MAX = 64 * 1024,
	NAME_MAX_BYTES = 256
};

void json_setup(void)
{
	static bool done;

	if (done)
		return;
	json_set_alloc_funcs(wipe_malloc, wipe_free);
	done = true;
}

/* Behind a bracket. */
static bool has_first(const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && (bytes[i] == ' ' || bytes[i] == '\t' ||
	                   bytes[i] == '\r' || bytes[i] == '\n'))
		i++;
	return i < len && bytes[i] != ']' && bytes[i] != '}';
}

/*
 * jansson goes 2048 levels deep and takes strings of any length, and as many
 * values as there is memory for.  One walk over the bytes before it sees them;
 * what is no JSON at all it finds itself.
 */
static const char *find_excess(const char *bytes, size_t len)
{
	/* Each is the document, or the first of something, or stands behind
	 * a comma. */
	size_t depth = 0, string = 0, values = 1, i;
	bool inside = false;

	for (i = 0; i < len; i++) {
		char byte = bytes[i];

		if (inside) {
			if (byte == '"') {
				inside = false;
				continue;
			}
			if (byte == '\\') {
				i++;
				string++;
			}
			if (++string > STRING_MAX)
				return "a string of more than 65536 bytes";
		} else if (byte == '"') {
			inside = true;
			string = 0;
		} else if (byte == '[' || byte == '{') {
			if (++depth > DEPTH_MAX)
				return "nested deeper than 32";
			values += has_first(bytes + i + 1, len - i - 1) ? 1 : 0;
		} else if (byte == ',') {
			values++;
		} else if ((byte == ']' || byte == '}') && depth > 0) {
			depth--;
		}
		if (values > VALUES_MAX)
			return "more than 65536 values";
	}
	return NULL;
}

/* jansson ends with "near '...'": what it read there may be a secret. */
static int describe(json_error_t *why, struct astro_error *err)
{
	char *near = strstr(why->text, " near ");

	if (near != NULL)
		explicit_bzero(near,
		               (size_t)(why->text + sizeof(why->text) - near));
	return error_set(err, ASTRO_BAD_ANSWER, NULL, "%s (line %d, column %d)",
	                 why->text, why->line, why->column);
}

int json_parse(const char *bytes, size_t len, struct json **out,
               struct astro_error *err)
{
	json_error_t why;
	const char *excess;
	json_t *root;

	*out = NULL;
	json_setup();
	excess = find_excess(bytes, len);
	if (excess != NULL)
		return error_set(err, ASTRO_BAD_ANSWER, NULL, "%s", excess);

	root = json_loadb(bytes, len, JSON_REJECT_DUPLICATES, &why);
	/* An integer too large for 64 bits is still a number: it counts as the
	 * largest there is. */
	if (root == NULL &&
	    json_error_code(&why) == json_error_numeric_overflow)
		root = json_loadb(
			bytes, len,
			JSON_REJECT_DUPLICATES | JSON_DECODE_INT_AS_REAL, &why);
	if (root == NULL)
		return describe(&why, err);

	*out = malloc(sizeof(**out));
	if (*out == NULL) {
		json_decref(root);
		return error_no_memory(err);
	}
	(*out)->root = root;
	return ASTRO_OK;
}

void json_free(struct json *json)
{
	if (json == NULL)
		return;
	json_decref(json->root);
	free(json);
}

static const json_t *step(const json_t *value, const char *name, size_t len)
{
	char text[NAME_MAX_BYTES];
	char *end;
	unsigned long index;

	if (len == 0 || len >= sizeof(text))
		return NULL;
	memcpy(text, name, len);
	text[len] = '\0';
	if (json_is_object(value))
		return json_object_get(value, text);
	if (!json_is_array(value) || text[0] < '0' || text[0] > '9')
		return NULL;
	index = strtoul(text, &end, 10);
	return *end == '\0' ? json_array_get(value, index) : NULL;
}

static const json_t *find(const struct json *json, const char *path)
{
	const json_t *value;

	if (json == NULL || path == NULL)
		return NULL;
	value = json->root;
	while (value != NULL && *path != '\0') {
		/* A name may have dots itself ("https://example.com/groups"),
		 * and then stands last. */
		const json_t *whole = json_object_get(value, path);
		size_t len = strcspn(path, ".");

		if (whole != NULL)
			return whole;
		value = step(value, path, len);
		path += len;
		if (*path == '.')
			path++;
	}
	return value;
}

const char *json_text(const struct json *json, const char *path)
{
	return json_string_value(find(json, path));
}

static int64_t floor_of(double value)
{
	int64_t whole;

	if (value >= 9223372036854775807.0)
		return INT64_MAX;
	if (value <= -9223372036854775808.0)
		return INT64_MIN;
	whole = (int64_t)value;
	return (double)whole > value ? whole - 1 : whole;
}

int64_t json_number(const struct json *json, const char *path, int64_t fallback)
{
	const json_t *value = find(json, path);
	const char *text;
	char *end;
	long long number;

	if (json_is_integer(value))
		return json_integer_value(value);
	if (json_is_real(value))
		return floor_of(json_real_value(value));
	text = json_string_value(value);
	if (text == NULL || text[strspn(text, "-0123456789")] != '\0' ||
	    *text == '\0')
		return fallback;
	number = strtoll(text, &end, 10); /* saturates */
	return *end == '\0' ? number : fallback;
}

int json_flag(const struct json *json, const char *path, int fallback)
{
	const json_t *value = find(json, path);

	return json_is_boolean(value) ? json_is_true(value) : fallback;
}

int64_t json_count(const struct json *json, const char *path)
{
	const json_t *value = find(json, path);

	return json_is_array(value) ? (int64_t)json_array_size(value) : -1;
}

enum json_kind json_kind(const struct json *json, const char *path)
{
	const json_t *value = find(json, path);

	if (value == NULL)
		return JSON_KIND_ABSENT;
	switch (json_typeof(value)) {
	case JSON_OBJECT:
		return JSON_KIND_OBJECT;
	case JSON_ARRAY:
		return JSON_KIND_ARRAY;
	case JSON_STRING:
		return JSON_KIND_STRING;
	case JSON_INTEGER:
	case JSON_REAL:
		return JSON_KIND_NUMBER;
	case JSON_TRUE:
	case JSON_FALSE:
		return JSON_KIND_FLAG;
	case JSON_NULL:
		return JSON_KIND_NULL;
	}
	return JSON_KIND_ABSENT;
}

struct json json_at(const struct json *json, const char *path)
{
	return (struct json){.root = (void *)(uintptr_t)find(json, path)};
}

int json_keep(const struct json *json, struct json **out,
              struct astro_error *err)
{
	*out = malloc(sizeof(**out));
	if (*out == NULL)
		return error_no_memory(err);
	(*out)->root = json_incref(json->root);
	return ASTRO_OK;
}

int json_each(const struct json *json,
              int (*visit)(void *data, const char *name,
                           const struct json *value),
              void *data)
{
	struct json member;
	const char *name;
	json_t *value;
	size_t i;
	int status;

	json_object_foreach((json_t *)json->root, name, value)
	{
		member.root = value;
		status = visit(data, name, &member);
		if (status != ASTRO_OK)
			return status;
	}
	json_array_foreach((json_t *)json->root, i, value)
	{
		member.root = value;
		status = visit(data, NULL, &member);
		if (status != ASTRO_OK)
			return status;
	}
	return ASTRO_OK;
}

/* RFC 8259, 7.  By hand, so that a secret goes from its own pages straight into
 * the text that is wiped. */
static bool add_quoted(struct text *out, const char *bytes, size_t len)
{
	size_t from = 0, i;
	bool ok = text_add(out, "\"", 1);

	for (i = 0; i < len && ok; i++) {
		unsigned char byte = (unsigned char)bytes[i];

		if (byte >= 0x20 && byte != '"' && byte != '\\')
			continue;
		ok = text_add(out, bytes + from, i - from);
		if (byte < 0x20)
			ok = ok && text_addf(out, "\\u%04x", byte);
		else
			ok = ok && text_addf(out, "\\%c", byte);
		from = i + 1;
	}
	return ok && text_add(out, bytes + from, len - from) &&
	       text_add(out, "\"", 1);
}

/* A whole number as JSON writes it (RFC 8259, 6). */
static bool is_number(const char *text)
{
	size_t len;

	text += *text == '-';
	len = strspn(text, "0123456789");
	return text[len] == '\0' && len > 0 && len <= 18 &&
	       (text[0] != '0' || len == 1);
}

static int add_field(struct text *out, const struct astro_field *field,
                     bool numbers, bool first, struct astro_error *err)
{
	const char *value = field->text;
	size_t len = value != NULL ? strlen(value) : 0;
	bool ok;

	if (field->secret != NULL)
		value = secret_bytes(field->secret, &len);
	if (!text_is_utf8(value, len))
		return error_set(err, ASTRO_USAGE, NULL,
		                 "the %s is no UTF-8 text", field->name);
	ok = (first || text_add(out, ",", 1)) &&
	     add_quoted(out, field->name, strlen(field->name)) &&
	     text_add(out, ":", 1);
	if (numbers && field->secret == NULL && is_number(value))
		ok = ok && text_add(out, value, len);
	else
		ok = ok && add_quoted(out, value, len);
	return ok ? ASTRO_OK : error_no_memory(err);
}

static int write_fields(struct text *out, const char *query,
                        const struct astro_field *fields, size_t count,
                        bool numbers, struct astro_error *err)
{
	bool first = true;
	size_t i;

	if (query != NULL && (!text_add_string(out, "{\"query\":") ||
	                      !add_quoted(out, query, strlen(query)) ||
	                      !text_add_string(out, ",\"variables\":")))
		return error_no_memory(err);
	if (!text_add(out, "{", 1))
		return error_no_memory(err);
	for (i = 0; i < count; i++) {
		int status;

		if (fields[i].text == NULL && fields[i].secret == NULL)
			continue;
		status = add_field(out, &fields[i], numbers, first, err);
		if (status != ASTRO_OK)
			return status;
		first = false;
	}
	if (!text_add_string(out, query != NULL ? "}}" : "}"))
		return error_no_memory(err);
	return ASTRO_OK;
}

int json_write_fields(struct text *out, const char *query,
                      const struct astro_field *fields, size_t count,
                      struct astro_error *err)
{
	return write_fields(out, query, fields, count, false, err);
}

int json_write_numbers(struct text *out, const char *query,
                       const struct astro_field *fields, size_t count,
                       struct astro_error *err)
{
	return write_fields(out, query, fields, count, true, err);
}

static int add_piece(const char *bytes, size_t len, void *out)
{
	return text_add(out, bytes, len) ? 0 : -1;
}

int json_write(struct text *out, const struct json *json, const char *path,
               struct astro_error *err)
{
	const json_t *value = find(json, path);

	if (value == NULL)
		return error_set(err, ASTRO_NOT_FOUND, NULL,
		                 "nothing at \"%s\" in the answer", path);
	if (json_dump_callback(value, add_piece, out,
	                       JSON_COMPACT | JSON_ENCODE_ANY) != 0)
		return error_no_memory(err);
	return ASTRO_OK;
}
