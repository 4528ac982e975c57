/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who has the thread: the provider, or the host.  The parent is told, since
 * only the provider's turns may not last: a person may think about a question
 * for as long as the login has, a provider that hangs must not.
 */
#ifndef CORE_ENGINE_TURN_H
#define CORE_ENGINE_TURN_H

struct astro_core;

/* Around each call of the provider. */
void turn_of_provider(struct astro_core *core);
void turn_of_host(struct astro_core *core);

/*
 * From now on what may wait for a person, a server or the terminal, in the
 * table that CORE gives to its provider, is the host's turn.  A provider that
 * tells the person more than a thousand lines is not waited for any longer,
 * and the further lines are left out.
 */
void turn_watch(struct astro_core *core);

#endif
