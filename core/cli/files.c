/* SPDX-License-Identifier: Apache-2.0 */
/* Finding the context that a command is about. */
#include "files.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "forget.h"

int files_open(struct files *files, struct astro_error *err)
{
	int status;

	memset(files, 0, sizeof(*files));
	status = paths_find(&files->paths, err);
	if (status == ASTRO_OK)
		status = config_load(&files->paths, &files->config, err);
	return status;
}

void files_clear(struct files *files)
{
	config_free(files->config);
	paths_clear(&files->paths);
	memset(files, 0, sizeof(*files));
}

static int find_named(const struct files *files, const char *typed,
                      const struct context **out, struct astro_error *err)
{
	char name[DOMAIN_NAME_MAX];
	bool is_issuer;
	int status;

	/* It would mean astronomer.io, which nobody wrote. */
	if (typed[0] == '\0')
		return error_set(err, ASTRO_USAGE, NULL, "the domain is empty");
	status = domain_canonical(typed, name, &is_issuer, err);
	if (status == ASTRO_OK)
		*out = config_find(files->config, name);
	/* A name as `context list` shows it: an issuer's is no domain. */
	if (*out == NULL)
		*out = config_find(files->config, typed);
	if (*out != NULL)
		return ASTRO_OK;
	if (status != ASTRO_OK)
		return status;
	return error_set(err, ASTRO_NOT_FOUND,
	                 "list the contexts with `astro context list`",
	                 "no context is named %s", name);
}

int files_pick(const struct files *files, const char *typed,
               const struct context **out, struct astro_error *err)
{
	int status;

	*out = NULL;
	if (typed != NULL)
		return find_named(files, typed, out, err);
	status = config_current(files->config, out, err);
	if (status == ASTRO_OK && *out == NULL)
		status = error_set(err, ASTRO_EXPIRED,
		                   "log in with `astro login`, or select one "
		                   "with `astro context switch`",
		                   "no context set");
	return status;
}

int files_current(const struct files *files, const struct context **out,
                  struct astro_error *err)
{
	int status;

	*out = NULL;
	status = config_current(files->config, out, err);
	if (status != ASTRO_EXPIRED)
		return status;
	*out = NULL;
	return ASTRO_OK;
}

bool files_selects(const struct files *files, const struct context *context)
{
	return config_selects(files->config, context);
}
