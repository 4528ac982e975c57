/* SPDX-License-Identifier: Apache-2.0 */
/* Where the program is. */
#include "prefix.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

int prefix_find(char *out, size_t size, struct astro_error *err)
{
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	int level;

	if (len < 0)
		return error_set_system(err, ASTRO_INTERNAL, errno,
		                        "mount /proc", "/proc/self/exe");
	self[len] = '\0';
	for (level = 0; level < 2; level++) {
		char *slash = strrchr(self, '/');

		if (slash != NULL)
			*slash = '\0';
	}
	if (snprintf(out, size, "%s", self) >= (int)size)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "%s: the path is too long", self);
	return ASTRO_OK;
}
