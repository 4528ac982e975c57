/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BASE_PROGRAM_H
#define CORE_BASE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/* In the order of preference. */
enum program_found {
	PROGRAM_ABSENT,
	PROGRAM_UNUSABLE, /* a folder, or not executable */
	PROGRAM_USABLE
};

/* What lies at PATH, as it stands. */
enum program_found program_judge(const char *path);
/*
 * The best that the absolute ones of FOLDERS, with ":" between, have under
 * NAME; its path in OUT, of SIZE bytes, unless PROGRAM_ABSENT.  An empty or
 * relative folder would run what lies where somebody else filled it.
 */
enum program_found program_search(const char *folders, const char *name,
                                  char *out, size_t size);
/*
 * Write the path of a usable PROGRAM to OUT: as it stands when absolute, else
 * by PATH.  False when there is none.
 */
bool program_find(const char *program, char *out, size_t size);
/* "PATH=" and its absolute entries, for the environment of a program that may
 * be a script; for free().  NULL: no memory. */
char *program_search_path(void);

#endif
