/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of this folder share about reading a line. */
#ifndef CORE_TERMINAL_LINE_H
#define CORE_TERMINAL_LINE_H

#include <signal.h>
#include <stddef.h>

#include "terminal.h"

/* As terminal_line_open(); WHAT is asked for, at most MAX bytes of it. */
int line_open(const char *prompt, const char *what, enum astro_echo echo,
              size_t max, struct terminal_line **out, struct astro_error *err);

/* The signals that end or stop a question.  Blocked but for the waiting, none
 * can slip in between a look at the flag and the poll. */
void line_signals(sigset_t *set);

#endif
