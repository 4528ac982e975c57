/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers: found by name, judged on the descriptor that is loaded, never by
 * path.  The only code that dlopens one.
 */
#ifndef CORE_ENGINE_LOADER_H
#define CORE_ENGINE_LOADER_H

#include <stdbool.h>

#include <astro/provider.h>

struct paths;
struct policy;

struct loader_folders {
	/* In the order of search, ended by NULL: ASTRO_PLUGIN_PATH's, the
	 * person's (.astro/providers), the installed ones. */
	char **folders;
	/* Told (report_stage) which provider is about to be loaded; -1: nobody
	 * is. */
	int report_fd;
	/* The administrator's; NULL: nothing is said. */
	struct policy *policy;
};

int loader_folders_find(const struct paths *paths, const char *library_folder,
                        struct loader_folders *out, struct astro_error *err);
void loader_folders_clear(struct loader_folders *folders);

/* [a-z0-9_-]{1,32} */
bool loader_name_is_plain(const char *name);

/*
 * Find NAME.so in the first folder that has it, check owner and mode of the
 * file (on the descriptor) and of every folder above it, look for the symbol in
 * the file, ask the administrator's list, dlopen it and check its table.  *OUT
 * is a completed copy (missing members NULL), good until the process ends.
 * ASTRO_BAD_PLUGIN, ASTRO_UNSAFE.
 */
int loader_load(const struct loader_folders *folders, const char *name,
                const struct astro_provider **out, struct astro_error *err);

/*
 * The same with the file that is open as FD, which is taken over, under the
 * plain name NAME; its folder does not matter.  PATH stands in messages.
 */
int loader_take(const struct loader_folders *folders, int fd, const char *name,
                const char *path, const struct astro_provider **out,
                struct astro_error *err);

/* For tests: as if nothing had been loaded yet. */
void loader_forget(void);

/*
 * The provider that claims DOMAIN by its patterns: astro first, then the other
 * names in the folders in alphabetical order.  *OUT is NULL with ASTRO_OK when
 * none does; one that cannot be loaded claims nothing.
 */
int loader_claimant(const struct loader_folders *folders, const char *domain,
                    const struct astro_provider **out, struct astro_error *err);

/* True when one of PROVIDER's patterns matches the whole of DOMAIN. */
bool loader_claims(const struct astro_provider *provider, const char *domain);

#endif
