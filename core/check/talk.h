/* SPDX-License-Identifier: Apache-2.0 */
/* The talk with a provider that is a program: its faults as findings. */
#ifndef CORE_CHECK_TALK_H
#define CORE_CHECK_TALK_H

#include <astro/provider.h>

struct stage;

/* The program could not be started or described, or is not understood any more,
 * as ERR says.  Told once in a trial. */
void talk_tell_fault(struct stage *stage, const struct astro_error *err);
/* An operation has ended with STATUS: was it by a fault? */
void talk_judge(struct stage *stage, int status, const struct astro_error *err);
/* All of its runs have ended: tell of what it has left running, and end that.
 * We are the parent of whatever has lost its own. */
void talk_judge_processes(const struct stage *stage);

#endif
