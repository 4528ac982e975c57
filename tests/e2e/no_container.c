/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preloaded into the program under test: the marks of a container that the
 * tests themselves may run in are not there.  What `container` says counts all
 * the same.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

int access(const char *path, int mode)
{
	if (strcmp(path, "/.dockerenv") == 0 ||
	    strcmp(path, "/run/.containerenv") == 0) {
		errno = ENOENT;
		return -1;
	}
	return faccessat(AT_FDCWD, path, mode, 0);
}
