/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Strings as YAML scalars.  Plain where no reader, of YAML 1.1 or 1.2, takes
 * them for anything else, as Go's yaml.v3 writes them; otherwise in double
 * quotes.
 */
#include "edit.h"

#include <string.h>
#include <strings.h>

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Words that are a boolean or null to some reader. */
static bool is_word(const char *value, size_t len)
{
	static const char *const words[] = {
		"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i]) == len &&
		    strncasecmp(words[i], value, len) == 0)
			return true;
	return false;
}

/* Has a character that neither a number nor a time is written with. */
static bool is_beyond_numbers(const char *value, size_t len)
{
	static const char numeric[] = "0123456789abcdefABCDEFxXoO_:.+-TtZz ";
	size_t i;

	for (i = 0; i < len; i++)
		if (strchr(numeric, value[i]) == NULL)
			return true;
	return false;
}

static bool is_plain(const char *value, size_t len)
{
	size_t i;

	if (len == 0 ||
	    (!is_letter(value[0]) && !is_digit(value[0]) && value[0] != '/'))
		return false;
	if (is_digit(value[0]) && !is_beyond_numbers(value, len))
		return false;
	if (value[len - 1] == ' ' || value[len - 1] == ':' ||
	    is_word(value, len))
		return false;
	for (i = 0; i < len; i++) {
		if (value[i] < 0x20 || value[i] > 0x7E ||
		    strchr("\"'\\,[]{}", value[i]) != NULL)
			return false;
		if (value[i] == ':' && value[i + 1 < len ? i + 1 : i] == ' ')
			return false;
		if (value[i] == '#' && i > 0 && value[i - 1] == ' ')
			return false;
	}
	return true;
}

/* Printable for YAML, and no line end or byte order mark. */
static bool is_printable(unsigned code)
{
	return code >= 0x20 && (code < 0x7F || code > 0x9F) && code != 0x2028 &&
	       code != 0x2029 && code != 0xFEFF && code != 0xFFFE &&
	       code != 0xFFFF;
}

bool edit_quote(struct text *out, const char *value, size_t len)
{
	size_t at = 0;

	if (is_plain(value, len))
		return text_add(out, value, len);
	if (!text_add_string(out, "\""))
		return false;
	while (at < len) {
		unsigned code = 0;
		size_t count = text_character(value + at, len - at, &code);
		bool added;

		if (count == 0)
			return false;
		if (code == '"' || code == '\\')
			added = text_addf(out, "\\%c", (char)code);
		else if (is_printable(code))
			added = text_add(out, value + at, count);
		else if (code < 0x100)
			added = text_addf(out, "\\x%02X", code);
		else
			added = text_addf(out, "\\u%04X", code);
		if (!added)
			return false;
		at += count;
	}
	return text_add_string(out, "\"");
}
