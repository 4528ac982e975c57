/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A shared object as it lies in its file, read piece by piece and never
 * mapped.  Nothing in it is believed: whatever points outside is not there.
 */
#ifndef CORE_ENGINE_ELF_OBJECT_H
#define CORE_ENGINE_ELF_OBJECT_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	ELF_SEGMENTS_MAX = 64,
	ELF_ENTRIES_MAX = 1024 /* of the dynamic section */
};

struct elf_object {
	int fd;
	uint64_t size; /* of the file */
	Elf64_Phdr segments[ELF_SEGMENTS_MAX];
	size_t segment_count;
	Elf64_Dyn entries[ELF_ENTRIES_MAX];
	size_t entry_count;
};

/* The file of SIZE bytes on FD, which stays the caller's.  False for what
 * elf_judge() refuses whatever the symbol. */
bool elf_open(int fd, uint64_t size, struct elf_object *out);

bool elf_has_range(const struct elf_object *object, uint64_t offset,
                   uint64_t len);
bool elf_read_at(const struct elf_object *object, uint64_t offset, void *out,
                 size_t len);
/* What will be at ADDRESS once the object is loaded, before it is relocated.
 * False where the file does not have all of it (zeroed memory included). */
bool elf_read_address(const struct elf_object *object, uint64_t address,
                      void *out, size_t len);

/* Of the dynamic section: the last value under TAG, which is the one that the
 * dynamic linker takes; 0 where there is none. */
uint64_t elf_dynamic_value(const struct elf_object *object, int64_t tag);
/* Of its table of strings; false when it does not end within SIZE bytes. */
bool elf_read_string(const struct elf_object *object, uint64_t index, char *out,
                     size_t size);
bool elf_read_symbol(const struct elf_object *object, uint32_t index,
                     Elf64_Sym *out);
/* NAME, defined in this object, global or weak, and found as the dynamic linker
 * finds it. */
bool elf_find_symbol(const struct elf_object *object, const char *name,
                     Elf64_Sym *out);

#endif
