/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BASE_INTERRUPT_H
#define CORE_BASE_INTERRUPT_H

#include <astro/provider.h>

/*
 * SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGALRM set a flag, and end whatever
 * blocks with EINTR (no SA_RESTART); one that was ignored stays so.  SIGPIPE
 * and SIGXFSZ become errors of the call.
 */
void interrupt_install(void);
/* The signal that arrived, or 0. */
int interrupt_signal(void);
/* For tests, and for a child that starts afresh. */
void interrupt_forget(void);
/* ASTRO_OK, or ASTRO_CANCELLED with its message. */
int interrupt_check(struct astro_error *err);
/*
 * What has been begun must come to its end: from here on a signal is noted,
 * and interrupt_check() says nothing of it until interrupt_release().
 */
void interrupt_hold(void);
void interrupt_release(void);
/* error_exit_code(), but 128 and the signal that cancelled it. */
int interrupt_exit_code(int status);
/* The last thing of a cancelled run: die of the signal that arrived, so that a
 * shell sees it.  Comes back where none did, and after SIGINT, whose end is
 * exit 130. */
void interrupt_end(void);

#endif
