/* SPDX-License-Identifier: Apache-2.0 */
/* Leaves a file behind as soon as it is loaded. */
#include <fcntl.h>
#include <unistd.h>

#include "plain.h"

__attribute__((constructor)) static void leave_a_file(void)
{
	const char *path = getenv("TEST_CANARY");
	int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT, 0600);

	if (fd >= 0)
		(void)close(fd);
}

static const char *const domains[] = {"constructs\\.example", NULL};

const struct astro_provider astro_provider_v1 = {
	PLAIN_PROVIDER("constructs"),
	.domains = domains,
};
