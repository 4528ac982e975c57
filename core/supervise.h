/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run something in a child that may crash, hang or exit, and come back with
 * one clear status, the terminal as it was.
 */
#ifndef CORE_SUPERVISE_H
#define CORE_SUPERVISE_H

#include <stdint.h>

#include <astro/provider.h>

#include "report.h"

/*
 * Fork; in the child call WORK(DATA, fd), which reports on fd and whose return
 * ends the child with _exit().  The parent waits, holding the terminal's
 * settings.  DEADLINE (clock_boot(), 0: none): the child is killed then, and a
 * second after ^C if it has not ended by itself; one that has reported
 * REPORT_SENT by neither, but after 90 seconds.  So is one whose provider keeps
 * its turn (report_turn()) for nearly five seconds, whatever the deadline.
 *
 * Returns the child's reported status, its message in ERR.  A child that died
 * or ended without report_end() is ASTRO_BAD_PLUGIN when a provider had been
 * reached, else ASTRO_INTERNAL; one that was interrupted ASTRO_CANCELLED.
 */
int supervise(int (*work)(void *data, int report_fd), void *data,
              int64_t deadline, struct report **out, struct astro_error *err);

#endif
