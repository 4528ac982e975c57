/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers: found by name, judged on the descriptor that is loaded, never by
 * path.  The only code that dlopens one.
 */
#ifndef CORE_ENGINE_LOADER_H
#define CORE_ENGINE_LOADER_H

#include <stdbool.h>

#include <astro/provider.h>

#include "loader_folders.h"

struct exec_program;
struct provider_file;

/*
 * Find NAME.so in the first folder that has it, check owner and mode of the
 * file (on the descriptor) and of every folder above it, look for the symbol in
 * the file, ask the administrator's list, dlopen it and check its table.  *OUT
 * is a completed copy (missing members NULL), good until the process ends.
 * Where no folder has it: astro-provider-NAME, judged by the same rules, and
 * started (exec.h).  ASTRO_BAD_PLUGIN, ASTRO_UNSAFE.
 */
int loader_load(const struct loader_folders *folders, const char *name,
                const struct astro_provider **out, struct astro_error *err);

/*
 * The same with FILE, which is open, under the plain name NAME; its folder does
 * not matter.  The descriptor is taken over in any case.
 */
int loader_take(const struct loader_folders *folders,
                struct provider_file *file, const char *name,
                const struct astro_provider **out, struct astro_error *err);

/* The program that PROVIDER, which loader_load() gave, is; NULL: none. */
struct exec_program *loader_program(const struct astro_provider *provider);

/* End the programs, and be as if nothing had been loaded yet: for tests, and
 * for the check. */
void loader_forget(void);

/*
 * The provider that claims DOMAIN by its patterns: astro first, then the other
 * libraries in the folders in alphabetical order.  *OUT is NULL with ASTRO_OK
 * when none does; one that cannot be loaded claims nothing, nor does a program.
 */
int loader_claimant(const struct loader_folders *folders, const char *domain,
                    const struct astro_provider **out, struct astro_error *err);

/* True when one of PROVIDER's patterns matches the whole of DOMAIN. */
bool loader_claims(const struct astro_provider *provider, const char *domain);

#endif
