/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flock(), as the Go CLI does it: a lock of fcntl() would go when any
 * descriptor of the file is closed.  Never a blocking call, which could hang
 * for ever on a network file system.
 */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "interrupt.h"
#include "keeper.h"
#include "random.h"

enum { POLL_MS = 20, KEEPER_SIZE = 160 };

int lock_open(int folder, const char *name, enum lock_kind kind, int *fd,
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

/* Not all at the same moment, as they began. */
static void pause_a_little(void)
{
	struct timespec pause = {.tv_nsec = POLL_MS * 1000L * 1000L};
	unsigned char more = 0;

	(void)random_fill(&more, sizeof(more), NULL);
	pause.tv_nsec += more % POLL_MS * 1000L * 1000L;
	(void)nanosleep(&pause, NULL);
}

static int refuse_busy(int fd, const char *name, int64_t wait_ms,
                       struct astro_error *err)
{
	char keeper[KEEPER_SIZE];

	if (!keeper_find(fd, keeper, sizeof(keeper)))
		(void)snprintf(keeper, sizeof(keeper), "another process");
	return error_set(err, ASTRO_STORE,
	                 "wait for the other program to finish, or end it",
	                 "%s: %s has held the lock for %lld seconds", name,
	                 keeper, (long long)wait_ms / 1000);
}

int lock_wait(int fd, enum lock_kind kind, const char *name, int64_t wait_ms,
              struct astro_error *err)
{
	int how = kind == LOCK_TO_WRITE ? LOCK_EX : LOCK_SH;
	int64_t deadline = clock_boot() + wait_ms;

	while (flock(fd, how | LOCK_NB) != 0) {
		int status;

		if (errno != EWOULDBLOCK && errno != EINTR)
			return error_set_system(
				err, ASTRO_STORE, errno,
				"put ASTRO_HOME on a file system with locks",
				"%s: no lock", name);
		status = interrupt_check(err);
		if (status == ASTRO_OK && clock_boot() >= deadline)
			status = refuse_busy(fd, name, wait_ms, err);
		if (status != ASTRO_OK)
			return status;
		pause_a_little();
	}
	return ASTRO_OK;
}

int lock_take(int folder, const char *name, enum lock_kind kind, int *fd,
              struct astro_error *err)
{
	int status = lock_open(folder, name, kind, fd, err);

	if (status != ASTRO_OK || *fd < 0)
		return status;
	status = lock_wait(*fd, kind, name, LOCK_WAIT_MS, err);
	if (status != ASTRO_OK) {
		lock_release(*fd);
		*fd = -1;
	}
	return status;
}

void lock_release(int fd)
{
	/* Closing lets go of the lock. */
	if (fd >= 0)
		(void)close(fd);
}
