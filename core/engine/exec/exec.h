/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers that are programs: astro-provider-NAME, in any language, spoken to
 * in lines of JSON (docs/exec-provider.md).  To the rest of the engine one is a
 * struct astro_provider like any other.
 */
#ifndef CORE_ENGINE_EXEC_EXEC_H
#define CORE_ENGINE_EXEC_EXEC_H

#include <astro/provider.h>

/* What a program's file is called, before its name. */
#define EXEC_PREFIX "astro-provider-"

struct exec_program;

/*
 * Start the program that is open as FD, and has been judged, and ask it to
 * describe itself.  FD is taken over in any case; it stays open for a second
 * run.  *TABLE has the operations that it offers.  PATH and NAME are copied.
 * ASTRO_BAD_PLUGIN.
 */
int exec_load(int fd, const char *path, const char *name,
              struct astro_provider *table, struct exec_program **out,
              struct astro_error *err);
/* Ends it.  Accepts NULL. */
void exec_free(struct exec_program *program);

/*
 * By whoever plays the host, the engine or the check of a provider: the program
 * that CORE's provider is, which is lent.
 */
struct exec_program *core_program(const struct astro_core *core);

#endif
