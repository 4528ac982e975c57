/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider's table as it lies in the file: who it is and what it claims,
 * told without running any of it.
 */
#ifndef CORE_ENGINE_ELF_TABLE_H
#define CORE_ENGINE_ELF_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ELF_TABLE_TEXT_MAX = 128,
	ELF_TABLE_DOMAINS_MAX = 64,
	ELF_TABLE_PATTERN_MAX = 512
};

/* How much of a text was to be had. */
enum elf_table_text {
	ELF_TEXT_UNKNOWN, /* it cannot be followed, or is too long */
	ELF_TEXT_NONE,    /* NULL */
	ELF_TEXT_KNOWN
};

struct elf_table {
	uint32_t size;
	uint16_t abi_major, abi_minor;
	enum elf_table_text name_is, title_is, domains_are;
	char name[ELF_TABLE_TEXT_MAX];
	char title[ELF_TABLE_TEXT_MAX];
	/* domain_count of them, each on its own allocation. */
	char *domains[ELF_TABLE_DOMAINS_MAX];
	size_t domain_count;
};

/*
 * Read the table that the file of SIZE bytes on FD defines as SYMBOL.  False
 * where not even its first members are in the file.  A member whose pointer is
 * made by more than a relative or a symbol's own relocation is unknown, as is
 * every pointer on a kind of machine whose relocations are not known here.  The
 * bytes are as the file has them: escape them.
 */
bool elf_table_read(int fd, uint64_t size, const char *symbol,
                    struct elf_table *out);
/* Accepts a zeroed one. */
void elf_table_clear(struct elf_table *table);

#endif
