/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A program on a pseudo-terminal of its own, as a shell would run it: a job in
 * the foreground of its own session, so that ^C, ^Z and fg do what they do for
 * people.  Whatever does not come about in time ends the test with everything
 * seen so far.
 */
#ifndef TESTS_SUPPORT_PTY_H
#define TESTS_SUPPORT_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct pty;
struct termios;

#define PTY_INTERRUPT "\x03" /* ^C */
#define PTY_END "\x04"       /* ^D */
#define PTY_STOP "\x1a"      /* ^Z */
#define PTY_BACKSPACE "\x7f"

/* Zeroed members are the ordinary case; ARGV (or WORK) is the only must. */
struct pty_options {
	const char *const *argv; /* ends in NULL; looked up in PATH */
	const char *const *env;  /* "NAME=VALUE", NULL at the end; NULL: ours */
	const char *folder;      /* to work in */
	/* Instead of ARGV: a function of the test, run in the child; what it
	 * returns is the exit code. */
	int (*work)(void *data);
	void *data;

	/* Standard input, output and error are the terminal, but for these. */
	const char *input;  /* a pipe that holds this text, then ends */
	size_t input_len;   /* of INPUT; 0: up to its NUL */
	bool pipe_stdin;    /* a pipe: pty_feed(), pty_close_stdin() */
	bool pipe_stdout;   /* kept apart from the screen */
	bool pipe_stderr;   /* the same */
	bool no_terminal;   /* no /dev/tty at all; all three are not a tty:
	                     * stdin is empty unless given above */
	bool full_stdout;   /* standard output is /dev/full */
	bool in_background; /* started like "program &" */

	const struct termios *settings; /* the terminal's at the start */
	bool may_change_settings;       /* pty_finish() does not mind */
	int patience_ms;                /* for each wait; 0: 30 s */
};

/* Never NULL. */
struct pty *pty_spawn(const struct pty_options *options);
/* The program's process, and process group. */
pid_t pty_pid(const struct pty *pty);

/* Wait until TEXT is shown (further on than the text last expected). */
void pty_expect(struct pty *pty, const char *text);
void pty_expect_stdout(struct pty *pty, const char *text);
void pty_expect_stderr(struct pty *pty, const char *text);
/* The text between the end of the last match and TEXT, for taking an address
 * out of what is shown; the caller frees it. */
char *pty_expect_until(struct pty *pty, const char *text);

/* Type on the terminal. */
void pty_send(struct pty *pty, const char *text);
void pty_send_bytes(struct pty *pty, const void *bytes, size_t len);
/* Into the pipe of pipe_stdin. */
void pty_feed(struct pty *pty, const void *bytes, size_t len);
void pty_close_stdin(struct pty *pty);

/* To the program alone; ^C on the terminal is PTY_INTERRUPT. */
void pty_signal(struct pty *pty, int number);
/* False under valgrind, which stops no process. */
bool pty_can_stop(void);
/* Wait until the job has stopped; the signal that stopped it. */
int pty_expect_stopped(struct pty *pty);
/* "fg", "bg" of the shell. */
void pty_foreground(struct pty *pty);
void pty_background(struct pty *pty);
/* The terminal vanishes, without a signal. */
void pty_hang_up(struct pty *pty);
/* Wait until the terminal itself echoes, or no longer.  (Where astro asks it
 * never does: a visible answer is shown by astro.) */
void pty_expect_echo(struct pty *pty, bool on);
/* Whether the settings are those of the start. */
bool pty_is_restored(const struct pty *pty);
/* Bytes that were typed and not yet read by anybody: the shell would. */
int pty_typed_ahead(const struct pty *pty);
void pty_resize(struct pty *pty, unsigned rows, unsigned columns);

/*
 * Wait for the end: the exit code, or minus the signal.  Ends the test when
 * the terminal is not as it was at the start.  What was collected stays.
 */
int pty_finish(struct pty *pty);

/* All that came so far, as it came (a terminal's lines end in "\r\n"); valid
 * until the next call. */
const char *pty_screen(const struct pty *pty);
const char *pty_stdout(const struct pty *pty);
const char *pty_stderr(const struct pty *pty);
/* Bytes of stdout, for output that holds NUL. */
size_t pty_stdout_len(const struct pty *pty);

/* Kills what still runs.  Accepts NULL. */
void pty_free(struct pty *pty);

/* Spawn, wait for the end, free the rest: for programs that ask nothing. */
struct pty_result {
	int status; /* as pty_finish() */
	char *screen, *out, *err;
};
struct pty_result pty_run(const struct pty_options *options);
void pty_result_clear(struct pty_result *result);

#endif
