/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines of "key:" and "key: value", and nothing that needs to be understood.
 * In doubt it is not canonical: libyaml then says what it is.
 */
#include "canonical.h"

#include <stdlib.h>
#include <string.h>

enum {
	DEPTH_MAX = 8,
	KEY_MAX = 256 /* libyaml takes a key of up to 1024 characters */
};

struct level {
	struct tree_node *mapping;
	struct tree_node *last;
	size_t indent;
};

struct reader {
	struct tree *tree;
	size_t at;    /* what is read next */
	size_t start; /* of its line */
	uint32_t line;
	struct level open[DEPTH_MAX];
	size_t depth;
	bool is_value_due; /* the key read last had none in its line */
};

/* No <ctype.h>: the locale must not decide what a key is. */
static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_';
}

/* What stands inside a plain value and means nothing to YAML. */
static bool is_plain(char c)
{
	switch (c) {
	case '-':
	case '.':
	case '/':
	case '@':
	case '+':
	case '=':
	case '~':
	case ',':
		return true;
	default:
		return is_word(c);
	}
}

static bool is_visible(char c)
{
	return c >= 0x20 && c < 0x7F;
}

static char byte_at(const struct reader *reader, size_t at)
{
	return at < reader->tree->len ? reader->tree->bytes[at] : '\0';
}

/* ---- nodes ---- */

static struct tree_node *add_node(struct reader *reader, enum tree_kind kind,
                                  enum tree_style style, size_t start)
{
	struct tree_node *node = tree_alloc(reader->tree, sizeof(*node));
	struct level *level;

	if (node == NULL)
		return NULL;
	memset(node, 0, sizeof(*node));
	node->kind = (unsigned char)kind;
	node->style = (unsigned char)style;
	node->weight = 1;
	node->line = reader->line;
	node->column = (uint32_t)(start - reader->start) + 1;
	node->start = (uint32_t)start;
	if (reader->depth == 0) {
		reader->tree->root = node;
		return node;
	}
	level = &reader->open[reader->depth - 1];
	if (level->last == NULL)
		level->mapping->first = node;
	else
		level->last->next = node;
	level->last = node;
	return node;
}

/* MARGIN is what stands on either side of the text: its quotes. */
static bool add_scalar(struct reader *reader, enum tree_style style,
                       size_t start, size_t end)
{
	size_t margin = style == TREE_QUOTED ? 1 : 0;
	size_t len = end - start - 2 * margin;
	struct tree_node *node = add_node(reader, TREE_SCALAR, style, start);
	char *text = node == NULL ? NULL : tree_alloc(reader->tree, len + 1);

	if (text == NULL)
		return false;
	memcpy(text, reader->tree->bytes + start + margin, len);
	text[len] = '\0';
	node->text = text;
	node->len = (uint32_t)len;
	node->end = (uint32_t)end;
	reader->open[reader->depth - 1].mapping->weight++;
	return true;
}

static bool open_mapping(struct reader *reader, size_t indent)
{
	struct tree_node *node;
	struct level *level;

	if (reader->depth == DEPTH_MAX)
		return false;
	node = add_node(reader, TREE_MAPPING, TREE_BLOCK,
	                reader->start + indent);
	if (node == NULL)
		return false;
	level = &reader->open[reader->depth++];
	level->mapping = node;
	level->last = NULL;
	level->indent = indent;
	return true;
}

/* False: it has a key twice, or there is no memory to find out. */
static bool close_mapping(struct reader *reader)
{
	const struct level *level = &reader->open[--reader->depth];
	const struct tree_node *twin;

	level->mapping->end = level->last->end;
	if (reader->depth > 0)
		reader->open[reader->depth - 1].mapping->weight +=
			level->mapping->weight;
	return tree_duplicate(level->mapping, false, &twin, NULL) == ASTRO_OK &&
	       twin == NULL;
}

/* ---- lines ---- */

/* The mapping that a key at INDENT belongs to becomes the innermost one. */
static bool find_level(struct reader *reader, size_t indent)
{
	if (reader->depth == 0)
		return indent == 0 && open_mapping(reader, indent);
	if (reader->is_value_due) {
		reader->is_value_due = false;
		return indent > reader->open[reader->depth - 1].indent &&
		       open_mapping(reader, indent);
	}
	while (indent < reader->open[reader->depth - 1].indent)
		if (!close_mapping(reader))
			return false;
	return indent == reader->open[reader->depth - 1].indent;
}

/* A key begins like a word, so that it is no "- " and no "---". */
static bool read_key(struct reader *reader)
{
	size_t start = reader->at, end = start;

	while (is_word(byte_at(reader, end)) ||
	       (end > start && byte_at(reader, end) == '-'))
		end++;
	if (end == start || end - start > KEY_MAX ||
	    byte_at(reader, end) != ':')
		return false;
	reader->at = end + 1;
	return add_scalar(reader, TREE_PLAIN, start, end);
}

/*
 * The end of a plain value at START, or START.  Of the characters that YAML
 * gives a meaning, those are taken that have none where they stand: "-" before
 * a word, ":" and " " before anything but a blank or "#".
 */
static size_t find_plain_end(const struct reader *reader, size_t start)
{
	size_t at = start;

	if (byte_at(reader, at) == '-')
		at++;
	if (!is_word(byte_at(reader, at)) && byte_at(reader, at) != '.' &&
	    byte_at(reader, at) != '/')
		return start;
	for (;; at++) {
		char c = byte_at(reader, at), next = byte_at(reader, at + 1);

		if (is_plain(c))
			continue;
		if (c != ':' && c != ' ')
			break;
		if (!is_word(next) && next != '/' && next != '.')
			return start;
	}
	return at;
}

/* Behind the closing quote, or START: an escape, or it does not end here. */
static size_t find_quoted_end(const struct reader *reader, size_t start)
{
	char quote = byte_at(reader, start);
	size_t at = start + 1;

	while (is_visible(byte_at(reader, at)) &&
	       byte_at(reader, at) != quote && byte_at(reader, at) != '\\')
		at++;
	return byte_at(reader, at) == quote ? at + 1 : start;
}

static bool read_value(struct reader *reader)
{
	size_t start = reader->at + 1, end;
	enum tree_style style = TREE_PLAIN;

	if (byte_at(reader, reader->at) == '\n') {
		reader->is_value_due = true;
		return true;
	}
	if (byte_at(reader, reader->at) != ' ')
		return false;
	if (byte_at(reader, start) == '"' || byte_at(reader, start) == '\'') {
		style = TREE_QUOTED;
		end = find_quoted_end(reader, start);
	} else {
		end = find_plain_end(reader, start);
	}
	if (end == start)
		return false;
	reader->at = end;
	return add_scalar(reader, style, start, end);
}

static bool read_line(struct reader *reader)
{
	reader->start = reader->at;
	reader->line++;
	while (byte_at(reader, reader->at) == ' ')
		reader->at++;
	if (byte_at(reader, reader->at) == '#')
		while (is_visible(byte_at(reader, reader->at)))
			reader->at++;
	else if (byte_at(reader, reader->at) != '\n' &&
	         (!find_level(reader, reader->at - reader->start) ||
	          !read_key(reader) || !read_value(reader)))
		return false;
	return byte_at(reader, reader->at++) == '\n';
}

static bool read_lines(struct reader *reader)
{
	while (reader->at < reader->tree->len)
		if (!read_line(reader))
			return false;
	if (reader->depth == 0 || reader->is_value_due)
		return false;
	while (reader->depth > 0)
		if (!close_mapping(reader))
			return false;
	return true;
}

struct tree *canonical_read(const char *bytes, size_t len)
{
	struct reader reader = {0};

	if (len > CANONICAL_BYTES_MAX)
		return NULL;
	reader.tree = calloc(1, sizeof(*reader.tree));
	if (reader.tree == NULL)
		return NULL;
	reader.tree->bytes = bytes;
	reader.tree->len = len;
	if (read_lines(&reader))
		return reader.tree;
	tree_free(reader.tree);
	return NULL;
}
