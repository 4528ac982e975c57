/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From a provider's file to its table.  What is loaded stays until the process
 * ends, and so does its descriptor: glibc knows a library by the name it was
 * loaded under, and a reused /proc/self/fd/N would give back the previous one.
 * A program stays, too.
 */
#include "loader.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "exec.h"
#include "footprint.h"
#include "log.h"
#include "provider_file.h"
#include "provider_table.h"
#include "report.h"

struct loaded {
	struct loaded *next;
	struct astro_provider table;
	char name[PROVIDER_NAME_MAX + 1];
	char title[PROVIDER_TITLE_MAX + 1];
	struct exec_program *program; /* instead of a library */
};

static struct loaded *loaded_list;

/* dlerror() speaks of /proc/self/fd/N: say which provider that is. */
static int load_error(const char *path, struct astro_error *err)
{
	const char *text = dlerror();
	const char *colon;

	if (text == NULL)
		text = "the dynamic linker gives no reason";
	colon = strstr(text, ": ");
	if (strncmp(text, "/proc/self/fd/", 14) == 0 && colon != NULL)
		text = colon + 2;
	return error_set(err, ASTRO_BAD_PLUGIN,
	                 access("/proc/self/fd", F_OK) == 0
	                         ? NULL
	                         : "mount /proc: providers are loaded by it",
	                 "%s cannot be loaded: %s", path, text);
}

/* ENTRY has the name that it was found under. */
static int take_table(const struct provider_found *found, struct loaded *entry,
                      struct astro_error *err)
{
	struct astro_provider *table = &entry->table;
	int status = provider_table_take(found, entry->name, table, err);

	if (status != ASTRO_OK)
		return status;
	(void)snprintf(entry->title, sizeof(entry->title), "%s",
	               table->title == NULL ? entry->name : table->title);
	table->name = entry->name;
	table->title = entry->title;
	return ASTRO_OK;
}

static int open_library(const struct provider_file *file, struct loaded *entry,
                        struct astro_error *err)
{
	struct provider_found found = {NULL, file->object_size,
	                               file->path.bytes};
	char link[32];
	void *library;
	int status;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", file->fd);
	library = dlopen(link, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL) {
		status = load_error(found.path, err);
		(void)close(file->fd);
		return status;
	}
	found.table = dlsym(library, ASTRO_PROVIDER_SYMBOL);
	if (found.table == NULL)
		status = load_error(found.path, err);
	else
		status = take_table(&found, entry, err);
	if (status == ASTRO_OK)
		return ASTRO_OK;

	(void)dlclose(library);
	/* A library may refuse to go; its number then stays taken. */
	library = dlopen(link, RTLD_LAZY | RTLD_LOCAL | RTLD_NOLOAD);
	if (library == NULL)
		(void)close(file->fd);
	else
		(void)dlclose(library);
	return status;
}

/* Load what has been judged, telling the parent whose turn it is. */
static int run_library(const struct loader_folders *folders,
                       const struct provider_file *file, struct loaded *entry,
                       struct astro_error *err)
{
	struct footprint before;
	int status;

	if (folders->report_fd >= 0)
		report_stage(folders->report_fd, REPORT_PROVIDER, entry->name);
	footprint_take(&before, folders->report_fd);
	status = open_library(file, entry, err);
	/* One that is refused for this stays loaded: who knows what its
	 * destructors would do. */
	if (status == ASTRO_OK)
		status = footprint_compare(&before, file->path.bytes, err);
	if (folders->report_fd >= 0)
		report_turn(folders->report_fd, REPORT_TURN_HOST);
	return status;
}

/* The parent need not watch its turn: it is waited for with patience here. */
static int run_program(const struct loader_folders *folders,
                       const struct provider_file *file, struct loaded *entry,
                       struct astro_error *err)
{
	if (folders->report_fd >= 0) {
		report_stage(folders->report_fd, REPORT_PROVIDER, entry->name);
		report_turn(folders->report_fd, REPORT_TURN_HOST);
	}
	return exec_load(file->fd, file->path.bytes, entry->name, &entry->table,
	                 &entry->program, err);
}

/* What has been judged; the descriptor is taken over. */
static int run_file(const struct loader_folders *folders,
                    const struct provider_file *file, struct loaded *entry,
                    struct astro_error *err)
{
	switch (file->kind) {
	case PROVIDER_LIBRARY:
		return run_library(folders, file, entry, err);
	case PROVIDER_PROGRAM:
		return run_program(folders, file, entry, err);
	}
	return ASTRO_INTERNAL;
}

int loader_take(const struct loader_folders *folders,
                struct provider_file *file, const char *name,
                const struct astro_provider **out, struct astro_error *err)
{
	struct loaded *entry;
	int status;

	*out = NULL;
	status = provider_file_judge(file, name, folders->policy, err);
	entry = status == ASTRO_OK ? calloc(1, sizeof(*entry)) : NULL;
	if (entry == NULL) {
		(void)close(file->fd);
		file->fd = -1;
		return status == ASTRO_OK ? error_no_memory(err) : status;
	}
	memcpy(entry->name, name, strlen(name) + 1);
	status = run_file(folders, file, entry, err);
	file->fd = -1; /* handed over */
	if (status != ASTRO_OK) {
		free(entry);
		return status;
	}
	log_write(ASTRO_DEBUG, "provider %s: %s, contract %u.%u", name,
	          file->path.bytes, (unsigned)entry->table.abi_major,
	          (unsigned)entry->table.abi_minor);
	entry->next = loaded_list;
	loaded_list = entry;
	*out = &entry->table;
	return ASTRO_OK;
}

static const struct astro_provider *find_loaded(const char *name)
{
	const struct loaded *entry;

	for (entry = loaded_list; entry != NULL; entry = entry->next)
		if (strcmp(entry->name, name) == 0)
			return &entry->table;
	return NULL;
}

int loader_load(const struct loader_folders *folders, const char *name,
                const struct astro_provider **out, struct astro_error *err)
{
	struct provider_file file;
	size_t folder;
	int status;

	*out = NULL;
	if (!provider_name_is_plain(name))
		return error_set(err, ASTRO_BAD_PLUGIN,
		                 "it has 1 to 32 of a-z, 0-9, _ and -",
		                 "\"%s\" is no name of a provider", name);
	*out = find_loaded(name);
	if (*out != NULL)
		return ASTRO_OK;

	status = loader_find_file(folders, name, &file, &folder, err);
	if (status == ASTRO_OK && file.fd >= 0)
		status = loader_take(folders, &file, name, out, err);
	else if (status == ASTRO_OK)
		status = loader_not_found(folders, name, err);
	provider_file_clear(&file);
	return status;
}

struct exec_program *loader_program(const struct astro_provider *provider)
{
	const struct loaded *entry;

	for (entry = loaded_list; entry != NULL; entry = entry->next)
		if (&entry->table == provider)
			return entry->program;
	return NULL;
}

void loader_forget(void)
{
	while (loaded_list != NULL) {
		struct loaded *entry = loaded_list;

		loaded_list = entry->next;
		exec_free(entry->program);
		free(entry);
	}
}
