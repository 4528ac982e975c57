/* SPDX-License-Identifier: Apache-2.0 */
/*
 * flock(), as the Go CLI does it: a lock of fcntl() would go when any
 * descriptor of the file is closed.  Never a blocking call, which could hang
 * for ever on a network file system; where one has no locks, a file stands for
 * them (held.h).
 */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "error.h"
#include "held.h"
#include "interrupt.h"
#include "keeper.h"
#include "random.h"

enum { POLL_MS = 20, KEEPER_SIZE = 160 };

int lock_open(int folder, const char *name, enum lock_kind kind,
              struct lock *out, struct astro_error *err)
{
	int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
	struct stat info;

	*out = (struct lock){.fd = -1, .folder = folder, .kind = kind};
	(void)snprintf(out->name, sizeof(out->name), "%s", name);
	if (kind == LOCK_TO_WRITE)
		out->fd = openat(folder, name, O_RDWR | O_CREAT | flags, 0600);
	else
		out->fd = openat(folder, name, O_RDONLY | flags);
	if (out->fd < 0 && kind == LOCK_TO_READ)
		return ASTRO_OK;
	if (out->fd < 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        name);
	if (fstat(out->fd, &info) != 0 || !S_ISREG(info.st_mode) ||
	    (info.st_uid != geteuid() && info.st_uid != 0)) {
		lock_release(out);
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

/* The file system, or the kernel, has no such thing. */
static bool has_no_locks(int number)
{
	return number == ENOLCK || number == EOPNOTSUPP || number == ENOSYS;
}

/* 0, EWOULDBLOCK, or the number of the error. */
static int try_once(struct lock *lock)
{
	int how = lock->kind == LOCK_TO_WRITE ? LOCK_EX : LOCK_SH;
	int number;

	if (!lock->has_no_locks) {
		if (flock(lock->fd, how | LOCK_NB) == 0)
			return 0;
		if (!has_no_locks(errno))
			return errno;
		lock->has_no_locks = true;
	}
	/* A writer who knows of the file replaces the other as a whole: there
	 * is nothing to wait for. */
	if (lock->kind == LOCK_TO_READ)
		return 0;
	number = held_take(lock->folder, lock->name);
	lock->is_held = number == 0;
	return number;
}

static int refuse_busy(const struct lock *lock, int64_t wait_ms,
                       struct astro_error *err)
{
	const char *hint = "wait for the other program to finish, or end it";
	char keeper[KEEPER_SIZE], other[ERROR_HINT_MAX];
	bool is_known;

	if (lock->has_no_locks) {
		is_known = held_keeper(lock->folder, lock->name, keeper,
		                       sizeof(keeper));
		(void)snprintf(other, sizeof(other),
		               "wait for it to finish; if it is no more, "
		               "remove %s.held",
		               lock->name);
		hint = other;
	} else {
		is_known = keeper_find(lock->fd, keeper, sizeof(keeper));
	}
	if (!is_known)
		(void)snprintf(keeper, sizeof(keeper), "another process");
	return error_set(err, ASTRO_STORE, hint,
	                 "%s: %s has held the lock for %lld seconds",
	                 lock->name, keeper, (long long)wait_ms / 1000);
}

int lock_wait(struct lock *lock, int64_t wait_ms, struct astro_error *err)
{
	int64_t deadline = clock_boot() + wait_ms;
	int number;

	while ((number = try_once(lock)) != 0) {
		int status;

		if (number != EWOULDBLOCK && number != EINTR)
			return error_set_system(
				err, ASTRO_STORE, number,
				"put ASTRO_HOME on a file system with locks",
				"%s: no lock", lock->name);
		status = interrupt_check(err);
		if (status == ASTRO_OK && clock_boot() >= deadline)
			status = refuse_busy(lock, wait_ms, err);
		if (status != ASTRO_OK)
			return status;
		pause_a_little();
	}
	return ASTRO_OK;
}

int lock_alone(struct lock *lock, int64_t wait_ms, struct astro_error *err)
{
	lock->kind = LOCK_TO_WRITE;
	return lock_wait(lock, wait_ms, err);
}

int lock_take(int folder, const char *name, enum lock_kind kind,
              struct lock *out, struct astro_error *err)
{
	int status = lock_open(folder, name, kind, out, err);

	if (status != ASTRO_OK || out->fd < 0)
		return status;
	status = lock_wait(out, LOCK_WAIT_MS, err);
	if (status != ASTRO_OK)
		lock_release(out);
	return status;
}

void lock_release(struct lock *lock)
{
	if (lock->is_held)
		held_release(lock->folder, lock->name);
	/* Closing lets go of the lock. */
	if (lock->fd >= 0)
		(void)close(lock->fd);
	lock->fd = -1;
	lock->is_held = false;
}
