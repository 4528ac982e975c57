/* SPDX-License-Identifier: Apache-2.0 */
/* Random bytes from the system, and from nowhere else. */
#include "random.h"

#include <errno.h>
#include <stdint.h>
#include <sys/random.h>
#include <sys/types.h>

#include "error.h"

static int from_system(void *bytes, size_t len)
{
	uint8_t *at = bytes;

	while (len > 0) {
		ssize_t got = getrandom(at, len, 0);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return -1;
		at += got;
		len -= (size_t)got;
	}
	return 0;
}

static int (*source)(void *, size_t) = from_system;

int random_fill(void *bytes, size_t len, struct astro_error *err)
{
	if (source(bytes, len) != 0)
		return error_set_system(err, ASTRO_INTERNAL, errno, NULL,
		                        "no random numbers from the system");
	return ASTRO_OK;
}

void random_replace(int (*replacement)(void *bytes, size_t len))
{
	source = replacement != NULL ? replacement : from_system;
}
