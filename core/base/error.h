/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BASE_ERROR_H
#define CORE_BASE_ERROR_H

#include <stdarg.h>

#include <astro/provider.h>

enum { ERROR_MESSAGE_MAX = 600, ERROR_HINT_MAX = 600 };

/* Why something did not work.  Zeroed memory is "nothing wrong yet". */
struct astro_error {
	int status; /* enum astro_status */
	char message[ERROR_MESSAGE_MAX];
	char hint[ERROR_HINT_MAX];
};

/*
 * Fill ERR (NULL: only the status counts) and return STATUS.  Message and hint
 * are escaped (text_escape) and masked (secret_mask), so that text from a
 * server may be passed as it came.
 */
int error_set(struct astro_error *err, enum astro_status status,
              const char *hint, const char *fmt, ...) ASTRO_PRINTF(4, 5);
int error_set_list(struct astro_error *err, enum astro_status status,
                   const char *hint, const char *fmt, va_list args)
	ASTRO_PRINTF(4, 0);
/* The same, with ": " and the text of the system's error NUMBER at the end. */
int error_set_system(struct astro_error *err, enum astro_status status,
                     int number, const char *hint, const char *fmt, ...)
	ASTRO_PRINTF(5, 6);

/* "out of memory", as a status. */
int error_no_memory(struct astro_error *err);

/* Of `astro exec` alone; no plugin sees them. */
enum {
	ERROR_NO_PROGRAM = ASTRO_INTERNAL + 100, /* it was not found */
	ERROR_PROGRAM_FAILED                     /* it cannot be started */
};

/* The exit code of docs (README, "Exit codes") for a status. */
int error_exit_code(int status);

#endif
