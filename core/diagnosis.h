/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `astro auth doctor` has found, check by check.  The engine's child finds
 * some of it, and sends it to its parent.
 */
#ifndef CORE_DIAGNOSIS_H
#define CORE_DIAGNOSIS_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

#include "error.h"

struct report;

enum diagnosis_state {
	DIAGNOSIS_FACT, /* in order, and worth a word to people */
	DIAGNOSIS_OK,   /* in order */
	DIAGNOSIS_SKIPPED,
	DIAGNOSIS_WARNING,
	DIAGNOSIS_ERROR /* a login, or a token, will not be had */
};

enum { DIAGNOSIS_NAME_MAX = 32 };

struct diagnosis_check {
	char name[DIAGNOSIS_NAME_MAX]; /* "files.config": its group first */
	enum diagnosis_state state;
	/* Message and hint, escaped and masked.  Warnings and errors have a
	 * hint, which is the fix; an error has the status that a command would
	 * fail with, the others ASTRO_OK. */
	struct astro_error what;
};

struct diagnosis {
	struct diagnosis_check *checks;
	size_t count;
	int report_fd;  /* each is sent there as it is found; -1: nobody */
	bool is_broken; /* out of memory: checks are missing */
};

void diagnosis_init(struct diagnosis *diagnosis, int report_fd);
/* Accepts zeroed memory. */
void diagnosis_clear(struct diagnosis *diagnosis);

/* A fact, what is in order, or what was skipped, and why. */
void diagnosis_note(struct diagnosis *diagnosis, const char *name,
                    enum diagnosis_state state, const char *fmt, ...)
	ASTRO_PRINTF(4, 5);
void diagnosis_warn(struct diagnosis *diagnosis, const char *name,
                    const char *fix, const char *fmt, ...) ASTRO_PRINTF(4, 5);
/* An error, or a warning, with the message and the hint of WHY; FIX where that
 * has no hint. */
void diagnosis_fail(struct diagnosis *diagnosis, const char *name,
                    const char *fix, const struct astro_error *why);
void diagnosis_doubt(struct diagnosis *diagnosis, const char *name,
                     const char *fix, const struct astro_error *why);

/* Add what the child has sent.  What makes no sense is left out. */
void diagnosis_take(struct diagnosis *diagnosis, const struct report *report);

/* How many are in that state. */
size_t diagnosis_count(const struct diagnosis *diagnosis,
                       enum diagnosis_state state);
/* The error whose exit code is the highest, the first of those; NULL: none. */
const struct diagnosis_check *
diagnosis_gravest(const struct diagnosis *diagnosis);
/* "ok", "skipped", "warning", "error". */
const char *diagnosis_state_name(enum diagnosis_state state);

#endif
