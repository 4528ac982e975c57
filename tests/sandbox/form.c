/* SPDX-License-Identifier: Apache-2.0 */
/* Forms, fields and titles, out of plain and well-formed pages. */
#include "form.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { PIECE_MAX = 64 * 1024 };

struct entity {
	const char *name;
	const char *meaning;
};

static const struct entity entities[] = {
	{"&amp;", "&"},
	{"&lt;", "<"},
	{"&gt;", ">"},
	{"&quot;", "\""},
};

static char *unescaped(const char *from, size_t len)
{
	const char *end = from + len;
	struct text out;
	char *copy;

	text_init(&out, PIECE_MAX);
	while (from < end) {
		size_t i, count = sizeof(entities) / sizeof(entities[0]);

		for (i = 0; i < count; i++)
			if (strncmp(from, entities[i].name,
			            strlen(entities[i].name)) == 0)
				break;
		if (i < count) {
			text_add_string(&out, entities[i].meaning);
			from += strlen(entities[i].name);
		} else {
			text_add(&out, from++, 1);
		}
	}
	copy = text_copy(out.bytes);
	text_clear(&out);
	return copy;
}

/* The value of ATTRIBUTE within the tag at TAG; NULL when it has none. */
static char *attribute_of(const char *tag, const char *attribute)
{
	const char *end = strchr(tag, '>');
	const char *at, *quote;
	char pattern[40];

	(void)snprintf(pattern, sizeof(pattern), " %s=\"", attribute);
	at = strstr(tag, pattern);
	if (at == NULL || end == NULL || at > end)
		return NULL;
	at += strlen(pattern);
	quote = strchr(at, '"');
	return quote == NULL ? NULL : unescaped(at, (size_t)(quote - at));
}

static void add_input(json_t *fields, const char *tag)
{
	char *name = attribute_of(tag, "name");
	char *value = attribute_of(tag, "value");

	if (name != NULL)
		json_object_set_new(fields, name,
		                    json_string(value == NULL ? "" : value));
	free(name);
	free(value);
}

json_t *form_parse(const char *html)
{
	const char *form = strstr(html, "<form "), *end, *tag;
	json_t *out, *fields;
	char *action;

	if (form == NULL)
		return NULL;
	end = strstr(form, "</form>");
	action = attribute_of(form, "action");
	fields = json_object();
	for (tag = strstr(form, "<input "); tag != NULL;
	     tag = strstr(tag + 1, "<input ")) {
		if (end != NULL && tag > end)
			break;
		add_input(fields, tag);
	}
	out = json_pack("{s:s, s:o}", "action", action == NULL ? "" : action,
	                "fields", fields);
	free(action);
	return out;
}

char *form_text_of(const char *html, const char *tag)
{
	const char *at = strstr(html, tag), *end;

	if (at == NULL)
		return text_copy("");
	at += strlen(tag);
	end = strchr(at, '<');
	return end == NULL ? text_copy("") : unescaped(at, (size_t)(end - at));
}
