/* SPDX-License-Identifier: Apache-2.0 */
/* Where the context file and its companions are. */
#include "context.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "text.h"

enum { HOME_MAX = PATH_MAX - 64 };

static int check_home(const char *variable, const char *home,
                      struct astro_error *err)
{
	if (home[0] != '/')
		return error_set(err, ASTRO_BAD_CONFIG,
		                 "set it to a folder, from the root on",
		                 "%s: not an absolute path: %s", variable,
		                 home);
	if (strlen(home) > HOME_MAX)
		return error_set(err, ASTRO_BAD_CONFIG, NULL,
		                 "%s: the path is too long", variable);
	return ASTRO_OK;
}

static char *join(const char *folder, const char *name)
{
	size_t len = strlen(folder), rest = strlen(name);
	char *path = malloc(len + 1 + rest + 1);

	if (path == NULL)
		return NULL;
	memcpy(path, folder, len);
	path[len] = '/';
	memcpy(path + len + 1, name, rest + 1);
	return path;
}

static int fill(struct paths *out, const char *home, struct astro_error *err)
{
	size_t len = strlen(home);
	char *base = text_copy(home);

	if (base == NULL)
		return error_no_memory(err);
	while (len > 0 && base[len - 1] == '/')
		base[--len] = '\0';
	out->folder = join(base, ".astro");
	free(base);
	if (out->folder != NULL) {
		out->file = join(out->folder, "config.yaml");
		out->lock = join(out->folder, "config.yaml.lock");
		out->providers = join(out->folder, "providers");
		out->state = join(out->folder, "state");
	}
	if (out->folder == NULL || out->file == NULL || out->lock == NULL ||
	    out->providers == NULL || out->state == NULL) {
		paths_clear(out);
		return error_no_memory(err);
	}
	return ASTRO_OK;
}

static int fill_from_passwd(struct paths *out, struct astro_error *err)
{
	struct passwd entry, *found = NULL;
	char room[4096];

	if (getpwuid_r(geteuid(), &entry, room, sizeof(room), &found) != 0 ||
	    found == NULL || found->pw_dir == NULL || found->pw_dir[0] != '/' ||
	    strlen(found->pw_dir) > HOME_MAX)
		return error_set(err, ASTRO_BAD_CONFIG,
		                 "set HOME or ASTRO_HOME",
		                 "HOME is not set, and there is no home folder "
		                 "for user %ld",
		                 (long)geteuid());
	return fill(out, found->pw_dir, err);
}

int paths_find(struct paths *out, struct astro_error *err)
{
	static const char *const variables[] = {"ASTRO_HOME", "HOME"};
	size_t i;

	memset(out, 0, sizeof(*out));
	for (i = 0; i < sizeof(variables) / sizeof(*variables); i++) {
		const char *home = getenv(variables[i]);
		int status;

		if (home == NULL || home[0] == '\0')
			continue;
		status = check_home(variables[i], home, err);
		if (status != ASTRO_OK)
			return status;
		return fill(out, home, err);
	}
	return fill_from_passwd(out, err);
}

void paths_clear(struct paths *paths)
{
	free(paths->folder);
	free(paths->file);
	free(paths->lock);
	free(paths->providers);
	free(paths->state);
	memset(paths, 0, sizeof(*paths));
}
