/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A line while it is typed: the editing keys, and what becomes of the keys
 * that are none.  Knows nothing of terminals.
 */
#ifndef CORE_TERMINAL_TYPING_H
#define CORE_TERMINAL_TYPING_H

#include <stdbool.h>
#include <stddef.h>

#include "text.h"

/* The terminal's own editing keys, beside the usual ones; 0: none. */
struct typing_keys {
	unsigned char erase, word, kill, end;
};

enum typing_event {
	TYPING_GOES_ON,
	TYPING_LINE, /* Enter */
	TYPING_END   /* ^D */
};

enum typing_state {
	TYPING_GROUND,
	TYPING_ESCAPE,   /* after ESC */
	TYPING_SEQUENCE, /* after ESC [ */
	TYPING_ONE_MORE, /* one byte to skip */
	TYPING_STRING    /* a terminal's answer, up to BEL or ESC \ */
};

struct typing {
	char *bytes; /* MAX + 1 of them, wiped by typing_clear() */
	/* Read by a signal handler, hence changed last. */
	volatile size_t len;
	size_t max;
	struct text *echo; /* what the terminal shall show; or NULL */
	enum typing_state state;
	bool is_too_long, has_control;
};

/* False: no memory. */
bool typing_init(struct typing *typing, size_t max, struct text *echo);
void typing_clear(struct typing *typing);
/* Start over, with nothing typed. */
void typing_reset(struct typing *typing);
enum typing_event typing_key(struct typing *typing,
                             const struct typing_keys *keys,
                             unsigned char byte);
/* Once the line is whole: ASTRO_OK, or ASTRO_DENIED that says what is wrong
 * with the WHAT that was typed. */
int typing_check(const struct typing *typing, const char *what,
                 struct astro_error *err);

#endif
