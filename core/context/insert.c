/* SPDX-License-Identifier: Apache-2.0 */
/* New keys become new lines, where they belong and indented as the rest. */
#include "editor.h"

#include <string.h>

#include "error.h"
#include "lines.h"

enum { DEFAULT_STEP = 4 };

static size_t column_of(const struct tree_node *mapping)
{
	return mapping->first->column - 1;
}

/* How much deeper a mapping inside MAPPING stands, as far as one can see. */
static size_t find_step(const struct tree_node *mapping)
{
	const struct tree_node *key;

	if (!editor_is_open_block(mapping))
		return 0;
	for (key = mapping->first; key != NULL; key = key->next->next)
		if (editor_is_open_block(key->next) &&
		    column_of(key->next) > column_of(mapping))
			return column_of(key->next) - column_of(mapping);
	return 0;
}

/* The contexts' own way first, then the rest of the file's. */
static size_t indent_step(const struct tree *tree)
{
	const struct tree_node *contexts;
	size_t step = 0;

	if (tree_find(tree->root, "contexts", &contexts) != NULL) {
		step = find_step(contexts);
		if (step == 0 && editor_is_open_block(contexts) &&
		    editor_is_open_block(tree->root) &&
		    column_of(contexts) > column_of(tree->root))
			step = column_of(contexts) - column_of(tree->root);
	}
	if (step == 0)
		step = find_step(tree->root);
	return step == 0 ? DEFAULT_STEP : step;
}

/* Where a new KEY belongs in a block mapping: in order if the keys are in
 * order, else at the end.  Never between a comment and what it is about. */
static size_t find_line(const struct tree *tree, const struct tree_node *parent,
                        const struct tree_node *mapping, const char *key)
{
	const struct tree_node *node, *before = NULL, *last = NULL;
	bool is_sorted = true, is_passed = false;

	for (node = mapping->first; node != NULL; node = node->next->next) {
		if (last != NULL && (node->kind != TREE_SCALAR ||
		                     strcmp(last->text, node->text) > 0))
			is_sorted = false;
		if (node->kind != TREE_SCALAR)
			is_sorted = false;
		if (!is_sorted)
			break;
		last = node;
		if (strcmp(node->text, key) > 0)
			is_passed = true;
		if (!is_passed)
			before = node;
	}
	if (!is_sorted) {
		for (node = mapping->first; node != NULL;
		     node = node->next->next)
			before = node;
	}
	if (before != NULL)
		return lines_after(tree, editor_pair_end(before, before->next));
	if (parent != NULL)
		return lines_after(tree, parent->end);
	return lines_start(tree, mapping->first->start);
}

/* The splice that removes what ends at AT, or NULL. */
static const struct splice *find_removal(const struct editor *editor, size_t at)
{
	size_t i;

	for (i = 0; i < editor->count; i++)
		if (editor->splices[i].remove > 0 &&
		    editor->splices[i].at + editor->splices[i].remove == at)
			return &editor->splices[i];
	return NULL;
}

/* Take "{}" or "null" away: the whole line where nothing else is on it, and
 * the blanks before it where the line ends there. */
static void clear_value(struct editor *editor, const struct tree_node *value)
{
	const struct tree *tree = editor->tree;
	size_t start = value->start, end = value->end, stop = end;

	while (stop < tree->len && strchr(" \t", tree->bytes[stop]) != NULL)
		stop++;
	if (stop == tree->len || strchr("\r\n", tree->bytes[stop]) != NULL) {
		while (start > tree->body && tree->bytes[start - 1] == ' ')
			start--;
		end = start == lines_start(tree, start) ? lines_after(tree, end)
		                                        : stop;
	}
	if (value->start < value->end && find_removal(editor, end) == NULL)
		editor_add_splice(editor, start, end - start);
}

/* Can "{}" or "null" make room for lines? */
static bool has_own_line(const struct tree *tree, const struct tree_node *value)
{
	return lines_end_at(tree, value->end) &&
	       memchr(tree->bytes + value->start, '\n',
	              value->end - value->start) == NULL;
}

/* True for a mapping that goes on between its braces. */
static bool is_flow(const struct tree *tree, const struct place *place)
{
	const struct tree_node *value = place->value;

	if (place->in_flow)
		return true;
	return value != NULL && value->kind == TREE_MAPPING &&
	       value->style == TREE_FLOW &&
	       (value->first != NULL || !has_own_line(tree, value));
}

/* The first line of a mapping that takes the place of nothing, "{}", null. */
static int open_empty(struct editor *editor, const struct place *place,
                      size_t *at)
{
	const struct tree *tree = editor->tree;
	const struct tree_node *value = place->value;

	if (value == NULL) {
		*at = tree->len;
		return ASTRO_OK;
	}
	if (!has_own_line(tree, value))
		return editor_refuse(editor, value,
		                     "it does not have a line of its own");
	if (value->start == value->end && place->key != NULL &&
	    tree->bytes[value->start - 1] != ':')
		return editor_refuse(editor, value,
		                     "a key without a colon is not changed");
	clear_value(editor, value);
	*at = lines_after(tree, value->end);
	return ASTRO_OK;
}

static bool add_lines(struct editor *editor, const struct edit *edit,
                      size_t from, size_t depth, size_t column, size_t at)
{
	const struct tree *tree = editor->tree;
	size_t step = indent_step(tree), len = editor_path_len(edit), level;
	const char *end = lines_ending(tree, at);
	const struct splice *removal = find_removal(editor, at);
	bool is_cut = at == tree->len && at > tree->body &&
	              tree->bytes[at - 1] != '\n';
	struct text *pool = &editor->pool;

	if (removal != NULL && removal->at == lines_start(tree, removal->at))
		is_cut = false;

	for (level = from; level < len; level++) {
		const char *key = edit->path[level];
		size_t indent = column + (level - depth) * step;
		bool is_value = level + 1 == len;

		/* A file without a final line end stays one. */
		if ((is_cut && !text_add_string(pool, end)) ||
		    !text_addf(pool, "%*s", (int)indent, "") ||
		    !edit_quote(pool, key, strlen(key)) ||
		    !text_add_string(pool, is_value ? ": " : ":") ||
		    (is_value && !editor_add_value(editor, edit)) ||
		    (!is_cut && !text_add_string(pool, end)))
			return false;
	}
	return true;
}

/* Levels of EDIT that the insertion before it has already written. */
static size_t shared_levels(const struct editor *editor,
                            const struct edit *edit, const struct place *place)
{
	const struct edit *previous = editor->previous;
	size_t level = 0;

	if (previous == NULL || editor->previous_place.depth != place->depth ||
	    editor->previous_place.value != place->value)
		return place->depth;
	while (previous->path[level] != NULL && edit->path[level] != NULL &&
	       strcmp(previous->path[level], edit->path[level]) == 0)
		level++;
	return level > place->depth ? level : place->depth;
}

int editor_insert(struct editor *editor, const struct edit *edit,
                  const struct place *place)
{
	const struct tree_node *value = place->value;
	size_t column = 0, at = 0, from;
	struct splice *splice;

	if (is_flow(editor->tree, place))
		return flow_insert(editor, edit, place);
	if (editor_is_empty(value)) {
		int status = open_empty(editor, place, &at);

		if (status != ASTRO_OK)
			return status;
		if (place->key != NULL)
			column = place->key->column - 1 +
			         indent_step(editor->tree);
	} else {
		if (!lines_begin_at(editor->tree, value->first->start))
			return editor_refuse(
				editor, value,
				"it does not have lines of its own");
		at = find_line(editor->tree, place->key, value,
		               edit->path[place->depth]);
		column = column_of(value);
	}
	from = shared_levels(editor, edit, place);
	splice = editor_add_splice(editor, at, 0);
	splice->column = column;
	if (!add_lines(editor, edit, from, place->depth, column, at))
		return error_no_memory(editor->err);
	splice->len = editor->pool.len - splice->text;
	editor->previous = edit;
	editor->previous_place = *place;
	return ASTRO_OK;
}
