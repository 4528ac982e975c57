/* SPDX-License-Identifier: Apache-2.0 */
/* Locks of files: the one beside the context file, which the Go astro CLI
 * takes as well, and our own (state.h). */
#ifndef CORE_CONTEXT_LOCK_H
#define CORE_CONTEXT_LOCK_H

#include <stdint.h>

#include <astro/provider.h>

enum { LOCK_WAIT_MS = 10 * 1000 };

enum lock_kind {
	LOCK_TO_READ, /* shared; no lock file is made */
	LOCK_TO_WRITE /* exclusive; the file is made, 0600, never removed */
};

/*
 * Lock NAME in FOLDER (a descriptor), waiting up to LOCK_WAIT_MS.  *FD is -1
 * with ASTRO_OK when there is nothing to lock for reading.  ASTRO_STORE when
 * somebody else keeps it (the message names who) or it cannot be made,
 * ASTRO_UNSAFE when it is no file of ours, ASTRO_CANCELLED.
 */
int lock_take(int folder, const char *name, enum lock_kind kind, int *fd,
              struct astro_error *err);
/* Its two halves: the file, and the waiting for it.  After an error of the
 * second the descriptor is still the caller's. */
int lock_open(int folder, const char *name, enum lock_kind kind, int *fd,
              struct astro_error *err);
int lock_wait(int fd, enum lock_kind kind, const char *name, int64_t wait_ms,
              struct astro_error *err);
/* Accepts -1. */
void lock_release(int fd);

#endif
