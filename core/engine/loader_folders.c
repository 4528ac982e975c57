/* SPDX-License-Identifier: Apache-2.0 */
/* Where to look, and what is there. */
#include "loader_folders.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "error.h"
#include "exec.h"
#include "policy.h"
#include "provider_file.h"
#include "provider_table.h"
#include "text.h"

enum { FOLDERS_MAX = 64, SCANNED_MAX = 1024 };

static int folders_add(struct loader_folders *out, size_t *count,
                       const char *folder, size_t len, struct astro_error *err)
{
	char *copy;

	/* A relative folder would be the working directory's. */
	if (len == 0 || folder[0] != '/' || *count == FOLDERS_MAX)
		return ASTRO_OK;
	copy = strndup(folder, len);
	if (copy == NULL)
		return error_no_memory(err);
	out->folders[(*count)++] = copy;
	return ASTRO_OK;
}

int loader_folders_find(const struct paths *paths, const char *library_folder,
                        struct loader_folders *out, struct astro_error *err)
{
	const char *list = getenv("ASTRO_PLUGIN_PATH");
	struct text installed;
	size_t count = 0;
	int status = ASTRO_OK;

	text_init(&installed, 4096);
	out->report_fd = -1;
	out->policy = NULL;
	out->folders = calloc(FOLDERS_MAX + 1, sizeof(*out->folders));
	if (out->folders == NULL)
		return error_no_memory(err);

	/* Two places are the others'. */
	while (list != NULL && status == ASTRO_OK && count < FOLDERS_MAX - 2) {
		size_t len = strcspn(list, ":");

		status = folders_add(out, &count, list, len, err);
		list = list[len] == ':' ? list + len + 1 : NULL;
	}
	if (status == ASTRO_OK && paths->providers != NULL)
		status = folders_add(out, &count, paths->providers,
		                     strlen(paths->providers), err);
	if (status == ASTRO_OK && library_folder != NULL) {
		if (text_addf(&installed, "%s/providers", library_folder))
			status = folders_add(out, &count, installed.bytes,
			                     installed.len, err);
		else
			status = error_no_memory(err);
	}
	if (status == ASTRO_OK)
		status = policy_load(POLICY_FILE, &out->policy, err);
	if (status != ASTRO_OK)
		loader_folders_clear(out);
	text_clear(&installed);
	return status;
}

void loader_folders_clear(struct loader_folders *folders)
{
	size_t i;

	policy_free(folders->policy);
	folders->policy = NULL;
	if (folders->folders == NULL)
		return;
	for (i = 0; folders->folders[i] != NULL; i++)
		free(folders->folders[i]);
	free(folders->folders);
	folders->folders = NULL;
}

/* ---- one provider ---- */

static int find_kind(const struct loader_folders *folders, const char *name,
                     struct provider_file *out, size_t *at,
                     struct astro_error *err)
{
	int status = ASTRO_OK;
	size_t i;

	for (i = 0; folders->folders[i] != NULL; i++) {
		status =
			provider_file_open(out, folders->folders[i], name, err);
		*at = i;
		if (status != ASTRO_OK || out->fd >= 0)
			break;
	}
	return status;
}

int loader_find_file(const struct loader_folders *folders, const char *name,
                     struct provider_file *out, size_t *at,
                     struct astro_error *err)
{
	int status;

	*at = 0;
	provider_file_init(out, PROVIDER_LIBRARY);
	status = find_kind(folders, name, out, at, err);
	if (status != ASTRO_OK || out->fd >= 0)
		return status;
	out->kind = PROVIDER_PROGRAM;
	return find_kind(folders, name, out, at, err);
}

int loader_not_found(const struct loader_folders *folders, const char *name,
                     struct astro_error *err)
{
	struct text where;
	size_t i;

	text_init(&where, ERROR_HINT_MAX);
	for (i = 0; folders->folders[i] != NULL; i++)
		(void)text_addf(&where, "%s%s", i == 0 ? "" : ", ",
		                folders->folders[i]);
	(void)error_set(
		err, ASTRO_BAD_PLUGIN,
		"put its file into a folder of yours "
		"(~/.astro/providers), or name another provider",
		"no provider named %s: there is no %s.so and no " EXEC_PREFIX
		"%s in %s",
		name, name, name, where.len == 0 ? "any folder" : where.bytes);
	text_clear(&where);
	return ASTRO_BAD_PLUGIN;
}

/* ---- all of them ---- */

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The name of the provider whose FILE it could be, of *LEN bytes; or NULL. */
static const char *name_in(const char *file, enum loader_scope scope,
                           size_t *len)
{
	static const char prefix[] = EXEC_PREFIX;
	size_t all = strlen(file), start = sizeof(prefix) - 1;

	if (all > 3 && strcmp(file + all - 3, ".so") == 0) {
		*len = all - 3;
		return file;
	}
	if (scope == LOADER_ALL && strncmp(file, prefix, start) == 0) {
		*len = all - start;
		return file + start;
	}
	return NULL;
}

/* Add the names of the providers in FOLDER to NAMES. */
static int scan_folder(const char *folder, enum loader_scope scope,
                       char **names, size_t *count, struct astro_error *err)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry;
	int status = ASTRO_OK;

	while (entries != NULL && *count < SCANNED_MAX &&
	       (entry = readdir(entries)) != NULL) {
		size_t len;
		const char *found = name_in(entry->d_name, scope, &len);
		char *name;

		if (found == NULL)
			continue;
		name = strndup(found, len);
		if (name == NULL) {
			status = error_no_memory(err);
			break;
		}
		if (provider_name_is_plain(name))
			names[(*count)++] = name;
		else
			free(name);
	}
	if (entries != NULL)
		(void)closedir(entries);
	return status;
}

void loader_names_free(char **names)
{
	size_t i;

	for (i = 0; names != NULL && names[i] != NULL; i++)
		free(names[i]);
	free(names);
}

int loader_names(const struct loader_folders *folders, enum loader_scope scope,
                 char ***out, struct astro_error *err)
{
	char **names = calloc(SCANNED_MAX + 1, sizeof(*names));
	size_t count = 0, kept = 0, i;
	int status = ASTRO_OK;

	*out = NULL;
	if (names == NULL)
		return error_no_memory(err);
	for (i = 0; folders->folders[i] != NULL && status == ASTRO_OK; i++)
		status = scan_folder(folders->folders[i], scope, names, &count,
		                     err);
	qsort(names, count, sizeof(*names), compare_names);
	for (i = 0; i < count; i++) {
		if (kept > 0 && strcmp(names[i], names[kept - 1]) == 0)
			free(names[i]);
		else
			names[kept++] = names[i];
	}
	names[kept] = NULL;
	if (status == ASTRO_OK)
		*out = names;
	else
		loader_names_free(names);
	return status;
}
