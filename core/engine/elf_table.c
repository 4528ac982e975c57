/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Following a table's pointers in the file.  In a shared object a pointer to
 * its own data is zero, or an address from the object's start, until the
 * dynamic linker relocates it: what it will be is said by DT_RELA or DT_RELR.
 */
#include "elf_table.h"

#include <stdlib.h>
#include <string.h>

#include <astro/provider.h>

#include "elf_object.h"

#if defined(__x86_64__)
#define RELOCATION_RELATIVE R_X86_64_RELATIVE
#define RELOCATION_SYMBOL R_X86_64_64
#elif defined(__aarch64__)
#define RELOCATION_RELATIVE R_AARCH64_RELATIVE
#define RELOCATION_SYMBOL R_AARCH64_ABS64
#else
/* No relocation has these: every pointer is unknown. */
#define RELOCATION_RELATIVE UINT32_MAX
#define RELOCATION_SYMBOL UINT32_MAX
#endif

/* In <elf.h> since glibc 2.36. */
#ifndef DT_RELR
#define DT_RELRSZ 35
#define DT_RELR 36
#endif

enum {
	POINTER_SIZE = 8,
	RELOCATIONS_MAX = 1 << 22,
	CHUNK = 256,
	/* And the NULL behind them. */
	POINTERS_MAX = ELF_TABLE_DOMAINS_MAX + 1
};

/* Pointers that lie one behind the other, as they will be. */
struct pointers {
	uint64_t address;
	size_t count;
	uint64_t value[POINTERS_MAX];
	bool is_known[POINTERS_MAX];
};

/* The index of the one that stands at ADDRESS, or -1. */
static int pointer_at(const struct pointers *pointers, uint64_t address)
{
	uint64_t into = address - pointers->address;

	if (address < pointers->address || into % POINTER_SIZE != 0 ||
	    into / POINTER_SIZE >= pointers->count)
		return -1;
	return (int)(into / POINTER_SIZE);
}

static void apply_rela(const struct elf_object *object, const Elf64_Rela *rela,
                       struct pointers *pointers)
{
	int at = pointer_at(pointers, rela->r_offset);
	Elf64_Sym symbol;

	if (at < 0)
		return;
	pointers->is_known[at] = false;
	if (ELF64_R_TYPE(rela->r_info) == RELOCATION_RELATIVE) {
		pointers->value[at] = (uint64_t)rela->r_addend;
		pointers->is_known[at] = true;
	} else if (ELF64_R_TYPE(rela->r_info) == RELOCATION_SYMBOL &&
	           elf_read_symbol(object, (uint32_t)ELF64_R_SYM(rela->r_info),
	                           &symbol) &&
	           symbol.st_shndx != SHN_UNDEF) {
		pointers->value[at] =
			symbol.st_value + (uint64_t)rela->r_addend;
		pointers->is_known[at] = true;
	}
}

/* False where the table of relocations is not all there. */
static bool apply_relas(const struct elf_object *object,
                        struct pointers *pointers)
{
	uint64_t table = elf_dynamic_value(object, DT_RELA);
	uint64_t count =
		elf_dynamic_value(object, DT_RELASZ) / sizeof(Elf64_Rela);
	uint64_t done;
	Elf64_Rela chunk[CHUNK];

	if (table == 0)
		return true;
	if (count > RELOCATIONS_MAX)
		return false;
	for (done = 0; done < count;) {
		size_t len =
			count - done < CHUNK ? (size_t)(count - done) : CHUNK;
		size_t i;

		if (!elf_read_address(object, table + done * sizeof(*chunk),
		                      chunk, len * sizeof(*chunk)))
			return false;
		for (i = 0; i < len; i++)
			apply_rela(object, &chunk[i], pointers);
		done += len;
	}
	return true;
}

/* The place at ADDRESS holds its own addend. */
static void apply_in_place(uint64_t address, const uint64_t *raw,
                           struct pointers *pointers)
{
	int at = pointer_at(pointers, address);

	if (at >= 0) {
		pointers->value[at] = raw[at];
		pointers->is_known[at] = true;
	}
}

/* An even word is an address; an odd one is a map of the 63 places behind. */
static bool apply_relrs(const struct elf_object *object, const uint64_t *raw,
                        struct pointers *pointers)
{
	uint64_t table = elf_dynamic_value(object, DT_RELR);
	uint64_t count = elf_dynamic_value(object, DT_RELRSZ) / POINTER_SIZE;
	uint64_t next = 0, i;

	if (table == 0)
		return true;
	if (count > RELOCATIONS_MAX)
		return false;
	for (i = 0; i < count; i++) {
		uint64_t word, bit;

		if (!elf_read_address(object, table + i * POINTER_SIZE, &word,
		                      sizeof(word)))
			return false;
		if ((word & 1) == 0) {
			apply_in_place(word, raw, pointers);
			next = word + POINTER_SIZE;
			continue;
		}
		for (bit = 0; bit < 63; bit++)
			if ((word >> (bit + 1) & 1) != 0)
				apply_in_place(next + bit * POINTER_SIZE, raw,
				               pointers);
		next += 63 * (uint64_t)POINTER_SIZE;
	}
	return true;
}

/* False where the file does not have them all. */
static bool follow(const struct elf_object *object, uint64_t address,
                   size_t count, struct pointers *pointers)
{
	uint64_t raw[POINTERS_MAX];
	size_t i;

	memset(pointers, 0, sizeof(*pointers));
	pointers->address = address;
	pointers->count = count;
	if (!elf_read_address(object, address, raw, count * POINTER_SIZE))
		return false;
	/* What nobody relocates stays as it is, and only NULL makes sense. */
	for (i = 0; i < count; i++)
		pointers->is_known[i] = raw[i] == 0;
	return apply_relrs(object, raw, pointers) &&
	       apply_relas(object, pointers);
}

/* False when it does not end within SIZE bytes, or not in the file. */
static bool read_text(const struct elf_object *object, uint64_t address,
                      char *out, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++) {
		if (!elf_read_address(object, address + i, &out[i], 1))
			break;
		if (out[i] == '\0')
			return true;
	}
	out[0] = '\0';
	return false;
}

static enum elf_table_text read_member(const struct elf_object *object,
                                       const struct pointers *pointers,
                                       size_t at, char *out)
{
	if (!pointers->is_known[at])
		return ELF_TEXT_UNKNOWN;
	if (pointers->value[at] == 0)
		return ELF_TEXT_NONE;
	return read_text(object, pointers->value[at], out, ELF_TABLE_TEXT_MAX)
	               ? ELF_TEXT_KNOWN
	               : ELF_TEXT_UNKNOWN;
}

/* As many pointers as the file has from ADDRESS on; that is seldom all. */
static size_t count_places(const struct elf_object *object, uint64_t address)
{
	size_t count = POINTERS_MAX;
	uint64_t ignored[POINTERS_MAX];

	while (count > 0 && !elf_read_address(object, address, ignored,
	                                      count * POINTER_SIZE))
		count--;
	return count;
}

/* All of them, or none: half a list would claim less than it says. */
static bool read_domains(const struct elf_object *object, uint64_t address,
                         struct elf_table *out)
{
	char pattern[ELF_TABLE_PATTERN_MAX];
	struct pointers pointers;
	size_t count = count_places(object, address), i;

	if (!follow(object, address, count, &pointers))
		return false;
	for (i = 0; i < count && pointers.is_known[i]; i++) {
		if (pointers.value[i] == 0)
			return true;
		if (i == ELF_TABLE_DOMAINS_MAX ||
		    !read_text(object, pointers.value[i], pattern,
		               sizeof(pattern)))
			return false;
		out->domains[i] = strdup(pattern);
		if (out->domains[i] == NULL)
			return false;
		out->domain_count++;
	}
	return false;
}

static void read_pointers(const struct elf_object *object, uint64_t address,
                          struct elf_table *out)
{
	enum { NAME, TITLE, DOMAINS, COUNT };
	struct pointers members;

	_Static_assert(offsetof(struct astro_provider, domains) ==
	                       offsetof(struct astro_provider, name) +
	                               DOMAINS * POINTER_SIZE,
	               "name, title and domains are neighbours");
	/* A shorter table does not reach as far. */
	if (out->size < offsetof(struct astro_provider, name) +
	                        COUNT * POINTER_SIZE ||
	    !follow(object, address + offsetof(struct astro_provider, name),
	            COUNT, &members))
		return;
	out->name_is = read_member(object, &members, NAME, out->name);
	out->title_is = read_member(object, &members, TITLE, out->title);
	if (!members.is_known[DOMAINS])
		return;
	if (members.value[DOMAINS] == 0)
		out->domains_are = ELF_TEXT_NONE;
	else if (read_domains(object, members.value[DOMAINS], out))
		out->domains_are = ELF_TEXT_KNOWN;
}

bool elf_table_read(int fd, uint64_t size, const char *symbol,
                    struct elf_table *out)
{
	struct {
		uint32_t size;
		uint16_t abi_major, abi_minor;
	} head;
	struct elf_object object;
	Elf64_Sym found;

	memset(out, 0, sizeof(*out));
	if (!elf_open(fd, size, &object) ||
	    !elf_find_symbol(&object, symbol, &found) ||
	    ELF64_ST_TYPE(found.st_info) != STT_OBJECT ||
	    found.st_size < sizeof(head) ||
	    !elf_read_address(&object, found.st_value, &head, sizeof(head)))
		return false;
	out->size = head.size;
	out->abi_major = head.abi_major;
	out->abi_minor = head.abi_minor;
	/* Behind these three another major may have anything. */
	if (head.abi_major == ASTRO_ABI_MAJOR && head.size <= found.st_size)
		read_pointers(&object, found.st_value, out);
	if (out->domains_are != ELF_TEXT_KNOWN)
		elf_table_clear(out);
	return true;
}

void elf_table_clear(struct elf_table *table)
{
	size_t i;

	for (i = 0; i < table->domain_count; i++) {
		free(table->domains[i]);
		table->domains[i] = NULL;
	}
	table->domain_count = 0;
}
