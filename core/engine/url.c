/* SPDX-License-Identifier: Apache-2.0 */
/* Queries and percent-encoding. */
#include "url.h"

#include <string.h>

#include "error.h"
#include "text.h"

enum { NAME_MAX_LEN = 64 };

static bool is_unreserved(char byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' ||
	       byte == '_' || byte == '~';
}

bool url_encode(struct text *out, const char *bytes, size_t len,
                const char *blank)
{
	size_t i;
	bool ok = true;

	for (i = 0; i < len && ok; i++) {
		if (is_unreserved(bytes[i]))
			ok = text_add(out, &bytes[i], 1);
		else if (bytes[i] == ' ')
			ok = text_add_string(out, blank);
		else
			ok = text_addf(out, "%%%02X", (unsigned char)bytes[i]);
	}
	return ok;
}

int url_encode_to(const char *text, char *out, size_t size,
                  struct astro_error *err)
{
	struct text encoded;
	int status = ASTRO_OK;

	if (size == 0)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "no room for a part of an address");
	out[0] = '\0';
	text_init(&encoded, size - 1);
	if (text == NULL || !url_encode(&encoded, text, strlen(text), "%20"))
		status = error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                   "a part of an address of more than %zu "
		                   "bytes",
		                   size - 1);
	else
		memcpy(out, encoded.bytes, encoded.len + 1);
	text_clear(&encoded);
	return status;
}

int url_add_query(struct text *url, const char *name, const char *value,
                  struct astro_error *err)
{
	const char *mark = strchr(url->bytes, '?');
	char last = url->len > 0 ? url->bytes[url->len - 1] : '\0';
	bool ok = true;

	if (mark == NULL)
		ok = text_add(url, "?", 1);
	else if (last != '?' && last != '&')
		ok = text_add(url, "&", 1);
	if (!ok || !url_encode(url, name, strlen(name), "%20") ||
	    !text_add(url, "=", 1) ||
	    !url_encode(url, value, strlen(value), "%20"))
		return error_no_memory(err);
	return ASTRO_OK;
}

static int digit_of(char byte)
{
	if (byte >= '0' && byte <= '9')
		return byte - '0';
	if (byte >= 'a' && byte <= 'f')
		return byte - 'a' + 10;
	if (byte >= 'A' && byte <= 'F')
		return byte - 'A' + 10;
	return -1;
}

/* The byte at *AT of IN, decoded, -1 where it is badly encoded. */
static int decode_byte(const char *in, size_t len, size_t *at)
{
	int byte = (unsigned char)in[(*at)++];
	int high, low;

	if (byte == '+')
		return ' ';
	if (byte != '%')
		return byte;
	high = *at + 1 < len ? digit_of(in[*at]) : -1;
	low = *at + 1 < len ? digit_of(in[*at + 1]) : -1;
	*at += 2;
	return high < 0 || low < 0 ? -1 : high * 16 + low;
}

/* False when it is badly encoded, no visible ASCII, or too long. */
static bool decode(const char *in, size_t len, char *out, size_t size)
{
	size_t used = 0, at = 0;

	while (at < len) {
		int byte = decode_byte(in, len, &at);

		if (byte < 0x20 || byte > 0x7E || used + 1 >= size)
			return false;
		out[used++] = (char)byte;
	}
	out[used] = '\0';
	return true;
}

/* The next pair of *QUERY, which moves on: true when its name is NAME. */
static bool pair_is(const char **query, const char *name, const char **value,
                    size_t *value_len)
{
	const char *pair = *query;
	size_t len = strcspn(pair, "&"), name_len = strcspn(pair, "=&");
	char decoded[NAME_MAX_LEN];

	*value = pair + name_len + (pair[name_len] == '=' ? 1 : 0);
	*value_len = (size_t)(pair + len - *value);
	*query = pair + len + (pair[len] == '&' ? 1 : 0);
	return decode(pair, name_len, decoded, sizeof(decoded)) &&
	       strcmp(decoded, name) == 0;
}

int query_get(const char *query, const char *name, char *out, size_t size)
{
	const char *value;
	size_t len;
	int count = 0;
	bool bad = false;

	if (size > 0)
		out[0] = '\0';
	while (query != NULL && *query != '\0') {
		if (pair_is(&query, name, &value, &len) && count++ == 0)
			bad = !decode(value, len, out, size);
	}
	if (bad && size > 0)
		explicit_bzero(out, size);
	return bad ? -1 : count;
}

void query_text(const char *query, const char *name, char *out, size_t size)
{
	const char *value = NULL;
	size_t len = 0, used = 0, at = 0;
	bool found = false;

	while (!found && query != NULL && *query != '\0')
		found = pair_is(&query, name, &value, &len);
	while (found && at < len && used + 1 < size) {
		int byte = decode_byte(value, len, &at);

		if (byte > 0)
			out[used++] = (char)byte;
	}
	out[used] = '\0';
}
