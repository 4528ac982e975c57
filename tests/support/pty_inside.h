/* SPDX-License-Identifier: Apache-2.0 */
/* What pty.c and pty_spawn.c share. */
#ifndef TESTS_SUPPORT_PTY_INSIDE_H
#define TESTS_SUPPORT_PTY_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

#include "pty_shell.h"

/* What came out of one descriptor. */
struct stream {
	int fd; /* -1: none, or ended */
	char *bytes;
	size_t len;
	size_t matched; /* up to here by pty_expect() */
};

struct pty {
	pid_t shell, program;
	int control;
	struct stream screen, out, err;
	int input; /* the pipe to standard input, or -1 */
	char *pending;
	size_t pending_len, pending_sent;
	bool close_when_sent;
	bool stopped, ended;
	int stop_signal, status;
	bool has_terminal, may_change_settings;
	struct termios before;
	int patience_ms;
};

/* Take one message of the shell. */
void pty_hear(struct pty *pty);

#endif
