/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A lock where the file system has none (a network file system that says
 * ENOLCK): NAME.held beside the lock file, which says who has it.  What a dead
 * process of this machine has left, or one from before its last start, delays
 * nobody; whether a process elsewhere lives cannot be told from here.
 */
#ifndef CORE_CONTEXT_HELD_H
#define CORE_CONTEXT_HELD_H

#include <stdbool.h>
#include <stddef.h>

enum { HELD_BOOT_SIZE = 40 };

/* Make it, in FOLDER (a descriptor): 0, EWOULDBLOCK when somebody has it, or
 * the number of the error. */
int held_take(int folder, const char *name);
/* Remove it, if it is this process's. */
void held_release(int folder, const char *name);
/* "process 123 on HOST" in OUT, of SIZE bytes; false when it does not say. */
bool held_keeper(int folder, const char *name, char *out, size_t size);

/* What tells one start of this machine from another; "" where the kernel does
 * not say. */
void held_boot_id(char out[HELD_BOOT_SIZE]);

#endif
