/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Replacing the context file as a whole.  Until the rename the old one is
 * there, afterwards the new one, whatever dies in between.
 */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "log.h"
#include "random.h"

/* ".config.yaml." PID "." eight hexadecimal digits */
static const char prefix[] = ".config.yaml.";

enum { TEMPORARY_SIZE = 64, ATTEMPTS = 16 };

/* Temporaries of processes that have died.  The caller holds the lock. */
static void remove_stale(const struct file *file)
{
	int fd = openat(file->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *folder = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	if (folder == NULL) {
		if (fd >= 0)
			(void)close(fd);
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		const char *number = entry->d_name + sizeof(prefix) - 1;
		char *end;
		long pid;

		if (strncmp(entry->d_name, prefix, sizeof(prefix) - 1) != 0)
			continue;
		errno = 0;
		pid = strtol(number, &end, 10);
		if (end == number || *end != '.' || pid <= 0 || errno != 0 ||
		    pid != (pid_t)pid)
			continue;
		if (kill((pid_t)pid, 0) != 0 && errno == ESRCH)
			(void)unlinkat(file->folder, entry->d_name, 0);
	}
	(void)closedir(folder);
}

static int make_temporary(const struct file *file, char name[TEMPORARY_SIZE],
                          int *fd, struct astro_error *err)
{
	int attempt;

	for (attempt = 0; attempt < ATTEMPTS; attempt++) {
		unsigned salt;
		int status = random_fill(&salt, sizeof(salt), err);

		if (status != ASTRO_OK)
			return status;
		(void)snprintf(name, TEMPORARY_SIZE, "%s%ld.%08x", prefix,
		               (long)getpid(), salt);
		*fd = openat(file->folder, name,
		             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW |
		                     O_CLOEXEC,
		             0600);
		if (*fd >= 0)
			return ASTRO_OK;
		if (errno != EEXIST)
			break;
	}
	return error_set_system(err, ASTRO_STORE, errno, NULL,
	                        "%s: it cannot be written", file->name);
}

/* 0, or the number of the error. */
static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, bytes, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno;
		bytes += done;
		len -= (size_t)done;
	}
	/* The umask may have taken bits away. */
	if (fchmod(fd, 0600) != 0 || fsync(fd) != 0)
		return errno;
	return 0;
}

static void tell_changes(const struct file *file)
{
	if (file->exists && (file->mode & (S_IRWXG | S_IRWXO)) != 0)
		log_write(ASTRO_WARNING,
		          "%s could be read by others (mode %04o); its mode is "
		          "0600 now",
		          file->name, (unsigned)(file->mode & 07777));
	if (file->exists && file->links > 1)
		log_write(ASTRO_INFO,
		          "%s had another name (a hard link), which keeps the "
		          "old content",
		          file->name);
}

int file_replace(struct file *file, const char *bytes, size_t len,
                 struct astro_error *err)
{
	char name[TEMPORARY_SIZE];
	int fd = -1, number, status;

	remove_stale(file);
	status = make_temporary(file, name, &fd, err);
	if (status != ASTRO_OK)
		return status;
	number = write_all(fd, bytes, len);
	/* A close may be the first to say that the disk is full. */
	if (close(fd) != 0 && number == 0)
		number = errno;
	if (number == 0 &&
	    renameat(file->folder, name, file->folder, file->name) != 0)
		number = errno;
	if (number != 0) {
		(void)unlinkat(file->folder, name, 0);
		return error_set_system(err, ASTRO_STORE, number, NULL,
		                        "%s: it cannot be written", file->name);
	}
	/* The new file is there; what may fail is only its outliving a power
	 * cut.  Some file systems cannot do this to a folder. */
	if (fsync(file->folder) != 0 && errno != EINVAL)
		log_write(ASTRO_WARNING, "%s: its folder was not synced: %s",
		          file->name, strerror(errno));
	tell_changes(file);
	return ASTRO_OK;
}

/* The nearest folder that is there: could a folder be made in it? */
static int try_parent(const char *path, struct astro_error *err)
{
	char *copy = strdup(path), *slash;
	int status = ASTRO_OK;

	if (copy == NULL)
		return error_no_memory(err);
	while ((slash = strrchr(copy, '/')) != NULL) {
		const char *parent = slash == copy ? "/" : copy;

		*slash = '\0';
		if (faccessat(AT_FDCWD, parent, W_OK | X_OK, AT_EACCESS) == 0)
			break;
		if (errno == ENOENT && slash != copy)
			continue;
		status = error_set_system(err, ASTRO_STORE, errno, NULL,
		                          "%s: cannot make it", path);
		break;
	}
	free(copy);
	return status;
}

int file_try(const struct paths *paths, struct file *file,
             struct astro_error *err)
{
	char name[TEMPORARY_SIZE];
	int fd = -1, status;

	if (file->home < 0)
		return try_parent(paths->folder, err);
	status = make_temporary(file, name, &fd, err);
	if (status != ASTRO_OK)
		return status;
	(void)close(fd);
	(void)unlinkat(file->folder, name, 0);
	return ASTRO_OK;
}
