/* SPDX-License-Identifier: Apache-2.0 */
/* Writing data to standard output, and noticing when it was not written. */
#include "output.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "error.h"
#include "interrupt.h"
#include "json_out.h"
#include "secret.h"

/* Lost output is no success: the caller of `$(astro auth token)` relies on
 * it.  ASTRO_INTERNAL stands for exit code 1. */
static int lost(int number, struct astro_error *err)
{
	return error_set_system(err, ASTRO_INTERNAL, number, NULL,
	                        "standard output");
}

static int write_pieces(struct iovec *pieces, int count,
                        struct astro_error *err)
{
	while (count > 0) {
		ssize_t written;

		if (pieces[0].iov_len == 0) {
			pieces++;
			count--;
			continue;
		}
		written = writev(STDOUT_FILENO, pieces, count);
		if (written < 0 && errno == EINTR) {
			if (interrupt_check(err) != ASTRO_OK)
				return ASTRO_CANCELLED;
			continue;
		}
		if (written < 0)
			return lost(errno, err);
		while (count > 0 && (size_t)written >= pieces[0].iov_len) {
			written -= (ssize_t)pieces[0].iov_len;
			pieces++;
			count--;
		}
		if (count > 0) {
			pieces[0].iov_base =
				(char *)pieces[0].iov_base + written;
			pieces[0].iov_len -= (size_t)written;
		}
	}
	return ASTRO_OK;
}

int output_write(const char *bytes, size_t len, struct astro_error *err)
{
	struct iovec piece = {(void *)(uintptr_t)bytes, len};

	return write_pieces(&piece, 1, err);
}

int output_secret(const char *prefix, const struct astro_secret *secret,
                  struct astro_error *err)
{
	struct iovec pieces[3];
	const char *bytes;
	size_t len;

	bytes = secret_bytes(secret, &len);
	pieces[0].iov_base = (void *)(uintptr_t)prefix;
	pieces[0].iov_len = strlen(prefix);
	pieces[1].iov_base = (void *)(uintptr_t)bytes;
	pieces[1].iov_len = len;
	pieces[2].iov_base = (void *)(uintptr_t) "\n";
	pieces[2].iov_len = 1;
	return write_pieces(pieces, 3, err);
}

int json_out_print(struct json_out *json, struct astro_error *err)
{
	const struct text *text = json_out_end(json);

	if (text == NULL)
		return error_no_memory(err);
	return output_write(text->bytes, text->len, err);
}

int output_finish(struct astro_error *err)
{
	errno = 0;
	if (fflush(stdout) != 0 || ferror_unlocked(stdout) != 0)
		return lost(errno == 0 ? EIO : errno, err);
	return ASTRO_OK;
}
