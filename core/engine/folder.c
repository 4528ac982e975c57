/* SPDX-License-Identifier: Apache-2.0 */
/* Folders that nobody else can put a plugin into. */
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

int folder_judge_owner(const struct stat *status, const char *path,
                       struct astro_error *err)
{
	if (status->st_uid != 0 && status->st_uid != geteuid())
		return error_set(err, ASTRO_UNSAFE,
		                 "only root's and your own files are trusted",
		                 "%s belongs to another user (%u)", path,
		                 (unsigned)status->st_uid);
	if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return error_set(err, ASTRO_UNSAFE,
		                 "take the right away with `chmod go-w`",
		                 "others may write to %s (mode %04o)", path,
		                 (unsigned)status->st_mode & 07777u);
	return ASTRO_OK;
}

/* A folder on the way, not the last one. */
static int judge_ancestor(const struct stat *status, const char *path,
                          struct astro_error *err)
{
	if (S_ISDIR(status->st_mode) && status->st_uid == 0 &&
	    (status->st_mode & S_ISVTX) != 0)
		return ASTRO_OK;
	return folder_judge_owner(status, path, err);
}

/*
 * PATH as it is written: whoever owns a link, or may write to the folder that
 * it lies in, decides where it leads.
 */
static int judge_links(const char *path, struct astro_error *err)
{
	char prefix[PATH_MAX];
	size_t len = strlen(path), i;

	for (i = 1; i <= len; i++) {
		struct stat status;
		int result;

		if (path[i] != '/' && path[i] != '\0')
			continue;
		memcpy(prefix, path, i);
		prefix[i] = '\0';
		if (lstat(prefix, &status) != 0)
			return error_set_system(err, ASTRO_BAD_PLUGIN, errno,
			                        NULL, "%s", prefix);
		if (S_ISLNK(status.st_mode))
			status.st_mode =
				0; /* a link's own mode means nothing */
		result = judge_ancestor(&status, prefix, err);
		if (result != ASTRO_OK)
			return result;
	}
	return ASTRO_OK;
}

/* One step down from the descriptor *FOLDER, which is closed. */
static void step(int *folder, const char *name, size_t len)
{
	char component[NAME_MAX + 1];
	int next = -1;

	if (len <= NAME_MAX) {
		memcpy(component, name, len);
		component[len] = '\0';
		next = openat(*folder, component,
		              O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	} else {
		errno = ENAMETOOLONG;
	}
	(void)close(*folder);
	*folder = next;
}

/* Go down PATH, as realpath() gave it, judging each descriptor on the way. */
static int walk(const char *path, int *out, struct astro_error *err)
{
	char prefix[PATH_MAX] = "/";
	size_t at = 1;
	int folder, result;

	*out = -1;
	folder = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	for (;;) {
		struct stat status;
		size_t len = strcspn(path + at, "/");

		if (folder < 0 || fstat(folder, &status) != 0) {
			result = error_set_system(err, ASTRO_BAD_PLUGIN, errno,
			                          NULL, "%s", prefix);
			break;
		}
		result = len == 0 ? folder_judge_owner(&status, prefix, err)
		                  : judge_ancestor(&status, prefix, err);
		if (result != ASTRO_OK || len == 0)
			break;

		step(&folder, path + at, len);
		at += len;
		memcpy(prefix, path, at);
		prefix[at] = '\0';
		if (path[at] == '/')
			at++;
	}
	if (result == ASTRO_OK)
		*out = folder;
	else if (folder >= 0)
		(void)close(folder);
	return result;
}

int folder_open(const char *path, int *out, struct astro_error *err)
{
	char resolved[PATH_MAX];

	*out = -1;
	if (realpath(path, resolved) == NULL) {
		if (errno == ENOENT || errno == ENOTDIR)
			return ASTRO_OK;
		return error_set_system(err, ASTRO_BAD_PLUGIN, errno, NULL,
		                        "%s", path);
	}
	if (strcmp(path, resolved) != 0) {
		int result = judge_links(path, err);

		if (result != ASTRO_OK)
			return result;
	}
	return walk(resolved, out, err);
}
