/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a shared object: what lies where, and which symbol is where. */
#include "elf_object.h"

#include <string.h>
#include <unistd.h>

enum { CHAIN_MAX = 1 << 20 /* symbols looked at */ };

bool elf_has_range(const struct elf_object *object, uint64_t offset,
                   uint64_t len)
{
	return offset <= object->size && len <= object->size - offset;
}

bool elf_read_at(const struct elf_object *object, uint64_t offset, void *out,
                 size_t len)
{
	size_t done = 0;

	if (!elf_has_range(object, offset, len))
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

bool elf_read_address(const struct elf_object *object, uint64_t address,
                      void *out, size_t len)
{
	size_t i;

	for (i = 0; i < object->segment_count; i++) {
		const Elf64_Phdr *segment = &object->segments[i];
		uint64_t into = address - segment->p_vaddr;

		if (segment->p_type == PT_LOAD && address >= segment->p_vaddr &&
		    into <= segment->p_filesz &&
		    len <= segment->p_filesz - into)
			return elf_read_at(object, segment->p_offset + into,
			                   out, len);
	}
	return false;
}

uint64_t elf_dynamic_value(const struct elf_object *object, int64_t tag)
{
	size_t i;

	for (i = object->entry_count; i > 0; i--)
		if (object->entries[i - 1].d_tag == tag)
			return object->entries[i - 1].d_un.d_val;
	return 0;
}

bool elf_read_string(const struct elf_object *object, uint64_t index, char *out,
                     size_t size)
{
	uint64_t table = elf_dynamic_value(object, DT_STRTAB);
	uint64_t len = elf_dynamic_value(object, DT_STRSZ);

	if (table == 0 || index >= len)
		return false;
	if (len - index < size)
		size = (size_t)(len - index);
	return elf_read_address(object, table + index, out, size) &&
	       memchr(out, '\0', size) != NULL;
}

bool elf_read_symbol(const struct elf_object *object, uint32_t index,
                     Elf64_Sym *out)
{
	return elf_read_address(object,
	                        elf_dynamic_value(object, DT_SYMTAB) +
	                                (uint64_t)index * sizeof(*out),
	                        out, sizeof(*out));
}

/* The symbol at INDEX is NAME, defined here, and for others to see. */
static bool symbol_is(const struct elf_object *object, uint32_t index,
                      const char *name, Elf64_Sym *out)
{
	char found[64];
	int binding;

	if (!elf_read_symbol(object, index, out) ||
	    !elf_read_string(object, out->st_name, found, sizeof(found)) ||
	    strcmp(found, name) != 0)
		return false;
	binding = ELF64_ST_BIND(out->st_info);
	return out->st_shndx != SHN_UNDEF &&
	       (binding == STB_GLOBAL || binding == STB_WEAK);
}

static uint32_t gnu_hash(const char *name)
{
	uint32_t hash = 5381;

	for (; *name != '\0'; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

/* DT_GNU_HASH: header, bloom words, buckets, then the chains. */
static bool find_gnu(const struct elf_object *object, uint64_t table,
                     const char *name, Elf64_Sym *out)
{
	uint32_t header[4], index, value, hash = gnu_hash(name);
	uint64_t buckets, chains;
	size_t i;

	if (!elf_read_address(object, table, header, sizeof(header)) ||
	    header[0] == 0)
		return false;
	buckets = table + sizeof(header) + (uint64_t)header[2] * 8;
	chains = buckets + (uint64_t)header[0] * 4;
	if (!elf_read_address(object,
	                      buckets + (uint64_t)(hash % header[0]) * 4,
	                      &index, sizeof(index)) ||
	    index < header[1])
		return false;
	for (i = 0; i < CHAIN_MAX; i++, index++) {
		if (!elf_read_address(
			    object, chains + (uint64_t)(index - header[1]) * 4,
			    &value, sizeof(value)))
			return false;
		if ((value | 1) == (hash | 1) &&
		    symbol_is(object, index, name, out))
			return true;
		if ((value & 1) != 0)
			return false;
	}
	return false;
}

/* DT_HASH: the number of chains is the number of symbols. */
static bool find_any(const struct elf_object *object, uint64_t table,
                     const char *name, Elf64_Sym *out)
{
	uint32_t header[2], i;

	if (!elf_read_address(object, table, header, sizeof(header)))
		return false;
	for (i = 0; i < header[1] && i < CHAIN_MAX; i++)
		if (symbol_is(object, i, name, out))
			return true;
	return false;
}

bool elf_find_symbol(const struct elf_object *object, const char *name,
                     Elf64_Sym *out)
{
	uint64_t table = elf_dynamic_value(object, DT_GNU_HASH);

	if (table != 0)
		return find_gnu(object, table, name, out);
	table = elf_dynamic_value(object, DT_HASH);
	return table != 0 && find_any(object, table, name, out);
}
