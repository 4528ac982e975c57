/* SPDX-License-Identifier: Apache-2.0 */
/* What a tool says on standard input; it may be a secret. */
#include "input.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "error.h"
#include "interrupt.h"

static bool has_empty_line(const struct text *text)
{
	return text->bytes[0] == '\n' ||
	       memmem(text->bytes, text->len, "\n\n", 2) != NULL;
}

int input_read(enum input_end end, const char *name, struct text *out,
               struct astro_error *err)
{
	char chunk[4096];
	int status = ASTRO_OK;

	text_init(out, INPUT_MAX);
	while (end == INPUT_END || !has_empty_line(out)) {
		ssize_t got = read(STDIN_FILENO, chunk, sizeof(chunk));

		if (got < 0 && errno == EINTR) {
			status = interrupt_check(err);
			if (status != ASTRO_OK)
				break;
			continue;
		}
		if (got < 0)
			status = error_set_system(err, ASTRO_INTERNAL, errno,
			                          NULL, "%s: standard input",
			                          name);
		else if (!text_add(out, chunk, (size_t)got))
			status = error_set(err, ASTRO_USAGE, NULL,
			                   "%s: standard input is longer than "
			                   "1 MiB",
			                   name);
		if (got <= 0 || status != ASTRO_OK)
			break;
	}
	explicit_bzero(chunk, sizeof(chunk));
	return status;
}
