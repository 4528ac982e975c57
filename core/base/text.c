/* SPDX-License-Identifier: Apache-2.0 */
/* Bounded texts, and what makes text from outside safe to show. */
#include "text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_init(struct text *text, size_t max)
{
	static char nothing[1];

	text->bytes = nothing;
	text->len = 0;
	text->size = 0;
	text->max = max;
}

void text_clear(struct text *text)
{
	if (text->size > 0) {
		explicit_bzero(text->bytes, text->size);
		free(text->bytes);
	}
	text_init(text, text->max);
}

static bool reserve(struct text *text, size_t more)
{
	size_t need, size;
	char *bytes;

	if (more > text->max || text->len > text->max - more)
		return false;
	need = text->len + more + 1;
	if (need <= text->size)
		return true;

	size = text->size == 0 ? 256 : text->size;
	while (size < need)
		size *= 2;
	/* Never realloc(): it leaves a copy behind. */
	bytes = malloc(size);
	if (bytes == NULL)
		return false;
	memcpy(bytes, text->bytes, text->len);
	bytes[text->len] = '\0';
	if (text->size > 0) {
		explicit_bzero(text->bytes, text->size);
		free(text->bytes);
	}
	text->bytes = bytes;
	text->size = size;
	return true;
}

bool text_add(struct text *text, const void *bytes, size_t len)
{
	if (len == 0)
		return true;
	if (!reserve(text, len))
		return false;
	memcpy(text->bytes + text->len, bytes, len);
	text->len += len;
	text->bytes[text->len] = '\0';
	return true;
}

bool text_add_string(struct text *text, const char *string)
{
	return text_add(text, string, strlen(string));
}

bool text_addf(struct text *text, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	if (len < 0 || !reserve(text, (size_t)len))
		return false;
	if (len == 0)
		return true;

	va_start(args, fmt);
	(void)vsnprintf(text->bytes + text->len, (size_t)len + 1, fmt, args);
	va_end(args);
	text->len += (size_t)len;
	return true;
}

size_t text_character(const char *text, size_t len, unsigned *code)
{
	static const unsigned lowest[] = {0, 0, 0x80, 0x800, 0x10000};
	const unsigned char *byte = (const unsigned char *)text;
	size_t count, i;
	unsigned value;

	if (len == 0)
		return 0;
	if (byte[0] < 0x80) {
		*code = byte[0];
		return 1;
	}
	if (byte[0] >= 0xC2 && byte[0] <= 0xDF)
		count = 2;
	else if ((byte[0] & 0xF0) == 0xE0)
		count = 3;
	else if (byte[0] >= 0xF0 && byte[0] <= 0xF4)
		count = 4;
	else
		return 0;
	if (count > len)
		return 0;

	value = byte[0] & (0xFFu >> (count + 1));
	for (i = 1; i < count; i++) {
		if ((byte[i] & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (byte[i] & 0x3Fu);
	}
	if (value < lowest[count] || value > 0x10FFFF ||
	    (value >= 0xD800 && value <= 0xDFFF))
		return 0;
	*code = value;
	return count;
}

/* Characters that move the cursor, or reorder what is read. */
static bool is_unsafe(unsigned code)
{
	return code < 0x20 || (code >= 0x7F && code <= 0x9F) ||
	       code == 0x061C || code == 0x200E || code == 0x200F ||
	       (code >= 0x2028 && code <= 0x202E) ||
	       (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

static int describe(char *out, size_t size, unsigned code, bool is_byte)
{
	if (code == '\n')
		return snprintf(out, size, "\\n");
	if (code == '\r')
		return snprintf(out, size, "\\r");
	if (code == '\t')
		return snprintf(out, size, "\\t");
	if (is_byte || code < 0x80)
		return snprintf(out, size, "\\x%02x", code);
	return snprintf(out, size, "\\u%04x", code);
}

void text_escape(char *out, size_t size, const char *in, size_t len)
{
	size_t used = 0, shown = 0, at = 0;

	if (size == 0)
		return;
	while (at < len) {
		char piece[16];
		size_t count, width;
		unsigned code = 0;

		count = text_character(in + at, len - at, &code);
		if (count == 0) {
			code = (unsigned char)in[at];
			width = (size_t)describe(piece, sizeof(piece), code,
			                         true);
			count = 1;
		} else if (is_unsafe(code)) {
			width = (size_t)describe(piece, sizeof(piece), code,
			                         false);
		} else {
			memcpy(piece, in + at, count);
			width = count;
		}
		if (used + width + sizeof("...") > size ||
		    shown >= TEXT_SHOWN_MAX) {
			if (used + sizeof("...") <= size) {
				memcpy(out + used, "...", 3);
				used += 3;
			}
			break;
		}
		memcpy(out + used, piece, width);
		used += width;
		shown++;
		at += count;
	}
	out[used] = '\0';
}

bool text_is_visible(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 ||
		    (unsigned char)text[i] > 0x7E)
			return false;
	return true;
}

bool text_is_utf8(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		unsigned code;
		size_t count = text_character(text + at, len - at, &code);

		if (count == 0)
			return false;
		at += count;
	}
	return true;
}

bool text_is_line(const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7F)
			return false;
	return text_is_utf8(text, len);
}

static unsigned char folded(char letter)
{
	if (letter >= 'A' && letter <= 'Z')
		return (unsigned char)(letter - 'A' + 'a');
	return (unsigned char)letter;
}

int text_compare_folded(const char *a, const char *b)
{
	while (*a != '\0' && folded(*a) == folded(*b)) {
		a++;
		b++;
	}
	return folded(*a) - folded(*b);
}

bool text_begins_folded(const char *text, const char *prefix)
{
	while (*prefix != '\0' && folded(*text) == folded(*prefix)) {
		text++;
		prefix++;
	}
	return *prefix == '\0';
}

char *text_copy(const char *text)
{
	return text == NULL ? NULL : strdup(text);
}
