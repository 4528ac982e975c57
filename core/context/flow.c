/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changes inside a flow mapping, "{a: b, c: d}".  Its pairs have commas where a
 * block has lines: who takes a pair away takes one comma along, and leaves the
 * comments that have a line of their own.
 */
#include "editor.h"

#include <string.h>

#include "error.h"
#include "lines.h"

/* ---- between the pairs ---- */

static size_t skip_blanks(const struct tree *tree, size_t at)
{
	while (at < tree->len && strchr(" \t", tree->bytes[at]) != NULL)
		at++;
	return at;
}

static bool ends_line(const struct tree *tree, size_t at)
{
	return at == tree->len || tree->bytes[at] == '\r' ||
	       tree->bytes[at] == '\n';
}

/* Behind blanks, line ends and comments.  AT is at a token's end, and what
 * ends a flow mapping comes yet. */
static size_t skip_space(const struct tree *tree, size_t at)
{
	for (;;) {
		at = skip_blanks(tree, at);
		if (at == tree->len)
			return at;
		if (tree->bytes[at] == '#')
			while (!ends_line(tree, at))
				at++;
		if (!ends_line(tree, at) || at == tree->len)
			return at;
		at++;
	}
}

static bool is_comma(const struct tree *tree, size_t at)
{
	return at < tree->len && tree->bytes[at] == ',';
}

/* Where the comma behind the pair of KEY is, or else the brace. */
static size_t find_comma(const struct tree *tree, const struct tree_node *key)
{
	return skip_space(tree, editor_pair_end(key, key->next));
}

/* Behind the opening brace; a tag may come before it. */
static size_t find_inside(const struct tree *tree,
                          const struct tree_node *mapping)
{
	size_t at = mapping->start;

	while (tree->bytes[at] != '{')
		at++;
	return at + 1;
}

/* ---- which pairs stay ---- */

/* How the pairs of a mapping lie around those that are removed. */
struct layout {
	const struct tree_node *before; /* the one in question, or NULL */
	const struct tree_node *last;
	const struct tree_node *stays;  /* the last that does, or NULL */
	const struct tree_node *behind; /* the first behind that, or NULL */
};

/* Does an edit take KEY away, LEVEL keys deep where EDIT leads to? */
static bool is_removed(const struct editor *editor, const struct edit *edit,
                       size_t level, const struct tree_node *key)
{
	const struct edit *other;

	for (other = editor->edits; other != editor->edits_end; other++)
		if (other->kind == EDIT_REMOVE && key->kind == TREE_SCALAR &&
		    editor_shares(other, edit, level) &&
		    other->path[level] != NULL &&
		    other->path[level + 1] == NULL &&
		    text_compare_folded(other->path[level], key->text) == 0)
			return true;
	return false;
}

static void find_layout(const struct editor *editor, const struct edit *edit,
                        const struct place *place, struct layout *out)
{
	const struct tree_node *key = place->mapping->first;

	memset(out, 0, sizeof(*out));
	for (; key != NULL; key = key->next->next) {
		if (key->next->next == place->key)
			out->before = key;
		if (!is_removed(editor, edit, place->depth - 1, key)) {
			out->stays = key;
			out->behind = NULL;
		} else if (out->behind == NULL) {
			out->behind = key;
		}
		out->last = key;
	}
}

/* ---- taking a pair away ---- */

/* From START to END, and the whole lines where nothing else stands there. */
static void cut(struct editor *editor, size_t start, size_t end)
{
	const struct tree *tree = editor->tree;

	if (lines_begin_at(tree, start) && lines_end_at(tree, end)) {
		start = lines_start(tree, start);
		end = lines_after(tree, end);
	}
	editor_add_splice(editor, start, end - start);
}

/* With the comma behind it, and what is said of it on that line. */
static void cut_with_comma(struct editor *editor, const struct tree_node *key)
{
	const struct tree *tree = editor->tree;
	size_t start = key->start, end = editor_pair_end(key, key->next);
	size_t comma = find_comma(tree, key), stop = comma + 1;

	if (memchr(tree->bytes + end, '#', comma - end) != NULL) {
		cut(editor, start, end);
		editor_add_splice(editor, comma, 1);
		return;
	}
	if (!lines_end_at(tree, stop))
		stop = skip_blanks(tree, stop);
	else if (!lines_begin_at(tree, start))
		while (!ends_line(tree, stop))
			stop++;
	cut(editor, start, stop);
}

/* One of those that nothing follows: what stays needs its comma no more. */
static void cut_tail(struct editor *editor, const struct tree_node *key,
                     const struct layout *layout)
{
	const struct tree *tree = editor->tree;
	const struct tree_node *last = layout->last;
	size_t start = layout->behind->start;
	size_t end = editor_pair_end(last, last->next);

	if (layout->stays != NULL)
		start = find_comma(tree, layout->stays);
	if (memchr(tree->bytes + start, '\n', end - start) == NULL) {
		if (key == last)
			editor_add_splice(editor, start, end - start);
	} else if (key != last) {
		cut_with_comma(editor, key);
	} else {
		if (layout->stays != NULL)
			editor_add_splice(editor, start, 1);
		cut(editor, key->start, end);
	}
}

int flow_remove(struct editor *editor, const struct edit *edit,
                const struct place *place)
{
	const struct tree *tree = editor->tree;
	const struct tree_node *key = place->key;
	struct layout layout;
	size_t start;

	find_layout(editor, edit, place, &layout);
	start = layout.before == NULL ? find_inside(tree, place->mapping)
	                              : find_comma(tree, layout.before) + 1;
	if (skip_space(tree, start) != key->start)
		return editor_refuse(editor, key,
		                     "a key behind a \"?\" is not removed");
	if (layout.behind != NULL && layout.behind->start <= key->start &&
	    !is_comma(tree, find_comma(tree, layout.last)))
		cut_tail(editor, key, &layout);
	else
		cut_with_comma(editor, key);
	return ASTRO_OK;
}

/* ---- new pairs ---- */

static bool add_members(struct editor *editor, size_t level);

/* "key: value" of the next edit, or "key: {...}" with all that goes there. */
static bool add_pair(struct editor *editor, size_t level)
{
	const struct edit *edit = editor->next;
	const char *name = edit->path[level];
	struct text *pool = &editor->pool;

	if (!edit_quote(pool, name, strlen(name)) ||
	    !text_add_string(pool, ": "))
		return false;
	if (edit->path[level + 1] != NULL)
		return add_members(editor, level + 1);
	editor->next++;
	return editor_add_value(editor, edit);
}

/* "{...}" of the next edits, as many as have the same LEVEL keys. */
static bool add_members(struct editor *editor, size_t level)
{
	const struct edit *edit = editor->next;
	const char *between = "{";

	while (editor->next != editor->edits_end &&
	       editor_shares(editor->next, edit, level)) {
		if (editor->next->kind == EDIT_REMOVE) {
			editor->next++;
			continue;
		}
		if (!text_add_string(&editor->pool, between) ||
		    !add_pair(editor, level))
			return false;
		between = ", ";
	}
	return text_add_string(&editor->pool, "}");
}

/* Instead of nothing, or of null. */
static int put_in_place(struct editor *editor, const struct place *place)
{
	const struct tree_node *value = place->value;
	size_t start = value->start, end = value->end;
	struct splice *splice;

	if (start == end && !editor_has_colon(editor->tree, start))
		return editor_refuse(editor, value,
		                     "a key without a colon is not changed");
	splice = editor_add_splice(editor, start, end - start);
	if ((editor->tree->bytes[start - 1] == ':' &&
	     !text_add_string(&editor->pool, " ")) ||
	    !add_members(editor, place->depth))
		return error_no_memory(editor->err);
	splice->len = editor->pool.len - splice->text;
	return ASTRO_OK;
}

int flow_insert(struct editor *editor, const struct edit *edit,
                const struct place *place)
{
	const struct tree_node *mapping = place->value;
	struct place inside = {.mapping = mapping, .depth = place->depth + 1};
	struct splice *splice;
	struct layout layout;
	size_t at;
	bool ok = true;

	editor->next = edit;
	if (mapping->kind != TREE_MAPPING)
		return put_in_place(editor, place);
	find_layout(editor, edit, &inside, &layout);
	at = layout.stays == NULL
	             ? find_inside(editor->tree, mapping)
	             : editor_pair_end(layout.stays, layout.stays->next);
	splice = editor_add_splice(editor, at, 0);
	if (layout.stays != NULL || editor->opened == mapping)
		ok = text_add_string(&editor->pool, ", ");
	if (!ok || !add_pair(editor, place->depth))
		return error_no_memory(editor->err);
	splice->len = editor->pool.len - splice->text;
	editor->opened = mapping;
	return ASTRO_OK;
}
