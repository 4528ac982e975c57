/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a supervised child tells its parent, over a pipe: how far it came,
 * values to show, how it ended.  An end without report_end() is no success.
 */
#ifndef CORE_REPORT_H
#define CORE_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

enum report_stage {
	REPORT_STARTED,
	REPORT_PROVIDER, /* a provider is about to be loaded: a death is its own
	                  */
	/* A refresh token is about to be sent: neither ^C nor the clock may
	 * end the child before it has saved the answer. */
	REPORT_SENT,
	REPORT_ENDED
};

/* Who has the child's only thread.  With a provider it is for seconds at most,
 * with the host as long as people and servers take. */
enum report_turn { REPORT_TURN_HOST, REPORT_TURN_PROVIDER };

/* The child's side; failing writes are ignored (the parent has gone). */
/* REPORT_PROVIDER begins the provider's turn. */
void report_stage(int fd, enum report_stage stage, const char *name);
void report_turn(int fd, enum report_turn turn);
/* A value under KEY; the same key may come several times. */
void report_value(int fd, const char *key, const char *value);
void report_end(int fd, int status, const struct astro_error *error);

/* False when FD is no pipe any more, or its reader has given up: whatever is
 * done now, nobody would hear of it. */
bool report_is_heard(int fd);

/* The parent's side. */
struct report;
struct report *report_new(void); /* NULL: no memory */
void report_free(struct report *report);
/* Read what is there; false at the end of the pipe or when it is nonsense.
 * What is kept is bounded: 4 MiB in all. */
bool report_read(struct report *report, int fd);
/* It was nonsense, or too much: nothing that comes is read any more. */
bool report_is_broken(const struct report *report);
enum report_stage report_reached(const struct report *report);
/* Whose turn it is, and in *COUNT how many turns there have been. */
enum report_turn report_turn_of(const struct report *report, size_t *count);
/* The provider's name given with REPORT_PROVIDER, or "". */
const char *report_provider(const struct report *report);
int report_status(const struct report *report, struct astro_error *err);
/* The INDEXth value under KEY, or NULL. */
const char *report_get(const struct report *report, const char *key,
                       size_t index);

#endif
