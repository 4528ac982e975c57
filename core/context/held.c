/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file as a lock.  It is made whole under a name of its own and then linked:
 * nobody finds it empty, and link() is atomic on every network file system.
 */
#include "held.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "random.h"

enum { LINE_SIZE = 256, HOST_MAX = 64, TEMPORARY_SIZE = 64, STAT_SIZE = 512 };

/* ---- who ---- */

/* A process as its file has it: "PID START BOOT NAMESPACE HOST\n".  A number is
 * given to another process sooner or later, so its start counts as well. */
struct holder {
	long pid;
	unsigned long long start;
	char boot[HELD_BOOT_SIZE];
	unsigned long space; /* the pid namespace's inode */
	char host[HOST_MAX + 1];
};

void held_boot_id(char out[HELD_BOOT_SIZE])
{
	int fd = open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, out, HELD_BOOT_SIZE - 1);

	if (fd >= 0)
		(void)close(fd);
	out[len > 0 ? len : 0] = '\0';
	out[strcspn(out, "\n")] = '\0';
}

/* In ticks since the machine's start; 0: there is no such process. */
static unsigned long long start_of(long pid)
{
	char path[64], line[STAT_SIZE], *at;
	FILE *file;
	int field;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	file = fopen(path, "re");
	if (file == NULL)
		return 0;
	at = fgets(line, sizeof(line), file);
	(void)fclose(file);
	/* The name may hold anything; the start is the 22nd, the name the
	 * second. */
	at = at == NULL ? NULL : strrchr(line, ')');
	for (field = 2; at != NULL && field < 22; field++)
		at = strchr(at + 1, ' ');
	return at == NULL ? 0 : strtoull(at, NULL, 10);
}

static void find_self(struct holder *out)
{
	struct utsname machine;
	struct stat space;
	char *at;

	memset(out, 0, sizeof(*out));
	out->pid = (long)getpid();
	out->start = start_of(out->pid);
	held_boot_id(out->boot);
	if (out->boot[0] == '\0')
		(void)snprintf(out->boot, sizeof(out->boot), "-");
	if (stat("/proc/self/ns/pid", &space) == 0)
		out->space = (unsigned long)space.st_ino;
	if (uname(&machine) != 0 || machine.nodename[0] == '\0')
		(void)snprintf(machine.nodename, sizeof(machine.nodename), "-");
	(void)snprintf(out->host, sizeof(out->host), "%.*s", HOST_MAX,
	               machine.nodename);
	for (at = out->host; *at != '\0'; at++)
		if (*at <= ' ' || *at > '~')
			*at = '-';
}

static bool parse(const char *line, struct holder *out)
{
	memset(out, 0, sizeof(*out));
	return sscanf(line, "%ld %llu %39s %lu %64s", &out->pid, &out->start,
	              out->boot, &out->space, out->host) == 5 &&
	       out->pid > 0;
}

/* Only what is sure: a process of this machine that is no more. */
static bool is_dead(const struct holder *holder)
{
	struct holder self;

	find_self(&self);
	if (strcmp(holder->host, self.host) != 0)
		return false;
	if (strcmp(holder->boot, self.boot) != 0)
		return true;
	if (holder->space != self.space)
		return false;
	if (kill((pid_t)holder->pid, 0) != 0 && errno == ESRCH)
		return true;
	return start_of(holder->pid) != holder->start;
}

/* ---- the file ---- */

static void name_file(const char *name, char out[NAME_MAX + 1])
{
	(void)snprintf(out, NAME_MAX + 1, "%.*s.held", NAME_MAX - 5, name);
}

/* As file.c names its own, so that what a killed process leaves is removed. */
static bool name_temporary(char out[TEMPORARY_SIZE])
{
	unsigned salt;

	if (random_fill(&salt, sizeof(salt), NULL) != 0)
		return false;
	(void)snprintf(out, TEMPORARY_SIZE, ".config.yaml.%ld.%08x",
	               (long)getpid(), salt);
	return true;
}

/* Its line; "" when there is none. */
static void read_line(int folder, const char *name, char out[LINE_SIZE])
{
	int fd = openat(folder, name,
	                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, out, LINE_SIZE - 1);

	if (fd >= 0)
		(void)close(fd);
	out[len > 0 ? len : 0] = '\0';
}

static int make_whole(int folder, const char *name, const char *line)
{
	size_t len = strlen(line);
	int number = 0;
	int fd = openat(folder, name,
	                O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	                0600);

	if (fd < 0)
		return errno;
	if (write(fd, line, len) != (ssize_t)len)
		number = errno != 0 ? errno : EIO;
	if (close(fd) != 0 && number == 0)
		number = errno;
	return number;
}

/* On a network file system a link that was made may be answered with an error:
 * the count of names tells. */
static int link_once(int folder, const char *from, const char *to)
{
	struct stat info;
	int number;

	if (linkat(folder, from, folder, to, 0) == 0)
		return 0;
	number = errno;
	if (fstatat(folder, from, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
	    info.st_nlink == 2)
		return 0;
	return number == EEXIST ? EWOULDBLOCK : number;
}

/* Taken away before it is judged again: if another one has been quicker, and
 * this is its lock, it gets it back. */
static void remove_dead(int folder, const char *file, const char *line)
{
	char aside[TEMPORARY_SIZE], moved[LINE_SIZE];

	if (!name_temporary(aside) ||
	    renameat(folder, file, folder, aside) != 0)
		return;
	read_line(folder, aside, moved);
	if (strcmp(moved, line) != 0)
		(void)!linkat(folder, aside, folder, file, 0);
	(void)unlinkat(folder, aside, 0);
}

int held_take(int folder, const char *name)
{
	char file[NAME_MAX + 1], temporary[TEMPORARY_SIZE], line[LINE_SIZE];
	struct holder self, other;
	int number;

	name_file(name, file);
	read_line(folder, file, line);
	if (line[0] != '\0') {
		if (!parse(line, &other) || !is_dead(&other))
			return EWOULDBLOCK;
		remove_dead(folder, file, line);
	}
	if (!name_temporary(temporary))
		return EIO;
	find_self(&self);
	(void)snprintf(line, sizeof(line), "%ld %llu %s %lu %s\n", self.pid,
	               self.start, self.boot, self.space, self.host);
	number = make_whole(folder, temporary, line);
	if (number == 0)
		number = link_once(folder, temporary, file);
	(void)unlinkat(folder, temporary, 0);
	return number;
}

void held_release(int folder, const char *name)
{
	char file[NAME_MAX + 1], line[LINE_SIZE];
	struct holder self, holder;

	name_file(name, file);
	read_line(folder, file, line);
	find_self(&self);
	if (parse(line, &holder) && holder.pid == self.pid &&
	    holder.start == self.start && holder.space == self.space &&
	    strcmp(holder.boot, self.boot) == 0 &&
	    strcmp(holder.host, self.host) == 0)
		(void)unlinkat(folder, file, 0);
}

bool held_keeper(int folder, const char *name, char *out, size_t size)
{
	char file[NAME_MAX + 1], line[LINE_SIZE];
	struct holder holder;

	name_file(name, file);
	read_line(folder, file, line);
	if (!parse(line, &holder))
		return false;
	(void)snprintf(out, size, "process %ld on %s", holder.pid, holder.host);
	return true;
}
