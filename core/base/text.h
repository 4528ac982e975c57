/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BASE_TEXT_H
#define CORE_BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

/*
 * A growing text that cannot outgrow MAX bytes.  Always ends in NUL (not
 * counted in len); "" before the first byte.  It may hold secrets: whatever it
 * held is wiped when it grows and when it is cleared.
 */
struct text {
	char *bytes;
	size_t len;
	size_t size;
	size_t max;
};

void text_init(struct text *text, size_t max);
/* Back to the state after text_init(). */
void text_clear(struct text *text);
/* False, and the text unchanged, when there is no memory or it is too much. */
bool text_add(struct text *text, const void *bytes, size_t len);
bool text_add_string(struct text *text, const char *string);
bool text_addf(struct text *text, const char *fmt, ...) ASTRO_PRINTF(2, 3);

/* Columns at which text_escape() cuts a text short, with "...". */
enum { TEXT_SHOWN_MAX = 500 };

/*
 * Make LEN bytes at IN safe to show, in one line: C0, DEL, C1, bidirectional
 * controls, line separators and bytes that are not UTF-8 become visible
 * ("\\n", "\\x1b", "\\u202e").  OUT, of SIZE bytes, always ends in NUL.
 */
void text_escape(char *out, size_t size, const char *in, size_t len);

/* True when every byte is printable ASCII, 0x20 to 0x7E (VSCHAR). */
bool text_is_visible(const char *text, size_t len);
/* True when it is UTF-8, without surrogates and overlong forms. */
bool text_is_utf8(const char *text, size_t len);
/* True when it is UTF-8 in one line: no line end, no other ASCII control. */
bool text_is_line(const char *text, size_t len);
/* The length of the UTF-8 character at TEXT, 0 when there is none. */
size_t text_character(const char *text, size_t len, unsigned *code);

/* strcmp() that takes ASCII letters of either case for the same.  Whatever the
 * locale, and without its tables: a cached token's path pays for each page. */
int text_compare_folded(const char *a, const char *b);
/* True when TEXT begins with PREFIX, in either case. */
bool text_begins_folded(const char *text, const char *prefix);

/* strdup() that accepts NULL (and gives it back). */
char *text_copy(const char *text);

#endif
