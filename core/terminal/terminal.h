/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Talking with the person: questions on the terminal (/dev/tty), everything
 * else on standard error.  The only code that knows <termios.h>.
 */
#ifndef CORE_TERMINAL_TERMINAL_H
#define CORE_TERMINAL_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <astro/provider.h>

/* True when there is a terminal to ask on. */
bool terminal_can_ask(void);

/* Longest answers, in bytes; a longer one is an error, never cut. */
enum { TERMINAL_ANSWER_MAX = 65536, TERMINAL_PASSWORD_MAX = 4096 };

/*
 * Ask for one line.  Label and a blank are shown as they stand (escaped); with
 * ASTRO_ECHO_OFF nothing typed is shown.  DEADLINE is on clock_boot(), 0 for
 * none.  ASTRO_DENIED: end of input, or no terminal (the message then names the
 * question's key); ASTRO_CANCELLED: ^C; ASTRO_TIMED_OUT.  The terminal is put
 * back on every way out, stopped (^Z) included.
 */
int terminal_ask(const struct astro_question *question, int64_t deadline,
                 struct astro_secret **answer, struct astro_error *err);

/* A numbered table with the current row marked, asked for up to three times.
 * ASTRO_NOT_FOUND after three unusable answers; else as terminal_ask(). */
int terminal_choose(const struct astro_menu *menu, int64_t deadline,
                    size_t *picked, struct astro_error *err);

/* "LABEL (y/n) ": only y and yes are yes. */
int terminal_confirm(const char *label, bool *yes, struct astro_error *err);

/* One line of standard input (--password-stdin, -t -), without its end.  MAX
 * bytes at most; an empty one and a NUL are ASTRO_DENIED. */
int terminal_read_stdin(const char *what, size_t max, struct astro_secret **out,
                        struct astro_error *err);

/* One line for the person on standard error, escaped and masked. */
void terminal_tell(const char *fmt, ...) ASTRO_PRINTF(1, 2);

/* A line typed or pasted while something else is waited for as well. */
struct terminal_line;
/* Shows PROMPT.  *OUT is NULL with ASTRO_OK where there is no terminal. */
int terminal_line_open(const char *prompt, struct terminal_line **out,
                       struct astro_error *err);
/* To poll for reading. */
int terminal_line_fd(const struct terminal_line *line);
/* Call when readable: *LINE is NULL until a whole line is there.  *ENDED after
 * ^D or a vanished terminal (poll no longer). */
int terminal_line_read(struct terminal_line *line, struct astro_secret **out,
                       bool *ended, struct astro_error *err);
/* Another prompt in the place of the one that stands there, where nothing was
 * typed yet and the terminal can be drawn on. */
void terminal_line_reword(struct terminal_line *line, const char *prompt);
/* Puts the terminal back; accepts NULL. */
void terminal_line_close(struct terminal_line *line);

/* The terminal's settings, for whoever must put them back. */
struct terminal_state;
struct terminal_state *terminal_save(void); /* NULL where there is none */
void terminal_restore(struct terminal_state *state); /* and frees; or NULL */
void terminal_forget(struct terminal_state *state);  /* only frees; or NULL */

/* ACCESSIBLE is set: somebody listens to the lines, or reads them by touch. */
bool terminal_is_accessible(void);
/* Whether a line of STREAM may be drawn over: a terminal, no dumb one, and
 * ACCESSIBLE is not set. */
bool terminal_can_draw(FILE *stream);
/* Columns of the terminal that STREAM is; 80 where it does not say. */
size_t terminal_width(FILE *stream);

/* A wait with its clock, on standard error.  Zeroed to begin with. */
struct terminal_progress {
	bool is_said;       /* once, where nothing can be drawn over */
	int64_t drawn_left; /* seconds */
};
/* "WHAT, 4:59 left", drawn over the one before; the time alone where a line has
 * no room for both.  LEFT_MS in milliseconds. */
void terminal_progress_show(struct terminal_progress *progress,
                            const char *what, int64_t left_ms);
/* Takes the line away again, for what is said next. */
void terminal_progress_end(struct terminal_progress *progress);
/* "4:59 left" into OUT. */
void terminal_time_left(int64_t left_ms, char *out, size_t size);

/* Whether STREAM gets colour: a terminal, NO_COLOR unset, or CLICOLOR_FORCE. */
bool terminal_has_colour(FILE *stream);

/* A table on STREAM: header, rows, columns as wide as their longest cell, in
 * characters.  Cells are escaped.  Row MARKED (or SIZE_MAX) is the current one:
 * "*" in front, and bold where there is colour. */
void terminal_table(FILE *stream, const char *const *header, size_t columns,
                    const char *const *cells, size_t rows, size_t marked);

#endif
