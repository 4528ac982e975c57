/* SPDX-License-Identifier: Apache-2.0 */
/* The lock beside the context file, the one that the Go astro CLI takes. */
#ifndef CORE_CONTEXT_LOCK_H
#define CORE_CONTEXT_LOCK_H

#include <astro/provider.h>

enum { LOCK_WAIT_MS = 10 * 1000 };

enum lock_kind {
	LOCK_TO_READ, /* shared; no lock file is made */
	LOCK_TO_WRITE /* exclusive; the file is made, 0600, never removed */
};

/*
 * Lock NAME in FOLDER (a descriptor), waiting up to LOCK_WAIT_MS.  *FD is -1
 * with ASTRO_OK when there is nothing to lock for reading.  ASTRO_STORE when
 * somebody else keeps it or it cannot be made, ASTRO_UNSAFE when it is no file
 * of ours, ASTRO_CANCELLED.
 */
int lock_take(int folder, const char *name, enum lock_kind kind, int *fd,
              struct astro_error *err);
/* Accepts -1. */
void lock_release(int fd);

#endif
