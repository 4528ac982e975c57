/* SPDX-License-Identifier: Apache-2.0 */
/* A library that is no provider, and that must not be run to find out. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

__attribute__((constructor)) static void leave_a_trace(void)
{
	const char *path = getenv("TEST_CANARY");
	int fd = path == NULL
	                 ? -1
	                 : open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	if (fd >= 0)
		(void)close(fd);
}
