/* SPDX-License-Identifier: Apache-2.0 */
/* Writing JSON (RFC 8259). */
#include "json_out.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>
#include <time.h>

#include "secret.h"

enum { DOCUMENT_MAX = 64 * 1024 * 1024 };

void json_out_init(struct json_out *json)
{
	memset(json, 0, sizeof(*json));
	text_init(&json->text, DOCUMENT_MAX);
}

void json_out_init_line(struct json_out *json)
{
	json_out_init(json);
	json->is_line = true;
}

void json_out_clear(struct json_out *json)
{
	text_clear(&json->text);
}

static void add(struct json_out *json, const char *bytes, size_t len)
{
	if (!text_add(&json->text, bytes, len))
		json->is_full = true;
}

static void add_string(struct json_out *json, const char *string)
{
	add(json, string, strlen(string));
}

/* Must be escaped in JSON (below 0x20), or would act on a terminal. */
static bool is_escaped(unsigned code)
{
	return code < 0x20 || (code >= 0x7F && code <= 0x9F) ||
	       code == 0x061C || code == 0x200E || code == 0x200F ||
	       (code >= 0x2028 && code <= 0x202E) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

static void quote(struct json_out *json, const char *in, size_t len)
{
	size_t at = 0;

	add(json, "\"", 1);
	while (at < len) {
		unsigned code = 0;
		size_t count = text_character(in + at, len - at, &code);

		if (count == 0) {
			add_string(json, "\\ufffd");
			count = 1;
		} else if (code == '"' || code == '\\') {
			add(json, "\\", 1);
			add(json, in + at, 1);
		} else if (is_escaped(code)) {
			if (!text_addf(&json->text, "\\u%04x", code))
				json->is_full = true;
		} else {
			add(json, in + at, count);
		}
		at += count;
	}
	add(json, "\"", 1);
}

static void start_line(struct json_out *json)
{
	int i;

	if (json->is_line)
		return;
	add(json, "\n", 1);
	for (i = 0; i < json->depth; i++)
		add(json, "  ", 2);
}

static void start_member(struct json_out *json, const char *key)
{
	if (json->depth > 0) {
		if (json->has_members[json->depth - 1])
			add(json, ",", 1);
		json->has_members[json->depth - 1] = true;
		start_line(json);
	}
	if (key != NULL) {
		quote(json, key, strlen(key));
		add(json, ": ", json->is_line ? 1 : 2);
	}
}

static void open_with(struct json_out *json, const char *key, const char *start,
                      char closer)
{
	assert(json->depth < JSON_OUT_DEPTH);
	start_member(json, key);
	add(json, start, 1);
	json->has_members[json->depth] = false;
	json->closers[json->depth] = closer;
	json->depth++;
}

void json_out_object(struct json_out *json, const char *key)
{
	open_with(json, key, "{", '}');
}

void json_out_array(struct json_out *json, const char *key)
{
	open_with(json, key, "[", ']');
}

void json_out_close(struct json_out *json)
{
	assert(json->depth > 0);
	json->depth--;
	if (json->has_members[json->depth])
		start_line(json);
	add(json, &json->closers[json->depth], 1);
}

void json_out_string(struct json_out *json, const char *key, const char *value)
{
	start_member(json, key);
	if (value == NULL)
		add_string(json, "null");
	else
		quote(json, value, strlen(value));
}

void json_out_secret(struct json_out *json, const char *key,
                     const struct astro_secret *value)
{
	const char *bytes;
	size_t len;

	start_member(json, key);
	bytes = secret_bytes(value, &len);
	quote(json, bytes, len);
}

void json_out_number(struct json_out *json, const char *key, int64_t value)
{
	start_member(json, key);
	if (!text_addf(&json->text, "%" PRId64, value))
		json->is_full = true;
}

void json_out_json(struct json_out *json, const char *key,
                   const struct text *value)
{
	start_member(json, key);
	add(json, value->bytes, value->len);
}

void json_out_bool(struct json_out *json, const char *key, bool value)
{
	start_member(json, key);
	add_string(json, value ? "true" : "false");
}

void json_out_time(struct json_out *json, const char *key, int64_t value)
{
	time_t seconds = (time_t)value;
	char shown[40];
	struct tm parts;

	/* Years of five digits and beyond are no RFC 3339. */
	if (gmtime_r(&seconds, &parts) == NULL || parts.tm_year > 9999 - 1900 ||
	    parts.tm_year < -1900 ||
	    strftime(shown, sizeof(shown), "%Y-%m-%dT%H:%M:%SZ", &parts) == 0)
		json_out_string(json, key, NULL);
	else
		json_out_string(json, key, shown);
}

const struct text *json_out_end(struct json_out *json)
{
	assert(json->depth == 0);
	add(json, "\n", 1);
	return json->is_full ? NULL : &json->text;
}
