/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Allocations of one shared object.  What it has not written to is nonsense,
 * and so is what it has freed, which is kept: freeing it again is noticed.
 */
#include "heap.h"

#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "findings.h"

enum {
	BLOCKS_MAX = 1 << 17,
	FILLED_MAX = BLOCKS_MAX / 4 * 3,
	KEPT_MAX = 64 * 1024 * 1024,
	FREED_BYTE = 0xDF,
	FRESH_BYTE = 0xA7
};

struct block {
	void *address;
	size_t size;
	bool is_freed;
};

struct blocks {
	struct block items[BLOCKS_MAX];
	size_t filled;
	size_t kept_bytes;
};

/* malloc() has no argument to find them by. */
static struct heap *heap;
static struct blocks *blocks;

static struct block *find(const void *address)
{
	size_t at = ((uintptr_t)address >> 4) * 2654435761u % BLOCKS_MAX;

	while (blocks->items[at].address != NULL &&
	       blocks->items[at].address != address)
		at = (at + 1) % BLOCKS_MAX;
	return &blocks->items[at];
}

static void *follow(void *address, size_t size)
{
	struct block *block;

	if (address == NULL || heap->is_full)
		return address;
	block = find(address);
	if (block->address == NULL && ++blocks->filled > FILLED_MAX) {
		heap->is_full = true;
		return address;
	}
	block->address = address;
	block->size = size;
	block->is_freed = false;
	heap->live++;
	heap->live_bytes += size;
	return address;
}

static bool fails(void)
{
	if (++heap->count != heap->fail_at)
		return false;
	errno = ENOMEM;
	return true;
}

/* What nobody has written holds nonsense: it is 0 by chance alone. */
static void *fresh(void *address, size_t size)
{
	if (address != NULL)
		memset(address, FRESH_BYTE, size);
	return follow(address, size);
}

static void *watched_malloc(size_t size)
{
	return fails() ? NULL : fresh(malloc(size == 0 ? 1 : size), size);
}

static void *watched_calloc(size_t count, size_t size)
{
	return fails() ? NULL : follow(calloc(count, size), count * size);
}

static void watched_free(void *address)
{
	struct block *block;

	if (address == NULL)
		return;
	block = find(address);
	if (heap->is_full || block->address == NULL) {
		/* Of a library's: getline(), an error text... */
		free(address);
		return;
	}
	if (block->is_freed) {
		finding_tell(heap->report_fd, RULE_HEAP,
		             "a block of %zu bytes is freed twice",
		             block->size);
		return;
	}
	block->is_freed = true;
	heap->live--;
	heap->live_bytes -= block->size;
	/* Beyond that it stays as it is, and is not given back either. */
	if (blocks->kept_bytes < KEPT_MAX)
		memset(address, FREED_BYTE, block->size);
	blocks->kept_bytes += block->size;
}

static void *watched_realloc(void *address, size_t size)
{
	const struct block *block;
	void *moved;

	if (address == NULL)
		return watched_malloc(size);
	if (size == 0) {
		watched_free(address);
		return NULL;
	}
	block = find(address);
	if (heap->is_full || block->address == NULL)
		return fails() ? NULL : realloc(address, size);
	if (block->is_freed)
		finding_tell(heap->report_fd, RULE_HEAP,
		             "a block of %zu bytes is used after it was freed",
		             block->size);
	moved = watched_malloc(size);
	if (moved == NULL)
		return NULL;
	memcpy(moved, address, block->size < size ? block->size : size);
	watched_free(address);
	return moved;
}

static void *watched_reallocarray(void *address, size_t count, size_t size)
{
	if (size != 0 && count > SIZE_MAX / size) {
		errno = ENOMEM;
		return NULL;
	}
	return watched_realloc(address, count * size);
}

static char *watched_strndup(const char *text, size_t max)
{
	size_t len = strnlen(text, max);
	char *copy = watched_malloc(len + 1);

	if (copy == NULL)
		return NULL;
	memcpy(copy, text, len);
	copy[len] = '\0';
	return copy;
}

static char *watched_strdup(const char *text)
{
	return watched_strndup(text, SIZE_MAX - 1);
}

static void *watched_aligned_alloc(size_t alignment, size_t size)
{
	return fails() ? NULL : fresh(aligned_alloc(alignment, size), size);
}

static int watched_posix_memalign(void **out, size_t alignment, size_t size)
{
	int number;

	if (fails())
		return ENOMEM;
	number = posix_memalign(out, alignment, size);
	if (number == 0)
		(void)fresh(*out, size);
	return number;
}

static int watched_vasprintf(char **out, const char *fmt, va_list args)
{
	int len;

	if (fails())
		return -1;
	len = vasprintf(out, fmt, args);
	if (len >= 0)
		(void)follow(*out, (size_t)len + 1);
	return len;
}

static int watched_asprintf(char **out, const char *fmt, ...)
	ASTRO_PRINTF(2, 3);
static int watched_asprintf(char **out, const char *fmt, ...)
{
	va_list args;
	int len;

	va_start(args, fmt);
	len = watched_vasprintf(out, fmt, args);
	va_end(args);
	return len;
}

/* As -D_FORTIFY_SOURCE calls them. */
static int watched_vasprintf_chk(char **out, int flag, const char *fmt,
                                 va_list args) ASTRO_PRINTF(3, 0);
static int watched_vasprintf_chk(char **out, int flag, const char *fmt,
                                 va_list args)
{
	(void)flag;
	return watched_vasprintf(out, fmt, args);
}

static int watched_asprintf_chk(char **out, int flag, const char *fmt, ...)
	ASTRO_PRINTF(3, 4);
static int watched_asprintf_chk(char **out, int flag, const char *fmt, ...)
{
	va_list args;
	int len;

	(void)flag;
	va_start(args, fmt);
	len = watched_vasprintf(out, fmt, args);
	va_end(args);
	return len;
}

/* ISO C has no cast between a function's address and an object's. */
typedef void any_function(void);

static const struct {
	const char *name;
	any_function *watched;
} functions[] = {
	{"malloc", (any_function *)watched_malloc},
	{"calloc", (any_function *)watched_calloc},
	{"realloc", (any_function *)watched_realloc},
	{"reallocarray", (any_function *)watched_reallocarray},
	{"free", (any_function *)watched_free},
	{"strdup", (any_function *)watched_strdup},
	{"__strdup", (any_function *)watched_strdup},
	{"strndup", (any_function *)watched_strndup},
	{"__strndup", (any_function *)watched_strndup},
	{"aligned_alloc", (any_function *)watched_aligned_alloc},
	{"posix_memalign", (any_function *)watched_posix_memalign},
	{"asprintf", (any_function *)watched_asprintf},
	{"vasprintf", (any_function *)watched_vasprintf},
	{"__asprintf_chk", (any_function *)watched_asprintf_chk},
	{"__vasprintf_chk", (any_function *)watched_vasprintf_chk},
};

/* What the dynamic linker works with, as far as it is needed here. */
struct tables {
	const Elf64_Sym *symbols;
	const char *names;
	const Elf64_Rela *calls, *addresses;
	size_t call_count, address_count;
};

static any_function *watched_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (strcmp(functions[i].name, name) == 0)
			return functions[i].watched;
	return NULL;
}

/* The tables may be read-only by now (-z relro). */
static bool make_writable(uintptr_t address)
{
	uintptr_t size = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t page = address / size * size;

	return mprotect((void *)page, size, PROT_READ | PROT_WRITE) == 0;
}

static bool lead(const struct link_map *map, const struct tables *tables,
                 const Elf64_Rela *entries, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		const Elf64_Sym *symbol =
			&tables->symbols[ELF64_R_SYM(entries[i].r_info)];
		uintptr_t slot = map->l_addr + entries[i].r_offset;
		any_function *watched;

		if (ELF64_R_SYM(entries[i].r_info) == 0 ||
		    symbol->st_shndx != SHN_UNDEF)
			continue;
		watched = watched_of(tables->names + symbol->st_name);
		if (watched == NULL)
			continue;
		if (!make_writable(slot))
			return false;
		memcpy((void *)slot, &watched, sizeof(watched));
	}
	return true;
}

/* glibc has made the addresses in it absolute where it may write to it. */
static const void *absolute(const struct link_map *map, uintptr_t value)
{
	return (const void *)(value < map->l_addr ? map->l_addr + value
	                                          : value);
}

static void read_tables(const struct link_map *map, struct tables *out)
{
	const Elf64_Dyn *entry;

	memset(out, 0, sizeof(*out));
	for (entry = map->l_ld; entry->d_tag != DT_NULL; entry++) {
		uintptr_t value = entry->d_un.d_val;

		switch (entry->d_tag) {
		case DT_SYMTAB:
			out->symbols = absolute(map, value);
			break;
		case DT_STRTAB:
			out->names = absolute(map, value);
			break;
		case DT_JMPREL:
			out->calls = absolute(map, value);
			break;
		case DT_PLTRELSZ:
			out->call_count = value / sizeof(Elf64_Rela);
			break;
		case DT_RELA:
			out->addresses = absolute(map, value);
			break;
		case DT_RELASZ:
			out->address_count = value / sizeof(Elf64_Rela);
			break;
		default:
			break;
		}
	}
}

bool heap_watch(struct heap *watching, const void *function)
{
	struct link_map *map;
	struct tables tables;
	Dl_info info;

	if (dladdr1(function, &info, (void **)&map, RTLD_DL_LINKMAP) == 0)
		return false;
	read_tables(map, &tables);
	if (tables.symbols == NULL || tables.names == NULL)
		return false;
	blocks = mmap(NULL, sizeof(*blocks), PROT_READ | PROT_WRITE,
	              MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (blocks == MAP_FAILED)
		return false;
	heap = watching;
	return (tables.calls == NULL ||
	        lead(map, &tables, tables.calls, tables.call_count)) &&
	       (tables.addresses == NULL ||
	        lead(map, &tables, tables.addresses, tables.address_count));
}
