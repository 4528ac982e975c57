/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BASE_LOG_H
#define CORE_BASE_LOG_H

#include <stdarg.h>
#include <stdbool.h>

#include <astro/provider.h>

/* The trace of --verbose: on or off for this copy of the base library. */
void log_set_verbose(bool verbose);
bool log_is_verbose(void);

/*
 * One line on standard error, escaped and masked.  ASTRO_WARNING is always
 * shown, the others with --verbose only.
 */
void log_write(enum astro_level level, const char *fmt, ...) ASTRO_PRINTF(2, 3);
void log_write_list(enum astro_level level, const char *fmt, va_list args)
	ASTRO_PRINTF(2, 0);

#endif
