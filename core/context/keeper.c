/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the process behind a lock: /proc/locks has the file's device and
 * inode. */
#include "keeper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

enum { LINE_SIZE = 256, WORD_SIZE = 32, COMMAND_SIZE = 64, FILE_SIZE = 64 };

/*
 * "1: FLOCK  ADVISORY  WRITE 1234 08:01:5678 0 EOF"; one that waits has "->"
 * behind its number.  On some file systems (btrfs, overlayfs) the device is
 * another one than stat() gives: *IS_SURE says whether it agrees.
 */
static long owner_in(const char *line, const struct stat *info, bool *is_sure)
{
	char kind[WORD_SIZE], state[WORD_SIZE], mode[WORD_SIZE];
	char owner[WORD_SIZE], file[FILE_SIZE], *at;
	unsigned long major_id, minor_id = 0, inode = 0;

	if (sscanf(line, "%*s %31s %31s %31s %31s %63s", kind, state, mode,
	           owner, file) != 5 ||
	    strcmp(kind, "FLOCK") != 0)
		return 0;
	major_id = strtoul(file, &at, 16);
	if (*at == ':')
		minor_id = strtoul(at + 1, &at, 16);
	if (*at == ':')
		inode = strtoul(at + 1, &at, 10);
	if (*at != '\0' || inode != (unsigned long)info->st_ino)
		return 0;
	*is_sure = major_id == major(info->st_dev) &&
	           minor_id == minor(info->st_dev);
	return strtol(owner, NULL, 10);
}

static long find_owner(const struct stat *info)
{
	FILE *locks = fopen("/proc/locks", "re");
	char line[LINE_SIZE];
	bool is_sure = false;
	long owner = 0;

	if (locks == NULL)
		return 0;
	while (!is_sure && fgets(line, sizeof(line), locks) != NULL) {
		long pid = owner_in(line, info, &is_sure);

		/* 0: a process outside this pid namespace. */
		if (pid > 0)
			owner = pid;
	}
	(void)fclose(locks);
	return owner;
}

/* "123 (a name) S ...": the name may hold anything, ")" too. */
static bool read_process(long pid, char command[COMMAND_SIZE], char *state)
{
	char path[64], line[LINE_SIZE];
	char *name, *end;
	FILE *stat_file;
	bool is_read;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", pid);
	stat_file = fopen(path, "re");
	if (stat_file == NULL)
		return false;
	is_read = fgets(line, sizeof(line), stat_file) != NULL;
	(void)fclose(stat_file);
	if (!is_read)
		return false;
	name = strchr(line, '(');
	end = strrchr(line, ')');
	if (name == NULL || end == NULL || end < name || end[1] != ' ')
		return false;
	*state = end[2];
	*end = '\0';
	(void)snprintf(command, COMMAND_SIZE, "%s", name + 1);
	return true;
}

bool keeper_find(int fd, char *out, size_t size)
{
	char command[COMMAND_SIZE], state;
	struct stat info;
	long pid;

	out[0] = '\0';
	if (fstat(fd, &info) != 0)
		return false;
	pid = find_owner(&info);
	if (pid <= 0 || !read_process(pid, command, &state))
		return false;
	(void)snprintf(out, size, "%s (process %ld)%s", command, pid,
	               state == 'T' || state == 't' ? ", which is stopped,"
	                                            : "");
	return true;
}
