/* SPDX-License-Identifier: Apache-2.0 */
/* Decoding and encoding of application/x-www-form-urlencoded. */
#include "fields.h"

#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { FIELD_MAX = 1024 * 1024 };

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static bool decode(struct text *out, const char *in, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		char byte = in[i];

		if (byte == '+') {
			byte = ' ';
		} else if (byte == '%') {
			int high = i + 2 < len ? digit_of(in[i + 1]) : -1;
			int low = i + 2 < len ? digit_of(in[i + 2]) : -1;

			if (high < 0 || low < 0)
				return false;
			byte = (char)(high * 16 + low);
			i += 2;
		}
		if (byte == '\0' || !text_add(out, &byte, 1))
			return false;
	}
	return text_is_utf8(out->bytes, out->len);
}

static bool add_pair(json_t *fields, const char *pair, size_t len)
{
	const char *equals = memchr(pair, '=', len);
	size_t name_len = equals == NULL ? len : (size_t)(equals - pair);
	struct text name, value;
	bool fine;

	text_init(&name, FIELD_MAX);
	text_init(&value, FIELD_MAX);
	fine = decode(&name, pair, name_len) &&
	       (equals == NULL ||
	        decode(&value, equals + 1, len - name_len - 1)) &&
	       json_object_get(fields, name.bytes) == NULL &&
	       json_object_set_new(fields, name.bytes,
	                           json_string(value.bytes)) == 0;
	text_clear(&name);
	text_clear(&value);
	return fine;
}

json_t *fields_parse(const char *text, size_t len)
{
	const char *end = text + len;
	json_t *fields = json_object();

	while (text < end) {
		const char *ampersand = memchr(text, '&', (size_t)(end - text));
		const char *stop = ampersand == NULL ? end : ampersand;

		if (stop > text &&
		    !add_pair(fields, text, (size_t)(stop - text))) {
			json_decref(fields);
			return NULL;
		}
		text = stop + 1;
	}
	return fields;
}

const char *fields_get(const json_t *fields, const char *name)
{
	return json_string_value(json_object_get(fields, name));
}

bool fields_escape(struct text *out, const char *value)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *value != '\0'; value++) {
		if (strchr(plain, *value) != NULL) {
			if (!text_add(out, value, 1))
				return false;
		} else if (!text_addf(out, "%%%02X", (unsigned char)*value)) {
			return false;
		}
	}
	return true;
}

bool fields_write(struct text *out, const json_t *fields)
{
	const char *name, *between = "";
	json_t *value;

	json_object_foreach((json_t *)fields, name, value)
	{
		char *other = json_is_string(value)
		                      ? NULL
		                      : json_dumps(value, JSON_ENCODE_ANY);
		bool fine =
			text_add_string(out, between) &&
			fields_escape(out, name) && text_add(out, "=", 1) &&
			fields_escape(out, other != NULL
		                                   ? other
		                                   : json_string_value(value));

		free(other);
		if (!fine)
			return false;
		between = "&";
	}
	return true;
}

void fields_merge(json_t *into, const json_t *patch)
{
	const char *name;
	json_t *value;

	json_object_foreach((json_t *)patch, name, value)
	{
		json_t *old = json_object_get(into, name);

		if (json_is_null(value))
			json_object_del(into, name);
		else if (json_is_object(value) && json_is_object(old))
			fields_merge(old, value);
		else
			json_object_set_new(into, name, json_deep_copy(value));
	}
}
