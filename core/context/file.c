/* SPDX-License-Identifier: Apache-2.0 */
/* Finding and reading the context file, and judging who can write to it. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "tree.h"

static const char name_of_file[] = "config.yaml";

static const int open_folder_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;

/* ---- trust ---- */

static bool is_ours(const struct stat *info)
{
	return info->st_uid == 0 || info->st_uid == geteuid();
}

static int refuse_owner(const char *path, const struct stat *info,
                        struct astro_error *err)
{
	return error_set(err, ASTRO_UNSAFE,
	                 "make it yours with chown, or set ASTRO_HOME to a "
	                 "folder of your own",
	                 "%s: it belongs to another user (uid %lu)", path,
	                 (unsigned long)info->st_uid);
}

/* NAME stands in the message, PATH in what to type. */
static int refuse_mode(const char *name, const char *path,
                       const struct stat *info, struct astro_error *err)
{
	char hint[ERROR_HINT_MAX];

	(void)snprintf(hint, sizeof(hint), "chmod %s %s",
	               S_ISDIR(info->st_mode) ? "go-w" : "600", path);
	return error_set(err, ASTRO_UNSAFE, hint,
	                 "%s: others can write to it (mode %04o)", name,
	                 (unsigned)(info->st_mode & 07777));
}

/*
 * The Go CLI makes the folder with mode 0775.  With a umask of 002 the group
 * keeps its write bit; there the group is the user's own, of the same number.
 */
static bool is_private_group(const struct stat *info)
{
	return info->st_gid == getegid() && info->st_gid == info->st_uid;
}

static int check_folder(const char *path, const struct stat *info,
                        struct astro_error *err)
{
	if (!is_ours(info))
		return refuse_owner(path, info, err);
	if ((info->st_mode & S_IWOTH) != 0 ||
	    ((info->st_mode & S_IWGRP) != 0 && !is_private_group(info)))
		return refuse_mode(path, path, info, err);
	return ASTRO_OK;
}

/* A folder above: others may add to it, like /tmp, but not rename our own. */
static int check_ancestor(const char *path, struct astro_error *err)
{
	struct stat info;

	if (stat(path, &info) != 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        path);
	if (!is_ours(&info))
		return refuse_owner(path, &info, err);
	if ((info.st_mode & S_IWOTH) != 0 &&
	    !((info.st_mode & S_ISVTX) != 0 && info.st_uid == 0))
		return refuse_mode(path, path, &info, err);
	return ASTRO_OK;
}

/* Every folder above PATH, an absolute path without links. */
static int check_ancestors(const char *path, struct astro_error *err)
{
	char *copy = strdup(path), *slash;
	int status = ASTRO_OK;

	if (copy == NULL)
		return error_no_memory(err);
	while (status == ASTRO_OK && (slash = strrchr(copy, '/')) != NULL) {
		*slash = '\0';
		status = check_ancestor(slash == copy ? "/" : copy, err);
	}
	free(copy);
	return status;
}

static int check_link(int folder, const char *name, const char *path,
                      struct astro_error *err)
{
	struct stat info;

	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        path);
	return is_ours(&info) ? ASTRO_OK : refuse_owner(path, &info, err);
}

static int refuse_link(const char *path, struct astro_error *err)
{
	int number = errno;

	if (number == ELOOP)
		return error_set(err, ASTRO_BAD_CONFIG, "remove the link",
		                 "%s: a link that leads nowhere", path);
	return error_set_system(err, ASTRO_STORE, number, NULL, "%s", path);
}

/* ---- the folder ---- */

/* Make PATH and what is missing above it, all 0700. */
static int make_folders(const char *path, struct astro_error *err)
{
	char *copy = strdup(path), *at = copy;
	int status = ASTRO_OK;

	if (copy == NULL)
		return error_no_memory(err);
	while (status == ASTRO_OK && at != NULL) {
		at = strchr(at + 1, '/');
		if (at != NULL)
			*at = '\0';
		if (mkdir(copy, 0700) != 0 && errno != EEXIST &&
		    (errno != EROFS || access(copy, F_OK) != 0))
			status = error_set_system(err, ASTRO_STORE, errno, NULL,
			                          "%s: cannot make it", copy);
		if (at != NULL)
			*at = '/';
	}
	free(copy);
	return status;
}

/* The folders above .astro. */
static int check_home(const struct paths *paths, struct astro_error *err)
{
	return check_ancestors(paths->folder, err);
}

static int open_linked_folder(const char *path, int *fd,
                              struct astro_error *err)
{
	char *real = realpath(path, NULL);
	int status;

	if (real == NULL)
		return refuse_link(path, err);
	status = check_link(AT_FDCWD, path, path, err);
	if (status == ASTRO_OK)
		status = check_ancestors(real, err);
	if (status == ASTRO_OK) {
		*fd = open(real, open_folder_flags | O_NOFOLLOW);
		if (*fd < 0)
			status = error_set_system(err, ASTRO_STORE, errno, NULL,
			                          "%s", path);
	}
	free(real);
	return status;
}

static int open_folder(const struct paths *paths, enum file_missing missing,
                       int *fd, struct astro_error *err)
{
	struct stat info;
	int status;

	*fd = open(paths->folder, open_folder_flags | O_NOFOLLOW);
	if (*fd < 0 && errno == ENOENT && missing == FILE_MAKE_FOLDER) {
		status = make_folders(paths->folder, err);
		if (status != ASTRO_OK)
			return status;
		*fd = open(paths->folder, open_folder_flags | O_NOFOLLOW);
	}
	if (*fd < 0 && errno == ENOENT && missing == FILE_MAY_BE_MISSING)
		return ASTRO_OK;
	if (*fd < 0 && errno == ENOTDIR) {
		/* With O_DIRECTORY a link is no folder either. */
		if (lstat(paths->folder, &info) == 0 && S_ISLNK(info.st_mode))
			status = open_linked_folder(paths->folder, fd, err);
		else
			status =
				error_set(err, ASTRO_STORE, NULL,
			                  "%s: it is no folder", paths->folder);
		if (status != ASTRO_OK)
			return status;
	}
	if (*fd < 0 || fstat(*fd, &info) != 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        paths->folder);
	status = check_folder(paths->folder, &info, err);
	return status == ASTRO_OK ? check_home(paths, err) : status;
}

/* ---- a file that is a link ---- */

/* Where a link to a file that is not there leads. */
static char *resolve_dangling(const struct file *file)
{
	char target[PATH_MAX], path[PATH_MAX * 2];
	char folder[PATH_MAX], *real, *slash, *joined = NULL;
	ssize_t len;

	len = readlinkat(file->home, name_of_file, target, sizeof(target) - 1);
	if (len <= 0 || (size_t)len >= sizeof(target) - 1)
		return NULL;
	target[len] = '\0';
	if (target[0] != '/') {
		/* Through the descriptor, whatever the folder is called. */
		(void)snprintf(path, sizeof(path), "/proc/self/fd/%d",
		               file->home);
		if (realpath(path, folder) == NULL)
			return NULL;
		(void)snprintf(path, sizeof(path), "%s/%s", folder, target);
	} else {
		(void)snprintf(path, sizeof(path), "%s", target);
	}
	slash = strrchr(path, '/');
	*slash = '\0';
	real = realpath(slash == path ? "/" : path, NULL);
	if (real != NULL &&
	    asprintf(&joined, "%s/%s", strcmp(real, "/") == 0 ? "" : real,
	             slash + 1) < 0)
		joined = NULL;
	free(real);
	return joined;
}

/* The file is a link: its target is what is read and replaced. */
static int follow_link(const struct paths *paths, struct file *file,
                       struct astro_error *err)
{
	char *real, *slash;
	struct stat info;
	int status;

	status = check_link(file->home, name_of_file, paths->file, err);
	if (status != ASTRO_OK)
		return status;
	real = realpath(paths->file, NULL);
	if (real == NULL && errno == ENOENT)
		real = resolve_dangling(file);
	if (real == NULL)
		return refuse_link(paths->file, err);
	slash = strrchr(real, '/');
	if (strlen(slash + 1) >= sizeof(file->name) || slash[1] == '\0') {
		errno = ENAMETOOLONG;
		status = refuse_link(paths->file, err);
		goto out;
	}
	memcpy(file->name, slash + 1, strlen(slash + 1) + 1);
	status = check_ancestors(real, err);
	if (status != ASTRO_OK)
		goto out;
	*slash = '\0';
	file->folder = open(slash == real ? "/" : real,
	                    open_folder_flags | O_NOFOLLOW);
	if (file->folder < 0 || fstat(file->folder, &info) != 0)
		status = error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                          real);
	else
		status = check_folder(real, &info, err);
out:
	free(real);
	return status;
}

/* ---- reading ---- */

static void drop_bytes(struct file *file)
{
	if (file->bytes != NULL) {
		explicit_bzero(file->bytes, file->size);
		free(file->bytes);
	}
	file->bytes = NULL;
	file->len = 0;
	file->size = 0;
}

/* Messages say "config.yaml"; what to type needs all of it.  Apart, for its
 * buffers: reading a cached token should not touch another page of stack. */
static __attribute__((noinline)) int refuse_file_mode(const struct file *file,
                                                      const struct stat *info,
                                                      struct astro_error *err)
{
	char link[64], folder[PATH_MAX], path[PATH_MAX + NAME_MAX + 2];
	ssize_t len;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", file->folder);
	len = readlink(link, folder, sizeof(folder) - 1);
	folder[len > 0 ? len : 0] = '\0';
	(void)snprintf(path, sizeof(path), "%s/%s", len > 0 ? folder : ".",
	               file->name);
	return refuse_mode(file->name, path, info, err);
}

static int check_file(const struct file *file, const struct stat *info,
                      struct astro_error *err)
{
	if (!S_ISREG(info->st_mode))
		return error_set(err, ASTRO_STORE, "remove it",
		                 "%s: it is no regular file", file->name);
	if (!is_ours(info))
		return refuse_owner(file->name, info, err);
	if ((info->st_mode & (S_IWGRP | S_IWOTH)) != 0)
		return refuse_file_mode(file, info, err);
	if (info->st_size > TREE_BYTES_MAX)
		return error_set(err, ASTRO_BAD_CONFIG, NULL,
		                 "%s: larger than 16 MiB", file->name);
	return ASTRO_OK;
}

/* One byte more than there should be, so that one call sees the end. */
static int read_all(struct file *file, int fd, size_t expected,
                    struct astro_error *err)
{
	file->size = expected + 2;
	file->bytes = malloc(file->size);
	if (file->bytes == NULL) {
		file->size = 0;
		return error_no_memory(err);
	}
	for (;;) {
		ssize_t got = read(fd, file->bytes + file->len,
		                   file->size - 1 - file->len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_system(err, ASTRO_STORE, errno, NULL,
			                        "%s", file->name);
		file->len += (size_t)got;
		/* As much as there was; or it has grown, and is torn. */
		if (got == 0 || file->len == expected ||
		    file->len == file->size - 1)
			break;
	}
	file->bytes[file->len] = '\0';
	return ASTRO_OK;
}

static int read_open(struct file *file, int fd, struct astro_error *err)
{
	struct stat info;
	int status;

	if (fstat(fd, &info) != 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        file->name);
	status = check_file(file, &info, err);
	if (status != ASTRO_OK)
		return status;
	file->exists = true;
	file->mode = info.st_mode;
	file->written = (int64_t)info.st_mtim.tv_sec;
	file->links = info.st_nlink;
	status = read_all(file, fd, (size_t)info.st_size, err);
	file->is_torn = file->len != (size_t)info.st_size;
	return status;
}

/* *IS_LINK: nothing was read, the name is a symbolic link. */
static int read_here(struct file *file, bool *is_link, struct astro_error *err)
{
	int status;
	int fd = openat(file->folder, file->name,
	                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	*is_link = fd < 0 && errno == ELOOP;
	if (fd < 0 && (*is_link || errno == ENOENT))
		return ASTRO_OK;
	if (fd < 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        file->name);
	status = read_open(file, fd, err);
	(void)close(fd);
	return status;
}

/* Back to .astro/config.yaml itself, unread. */
static void forget(struct file *file)
{
	drop_bytes(file);
	if (file->folder >= 0 && file->folder != file->home)
		(void)close(file->folder);
	file->folder = file->home;
	file->exists = false;
	file->written = 0;
	file->is_torn = false;
	memcpy(file->name, name_of_file, sizeof(name_of_file));
}

int file_read(const struct paths *paths, struct file *file,
              struct astro_error *err)
{
	bool is_link;
	int status;

	forget(file);
	if (file->home < 0)
		return ASTRO_OK;
	status = read_here(file, &is_link, err);
	if (status != ASTRO_OK || !is_link)
		return status;
	status = follow_link(paths, file, err);
	if (status == ASTRO_OK)
		status = read_here(file, &is_link, err);
	if (status == ASTRO_OK && is_link) {
		errno = ELOOP;
		status = refuse_link(paths->file, err);
	}
	return status;
}

int file_open(const struct paths *paths, enum file_missing missing,
              struct file *file, struct astro_error *err)
{
	int status;

	memset(file, 0, sizeof(*file));
	file->home = -1;
	file->folder = -1;
	status = open_folder(paths, missing, &file->home, err);
	forget(file);
	return status;
}

void file_close(struct file *file)
{
	forget(file);
	if (file->home >= 0)
		(void)close(file->home);
	file->home = -1;
	file->folder = -1;
}
