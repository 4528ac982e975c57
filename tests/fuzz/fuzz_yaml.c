/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A context file: read with libyaml and without, which must agree, and edited,
 * which must change what it was told to, and nothing else.
 */
#include <string.h>

#include "canonical.h"
#include "edit.h"
#include "error.h"
#include "fuzz.h"
#include "text.h"
#include "tree.h"

static bool is_same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool is_same(const struct tree_node *a, const struct tree_node *b)
{
	for (; a != NULL && b != NULL; a = a->next, b = b->next)
		if (a->kind != b->kind || a->style != b->style ||
		    a->len != b->len || a->start != b->start ||
		    a->end != b->end || a->line != b->line ||
		    a->column != b->column || !is_same_text(a->text, b->text) ||
		    !is_same(a->first, b->first))
			return false;
	return a == b;
}

static void edit(const struct tree *tree)
{
	static const char token[] = "Bearer a: b # c";
	struct edit edits[] = {
		{{"context"}, EDIT_TEXT, "b.example", 9},
		{{"contexts", "a_example", "token"},
	         EDIT_TEXT,
	         token,
	         sizeof(token) - 1},
		{{"contexts", "b_example", "expiresin"},
	         EDIT_PLAIN,
	         "2026-11-28T00:00:00Z",
	         20},
		{{"contexts", "astronomer_io", "token"}, EDIT_REMOVE, NULL, 0},
	};
	size_t count = sizeof(edits) / sizeof(*edits);
	struct astro_error err = {.status = ASTRO_OK};
	struct tree *changed = NULL;
	struct text out;

	text_init(&out, TREE_BYTES_MAX);
	if (edit_apply(tree, "config.yaml", edits, &count, &out, &err) !=
	    ASTRO_OK) {
		MUST(err.message[0] != '\0');
		goto out;
	}
	/* What cannot be proven is not written, so it may be refused. */
	if (tree_read(out.bytes, out.len, "config.yaml", &changed, &err) ==
	    ASTRO_OK)
		(void)edit_is_exact(tree, changed, edits, count);
out:
	tree_free(changed);
	text_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
	const char *text = (const char *)bytes;
	struct astro_error err = {.status = ASTRO_OK};
	struct tree *tree = NULL, *quick = canonical_read(text, len);
	int status = tree_read(text, len, "config.yaml", &tree, &err);

	MUST(status == ASTRO_OK || err.message[0] != '\0');
	MUST(quick == NULL || status == ASTRO_OK);
	if (quick != NULL) {
		MUST(is_same(quick->root, tree->root));
		MUST(quick->body == tree->body);
		MUST(quick->has_odd_lines == tree->has_odd_lines);
	}
	if (status == ASTRO_OK)
		edit(tree);
	tree_free(quick);
	tree_free(tree);
	return 0;
}
