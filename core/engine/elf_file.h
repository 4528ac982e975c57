/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_ELF_FILE_H
#define CORE_ENGINE_ELF_FILE_H

#include <stddef.h>
#include <stdint.h>

enum { ELF_REASON_MAX = 160 };

/*
 * Judge the ELF file of SIZE bytes on FD without running any of it: a shared
 * object for this machine, every segment inside the file, no library looked
 * for in the working directory, no code to be rewritten, and SYMBOL defined as
 * data.  Returns the size
 * of that object, or 0 with the reason ("is cut short") in WHY, which has
 * ELF_REASON_MAX bytes.
 */
size_t elf_judge(int fd, uint64_t size, const char *symbol, char *why);

#endif
