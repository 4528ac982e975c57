/* SPDX-License-Identifier: Apache-2.0 */
/* Allocations that know their size, so that they can be wiped when freed. */
#include "wipe.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct block {
	size_t size;
	alignas(max_align_t) unsigned char bytes[];
};

static struct block *block_of(void *bytes)
{
	return (struct block *)(void *)((unsigned char *)bytes -
	                                offsetof(struct block, bytes));
}

void *wipe_malloc(size_t size)
{
	struct block *block;

	if (size > PTRDIFF_MAX - sizeof(*block))
		return NULL;
	block = malloc(sizeof(*block) + size);
	if (block == NULL)
		return NULL;
	block->size = size;
	return block->bytes;
}

void *wipe_calloc(size_t count, size_t size)
{
	void *bytes;

	if (size != 0 && count > PTRDIFF_MAX / size)
		return NULL;
	bytes = wipe_malloc(count * size);
	if (bytes != NULL)
		memset(bytes, 0, count * size);
	return bytes;
}

void *wipe_realloc(void *old, size_t size)
{
	struct block *block;
	void *bytes;

	if (old == NULL)
		return wipe_malloc(size);
	block = block_of(old);
	if (size <= block->size && size > block->size / 2)
		return old;

	/* Never realloc(): it leaves a copy behind. */
	bytes = wipe_malloc(size);
	if (bytes == NULL)
		return NULL;
	memcpy(bytes, old, size < block->size ? size : block->size);
	wipe_free(old);
	return bytes;
}

char *wipe_strdup(const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = wipe_malloc(size);

	if (copy != NULL)
		memcpy(copy, text, size);
	return copy;
}

void wipe_free(void *old)
{
	struct block *block;

	if (old == NULL)
		return;
	block = block_of(old);
	explicit_bzero(block->bytes, block->size);
	free(block);
}
