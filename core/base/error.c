/* SPDX-License-Identifier: Apache-2.0 */
/* What went wrong, carried up to main, and the one table of exit codes. */
#include "error.h"

#include <stdio.h>
#include <string.h>

#include "secret.h"
#include "text.h"

static void fill(char *out, size_t size, char *raw)
{
	secret_mask(raw);
	text_escape(out, size, raw, strlen(raw));
}

int error_set_list(struct astro_error *err, enum astro_status status,
                   const char *hint, const char *fmt, va_list args)
{
	char raw[ERROR_MESSAGE_MAX * 2];

	if (err == NULL)
		return (int)status;

	err->status = (int)status;
	(void)vsnprintf(raw, sizeof(raw), fmt, args);
	fill(err->message, sizeof(err->message), raw);

	err->hint[0] = '\0';
	if (hint != NULL) {
		(void)snprintf(raw, sizeof(raw), "%s", hint);
		fill(err->hint, sizeof(err->hint), raw);
	}
	return (int)status;
}

int error_set(struct astro_error *err, enum astro_status status,
              const char *hint, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	(void)error_set_list(err, status, hint, fmt, args);
	va_end(args);
	return (int)status;
}

int error_set_system(struct astro_error *err, enum astro_status status,
                     int number, const char *hint, const char *fmt, ...)
{
	char what[ERROR_MESSAGE_MAX];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, args);
	va_end(args);
	return error_set(err, status, hint, "%s: %s", what, strerror(number));
}

int error_no_memory(struct astro_error *err)
{
	return error_set(err, ASTRO_NO_MEMORY, NULL, "out of memory");
}

int error_exit_code(int status)
{
	/* As env(1) and every shell have them. */
	if (status == ERROR_NO_PROGRAM)
		return 127;
	if (status == ERROR_PROGRAM_FAILED)
		return 126;
	switch ((enum astro_status)status) {
	case ASTRO_OK:
		return 0;
	case ASTRO_NOT_FOUND:
	case ASTRO_UNSUPPORTED:
	case ASTRO_NO_MEMORY:
	case ASTRO_INTERNAL:
		return 1;
	case ASTRO_USAGE:
		return 2;
	case ASTRO_UNREACHABLE:
	case ASTRO_BAD_ANSWER:
		return 3;
	case ASTRO_DENIED:
	case ASTRO_EXPIRED:
		return 4;
	case ASTRO_BAD_CONFIG:
	case ASTRO_STORE:
		return 5;
	case ASTRO_BAD_PLUGIN:
		return 6;
	case ASTRO_UNSAFE:
		return 7;
	case ASTRO_TIMED_OUT:
		return 124;
	case ASTRO_CANCELLED:
		return 130;
	}
	return 1; /* a provider made the number up */
}
