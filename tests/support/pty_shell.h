/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The session leader between a test and its program: it does what a shell
 * with job control does, told over a socket.
 */
#ifndef TESTS_SUPPORT_PTY_SHELL_H
#define TESTS_SUPPORT_PTY_SHELL_H

#include <sys/types.h>

#include "pty.h"

enum pty_word {
	PTY_STARTED,    /* number: process id */
	PTY_STOPPED,    /* number: signal */
	PTY_ENDED,      /* number: as waitpid() gave it */
	PTY_FOREGROUND, /* to the shell */
	PTY_BACKGROUND  /* to the shell */
};

/* One message on the socket (SOCK_SEQPACKET), in either direction. */
struct pty_message {
	enum pty_word word;
	int number;
};

struct pty_shell {
	const struct pty_options *options;
	int control;
	int terminal; /* the slave, or -1 */
	int standard[3];
};

/* Run in the forked process; ends when the test's side of CONTROL is closed,
 * and takes the job along. */
_Noreturn void pty_shell_run(const struct pty_shell *shell);

#endif
