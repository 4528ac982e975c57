/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lines to and from a provider's program: bounded, and waited for with
 * patience, ^C and what it says on standard error in mind.
 */
#ifndef CORE_ENGINE_EXEC_CHANNEL_H
#define CORE_ENGINE_EXEC_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

#include "child.h"
#include "text.h"

/* Of a line, without its end. */
enum { CHANNEL_LINE_MAX = 1024 * 1024 };

struct channel {
	struct child child;
	const char *provider; /* its name, lent */
	/* What it is at, for the messages, lent; and how long it may say
	 * nothing meanwhile. */
	const char *operation;
	int patience_ms;

	struct text input;
	size_t taken;      /* of it: the line that is lent */
	size_t searched;   /* of it: no end of a line there */
	struct text trace; /* of standard error: a line that is not whole */
	bool has_ended;
	struct child_end end; /* once it has */
};

/* Start the program, see child_start(). */
int channel_open(struct channel *channel, int file, const char *path,
                 struct astro_error *err);
/* LINE has its end already. */
int channel_send(struct channel *channel, const struct text *line,
                 struct astro_error *err);
/* The next line, without its end and followed by a NUL; lent until the next
 * call. */
int channel_receive(struct channel *channel, const char **line, size_t *len,
                    struct astro_error *err);
/*
 * End the program, with PATIENCE_MS to do it by itself.  Accepts zeroed memory
 * and one that is closed.
 */
void channel_close(struct channel *channel, int patience_ms);

#endif
