/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Edits become splices: at this byte, put that text in place of so many bytes.
 * A splice touches a value, or whole lines.
 */
#include "editor.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "lines.h"

int editor_refuse(const struct editor *editor, const struct tree_node *node,
                  const char *what)
{
	return error_set(editor->err, ASTRO_BAD_CONFIG, NULL, "%s:%u:%u: %s",
	                 editor->name, node == NULL ? 1u : (unsigned)node->line,
	                 node == NULL ? 1u : (unsigned)node->column, what);
}

/* ---- splices ---- */

struct splice *editor_add_splice(struct editor *editor, size_t at,
                                 size_t remove)
{
	struct splice *splice = &editor->splices[editor->count++];

	splice->at = at;
	splice->remove = remove;
	splice->text = editor->pool.len;
	splice->len = 0;
	splice->column = 0;
	return splice;
}

/* Two insertions in one place: the lines of the inner mapping end before
 * those of the outer go on.  What is inserted comes before what is removed. */
static bool comes_later(const struct splice *a, const struct splice *b)
{
	if (a->at != b->at)
		return a->at > b->at;
	if (b->remove == 0)
		return a->remove > 0 || a->column < b->column;
	return false;
}

/* The order of bytes; at one byte the order in which they were made. */
static void sort_splices(struct editor *editor)
{
	size_t i, j;

	for (i = 1; i < editor->count; i++) {
		struct splice splice = editor->splices[i];

		for (j = i;
		     j > 0 && comes_later(&editor->splices[j - 1], &splice);
		     j--)
			editor->splices[j] = editor->splices[j - 1];
		editor->splices[j] = splice;
	}
}

static int add_failed(const struct editor *editor, const struct text *out)
{
	if (out->len > TREE_BYTES_MAX)
		return error_set(editor->err, ASTRO_BAD_CONFIG, NULL,
		                 "%s: it would be larger than 16 MiB",
		                 editor->name);
	return error_no_memory(editor->err);
}

static int write_out(struct editor *editor, struct text *out)
{
	const struct tree *tree = editor->tree;
	size_t at = 0, i;

	sort_splices(editor);
	for (i = 0; i < editor->count; i++) {
		const struct splice *splice = &editor->splices[i];

		if (splice->at < at)
			return error_set(editor->err, ASTRO_INTERNAL, NULL,
			                 "%s: two changes in one place",
			                 editor->name);
		if (!text_add(out, tree->bytes + at, splice->at - at) ||
		    !text_add(out, editor->pool.bytes + splice->text,
		              splice->len))
			return add_failed(editor, out);
		at = splice->at + splice->remove;
	}
	if (!text_add(out, tree->bytes + at, tree->len - at))
		return add_failed(editor, out);
	return ASTRO_OK;
}

/* ---- where things are ---- */

bool editor_is_empty(const struct tree_node *node)
{
	return node == NULL || tree_is_null(node) ||
	       (node->kind == TREE_MAPPING && node->first == NULL);
}

static bool holds_anchor(const struct tree_node *node)
{
	const struct tree_node *child;

	if (node->anchored)
		return true;
	if (node->kind == TREE_ALIAS)
		return false;
	for (child = node->first; child != NULL; child = child->next)
		if (holds_anchor(child))
			return true;
	return false;
}

size_t editor_path_len(const struct edit *edit)
{
	size_t len = 0;

	while (edit->path[len] != NULL)
		len++;
	return len;
}

bool editor_shares(const struct edit *a, const struct edit *b, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (a->path[i] == NULL || b->path[i] == NULL ||
		    strcmp(a->path[i], b->path[i]) != 0)
			return false;
	return true;
}

bool editor_has_colon(const struct tree *tree, size_t at)
{
	while (at > tree->body && tree->bytes[at - 1] == ' ')
		at--;
	return at > tree->body && tree->bytes[at - 1] == ':';
}

static int find_place(const struct editor *editor, const struct edit *edit,
                      struct place *place)
{
	size_t len = editor_path_len(edit);

	memset(place, 0, sizeof(*place));
	place->value = editor->tree->root;
	for (;;) {
		const struct tree_node *value = place->value, *key;

		if (value != NULL &&
		    (value->anchored || value->kind == TREE_ALIAS))
			return editor_refuse(
				editor, value,
				"an anchor or alias is not changed");
		if (place->depth == len || editor_is_empty(value))
			return ASTRO_OK;
		if (value->kind != TREE_MAPPING)
			return editor_refuse(editor, value,
			                     "expected a mapping");
		key = tree_find(value, edit->path[place->depth], &value);
		if (key == NULL)
			return ASTRO_OK;
		place->mapping = place->value;
		if (place->mapping->style == TREE_FLOW)
			place->in_flow = true;
		place->key = key;
		place->value = value;
		place->depth++;
	}
}

bool editor_is_open_block(const struct tree_node *node)
{
	return node != NULL && node->kind == TREE_MAPPING &&
	       node->style == TREE_BLOCK && node->first != NULL;
}

/* ---- changing a value ---- */

bool editor_add_value(struct editor *editor, const struct edit *edit)
{
	if (edit->kind == EDIT_PLAIN)
		return text_add(&editor->pool, edit->value, edit->len);
	return edit_quote(&editor->pool, edit->value, edit->len);
}

static int replace_value(struct editor *editor, const struct edit *edit,
                         const struct place *place)
{
	const struct tree *tree = editor->tree;
	const struct tree_node *value = place->value;
	size_t start = value->start, end = value->end;
	struct splice *splice;

	if (value->kind != TREE_SCALAR)
		return editor_refuse(editor, value, "expected a plain value");
	if (value->style == TREE_LITERAL)
		while (end > start &&
		       strchr(" \r\n", tree->bytes[end - 1]) != NULL)
			end--;
	splice = editor_add_splice(editor, start, end - start);
	if (start == end) {
		if (!editor_has_colon(tree, start))
			return editor_refuse(
				editor, value,
				"a key without a colon is not changed");
		if (tree->bytes[start - 1] == ':' &&
		    !text_add_string(&editor->pool, " "))
			return error_no_memory(editor->err);
	}
	if (!editor_add_value(editor, edit))
		return error_no_memory(editor->err);
	splice->len = editor->pool.len - splice->text;
	return ASTRO_OK;
}

/* ---- removing lines ---- */

/* The comment behind END on its line, which is not ours to remove; or 0. */
static size_t find_comment(const struct tree *tree, size_t end)
{
	size_t at = end;

	while (at < tree->len && strchr(" \t", tree->bytes[at]) != NULL)
		at++;
	return at > end && at < tree->len && tree->bytes[at] == '#' ? at : 0;
}

static int remove_lines(struct editor *editor, const struct place *place,
                        size_t end)
{
	const struct tree *tree = editor->tree;
	const struct tree_node *key = place->key;
	size_t comment = find_comment(tree, end);

	if (!lines_begin_at(tree, key->start) || !lines_end_at(tree, end))
		return editor_refuse(editor, key,
		                     "it does not have lines of its own");
	if (comment != 0)
		editor_add_splice(editor, key->start, comment - key->start);
	else
		editor_add_splice(editor, lines_start(tree, key->start),
		                  lines_after(tree, end) -
		                          lines_start(tree, key->start));
	return ASTRO_OK;
}

size_t editor_pair_end(const struct tree_node *key,
                       const struct tree_node *value)
{
	return value->end > key->end ? value->end : key->end;
}

/* Behind EDIT, those that go on where its path ends are done with it. */
static void skip_below(struct editor *editor, const struct edit *edit)
{
	size_t len = editor_path_len(edit);

	while (editor->next != editor->edits_end &&
	       editor->next->kind == EDIT_REMOVE &&
	       editor_shares(editor->next, edit, len))
		editor->next++;
}

static int remove_pair(struct editor *editor, const struct edit *edit,
                       const struct place *place)
{
	const struct tree_node *key = place->key, *value = place->value;
	const struct edit *next = edit + 1;

	if (holds_anchor(key) || holds_anchor(value))
		return editor_refuse(editor, key, "an anchor is not removed");
	/* Where its members are removed one by one only the key's own line
	 * goes, so that comments between them stay. */
	if (editor_is_open_block(value) && next != editor->edits_end &&
	    editor_shares(next, edit, editor_path_len(edit)))
		return remove_lines(editor, place, key->end + 1);
	skip_below(editor, edit);
	if (place->in_flow)
		return flow_remove(editor, edit, place);
	return remove_lines(editor, place, editor_pair_end(key, value));
}

/* ---- all of them ---- */

static int compare_paths(const struct edit *a, const struct edit *b)
{
	size_t i;

	for (i = 0; a->path[i] != NULL && b->path[i] != NULL; i++) {
		int order = strcmp(a->path[i], b->path[i]);

		if (order != 0)
			return order;
	}
	return (a->path[i] != NULL) - (b->path[i] != NULL);
}

/* By path; of equal ones the last stays. */
static void sort_edits(struct edit *edits, size_t *count)
{
	size_t i, j, kept = 0;

	for (i = 1; i < *count; i++) {
		struct edit edit = edits[i];

		for (j = i; j > 0 && compare_paths(&edits[j - 1], &edit) > 0;
		     j--)
			edits[j] = edits[j - 1];
		edits[j] = edit;
	}
	for (i = 0; i < *count; i++) {
		if (kept > 0 && compare_paths(&edits[kept - 1], &edits[i]) == 0)
			kept--;
		edits[kept++] = edits[i];
	}
	*count = kept;
}

static int apply_one(struct editor *editor, const struct edit *edit)
{
	struct place place;
	int status = find_place(editor, edit, &place);

	if (status != ASTRO_OK)
		return status;
	if (place.depth < editor_path_len(edit))
		return edit->kind == EDIT_REMOVE
		               ? ASTRO_OK
		               : editor_insert(editor, edit, &place);
	assert(place.key != NULL); /* a path has one key or more */
	if (edit->kind == EDIT_REMOVE)
		return remove_pair(editor, edit, &place);
	return replace_value(editor, edit, &place);
}

static int check_editable(const struct editor *editor, const struct edit *edits,
                          size_t count)
{
	size_t i;

	if (editor->tree->has_odd_lines)
		return error_set(editor->err, ASTRO_BAD_CONFIG, NULL,
		                 "%s: its lines do not end in LF or CRLF",
		                 editor->name);
	for (i = 0; i < count; i++) {
		if (edits[i].kind == EDIT_REMOVE)
			continue;
		if (edits[i].len > TREE_SCALAR_MAX)
			return error_set(
				editor->err, ASTRO_STORE, NULL,
				"%s: %s is longer than 65536 bytes",
				editor->name,
				edits[i].path[editor_path_len(&edits[i]) - 1]);
		if (!text_is_utf8(edits[i].value, edits[i].len) ||
		    memchr(edits[i].value, '\0', edits[i].len) != NULL)
			return error_set(
				editor->err, ASTRO_STORE, NULL,
				"%s: %s is no text", editor->name,
				edits[i].path[editor_path_len(&edits[i]) - 1]);
	}
	return ASTRO_OK;
}

int edit_apply(const struct tree *tree, const char *name, struct edit *edits,
               size_t *count, struct text *out, struct astro_error *err)
{
	struct editor editor = {.tree = tree, .name = name, .err = err};
	int status;

	/* Twice: an insertion may clear the "{}" that it comes to, a removal
	 * a comma. */
	editor.splices = calloc(*count * 2 + 1, sizeof(*editor.splices));
	if (editor.splices == NULL)
		return error_no_memory(err);
	text_init(&editor.pool, TREE_BYTES_MAX);
	status = check_editable(&editor, edits, *count);
	if (status != ASTRO_OK)
		goto out;
	sort_edits(edits, count);
	editor.edits = edits;
	editor.edits_end = edits + *count;
	editor.next = edits;
	while (editor.next != editor.edits_end) {
		status = apply_one(&editor, editor.next++);
		if (status != ASTRO_OK)
			goto out;
	}
	status = write_out(&editor, out);
out:
	text_clear(&editor.pool);
	free(editor.splices);
	return status;
}
