/* SPDX-License-Identifier: Apache-2.0 */
/* Locks of files: the one beside the context file, which the Go astro CLI
 * takes as well, and our own (state.h). */
#ifndef CORE_CONTEXT_LOCK_H
#define CORE_CONTEXT_LOCK_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

enum { LOCK_WAIT_MS = 10 * 1000 };

enum lock_kind {
	LOCK_TO_READ, /* shared; no lock file is made */
	LOCK_TO_WRITE /* exclusive; the file is made, 0600, never removed */
};

/* For lock.c to change. */
struct lock {
	int fd;     /* the lock file, or -1 */
	int folder; /* borrowed */
	enum lock_kind kind;
	bool has_no_locks; /* the file system */
	bool is_held;      /* so a file stands for it, as somebody must say */
	char name[NAME_MAX + 1];
};

/* Nothing locked, and nothing to release. */
#define LOCK_NONE                                                              \
	(struct lock)                                                          \
	{                                                                      \
		.fd = -1                                                       \
	}

/*
 * Lock NAME in FOLDER, a descriptor that stays open as long, waiting up to
 * LOCK_WAIT_MS.  out->fd is -1 with ASTRO_OK when there is nothing to lock for
 * reading.  ASTRO_STORE when somebody else keeps it (the message names who) or
 * it cannot be made, ASTRO_UNSAFE when it is no file of ours, ASTRO_CANCELLED.
 */
int lock_take(int folder, const char *name, enum lock_kind kind,
              struct lock *out, struct astro_error *err);
/* Its two halves: the file, and the waiting for it.  After an error of the
 * second the lock is still the caller's to release. */
int lock_open(int folder, const char *name, enum lock_kind kind,
              struct lock *out, struct astro_error *err);
int lock_wait(struct lock *lock, int64_t wait_ms, struct astro_error *err);
/* Alone, what is held with others; given up meanwhile. */
int lock_alone(struct lock *lock, int64_t wait_ms, struct astro_error *err);
/* Accepts LOCK_NONE, and what was released. */
void lock_release(struct lock *lock);

#endif
