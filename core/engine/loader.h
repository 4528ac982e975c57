/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Providers: found by name, judged on the descriptor that is loaded, never by
 * path.  The only code that dlopens one.
 */
#ifndef CORE_ENGINE_LOADER_H
#define CORE_ENGINE_LOADER_H

#include <stdbool.h>

#include <astro/provider.h>

#include "text.h"

struct exec_program;
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
 * Where no folder has it: astro-provider-NAME, judged by the same rules, and
 * started (exec.h).  ASTRO_BAD_PLUGIN, ASTRO_UNSAFE.
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

/* A file that may be loaded, as far as can be told before any of it runs. */
struct loader_file {
	struct text path;
	int fd;             /* what was judged; or -1 */
	size_t object_size; /* of the object that the symbol names */
};

/*
 * Open NAME.so in FOLDER and judge it as loader_load() does, without loading
 * it.  The descriptor is -1 with ASTRO_OK where the folder does not have it.
 * The path is there after an error too.  ASTRO_BAD_PLUGIN, ASTRO_UNSAFE.
 */
int loader_open(const struct loader_folders *folders, const char *folder,
                const char *name, struct loader_file *out,
                struct astro_error *err);
void loader_file_clear(struct loader_file *file);
/* ASTRO_BAD_PLUGIN: NAME is in none of the folders, which are named. */
int loader_not_found(const struct loader_folders *folders, const char *name,
                     struct astro_error *err);

/* Of a table of OBJECT_SIZE bytes only the first three members of HEAD are
 * looked at.  ASTRO_BAD_PLUGIN, both versions named where they do not fit. */
int loader_judge_contract(const struct astro_provider *head, size_t object_size,
                          const char *path, struct astro_error *err);
/* ASTRO_BAD_PLUGIN unless OWN, the table's name, is NAME, the file's, and TITLE
 * can be shown, or is NULL. */
int loader_judge_names(const char *own, const char *title, const char *name,
                       const char *path, struct astro_error *err);

/*
 * The names of the files in all folders that could be providers, each once, in
 * alphabetical order: an array ended by NULL for loader_names_free().
 */
int loader_names(const struct loader_folders *folders, char ***out,
                 struct astro_error *err);
void loader_names_free(char **names);

/* The program that PROVIDER, which loader_load() gave, is; NULL: none. */
struct exec_program *loader_program(const struct astro_provider *provider);

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
