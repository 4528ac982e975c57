/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a program does beside the talk.  By whoever plays the host: the engine
 * traces it, the check of a provider judges it.
 */
#ifndef CORE_ENGINE_EXEC_ASIDE_H
#define CORE_ENGINE_EXEC_ASIDE_H

#include <stdbool.h>

struct child_end;

/* Whether its standard error is read. */
bool aside_is_heard(void);
/* A LINE of its standard error, as it came. */
void aside_said(const char *provider, const char *line);
/* It has ended; WAS_ASKED: its input was closed, and it had the time to end by
 * itself. */
void aside_ended(const char *provider, const struct child_end *end,
                 bool was_asked);

#endif
