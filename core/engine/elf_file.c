/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be known of a shared object without loading it.  The dynamic linker
 * maps what the headers promise: a file cut short kills the process with
 * SIGBUS, and a library that is no provider would run its constructors before
 * anybody could ask it for the symbol.
 */
#include "elf_file.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "elf_object.h"

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

enum { PATH_TEXT_MAX = 4096 };

static const char cut_short[] = "is cut short";

static const char *judge_header(struct elf_object *object)
{
	Elf64_Ehdr header;

	if (!elf_read_at(object, 0, &header, sizeof(header)) ||
	    memcmp(header.e_ident, ELFMAG, SELFMAG) != 0)
		return "is no ELF file";
	if (header.e_ident[EI_CLASS] != ELFCLASS64 ||
	    header.e_ident[EI_DATA] != ELF_ORDER ||
	    header.e_machine != ELF_MACHINE)
		return "is made for another kind of machine";
	if (header.e_type != ET_DYN || header.e_version != EV_CURRENT)
		return "is no shared object";
	if (header.e_phentsize != sizeof(Elf64_Phdr) || header.e_phnum == 0 ||
	    header.e_phnum > ELF_SEGMENTS_MAX)
		return "has damaged program headers";
	/* The section headers come last; their end is the file's. */
	if (header.e_shoff != 0 &&
	    !elf_has_range(object, header.e_shoff,
	                   (uint64_t)header.e_shnum * header.e_shentsize))
		return cut_short;
	object->segment_count = header.e_phnum;
	if (!elf_read_at(object, header.e_phoff, object->segments,
	                 object->segment_count * sizeof(Elf64_Phdr)))
		return cut_short;
	return NULL;
}

/* In ascending order and apart, as ELF has it (PT_LOAD).  Otherwise it would
 * depend on who maps them, and how, what stands at an address. */
static bool is_next_load(const Elf64_Phdr *segment, uint64_t *end)
{
	if (segment->p_filesz > segment->p_memsz || segment->p_vaddr < *end ||
	    segment->p_memsz > UINT64_MAX - segment->p_vaddr)
		return false;
	*end = segment->p_vaddr + segment->p_memsz;
	return true;
}

static const char *judge_segments(struct elf_object *object)
{
	bool says_stack = false;
	uint64_t end = 0;
	size_t i;

	for (i = 0; i < object->segment_count; i++) {
		const Elf64_Phdr *segment = &object->segments[i];

		switch (segment->p_type) {
		case PT_INTERP:
			return "is a program, not a plugin";
		case PT_GNU_STACK:
			if ((segment->p_flags & PF_X) != 0)
				return "asks for an executable stack";
			says_stack = true;
			break;
		case PT_LOAD:
			if (!is_next_load(segment, &end))
				return "has damaged program headers";
			break;
		default:
			break;
		}
		if (!elf_has_range(object, segment->p_offset,
		                   segment->p_filesz))
			return cut_short;
	}
	/* To say nothing is to ask for it. */
	if (!says_stack)
		return "asks for an executable stack (it has no PT_GNU_STACK)";
	return NULL;
}

static const char *read_dynamic(struct elf_object *object)
{
	const Elf64_Phdr *dynamic = NULL;
	size_t i, count;

	for (i = 0; i < object->segment_count; i++)
		if (object->segments[i].p_type == PT_DYNAMIC)
			dynamic = &object->segments[i];
	if (dynamic == NULL)
		return "has no dynamic section";
	count = dynamic->p_filesz / sizeof(Elf64_Dyn);
	if (count > ELF_ENTRIES_MAX)
		count = ELF_ENTRIES_MAX;
	if (!elf_read_address(object, dynamic->p_vaddr, object->entries,
	                      count * sizeof(Elf64_Dyn)))
		return "has a damaged dynamic section";
	for (i = 0; i < count; i++)
		if (object->entries[i].d_tag == DT_NULL)
			break;
	/* The dynamic linker would read on. */
	if (i == count)
		return "has a damaged dynamic section";
	object->entry_count = i;
	return NULL;
}

/* "$ORIGIN" alone or with a path behind it; "$ORIGINAL" is a name. */
static bool is_below_origin(const char *folder, size_t len)
{
	static const char origin[] = "$ORIGIN";
	size_t origin_len = sizeof(origin) - 1;

	return strncmp(folder, origin, origin_len) == 0 &&
	       (len == origin_len || folder[origin_len] == '/');
}

/* /proc has the working directory of every process under this name.  The origin
 * of a provider, too, is there (/proc/self/fd): it is loaded by descriptor. */
static bool is_working_directory(const char *folder, size_t len)
{
	static const char cwd[] = "/cwd";
	size_t cwd_len = sizeof(cwd) - 1, i;

	if (folder[0] == '/' && memmem(folder, len, "/proc/", 6) == NULL)
		return false;
	for (i = 0; i + cwd_len <= len; i++)
		if (memcmp(folder + i, cwd, cwd_len) == 0 &&
		    (i + cwd_len == len || folder[i + cwd_len] == '/'))
			return true;
	return false;
}

/* "a:/b::c": an empty or relative folder is the working directory's. */
static bool path_is_absolute(const char *path)
{
	for (;;) {
		size_t len = strcspn(path, ":");

		if ((path[0] != '/' && !is_below_origin(path, len)) ||
		    is_working_directory(path, len))
			return false;
		if (path[len] == '\0')
			return true;
		path += len + 1;
	}
}

/* Code that is rewritten when it is loaded must be writable for that time. */
static bool has_text_relocations(const struct elf_object *object)
{
	size_t i;

	for (i = 0; i < object->entry_count; i++)
		if (object->entries[i].d_tag == DT_TEXTREL ||
		    (object->entries[i].d_tag == DT_FLAGS &&
		     (object->entries[i].d_un.d_val & DF_TEXTREL) != 0))
			return true;
	return false;
}

static const char *judge_libraries(const struct elf_object *object)
{
	char text[PATH_TEXT_MAX];
	size_t i;

	for (i = 0; i < object->entry_count; i++) {
		const Elf64_Dyn *entry = &object->entries[i];

		switch (entry->d_tag) {
		case DT_NEEDED:
			if (!elf_read_string(object, entry->d_un.d_val, text,
			                     sizeof(text)))
				return "has a damaged dynamic section";
			if (strchr(text, '/') != NULL &&
			    (text[0] != '/' ||
			     is_working_directory(text, strlen(text))))
				return "wants a library from the working "
				       "directory";
			break;
		case DT_AUXILIARY:
		case DT_FILTER:
			/* They name libraries, as DT_NEEDED does. */
			return "is a filter for another library";
		case DT_RPATH:
		case DT_RUNPATH:
			if (!elf_read_string(object, entry->d_un.d_val, text,
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

/* NULL, or what is wrong with it. */
static const char *judge(struct elf_object *object)
{
	const char *reason = judge_header(object);

	if (reason == NULL)
		reason = judge_segments(object);
	if (reason == NULL)
		reason = read_dynamic(object);
	if (reason == NULL)
		reason = judge_libraries(object);
	if (reason == NULL && has_text_relocations(object))
		reason = "has relocations in its code (it was not compiled "
			 "with -fPIC)";
	return reason;
}

bool elf_open(int fd, uint64_t size, struct elf_object *out)
{
	memset(out, 0, sizeof(*out));
	out->fd = fd;
	out->size = size;
	return judge(out) == NULL;
}

size_t elf_judge(int fd, uint64_t size, const char *symbol, char *why)
{
	struct elf_object object = {.fd = fd, .size = size};
	const char *reason = judge(&object);
	Elf64_Sym found;

	if (reason != NULL) {
		(void)snprintf(why, ELF_REASON_MAX, "%s", reason);
		return 0;
	}
	if (elf_find_symbol(&object, symbol, &found) &&
	    ELF64_ST_TYPE(found.st_info) == STT_OBJECT && found.st_size > 0)
		return (size_t)found.st_size;
	(void)snprintf(why, ELF_REASON_MAX,
	               "is no provider: it does not define %s", symbol);
	return 0;
}
