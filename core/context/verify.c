/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof that an edit did what it was meant to do and nothing else: both
 * documents are walked side by side.
 */
#include "edit.h"

#include <string.h>

#include "text.h"

struct walk {
	const struct edit *edits;
	size_t count;
	const char *path[EDIT_PATH_MAX];
	size_t depth;
	size_t set; /* edits that were found in place */
};

enum reach { REACH_NONE, REACH_BELOW, REACH_HERE };

/* How the path of the walk, and KEY behind it, lies to that of EDIT. */
static enum reach reach_of(const struct walk *walk, const struct edit *edit,
                           const char *key)
{
	size_t i;

	for (i = 0; i < walk->depth; i++)
		if (edit->path[i] == NULL ||
		    text_compare_folded(edit->path[i], walk->path[i]) != 0)
			return REACH_NONE;
	if (edit->path[i] == NULL ||
	    text_compare_folded(edit->path[i], key) != 0)
		return REACH_NONE;
	return edit->path[i + 1] == NULL ? REACH_HERE : REACH_BELOW;
}

/* The edit that is about KEY itself, or one about something below it. */
static enum reach find_edit(const struct walk *walk, const char *key,
                            const struct edit **out)
{
	enum reach best = REACH_NONE;
	size_t i;

	*out = NULL;
	if (key == NULL || walk->depth == EDIT_PATH_MAX)
		return REACH_NONE;
	for (i = 0; i < walk->count; i++) {
		enum reach reach = reach_of(walk, &walk->edits[i], key);

		if (reach > best) {
			best = reach;
			*out = &walk->edits[i];
		}
	}
	return best;
}

static bool is_equal(const struct tree_node *a, const struct tree_node *b)
{
	const struct tree_node *left, *right;

	if (a->kind != b->kind || a->style != b->style ||
	    a->anchored != b->anchored)
		return false;
	if (a->kind == TREE_SCALAR || a->kind == TREE_ALIAS)
		return a->len == b->len &&
		       memcmp(a->text, b->text, a->len) == 0;
	left = a->first;
	right = b->first;
	while (left != NULL && right != NULL) {
		if (!is_equal(left, right))
			return false;
		left = left->next;
		right = right->next;
	}
	return left == NULL && right == NULL;
}

/* The first key of what is a mapping, or nothing; *OK is false for others. */
static const struct tree_node *first_key(const struct tree_node *node, bool *ok)
{
	if (node == NULL || (node->kind == TREE_SCALAR && tree_is_null(node)))
		return NULL;
	*ok = *ok && node->kind == TREE_MAPPING;
	return node->kind == TREE_MAPPING ? node->first : NULL;
}

static bool is_as_meant(const struct tree_node *node, const struct edit *edit)
{
	if (node->kind != TREE_SCALAR || node->anchored)
		return false;
	if (edit->kind == EDIT_TEXT && tree_is_null(node))
		return false;
	return node->len == edit->len &&
	       memcmp(node->text, edit->value, edit->len) == 0;
}

static bool are_pairs_exact(struct walk *walk, const struct tree_node *before,
                            const struct tree_node *after);

static bool is_below_exact(struct walk *walk, const char *key,
                           const struct tree_node *before,
                           const struct tree_node *after)
{
	bool ok;

	walk->path[walk->depth++] = key;
	ok = are_pairs_exact(walk, before, after);
	walk->depth--;
	return ok;
}

/* AFTER is a key of the changed document; BEFORE its old twin, or NULL. */
static bool is_pair_exact(struct walk *walk, const struct tree_node *before,
                          const struct tree_node *after)
{
	const struct tree_node *old = before == NULL ? NULL : before->next;
	const struct edit *edit;

	switch (find_edit(walk, after->text, &edit)) {
	case REACH_HERE:
		walk->set++;
		return edit->kind != EDIT_REMOVE &&
		       is_as_meant(after->next, edit);
	case REACH_BELOW:
		return is_below_exact(walk, after->text, old, after->next);
	case REACH_NONE:
		break;
	}
	return old != NULL && is_equal(old, after->next);
}

static bool is_removed(struct walk *walk, const struct tree_node *key)
{
	const struct edit *edit;

	return find_edit(walk, key->text, &edit) == REACH_HERE &&
	       edit->kind == EDIT_REMOVE;
}

static bool are_pairs_exact(struct walk *walk, const struct tree_node *before,
                            const struct tree_node *after)
{
	bool ok = true;

	before = first_key(before, &ok);
	after = first_key(after, &ok);
	while (ok && (before != NULL || after != NULL)) {
		if (before != NULL && is_removed(walk, before)) {
			before = before->next->next;
		} else if (after == NULL) {
			ok = false;
		} else if (before != NULL && is_equal(before, after)) {
			ok = is_pair_exact(walk, before, after);
			before = before->next->next;
			after = after->next->next;
		} else {
			/* A new one, which must come from an edit. */
			ok = is_pair_exact(walk, NULL, after);
			after = after->next->next;
		}
	}
	return ok;
}

bool edit_is_exact(const struct tree *before, const struct tree *after,
                   const struct edit *edits, size_t count)
{
	struct walk walk = {.edits = edits, .count = count};
	size_t i, expected = 0;

	for (i = 0; i < count; i++)
		if (edits[i].kind != EDIT_REMOVE)
			expected++;
	return are_pairs_exact(&walk, before->root, after->root) &&
	       walk.set == expected;
}
