/* SPDX-License-Identifier: Apache-2.0 */
/* The folders that providers are found in by their names, and no others. */
#ifndef CORE_ENGINE_LOADER_FOLDERS_H
#define CORE_ENGINE_LOADER_FOLDERS_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

struct paths;
struct policy;
struct provider_file;

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

/*
 * Open the first file of NAME: NAME.so in any of the folders, else
 * astro-provider-NAME.  It is not judged; *AT is its folder's place among them.
 * out->fd is -1 with ASTRO_OK where there is neither.  What is there and cannot
 * be opened ends the search: ASTRO_BAD_PLUGIN, ASTRO_UNSAFE.  OUT is for
 * provider_file_clear() in any case.
 */
int loader_find_file(const struct loader_folders *folders, const char *name,
                     struct provider_file *out, size_t *at,
                     struct astro_error *err);
/* ASTRO_BAD_PLUGIN: NAME is in none of the folders, which are named. */
int loader_not_found(const struct loader_folders *folders, const char *name,
                     struct astro_error *err);

/* Whose names: those of libraries, or of programs as well. */
enum loader_scope { LOADER_LIBRARIES, LOADER_ALL };
/*
 * The names of the files in all folders that could be providers, each once, in
 * alphabetical order: an array ended by NULL for loader_names_free().
 */
int loader_names(const struct loader_folders *folders, enum loader_scope scope,
                 char ***out, struct astro_error *err);
void loader_names_free(char **names);

#endif
