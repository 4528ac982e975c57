/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `login --json`: the login as lines of JSON for the program that drives it.
 * Events go to standard output, answers come from standard input.
 */
#ifndef CORE_ENGINE_DRIVE_H
#define CORE_ENGINE_DRIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

struct drive;

/* Events go to FD, answers come from standard input. */
int drive_new(int fd, struct drive **out, struct astro_error *err);
void drive_free(struct drive *drive);

enum drive_kind { DRIVE_TEXT, DRIVE_NUMBER };

/* One member of an event; a NULL text is left out. */
struct drive_member {
	const char *name;
	enum drive_kind kind;
	const char *text;
	int64_t number;
};

/* Write one event, as one line. */
void drive_event(struct drive *drive, const char *event,
                 const struct drive_member *members, size_t count);
/* The event `waiting`, at most once in five seconds. */
void drive_waiting(struct drive *drive, const char *what, int64_t left_ms);

/* ASTRO_CANCELLED once an event could not be written: nobody is there. */
int drive_check(const struct drive *drive, struct astro_error *err);

/* The event `prompt`, and the answer to it.  DEADLINE is on clock_boot(), 0 for
 * none.  ASTRO_DENIED at the end of input. */
int drive_ask(struct drive *drive, const struct astro_question *question,
              int64_t deadline, struct astro_secret **answer,
              struct astro_error *err);
/* The same with `choices`; the answer is a row's id, its name or its number,
 * from 1.  ASTRO_NOT_FOUND after three unusable ones. */
int drive_choose(struct drive *drive, const struct astro_menu *menu,
                 int64_t deadline, size_t *picked, struct astro_error *err);

/* For a prompt that is not waited for alone: announce it, poll the descriptor,
 * and take the answer under KEY once one is there.  *OUT NULL: not yet. */
void drive_announce(struct drive *drive, const struct astro_question *question);
int drive_fd(const struct drive *drive);
int drive_take(struct drive *drive, const char *key, struct astro_secret **out,
               bool *ended, struct astro_error *err);

#endif
