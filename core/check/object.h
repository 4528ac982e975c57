/* SPDX-License-Identifier: Apache-2.0 */
/* What a shared object gives and takes, by its table of dynamic symbols. */
#ifndef CORE_CHECK_OBJECT_H
#define CORE_CHECK_OBJECT_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>

struct object {
	const unsigned char *bytes; /* mapped, for the rest of the process */
	size_t size;
	const Elf64_Sym *symbols;
	size_t symbol_count;
	const char *names;
	size_t names_size;
	const Elf64_Dyn *entries;
	size_t entry_count;
};

/* False when its section headers have no dynamic symbols (they may have been
 * stripped). */
bool object_open(int fd, size_t size, struct object *out);
/* Tell what is wrong with one that has the provider's symbol. */
void object_judge(const struct object *object, int report_fd);
/* Why it has not. */
void object_judge_symbol(const struct object *object, int report_fd);

#endif
