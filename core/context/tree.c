/* SPDX-License-Identifier: Apache-2.0 */
/* The tree's memory, and looking things up in it. */
#include "tree.h"

#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "secret.h"
#include "text.h"

/* Small: a cached token pays for each page that is touched. */
enum { CHUNK_SIZE = 2 * 1024 - 64, FEW_KEYS = 12 };

struct tree_chunk {
	struct tree_chunk *next;
	size_t size, used;
	_Alignas(max_align_t) char bytes[];
};

void *tree_alloc(struct tree *tree, size_t size)
{
	struct tree_chunk *chunk = tree->chunks;
	void *bytes;

	size = (size + sizeof(void *) - 1) & ~(sizeof(void *) - 1);
	if (chunk == NULL || chunk->size - chunk->used < size) {
		size_t room = size > CHUNK_SIZE ? size : CHUNK_SIZE;

		chunk = malloc(sizeof(*chunk) + room);
		if (chunk == NULL)
			return NULL;
		chunk->next = tree->chunks;
		chunk->size = room;
		chunk->used = 0;
		tree->chunks = chunk;
	}
	bytes = chunk->bytes + chunk->used;
	chunk->used += size;
	return bytes;
}

void tree_free(struct tree *tree)
{
	if (tree == NULL)
		return;
	while (tree->chunks != NULL) {
		struct tree_chunk *chunk = tree->chunks;

		tree->chunks = chunk->next;
		secret_wipe(chunk->bytes, chunk->used);
		free(chunk);
	}
	free(tree);
}

const struct tree_node *tree_target(const struct tree_node *node)
{
	/* An alias of an alias cannot be written. */
	if (node != NULL && node->kind == TREE_ALIAS)
		return node->first;
	return node;
}

bool tree_is_null(const struct tree_node *node)
{
	node = tree_target(node);
	if (node == NULL)
		return true;
	if (node->kind != TREE_SCALAR || node->style != TREE_PLAIN)
		return false;
	return node->len == 0 || strcmp(node->text, "~") == 0 ||
	       strcmp(node->text, "null") == 0 ||
	       strcmp(node->text, "Null") == 0 ||
	       strcmp(node->text, "NULL") == 0;
}

const struct tree_node *tree_find(const struct tree_node *mapping,
                                  const char *key,
                                  const struct tree_node **value)
{
	const struct tree_node *node, *found = NULL;

	*value = NULL;
	mapping = tree_target(mapping);
	if (mapping == NULL || mapping->kind != TREE_MAPPING)
		return NULL;
	for (node = mapping->first; node != NULL; node = node->next->next) {
		if (node->kind != TREE_SCALAR ||
		    text_compare_folded(node->text, key) != 0)
			continue;
		if (found == NULL || strcmp(node->text, key) == 0)
			found = node;
	}
	if (found != NULL)
		*value = found->next;
	return found;
}

static int compare_exact(const void *a, const void *b)
{
	const struct tree_node *const *left = a, *const *right = b;

	return strcmp((*left)->text, (*right)->text);
}

static int compare_any_case(const void *a, const void *b)
{
	const struct tree_node *const *left = a, *const *right = b;

	return text_compare_folded((*left)->text, (*right)->text);
}

/* Both programs write keys in order: then there is nothing to sort. */
static bool is_ascending(const struct tree_node *mapping, bool any_case)
{
	const struct tree_node *key, *next;

	for (key = mapping->first; key != NULL; key = next) {
		next = key->next->next;
		if (next == NULL)
			break;
		if (key->kind != TREE_SCALAR || next->kind != TREE_SCALAR ||
		    (any_case ? text_compare_folded(key->text, next->text)
		              : strcmp(key->text, next->text)) >= 0)
			return false;
	}
	return true;
}

/* Keys at odd places, sorted: what is there twice stands side by side. */
static const struct tree_node *
find_twin(const struct tree_node **keys, size_t count,
          int (*compare)(const void *, const void *))
{
	size_t i;

	qsort(keys, count, sizeof(const struct tree_node *), compare);
	for (i = 1; i < count; i++)
		if (compare(&keys[i - 1], &keys[i]) == 0)
			return keys[i]->start > keys[i - 1]->start
			               ? keys[i]
			               : keys[i - 1];
	return NULL;
}

int tree_duplicate(const struct tree_node *mapping, bool any_case,
                   const struct tree_node **out, struct astro_error *err)
{
	const struct tree_node *few[FEW_KEYS];
	const struct tree_node **keys = few, *node;
	size_t count = 0;

	*out = NULL;
	if (is_ascending(mapping, any_case))
		return ASTRO_OK;
	for (node = mapping->first; node != NULL; node = node->next->next)
		count++;
	if (count > FEW_KEYS) {
		keys = malloc(count * sizeof(struct tree_node *));
		if (keys == NULL)
			return error_no_memory(err);
	}
	count = 0;
	for (node = mapping->first; node != NULL; node = node->next->next)
		if (node->kind == TREE_SCALAR)
			keys[count++] = node;
	*out = find_twin(keys, count,
	                 any_case ? compare_any_case : compare_exact);
	if (keys != few)
		free(keys);
	return ASTRO_OK;
}

const char *tree_kind_name(const struct tree_node *node)
{
	node = tree_target(node);
	if (node == NULL)
		return "nothing";
	switch ((enum tree_kind)node->kind) {
	case TREE_MAPPING:
		return "a mapping";
	case TREE_SEQUENCE:
		return "a sequence";
	case TREE_SCALAR:
	case TREE_ALIAS:
		break;
	}
	return "a plain value";
}
