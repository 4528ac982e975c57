/* SPDX-License-Identifier: Apache-2.0 */
/* Which provider claims a domain, by the patterns in its table. */
#include "loader.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "log.h"
#include "pattern.h"

enum { SCANNED_MAX = 1024 };

bool loader_claims(const struct astro_provider *provider, const char *domain)
{
	size_t i;

	if (provider->domains == NULL)
		return false;
	for (i = 0; i < PATTERNS_MAX && provider->domains[i] != NULL; i++) {
		int result = pattern_match(provider->domains[i], domain);

		if (result > 0)
			return true;
		if (result < 0)
			log_write(ASTRO_DEBUG,
			          "provider %s: a pattern of its domains "
			          "makes no sense",
			          provider->name);
	}
	return false;
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Add the names of the plugins in FOLDER to NAMES. */
static int scan_folder(const char *folder, char **names, size_t *count,
                       struct astro_error *err)
{
	DIR *entries = opendir(folder);
	const struct dirent *entry;
	int status = ASTRO_OK;

	while (entries != NULL && *count < SCANNED_MAX &&
	       (entry = readdir(entries)) != NULL) {
		size_t len = strlen(entry->d_name);
		char *name;

		if (len <= 3 || strcmp(entry->d_name + len - 3, ".so") != 0)
			continue;
		name = strndup(entry->d_name, len - 3);
		if (name == NULL) {
			status = error_no_memory(err);
			break;
		}
		if (loader_name_is_plain(name))
			names[(*count)++] = name;
		else
			free(name);
	}
	if (entries != NULL)
		(void)closedir(entries);
	return status;
}

static const struct astro_provider *
claimed_by(const struct loader_folders *folders, const char *name,
           const char *domain, enum astro_level level)
{
	const struct astro_provider *provider;
	struct astro_error err = {0};

	if (loader_load(folders, name, &provider, &err) != ASTRO_OK) {
		log_write(level, "%s", err.message);
		return NULL;
	}
	return loader_claims(provider, domain) ? provider : NULL;
}

void loader_names_free(char **names)
{
	size_t i;

	for (i = 0; names != NULL && names[i] != NULL; i++)
		free(names[i]);
	free(names);
}

int loader_names(const struct loader_folders *folders, char ***out,
                 struct astro_error *err)
{
	char **names = calloc(SCANNED_MAX + 1, sizeof(*names));
	size_t count = 0, kept = 0, i;
	int status = ASTRO_OK;

	*out = NULL;
	if (names == NULL)
		return error_no_memory(err);
	for (i = 0; folders->folders[i] != NULL && status == ASTRO_OK; i++)
		status = scan_folder(folders->folders[i], names, &count, err);
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

/* Whoever gets a domain that nobody claims is loaded once more then, and says
 * as an error what is wrong with it. */
static enum astro_level level_for(const char *name)
{
	return strcmp(name, "software") == 0 ? ASTRO_DEBUG : ASTRO_WARNING;
}

int loader_claimant(const struct loader_folders *folders, const char *domain,
                    const struct astro_provider **out, struct astro_error *err)
{
	char **names;
	size_t i;
	int status;

	*out = claimed_by(folders, "astro", domain, ASTRO_DEBUG);
	if (*out != NULL)
		return ASTRO_OK;

	status = loader_names(folders, &names, err);
	if (status != ASTRO_OK)
		return status;
	for (i = 0; names[i] != NULL && *out == NULL; i++)
		if (strcmp(names[i], "astro") != 0)
			*out = claimed_by(folders, names[i], domain,
			                  level_for(names[i]));
	loader_names_free(names);
	return ASTRO_OK;
}
