/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The providers in the folders.  Each is judged as for a login, and its table
 * is read from the file: constructors run in a library that is loaded, and a
 * list is no reason to trust one.
 */
#include "catalogue.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "context.h"
#include "elf_table.h"
#include "error.h"
#include "loader_folders.h"
#include "provider_file.h"
#include "provider_table.h"
#include "report.h"
#include "text.h"

enum { PATH_MAX_BYTES = 8192, KEY_MAX = 32, ABI_MAX = 16 };

/* One list on its way to the parent. */
struct catalogue {
	struct paths paths;
	struct loader_folders folders;
	int report_fd;
	size_t row;
};

static void report_listed(const struct catalogue *catalogue, const char *list,
                          const char *value)
{
	char key[KEY_MAX];

	(void)snprintf(key, sizeof(key), "%s.%zu", list, catalogue->row);
	report_value(catalogue->report_fd, key, value);
}

/* What the loader would say of a table that it had loaded. */
static int judge(const struct elf_table *table, size_t object_size,
                 const char *name, const char *path, struct astro_error *err)
{
	const struct astro_provider head = {
		.size = table->size,
		.abi_major = table->abi_major,
		.abi_minor = table->abi_minor,
	};
	int status = provider_table_judge(&head, object_size, path, err);

	/* What cannot be followed may well be right. */
	if (status != ASTRO_OK || table->name_is == ELF_TEXT_UNKNOWN)
		return status;
	return provider_table_judge_names(
		table->name_is == ELF_TEXT_KNOWN ? table->name : NULL,
		table->title_is == ELF_TEXT_KNOWN ? table->title : NULL, name,
		path, err);
}

static const char *title_of(const struct elf_table *table)
{
	size_t len = strlen(table->title);

	if (table->title_is == ELF_TEXT_NONE &&
	    table->name_is == ELF_TEXT_KNOWN)
		return table->name;
	return table->title_is == ELF_TEXT_KNOWN && len <= PROVIDER_TITLE_MAX &&
	                       text_is_utf8(table->title, len)
	               ? table->title
	               : "";
}

static void report_table(const struct catalogue *catalogue,
                         const struct elf_table *table)
{
	char abi[ABI_MAX];
	size_t i;

	(void)snprintf(abi, sizeof(abi), "%u.%u", (unsigned)table->abi_major,
	               (unsigned)table->abi_minor);
	report_value(catalogue->report_fd, "title", title_of(table));
	report_value(catalogue->report_fd, "abi", abi);
	report_value(catalogue->report_fd, "claims",
	             table->domains_are == ELF_TEXT_UNKNOWN ? "unknown"
	                                                    : "known");
	for (i = 0; i < table->domain_count; i++)
		report_listed(catalogue, "domain", table->domains[i]);
}

/* Nothing of a file that somebody else may have written is quoted. */
static void report_unread(const struct catalogue *catalogue)
{
	report_value(catalogue->report_fd, "title", "");
	report_value(catalogue->report_fd, "abi", "");
	report_value(catalogue->report_fd, "claims", "unknown");
}

/* FILE is open and would be loaded, but for what its table says. */
static int describe_table(const struct catalogue *catalogue, const char *name,
                          const struct provider_file *file,
                          struct astro_error *err)
{
	struct elf_table table;
	struct stat info;
	int status;

	if (fstat(file->fd, &info) != 0 || info.st_size < 0 ||
	    !elf_table_read(file->fd, (uint64_t)info.st_size,
	                    ASTRO_PROVIDER_SYMBOL, &table)) {
		report_unread(catalogue);
		return ASTRO_OK;
	}
	report_table(catalogue, &table);
	status = judge(&table, file->object_size, name, file->path.bytes, err);
	elf_table_clear(&table);
	return status;
}

/* A program is known when it has been run.  It claims no domain. */
static void report_program(const struct catalogue *catalogue)
{
	report_value(catalogue->report_fd, "title", "");
	report_value(catalogue->report_fd, "abi", "");
	report_value(catalogue->report_fd, "claims", "known");
}

/* Another file, not the same by another way. */
static bool is_another(const char *path, const struct stat *first)
{
	struct stat info;

	return lstat(path, &info) == 0 &&
	       (info.st_dev != first->st_dev || info.st_ino != first->st_ino);
}

/* Those of KIND in the folders from the one at FOLDER. */
static void report_shadows(const struct catalogue *catalogue, const char *name,
                           enum provider_kind kind, size_t folder,
                           const struct stat *first)
{
	char path[PATH_MAX_BYTES], own[PROVIDER_FILE_NAME_SIZE];

	provider_file_name(kind, name, own);
	for (; catalogue->folders.folders[folder] != NULL; folder++) {
		(void)snprintf(path, sizeof(path), "%s/%s",
		               catalogue->folders.folders[folder], own);
		if (is_another(path, first))
			report_listed(catalogue, "shadow", path);
	}
}

/* A library comes before every program of its name. */
static void report_all_shadows(const struct catalogue *catalogue,
                               const char *name,
                               const struct provider_file *file, size_t folder)
{
	struct stat first;

	if (lstat(file->path.bytes, &first) != 0)
		return;
	report_shadows(catalogue, name, file->kind, folder + 1, &first);
	if (file->kind == PROVIDER_LIBRARY)
		report_shadows(catalogue, name, PROVIDER_PROGRAM, 0, &first);
}

/* What FILE, which is open, says of itself, and whether it would be loaded. */
static int describe_file(const struct catalogue *catalogue, const char *name,
                         struct provider_file *file, struct astro_error *err)
{
	int status =
		provider_file_judge(file, name, catalogue->folders.policy, err);

	if (file->kind == PROVIDER_PROGRAM)
		report_program(catalogue);
	else if (status == ASTRO_OK)
		status = describe_table(catalogue, name, file, err);
	else
		report_unread(catalogue);
	return status;
}

static void report_kind(const struct catalogue *catalogue,
                        enum provider_kind kind)
{
	report_value(catalogue->report_fd, "kind",
	             kind == PROVIDER_LIBRARY ? "library" : "program");
}

/* The first file of NAME decides, whatever it is. */
static int describe(struct catalogue *catalogue, const char *name,
                    struct astro_error *err)
{
	struct loader_folders *folders = &catalogue->folders;
	struct astro_error refusal = {.status = ASTRO_OK};
	struct provider_file file;
	size_t folder;
	int status = loader_find_file(folders, name, &file, &folder, &refusal);

	if (status == ASTRO_OK && file.fd < 0) {
		status = loader_not_found(folders, name, err);
		goto out;
	}
	report_value(catalogue->report_fd, "name", name);
	report_value(catalogue->report_fd, "file", file.path.bytes);
	report_kind(catalogue, file.kind);
	if (file.fd >= 0)
		status = describe_file(catalogue, name, &file, &refusal);
	else if (file.kind == PROVIDER_PROGRAM)
		report_program(catalogue);
	else
		report_unread(catalogue);
	report_value(catalogue->report_fd, "reason",
	             status == ASTRO_OK ? "" : refusal.message);
	report_value(catalogue->report_fd, "hint",
	             status == ASTRO_OK ? "" : refusal.hint);
	report_all_shadows(catalogue, name, &file, folder);
	catalogue->row++;
	status = ASTRO_OK;
out:
	provider_file_clear(&file);
	return status;
}

static int describe_all(struct catalogue *catalogue, struct astro_error *err)
{
	char **names;
	size_t i;
	int status;

	status = loader_names(&catalogue->folders, LOADER_ALL, &names, err);
	if (status != ASTRO_OK)
		return status;
	for (i = 0; names[i] != NULL; i++) {
		struct astro_error gone = {.status = ASTRO_OK};

		/* One that has been removed meanwhile is not there. */
		(void)describe(catalogue, names[i], &gone);
	}
	loader_names_free(names);
	return ASTRO_OK;
}

static int describe_one(struct catalogue *catalogue, const char *name,
                        struct astro_error *err)
{
	if (!provider_name_is_plain(name))
		return error_set(err, ASTRO_USAGE,
		                 "it has 1 to 32 of a-z, 0-9, _ and -",
		                 "\"%s\" is no name of a provider", name);
	return describe(catalogue, name, err);
}

int catalogue_run(const struct engine_job *job, int report_fd,
                  struct astro_error *err)
{
	struct catalogue catalogue = {.report_fd = report_fd};
	int status;

	status = paths_find(&catalogue.paths, err);
	if (status != ASTRO_OK)
		return status;
	status = loader_folders_find(&catalogue.paths, job->library_folder,
	                             &catalogue.folders, err);
	if (status == ASTRO_OK)
		status = job->provider == NULL
		                 ? describe_all(&catalogue, err)
		                 : describe_one(&catalogue, job->provider, err);
	loader_folders_clear(&catalogue.folders);
	paths_clear(&catalogue.paths);
	return status;
}
