/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The door to libyaml: its events become a tree (tree.h).  Everything that
 * libyaml 0.2.5 is slow or generous with is counted here and stopped early.
 */
#include "tree.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "error.h"
#include "scan.h"

struct anchor {
	struct anchor *next;
	const char *name;
	struct tree_node *node; /* NULL: its value has not ended */
};

struct open {
	struct tree_node *node;
	struct tree_node *last;
	struct anchor *anchor;
	size_t children;
};

struct reader {
	yaml_parser_t parser;
	struct tree *tree;
	const char *name;
	struct astro_error *err;
	struct open open[TREE_DEPTH_MAX];
	size_t depth;
	struct anchor *anchors;
	size_t anchor_count;
	size_t node_count;
	size_t expansion;
	/* libyaml's marks count characters: one place known in both. */
	size_t character, byte;
};

static int refuse(const struct reader *reader, size_t line, size_t column,
                  const char *what)
{
	return error_set(reader->err, ASTRO_BAD_CONFIG, NULL, "%s:%zu:%zu: %s",
	                 reader->name, line, column, what);
}

static int refuse_at(const struct reader *reader, const yaml_mark_t *mark,
                     const char *what)
{
	return refuse(reader, mark->line + 1, mark->column + 1, what);
}

static size_t byte_at(struct reader *reader, size_t character)
{
	const char *bytes = reader->tree->bytes;
	size_t len = reader->tree->len;

	while (reader->character < character && reader->byte < len) {
		do {
			reader->byte++;
		} while (reader->byte < len &&
		         ((unsigned char)bytes[reader->byte] & 0xC0) == 0x80);
		reader->character++;
	}
	while (reader->character > character) {
		do {
			reader->byte--;
		} while (((unsigned char)bytes[reader->byte] & 0xC0) == 0x80);
		reader->character--;
	}
	return reader->byte;
}

static int refuse_problem(const struct reader *reader)
{
	const yaml_parser_t *parser = &reader->parser;
	const struct tree *tree = reader->tree;
	const yaml_mark_t *mark = &parser->problem_mark;
	const char *line = tree->bytes + tree->body;
	const char *end = tree->bytes + tree->len;
	size_t i;

	if (parser->error == YAML_MEMORY_ERROR)
		return error_no_memory(reader->err);
	for (i = 0; i < mark->line && line < end; i++) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));

		line = stop == NULL ? end : stop + 1;
	}
	for (i = 0; line + i < end && (line[i] == ' ' || line[i] == '\t'); i++)
		if (line[i] == '\t')
			return refuse(reader, mark->line + 1, i + 1,
			              "a tab is used for indentation");
	return refuse_at(reader, mark,
	                 parser->problem == NULL ? "this is not YAML"
	                                         : parser->problem);
}

static int check_tag(const struct reader *reader, const yaml_event_t *event,
                     const yaml_char_t *tag)
{
	static const char prefix[] = "tag:yaml.org,2002:";
	static const char *const known[] = {"str",  "map",  "seq",      "int",
	                                    "bool", "null", "timestamp"};
	const char *name = (const char *)tag;
	size_t i;

	if (name == NULL || strcmp(name, "!") == 0)
		return ASTRO_OK;
	if (strncmp(name, prefix, sizeof(prefix) - 1) == 0)
		for (i = 0; i < sizeof(known) / sizeof(*known); i++)
			if (strcmp(name + sizeof(prefix) - 1, known[i]) == 0)
				return ASTRO_OK;
	return refuse_at(reader, &event->start_mark, "this tag is not allowed");
}

static char *copy_text(struct reader *reader, const void *bytes, size_t len)
{
	char *text = tree_alloc(reader->tree, len + 1);

	if (text == NULL)
		return NULL;
	memcpy(text, bytes, len);
	text[len] = '\0';
	return text;
}

/* Hang a new node into the tree; NULL when there is no memory. */
static struct tree_node *
add_node(struct reader *reader, const yaml_event_t *event, enum tree_kind kind)
{
	struct tree_node *node = tree_alloc(reader->tree, sizeof(*node));
	struct open *parent;

	if (node == NULL)
		return NULL;
	memset(node, 0, sizeof(*node));
	node->kind = (unsigned char)kind;
	node->weight = 1;
	node->line = (uint32_t)event->start_mark.line + 1;
	node->column = (uint32_t)event->start_mark.column + 1;
	node->start = (uint32_t)byte_at(reader, event->start_mark.index);
	node->end = (uint32_t)byte_at(reader, event->end_mark.index);
	reader->node_count++;

	if (reader->depth == 0) {
		reader->tree->root = node;
		return node;
	}
	parent = &reader->open[reader->depth - 1];
	if (parent->last == NULL)
		parent->node->first = node;
	else
		parent->last->next = node;
	parent->last = node;
	parent->children++;
	return node;
}

static int add_anchor(struct reader *reader, const yaml_event_t *event,
                      const yaml_char_t *name, struct tree_node *node,
                      struct anchor **out)
{
	struct anchor *anchor;

	*out = NULL;
	if (name == NULL)
		return ASTRO_OK;
	if (++reader->anchor_count > TREE_ANCHORS_MAX)
		return refuse_at(reader, &event->start_mark,
		                 "more than 1000 anchors");
	anchor = tree_alloc(reader->tree, sizeof(*anchor));
	if (anchor == NULL)
		return error_no_memory(reader->err);
	anchor->name = copy_text(reader, name, strlen((const char *)name));
	if (anchor->name == NULL)
		return error_no_memory(reader->err);
	anchor->node = NULL;
	anchor->next = reader->anchors;
	reader->anchors = anchor;
	node->anchored = true;
	*out = anchor;
	return ASTRO_OK;
}

/* A node has ended: what it weighs counts for the one that holds it. */
static void end_node(struct reader *reader, const struct tree_node *node)
{
	if (reader->depth > 0)
		reader->open[reader->depth - 1].node->weight += node->weight;
}

static int take_alias(struct reader *reader, const yaml_event_t *event)
{
	const char *name = (const char *)event->data.alias.anchor;
	const struct anchor *anchor = reader->anchors;
	struct tree_node *node = add_node(reader, event, TREE_ALIAS);

	if (node == NULL)
		return error_no_memory(reader->err);
	while (anchor != NULL && strcmp(anchor->name, name) != 0)
		anchor = anchor->next;
	if (anchor == NULL)
		return refuse_at(reader, &event->start_mark,
		                 "this alias has no anchor");
	if (anchor->node == NULL)
		return refuse_at(reader, &event->start_mark,
		                 "this alias stands inside its own value");
	reader->expansion += anchor->node->weight;
	if (reader->expansion > TREE_EXPANSION_MAX)
		return refuse_at(reader, &event->start_mark,
		                 "alias expansion limit: more than 1000 nodes");
	node->first = anchor->node;
	node->weight = anchor->node->weight;
	node->text = anchor->name;
	node->len = (uint32_t)strlen(anchor->name);
	end_node(reader, node);
	return ASTRO_OK;
}

static enum tree_style scalar_style(yaml_scalar_style_t style)
{
	switch (style) {
	case YAML_SINGLE_QUOTED_SCALAR_STYLE:
	case YAML_DOUBLE_QUOTED_SCALAR_STYLE:
		return TREE_QUOTED;
	case YAML_LITERAL_SCALAR_STYLE:
	case YAML_FOLDED_SCALAR_STYLE:
		return TREE_LITERAL;
	case YAML_ANY_SCALAR_STYLE:
	case YAML_PLAIN_SCALAR_STYLE:
		break;
	}
	return TREE_PLAIN;
}

static int take_scalar(struct reader *reader, const yaml_event_t *event)
{
	struct tree_node *node;
	struct anchor *anchor;
	int status;

	if (event->data.scalar.length > TREE_SCALAR_MAX)
		return refuse_at(reader, &event->start_mark,
		                 "a value longer than 65536 bytes");
	status = check_tag(reader, event, event->data.scalar.tag);
	if (status != ASTRO_OK)
		return status;
	/* An escape, "\0", gets past the check of the bytes. */
	if (memchr(event->data.scalar.value, '\0', event->data.scalar.length) !=
	    NULL)
		return refuse_at(reader, &event->start_mark,
		                 "control characters are not allowed");
	node = add_node(reader, event, TREE_SCALAR);
	if (node == NULL)
		return error_no_memory(reader->err);
	node->style = (unsigned char)scalar_style(event->data.scalar.style);
	node->len = (uint32_t)event->data.scalar.length;
	node->text = copy_text(reader, event->data.scalar.value, node->len);
	if (node->text == NULL)
		return error_no_memory(reader->err);
	status = add_anchor(reader, event, event->data.scalar.anchor, node,
	                    &anchor);
	if (anchor != NULL)
		anchor->node = node;
	end_node(reader, node);
	return status;
}

static int open_node(struct reader *reader, const yaml_event_t *event,
                     enum tree_kind kind, bool is_flow,
                     const yaml_char_t *anchor, const yaml_char_t *tag)
{
	struct tree_node *node;
	struct open *open;
	int status;

	if (reader->depth == TREE_DEPTH_MAX)
		return refuse_at(reader, &event->start_mark,
		                 "nesting deeper than 64");
	status = check_tag(reader, event, tag);
	if (status != ASTRO_OK)
		return status;
	node = add_node(reader, event, kind);
	if (node == NULL)
		return error_no_memory(reader->err);
	node->style = is_flow ? TREE_FLOW : TREE_BLOCK;
	open = &reader->open[reader->depth++];
	open->node = node;
	open->last = NULL;
	open->children = 0;
	return add_anchor(reader, event, anchor, node, &open->anchor);
}

static int close_node(struct reader *reader, const yaml_event_t *event)
{
	struct open *open = &reader->open[--reader->depth];
	struct tree_node *node = open->node;
	const struct tree_node *twin = NULL;
	int status;

	/* A block's end mark stands at the next token, lines further on. */
	if (node->style == TREE_FLOW)
		node->end = (uint32_t)byte_at(reader, event->end_mark.index);
	else if (open->last != NULL)
		node->end = open->last->end;
	if (open->anchor != NULL)
		open->anchor->node = node;
	end_node(reader, node);
	if (node->kind != TREE_MAPPING)
		return ASTRO_OK;
	status = tree_duplicate(node, false, &twin, reader->err);
	if (status == ASTRO_OK && twin != NULL)
		return refuse(reader, twin->line, twin->column,
		              "this key is there twice");
	return status;
}

static int take_event(struct reader *reader, const yaml_event_t *event)
{
	if (reader->node_count >= TREE_NODES_MAX)
		return refuse_at(reader, &event->start_mark,
		                 "more than 500000 values");
	switch (event->type) {
	case YAML_ALIAS_EVENT:
		return take_alias(reader, event);
	case YAML_SCALAR_EVENT:
		return take_scalar(reader, event);
	case YAML_SEQUENCE_START_EVENT:
		return open_node(reader, event, TREE_SEQUENCE,
		                 event->data.sequence_start.style ==
		                         YAML_FLOW_SEQUENCE_STYLE,
		                 event->data.sequence_start.anchor,
		                 event->data.sequence_start.tag);
	case YAML_MAPPING_START_EVENT:
		return open_node(reader, event, TREE_MAPPING,
		                 event->data.mapping_start.style ==
		                         YAML_FLOW_MAPPING_STYLE,
		                 event->data.mapping_start.anchor,
		                 event->data.mapping_start.tag);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		return close_node(reader, event);
	case YAML_NO_EVENT:
	case YAML_STREAM_START_EVENT:
	case YAML_STREAM_END_EVENT:
	case YAML_DOCUMENT_START_EVENT:
	case YAML_DOCUMENT_END_EVENT:
		break;
	}
	return ASTRO_OK;
}

/* libyaml's own copy of a text that may be a token. */
static void delete_event(yaml_event_t *event)
{
	if (event->type == YAML_SCALAR_EVENT)
		explicit_bzero(event->data.scalar.value,
		               event->data.scalar.length);
	yaml_event_delete(event);
}

/* Of a buffer, what LEN bytes of input can have reached: the pages beyond were
 * never touched, and a cached token should not pay for them. */
static void wipe_reached(unsigned char *start, const unsigned char *end,
                         size_t len)
{
	size_t size = (size_t)(end - start);

	if (start != NULL)
		explicit_bzero(start, len < size ? len : size);
}

static void wipe_buffers(yaml_parser_t *parser, size_t len)
{
	wipe_reached(parser->raw_buffer.start, parser->raw_buffer.end, len);
	wipe_reached(parser->buffer.start, parser->buffer.end, len);
}

static int read_events(struct reader *reader)
{
	const struct scan scan = {reader->tree, reader->name, reader->err};
	yaml_event_type_t type;
	yaml_event_t event;
	int status;

	do {
		size_t end;

		if (!yaml_parser_parse(&reader->parser, &event))
			return refuse_problem(reader);
		type = event.type;
		status = take_event(reader, &event);
		end = byte_at(reader, event.end_mark.index);
		delete_event(&event);
		if (status != ASTRO_OK)
			return status;
		if (type == YAML_DOCUMENT_END_EVENT)
			return scan_rest(&scan, end);
	} while (type != YAML_STREAM_END_EVENT);
	return ASTRO_OK;
}

static int read_tree(struct reader *reader)
{
	struct scan scan = {reader->tree, reader->name, reader->err};
	struct tree *tree = reader->tree;
	int status;

	status = scan_bytes(&scan);
	if (status != ASTRO_OK)
		return status;
	reader->byte = tree->body;
	if (!yaml_parser_initialize(&reader->parser))
		return error_no_memory(reader->err);
	yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&reader->parser,
	                             (const unsigned char *)tree->bytes +
	                                     tree->body,
	                             tree->len - tree->body);
	status = read_events(reader);
	wipe_buffers(&reader->parser, tree->len - tree->body);
	yaml_parser_delete(&reader->parser);
	return status;
}

int tree_read(const char *bytes, size_t len, const char *name,
              struct tree **out, struct astro_error *err)
{
	struct reader *reader;
	int status;

	*out = NULL;
	reader = calloc(1, sizeof(*reader));
	if (reader == NULL)
		return error_no_memory(err);
	reader->name = name;
	reader->err = err;
	reader->tree = calloc(1, sizeof(*reader->tree));
	if (reader->tree == NULL) {
		free(reader);
		return error_no_memory(err);
	}
	reader->tree->bytes = bytes;
	reader->tree->len = len;
	status = read_tree(reader);
	if (status == ASTRO_OK)
		*out = reader->tree;
	else
		tree_free(reader->tree);
	free(reader);
	return status;
}
