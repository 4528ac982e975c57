/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into the program under test: the file system has no locks. */
#include <errno.h>
#include <sys/file.h>

int flock(int fd, int operation)
{
	(void)fd;
	(void)operation;
	errno = ENOLCK;
	return -1;
}
