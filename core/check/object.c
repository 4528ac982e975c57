/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Exports, imports, search paths and constructors.  elf_judge() has found the
 * file whole; still every offset is checked, since it looked at the program
 * headers, and this at the sections.
 */
#include "object.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "findings.h"

/* Part of the C library's start and end in every object. */
static const char *const usual_exports[] = {
	ASTRO_PROVIDER_SYMBOL, "_init", "_fini", "_edata", "_end",
	"__bss_start"};

static const char *const risky[] = {
	"exit",         "_exit",           "_Exit",
	"quick_exit",   "abort",           "atexit",
	"on_exit",      "system",          "popen",
	"fork",         "vfork",           "clone",
	"execl",        "execle",          "execlp",
	"execv",        "execve",          "execvp",
	"execvpe",      "fexecve",         "posix_spawn",
	"posix_spawnp", "signal",          "sigaction",
	"sigprocmask",  "pthread_sigmask", "alarm",
	"setitimer",    "raise",           "kill",
	"setenv",       "unsetenv",        "putenv",
	"clearenv",     "chdir",           "fchdir",
	"umask",        "setlocale",       "setrlimit",
	"setuid",       "setgid",          "seteuid",
	"setegid",      "chroot",          "prctl",
	"daemon",       "longjmp",         "_longjmp",
	"siglongjmp",   "__longjmp_chk",   "getpass",
	"syslog",       "dlopen",          "ptrace"};

static const void *part(const struct object *object, uint64_t offset,
                        uint64_t len)
{
	if (offset > object->size || len > object->size - offset ||
	    offset % sizeof(uint64_t) != 0)
		return NULL;
	return object->bytes + offset;
}

static void read_section(struct object *out, const Elf64_Shdr *sections,
                         size_t count, size_t index)
{
	const Elf64_Shdr *section = &sections[index];
	const Elf64_Shdr *names;
	const char *text;

	if (section->sh_type == SHT_DYNAMIC) {
		out->entries = part(out, section->sh_offset, section->sh_size);
		out->entry_count =
			out->entries == NULL
				? 0
				: section->sh_size / sizeof(Elf64_Dyn);
		return;
	}
	if (section->sh_type != SHT_DYNSYM || section->sh_link >= count)
		return;
	names = &sections[section->sh_link];
	if (names->sh_offset > out->size || names->sh_size == 0 ||
	    names->sh_size > out->size - names->sh_offset)
		return;
	/* Names without an end are none. */
	text = (const char *)out->bytes + names->sh_offset;
	if (text[names->sh_size - 1] != '\0')
		return;
	out->names = text;
	out->names_size = names->sh_size;
	out->symbols = part(out, section->sh_offset, section->sh_size);
	out->symbol_count = section->sh_size / sizeof(Elf64_Sym);
}

bool object_open(int fd, size_t size, struct object *out)
{
	const Elf64_Ehdr *header;
	const Elf64_Shdr *sections;
	void *bytes;
	size_t i;

	memset(out, 0, sizeof(*out));
	if (size < sizeof(*header))
		return false;
	bytes = mmap(NULL, size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (bytes == MAP_FAILED)
		return false;
	out->bytes = bytes;
	out->size = size;
	header = bytes;
	sections = part(out, header->e_shoff,
	                (uint64_t)header->e_shnum * sizeof(*sections));
	if (sections == NULL || header->e_shentsize != sizeof(*sections))
		return false;
	for (i = 0; i < header->e_shnum; i++)
		read_section(out, sections, header->e_shnum, i);
	return out->symbols != NULL;
}

/* "" where the name is none. */
static const char *name_of(const struct object *object, uint64_t index)
{
	return index < object->names_size ? object->names + index : "";
}

static bool is_among(const char *name, const char *const *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(name, list[i]) == 0)
			return true;
	return false;
}

static void judge_export(const char *name, int report_fd)
{
	if (!is_among(name, usual_exports,
	              sizeof(usual_exports) / sizeof(usual_exports[0])))
		finding_tell(report_fd, RULE_EXPORTS, "it exports %s", name);
}

static void judge_import(const char *name, int report_fd)
{
	if (strncmp(name, "astro_", 6) == 0)
		finding_tell(report_fd, RULE_IMPORTS, "it needs %s", name);
	else if (is_among(name, risky, sizeof(risky) / sizeof(risky[0])))
		finding_tell(report_fd, RULE_RISKY_IMPORTS, "it calls %s()",
		             name);
}

static void judge_symbols(const struct object *object, int report_fd)
{
	size_t i;

	for (i = 1; i < object->symbol_count; i++) {
		const Elf64_Sym *symbol = &object->symbols[i];
		const char *name = name_of(object, symbol->st_name);

		if (ELF64_ST_BIND(symbol->st_info) == STB_LOCAL ||
		    name[0] == '\0')
			continue;
		if (symbol->st_shndx != SHN_UNDEF)
			judge_export(name, report_fd);
		else
			judge_import(name, report_fd);
	}
}

/* The first folder in PATH that is none for libraries. */
static void judge_path(const char *path, int report_fd)
{
	static const char *const open_to_others[] = {"/tmp", "/var/tmp",
	                                             "/dev/shm", "/home"};
	size_t i;

	if (strstr(path, "$ORIGIN") != NULL ||
	    strstr(path, "${ORIGIN}") != NULL) {
		finding_tell(report_fd, RULE_ORIGIN,
		             "it looks for libraries in %s", path);
		return;
	}
	for (i = 0; i < sizeof(open_to_others) / sizeof(open_to_others[0]); i++)
		if (strncmp(path, open_to_others[i],
		            strlen(open_to_others[i])) == 0)
			finding_tell(report_fd, RULE_ORIGIN,
			             "it looks for libraries in %s", path);
}

static void judge_needed(const char *name, int report_fd)
{
	if (strncmp(name, "libastro", 8) == 0)
		finding_tell(report_fd, RULE_IMPORTS, "it needs %s", name);
}

/* The array's constructors; the first of every object is the compiler's. */
static size_t constructor_count(const struct object *object)
{
	uint64_t size = 0;
	size_t i;

	for (i = 0; i < object->entry_count; i++)
		if (object->entries[i].d_tag == DT_INIT_ARRAYSZ)
			size = object->entries[i].d_un.d_val;
	return size / sizeof(uint64_t);
}

void object_judge(const struct object *object, int report_fd)
{
	size_t i;

	judge_symbols(object, report_fd);
	for (i = 0; i < object->entry_count; i++) {
		const Elf64_Dyn *entry = &object->entries[i];
		const char *text = name_of(object, entry->d_un.d_val);

		switch (entry->d_tag) {
		case DT_RPATH:
		case DT_RUNPATH:
			judge_path(text, report_fd);
			break;
		case DT_NEEDED:
			judge_needed(text, report_fd);
			break;
		case DT_AUDIT:
		case DT_DEPAUDIT:
			finding_tell(report_fd, RULE_SEARCH_PATH,
			             "it names an auditor of the linker: %s",
			             text);
			break;
		default:
			break;
		}
	}
	if (constructor_count(object) > 1)
		finding_tell(report_fd, RULE_CONSTRUCTORS,
		             "it has %zu constructor%s of its own",
		             constructor_count(object) - 1,
		             constructor_count(object) == 2 ? "" : "s");
}

void object_judge_symbol(const struct object *object, int report_fd)
{
	size_t i;

	for (i = 1; i < object->symbol_count; i++) {
		const Elf64_Sym *symbol = &object->symbols[i];

		if (strcmp(name_of(object, symbol->st_name),
		           ASTRO_PROVIDER_SYMBOL) != 0)
			continue;
		if (symbol->st_shndx == SHN_UNDEF)
			finding_tell(report_fd, RULE_SYMBOL,
			             "it wants " ASTRO_PROVIDER_SYMBOL
			             " from others, and defines none");
		else if (ELF64_ST_TYPE(symbol->st_info) != STT_OBJECT)
			finding_tell(report_fd, RULE_SYMBOL,
			             ASTRO_PROVIDER_SYMBOL
			             " is no data, but a function");
		else
			finding_tell(report_fd, RULE_SYMBOL,
			             ASTRO_PROVIDER_SYMBOL
			             " is of no size, or of no use");
		return;
	}
	finding_tell(
		report_fd, RULE_SYMBOL,
		"it is no provider: it does not define " ASTRO_PROVIDER_SYMBOL);
}
