/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be known of a shared object without loading it.  The dynamic linker
 * maps what the headers promise: a file cut short kills the process with
 * SIGBUS, and a library that is no provider would run its constructors before
 * anybody could ask it for the symbol.
 */
#include "elf_file.h"

#include <elf.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#if defined(__x86_64__)
#define ELF_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define ELF_MACHINE EM_AARCH64
#elif defined(__riscv)
#define ELF_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define ELF_MACHINE EM_PPC64
#elif defined(__s390x__)
#define ELF_MACHINE EM_S390
#elif defined(__loongarch64)
#define ELF_MACHINE 258
#else
#error "which ELF machine is this?"
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ELF_ORDER ELFDATA2LSB
#else
#define ELF_ORDER ELFDATA2MSB
#endif

enum {
	SEGMENTS_MAX = 64,
	ENTRIES_MAX = 1024,  /* of the dynamic section */
	CHAIN_MAX = 1 << 20, /* symbols looked at */
	PATH_TEXT_MAX = 4096
};

struct object {
	int fd;
	uint64_t size;
	Elf64_Phdr segments[SEGMENTS_MAX];
	size_t segment_count;
	Elf64_Dyn entries[ENTRIES_MAX];
	size_t entry_count;
};

static const char cut_short[] = "is cut short";

static bool range_is_inside(const struct object *object, uint64_t offset,
                            uint64_t len)
{
	return offset <= object->size && len <= object->size - offset;
}

static bool read_at(const struct object *object, uint64_t offset, void *out,
                    size_t len)
{
	size_t done = 0;

	if (!range_is_inside(object, offset, len))
		return false;
	while (done < len) {
		ssize_t count = pread(object->fd, (char *)out + done,
		                      len - done, (off_t)(offset + done));

		if (count <= 0)
			return false;
		done += (size_t)count;
	}
	return true;
}

/* Read what will be at ADDRESS once the object is loaded. */
static bool read_address(const struct object *object, uint64_t address,
                         void *out, size_t len)
{
	size_t i;

	for (i = 0; i < object->segment_count; i++) {
		const Elf64_Phdr *segment = &object->segments[i];
		uint64_t into = address - segment->p_vaddr;

		if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
		    into <= segment->p_filesz &&
		    len <= segment->p_filesz - into)
			return read_at(object, segment->p_offset + into, out,
			               len);
	}
	return false;
}

static const char *judge_header(struct object *object)
{
	Elf64_Ehdr header;

	if (!read_at(object, 0, &header, sizeof(header)) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return "is no ELF file";
	if (header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_ident[EI_DATA] != ELF_ORDER ||
	    header.e_machine != ELF_MACHINE)
		return "is made for another kind of machine";
	if (header.e_type != ET_DYN || header.e_version != EV_CURRENT)
		return "is no shared object";
	if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0 ||
	    header.e_phnum > SEGMENTS_MAX)
		return "has damaged program headers";
	/* The section headers come last; their end is the file's. */
	if (header.e_shoff != 0 &&
	    !range_is_inside(object, header.e_shoff,
	                     (uint64_t)header.e_shnum * header.e_shentsize))
		return cut_short;
	object->segment_count = header.e_phnum;
	if (!read_at(object, header.e_phoff, object->segments,
	             object->segment_count * sizeof(Elf64_Phdr)))
		return cut_short;
	return NULL;
}

static const char *judge_segments(struct object *object)
{
	size_t i;

	for (i = 0; i < object->segment_count; i++) {
		const Elf64_Phdr *segment = &object->segments[i];

		switch (segment->p_type) {
		case PT_INTERP:
			return "is a program, not a plugin";
		case PT_GNU_STACK:
			if ((segment->p_flags & PF_X) != 0)
				return "asks for an executable stack";
			break;
		case PT_LOAD:
			if (segment->p_filesz > segment->p_memsz)
				return "has damaged program headers";
			break;
		default:
			break;
		}
		if (!range_is_inside(object, segment->p_offset,
		                     segment->p_filesz))
			return cut_short;
	}
	return NULL;
}

static const char *read_dynamic(struct object *object)
{
	const Elf64_Phdr *dynamic = NULL;
	size_t i, count;

	for (i = 0; i < object->segment_count; i++)
		if (object->segments[i].p_type == PT_DYNAMIC)
			dynamic = &object->segments[i];
	if (dynamic == NULL)
		return "has no dynamic section";
	count = dynamic->p_filesz / sizeof(Elf64_Dyn);
	if (count > ENTRIES_MAX)
		count = ENTRIES_MAX;
	if (!read_address(object, dynamic->p_vaddr, object->entries,
	                  count * sizeof(Elf64_Dyn)))
		return "has a damaged dynamic section";
	for (i = 0; i < count; i++)
		if (object->entries[i].d_tag == DT_NULL)
			break;
	object->entry_count = i;
	return NULL;
}

static uint64_t dynamic_value(const struct object *object, int64_t tag)
{
	size_t i;

	for (i = 0; i < object->entry_count; i++)
		if (object->entries[i].d_tag == tag)
			return object->entries[i].d_un.d_val;
	return 0;
}

static bool read_string(const struct object *object, uint64_t index, char *out,
                        size_t size)
{
	uint64_t table = dynamic_value(object, DT_STRTAB);
	uint64_t len = dynamic_value(object, DT_STRSZ);

	if (table == 0 || index >= len)
		return false;
	if (len - index < size)
		size = (size_t)(len - index);
	return read_address(object, table + index, out, size) &&
	       memchr(out, '\0', size) != NULL;
}

/* "a:/b::c": an empty or relative folder is the working directory's. */
static bool path_is_absolute(const char *path)
{
	for (;;) {
		if (path[0] != '/' && strncmp(path, "$ORIGIN", 7) != 0)
			return false;
		path = strchr(path, ':');
		if (path == NULL)
			return true;
		path++;
	}
}

/* Code that is rewritten when it is loaded must be writable for that time. */
static bool has_text_relocations(const struct object *object)
{
	size_t i;

	for (i = 0; i < object->entry_count; i++)
		if (object->entries[i].d_tag == DT_TEXTREL ||
		    (object->entries[i].d_tag == DT_FLAGS &&
		     (object->entries[i].d_un.d_val & DF_TEXTREL) != 0))
			return true;
	return false;
}

static const char *judge_libraries(const struct object *object)
{
	char text[PATH_TEXT_MAX];
	size_t i;

	for (i = 0; i < object->entry_count; i++) {
		const Elf64_Dyn *entry = &object->entries[i];

		switch (entry->d_tag) {
		case DT_NEEDED:
			if (!read_string(object, entry->d_un.d_val, text,
			                 sizeof(text)))
				return "has a damaged dynamic section";
			if (strchr(text, '/') != NULL && text[0] != '/')
				return "wants a library from the working "
				       "directory";
			break;
		case DT_RPATH:
		case DT_RUNPATH:
			if (!read_string(object, entry->d_un.d_val, text,
			                 sizeof(text)))
				return "has a damaged dynamic section";
			if (!path_is_absolute(text))
				return "looks for libraries in the working "
				       "directory";
			break;
		default:
			break;
		}
	}
	return NULL;
}

/* The symbol at INDEX: its size when it is NAME, defined, and data. */
static size_t symbol_size(const struct object *object, uint32_t index,
                          const char *name)
{
	char found[64];
	Elf64_Sym symbol;
	int type, binding;

	if (!read_address(object,
	                  dynamic_value(object, DT_SYMTAB) +
	                          (uint64_t)index * sizeof(symbol),
	                  &symbol, sizeof(symbol)) ||
	    !read_string(object, symbol.st_name, found, sizeof(found)) ||
	    strcmp(found, name) != 0)
		return 0;
	type = ELF64_ST_TYPE(symbol.st_info);
	binding = ELF64_ST_BIND(symbol.st_info);
	if (type != STT_OBJECT || symbol.st_shndx == SHN_UNDEF ||
	    (binding != STB_GLOBAL && binding != STB_WEAK))
		return 0;
	return (size_t)symbol.st_size;
}

static uint32_t gnu_hash(const char *name)
{
	uint32_t hash = 5381;

	for (; *name != '\0'; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

/* DT_GNU_HASH: header, bloom words, buckets, then the chains. */
static size_t find_gnu(const struct object *object, uint64_t table,
                       const char *name)
{
	uint32_t header[4], index, value, hash = gnu_hash(name);
	uint64_t buckets, chains;
	size_t i, size;

	if (!read_address(object, table, header, sizeof(header)) ||
	    header[0] == 0)
		return 0;
	buckets = table + sizeof(header) + (uint64_t)header[2] * 8;
	chains = buckets + (uint64_t)header[0] * 4;
	if (!read_address(object, buckets + (uint64_t)(hash % header[0]) * 4,
	                  &index, sizeof(index)) ||
	    index < header[1])
		return 0;
	for (i = 0; i < CHAIN_MAX; i++, index++) {
		if (!read_address(object,
		                  chains + (uint64_t)(index - header[1]) * 4,
		                  &value, sizeof(value)))
			return 0;
		if ((value | 1) == (hash | 1)) {
			size = symbol_size(object, index, name);
			if (size > 0)
				return size;
		}
		if ((value & 1) != 0)
			return 0;
	}
	return 0;
}

/* DT_HASH: the number of chains is the number of symbols. */
static size_t find_any(const struct object *object, uint64_t table,
                       const char *name)
{
	uint32_t header[2], i;
	size_t size;

	if (!read_address(object, table, header, sizeof(header)))
		return 0;
	for (i = 0; i < header[1] && i < CHAIN_MAX; i++) {
		size = symbol_size(object, i, name);
		if (size > 0)
			return size;
	}
	return 0;
}

size_t elf_judge(int fd, uint64_t size, const char *symbol, char *why)
{
	struct object object = {.fd = fd, .size = size};
	const char *reason;
	uint64_t table;
	size_t found = 0;

	reason = judge_header(&object);
	if (reason == NULL)
		reason = judge_segments(&object);
	if (reason == NULL)
		reason = read_dynamic(&object);
	if (reason == NULL)
		reason = judge_libraries(&object);
	if (reason == NULL && has_text_relocations(&object))
		reason = "has relocations in its code (it was not compiled "
			 "with -fPIC)";
	if (reason != NULL) {
		(void)snprintf(why, ELF_REASON_MAX, "%s", reason);
		return 0;
	}

	table = dynamic_value(&object, DT_GNU_HASH);
	if (table != 0) {
		found = find_gnu(&object, table, symbol);
	} else {
		table = dynamic_value(&object, DT_HASH);
		if (table != 0)
			found = find_any(&object, table, symbol);
	}
	if (found == 0)
		(void)snprintf(why, ELF_REASON_MAX,
		               "is no provider: it does not define %s", symbol);
	return found;
}
