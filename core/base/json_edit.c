/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A walk over JSON that is known to be JSON: it need not judge, only count
 * (RFC 8259).  What is inserted is indented as what stands around it.
 */
#include "json_edit.h"

#include <string.h>

#include "error.h"
#include "text.h"

/* Where one object's members are; offsets into the document. */
struct object {
	size_t open, close; /* of "{" and "}" */
	size_t first;       /* the first key, or close */
	bool is_whole;      /* it begins and ends as one */
	size_t last;        /* behind the last value, or open + 1 */
	/* The member that was looked for: */
	bool found;
	size_t before;     /* behind the value before it, or open + 1 */
	size_t key;        /* its opening quote */
	size_t value, end; /* its value */
	size_t next;       /* the next key, or close */
};

static size_t skip_space(const struct json_document *document, size_t at)
{
	while (at < document->len && document->bytes[at] != '\0' &&
	       strchr(" \t\r\n", document->bytes[at]) != NULL)
		at++;
	return at < document->len ? at : document->len;
}

static size_t skip_string(const struct json_document *document, size_t at)
{
	for (at++; at < document->len && document->bytes[at] != '"'; at++)
		if (document->bytes[at] == '\\')
			at++;
	return at < document->len ? at + 1 : document->len;
}

static size_t skip_nested(const struct json_document *document, size_t at)
{
	size_t depth = 0;

	while (at < document->len) {
		char byte = document->bytes[at];

		if (byte == '"') {
			at = skip_string(document, at);
			continue;
		}
		at++;
		if (byte == '{' || byte == '[')
			depth++;
		else if ((byte == '}' || byte == ']') && --depth == 0)
			break;
	}
	return at;
}

static size_t skip_value(const struct json_document *document, size_t at)
{
	char byte = at < document->len ? document->bytes[at] : '\0';

	if (byte == '"')
		return skip_string(document, at);
	if (byte == '{' || byte == '[')
		return skip_nested(document, at);
	while (at < document->len &&
	       strchr(",]} \t\r\n", document->bytes[at]) == NULL)
		at++;
	return at;
}

static int hex_digit(char digit)
{
	if (digit >= '0' && digit <= '9')
		return digit - '0';
	if (digit >= 'a' && digit <= 'f')
		return digit - 'a' + 10;
	if (digit >= 'A' && digit <= 'F')
		return digit - 'A' + 10;
	return -1;
}

/* The character that the escape at AT (behind the backslash) stands for, as
 * far as it is ASCII; -1 otherwise.  *LEN: its letters. */
static int unescape(const char *at, size_t left, size_t *len)
{
	static const char letters[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	const char *found;
	int code = 0;
	size_t i;

	*len = 1;
	if (left == 0)
		return -1;
	for (found = letters; *found != '\0'; found += 2)
		if (*found == *at)
			return (unsigned char)found[1];
	if (*at != 'u' || left < 5)
		return -1;
	*len = 5;
	for (i = 1; i < 5; i++) {
		if (hex_digit(at[i]) < 0)
			return -1;
		code = code * 16 + hex_digit(at[i]);
	}
	return code < 0x80 ? code : -1;
}

/* Whether the string at AT reads NAME; any letter may be escaped. */
static bool string_is(const struct json_document *document, size_t at,
                      const char *name)
{
	size_t end = skip_string(document, at) - 1;

	for (at++; at < end && *name != '\0'; name++) {
		int code = (unsigned char)document->bytes[at];
		size_t len = 1;

		if (code == '\\') {
			code = unescape(document->bytes + at + 1, end - at - 1,
			                &len);
			len++;
		}
		if (code != (unsigned char)*name)
			return false;
		at += len;
	}
	return at == end && *name == '\0';
}

/* The members of the object at OPEN, NAME among them if it is there. */
static void read_object(const struct json_document *document, size_t open,
                        const char *name, struct object *out)
{
	size_t at = skip_space(document, open + 1);

	memset(out, 0, sizeof(*out));
	out->open = open;
	out->first = at;
	out->last = open + 1;
	while (at < document->len && document->bytes[at] == '"') {
		size_t key = at, before = out->last, value;
		bool is_it = !out->found && string_is(document, key, name);

		at = skip_space(document, skip_string(document, key));
		/* The colon. */
		value = skip_space(document, at + 1);
		out->last = skip_value(document, value);
		at = skip_space(document, out->last);
		if (at < document->len && document->bytes[at] == ',')
			at = skip_space(document, at + 1);
		if (is_it) {
			out->found = true;
			out->before = before;
			out->key = key;
			out->value = value;
			out->end = out->last;
			out->next = at;
		}
	}
	out->close = at;
	out->is_whole = open < document->len && document->bytes[open] == '{' &&
	                at < document->len && document->bytes[at] == '}';
}

static bool is_object(const struct json_document *document, size_t at)
{
	return at < document->len && document->bytes[at] == '{';
}

/* Go down PATH as far as it leads; the depth of the object in OUT.  True when
 * the last name is there. */
static bool descend(const struct json_document *document,
                    const char *const *path, struct object *out, size_t *depth)
{
	read_object(document, skip_space(document, 0), path[0], out);
	for (*depth = 0; out->found && path[*depth + 1] != NULL; ++*depth) {
		if (!is_object(document, out->value))
			return false;
		read_object(document, out->value, path[*depth + 1], out);
	}
	return out->found && out->is_whole;
}

static bool is_whole(const struct json_document *document)
{
	struct object root;

	read_object(document, skip_space(document, 0), "", &root);
	return root.is_whole;
}

static int refuse(struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_CONFIG, NULL, "it is no JSON object");
}

bool json_edit_find(const struct json_document *document,
                    const char *const *path, const char **out, size_t *len)
{
	struct object object;
	size_t depth;

	if (!descend(document, path, &object, &depth))
		return false;
	*out = document->bytes + object.value;
	*len = object.end - object.value;
	return true;
}

/* ---- writing ---- */

/* How members are set apart: a line end and an indentation, or nothing of
 * both. */
struct style {
	bool lines;
	const char *line_end; /* as the document's first */
	const char *base;     /* the indentation of the object's own line */
	size_t base_len;
	const char *unit;
	size_t unit_len;
};

static bool add_line(struct text *out, const struct style *style, size_t depth)
{
	bool ok;

	if (!style->lines)
		return true;
	ok = text_add_string(out, style->line_end) &&
	     text_add(out, style->base, style->base_len);
	while (ok && depth-- > 0)
		ok = text_add(out, style->unit, style->unit_len);
	return ok;
}

/* The blanks that the line of AT begins with. */
static void find_indentation(const struct json_document *document, size_t at,
                             const char **out, size_t *len)
{
	const char *bytes = document->bytes;
	size_t start = at;

	while (start > 0 && bytes[start - 1] != '\n')
		start--;
	*out = bytes + start;
	for (*len = 0; start + *len < at && (bytes[start + *len] == ' ' ||
	                                     bytes[start + *len] == '\t');
	     ++*len)
		;
}

static void find_style(const struct json_document *document,
                       const struct object *object, struct style *out)
{
	struct object root;
	const char *feed = memchr(document->bytes, '\n', document->len);
	size_t lead;

	out->line_end =
		feed != NULL && feed > document->bytes && feed[-1] == '\r'
			? "\r\n"
			: "\n";
	read_object(document, skip_space(document, 0), "", &root);
	lead = root.first - root.open - 1;
	/* As Docker writes it, where there is no style yet. */
	out->unit = "\t";
	out->unit_len = 1;
	out->lines =
		root.first == root.close ||
		memchr(document->bytes + root.open + 1, '\n', lead) != NULL;
	if (root.first != root.close && out->lines)
		find_indentation(document, root.first, &out->unit,
		                 &out->unit_len);
	find_indentation(document, object->open, &out->base, &out->base_len);
}

/* "name": VALUE, with an object around it for each further name of PATH.  The
 * names need no escaping but for quotes. */
static bool add_member(struct text *out, const struct style *style,
                       const char *const *path, const char *value, size_t depth)
{
	const char *name = path[0];
	bool ok = text_add(out, "\"", 1);

	for (; ok && *name != '\0'; name++)
		ok = ((*name != '"' && *name != '\\') ||
		      text_add(out, "\\", 1)) &&
		     text_add(out, name, 1);
	ok = ok && text_add_string(out, "\": ");
	if (path[1] == NULL)
		return ok && text_add_string(out, value);
	return ok && text_add(out, "{", 1) && add_line(out, style, depth + 1) &&
	       add_member(out, style, path + 1, value, depth + 1) &&
	       add_line(out, style, depth) && text_add(out, "}", 1);
}

static bool add_range(struct text *out, const struct json_document *document,
                      size_t from, size_t to)
{
	return text_add(out, document->bytes + from, to - from);
}

/* Behind the last member, set off from it as the first one is from "{". */
static bool insert(struct text *out, const struct json_document *document,
                   const struct object *object, const char *const *path,
                   const char *value)
{
	struct style style;
	bool is_empty = object->first == object->close;

	find_style(document, object, &style);
	if (is_empty)
		return add_range(out, document, 0, object->open + 1) &&
		       add_line(out, &style, 1) &&
		       add_member(out, &style, path, value, 1) &&
		       add_line(out, &style, 0) &&
		       add_range(out, document, object->close, document->len);
	return add_range(out, document, 0, object->last) &&
	       text_add(out, ",", 1) &&
	       add_range(out, document, object->open + 1, object->first) &&
	       add_member(out, &style, path, value, 1) &&
	       add_range(out, document, object->last, document->len);
}

int json_edit_set(const struct json_document *document, const char *const *path,
                  const char *value, struct text *out, struct astro_error *err)
{
	struct object object;
	size_t depth;
	bool ok;

	if (!is_whole(document))
		return refuse(err);
	if (descend(document, path, &object, &depth))
		ok = add_range(out, document, 0, object.value) &&
		     text_add_string(out, value) &&
		     add_range(out, document, object.end, document->len);
	else if (object.found)
		return error_set(err, ASTRO_BAD_CONFIG, NULL,
		                 "\"%s\" is no JSON object", path[depth]);
	else
		ok = insert(out, document, &object, path + depth, value);
	return ok ? ASTRO_OK : error_no_memory(err);
}

int json_edit_remove(const struct json_document *document,
                     const char *const *path, struct text *out,
                     struct astro_error *err)
{
	struct object object;
	size_t depth, from, to;

	if (!is_whole(document))
		return refuse(err);
	if (!descend(document, path, &object, &depth)) {
		from = to = 0;
	} else if (object.next != object.close) {
		from = object.key;
		to = object.next;
	} else if (object.key != object.first) {
		from = object.before;
		to = object.end;
	} else {
		from = object.open + 1;
		to = object.close;
	}
	if (!add_range(out, document, 0, from) ||
	    !add_range(out, document, to, document->len))
		return error_no_memory(err);
	return ASTRO_OK;
}
