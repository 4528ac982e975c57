/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flock(), as the Go CLI does it: a lock of fcntl() would go when any
 * descriptor of the file is closed.  Never a blocking call, which could hang
 * for ever on a network file system.
 */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"

enum { POLL_MS = 20 };

static int open_lock(int folder, const char *name, enum lock_kind kind, int *fd,
                     struct astro_error *err)
{
	int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	struct stat info;

	if (kind == LOCK_TO_WRITE)
		*fd = openat(folder, name, O_RDWR | O_CREAT | flags, 0600);
	else
		*fd = openat(folder, name, O_RDONLY | flags);
	if (*fd < 0 && kind == LOCK_TO_READ)
		return ASTRO_OK;
	if (*fd < 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        name);
	if (fstat(*fd, &info) != 0 || !S_ISREG(info.st_mode) ||
	    (info.st_uid != geteuid() && info.st_uid != 0)) {
		lock_release(*fd);
		*fd = -1;
		return error_set(err, ASTRO_UNSAFE, "remove it",
		                 "%s: it is no file of this user", name);
	}
	return ASTRO_OK;
}

int lock_take(int folder, const char *name, enum lock_kind kind, int *fd,
              struct astro_error *err)
{
	const struct timespec pause = {.tv_nsec = POLL_MS * 1000L * 1000L};
	int how = (kind == LOCK_TO_WRITE ? LOCK_EX : LOCK_SH) | LOCK_NB;
	int64_t deadline = clock_boot() + LOCK_WAIT_MS;
	int status = open_lock(folder, name, kind, fd, err);

	if (status != ASTRO_OK || *fd < 0)
		return status;
	while (flock(*fd, how) != 0) {
		if (errno != EWOULDBLOCK && errno != EINTR)
			status = error_set_system(err, ASTRO_STORE, errno, NULL,
			                          "%s: no lock", name);
		else if (clock_boot() >= deadline)
			status = error_set(err, ASTRO_STORE,
			                   "wait for the other astro to "
			                   "finish, or end it",
			                   "%s: another process has held the "
			                   "lock for 10 seconds",
			                   name);
		else
			status = interrupt_check(err);
		if (status != ASTRO_OK) {
			lock_release(*fd);
			*fd = -1;
			return status;
		}
		(void)nanosleep(&pause, NULL);
	}
	return ASTRO_OK;
}

void lock_release(int fd)
{
	/* Closing lets go of the lock. */
	if (fd >= 0)
		(void)close(fd);
}
