/* SPDX-License-Identifier: Apache-2.0 */
/* Programs to run: found without a shell and never in the working directory. */
#include "program.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum program_found program_judge(const char *path)
{
	struct stat info;

	if (stat(path, &info) != 0)
		return PROGRAM_ABSENT;
	return !S_ISDIR(info.st_mode) && access(path, X_OK) == 0
	               ? PROGRAM_USABLE
	               : PROGRAM_UNUSABLE;
}

enum program_found program_search(const char *folders, const char *name,
                                  char *out, size_t size)
{
	enum program_found best = PROGRAM_ABSENT;
	char path[PATH_MAX];
	int path_len;

	while (*folders != '\0' && best != PROGRAM_USABLE) {
		size_t len = strcspn(folders, ":");
		enum program_found found = PROGRAM_ABSENT;

		path_len = snprintf(path, sizeof(path), "%.*s/%s", (int)len,
		                    folders, name);
		if (folders[0] == '/' && path_len > 0 &&
		    (size_t)path_len < sizeof(path) && (size_t)path_len < size)
			found = program_judge(path);
		if (found > best) {
			memcpy(out, path, (size_t)path_len + 1);
			best = found;
		}
		folders += len;
		folders += *folders == ':';
	}
	return best;
}

bool program_find(const char *program, char *out, size_t size)
{
	const char *folders = getenv("PATH");

	if (program[0] == '/')
		return (size_t)snprintf(out, size, "%s", program) < size &&
		       program_judge(out) == PROGRAM_USABLE;
	if (program[0] == '\0' || strchr(program, '/') != NULL ||
	    folders == NULL)
		return false;
	return program_search(folders, program, out, size) == PROGRAM_USABLE;
}

char *program_search_path(void)
{
	const char *at = getenv("PATH");
	char *out, *end;

	if (at == NULL)
		at = "";
	out = malloc(sizeof("PATH=") + strlen(at));
	if (out == NULL)
		return NULL;
	end = mempcpy(out, "PATH=", sizeof("PATH=") - 1);
	while (*at != '\0') {
		size_t len = strcspn(at, ":");

		if (at[0] == '/') {
			if (end[-1] != '=')
				*end++ = ':';
			end = mempcpy(end, at, len);
		}
		at += len;
		if (*at == ':')
			at++;
	}
	*end = '\0';
	return out;
}
