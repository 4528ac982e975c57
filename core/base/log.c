/* SPDX-License-Identifier: Apache-2.0 */
/* The trace and the warnings: one line each, on standard error. */
#include "log.h"

#include <stdio.h>
#include <string.h>

#include "secret.h"
#include "text.h"

enum { LINE_MAX_BYTES = 4096 };

static bool is_verbose;

void log_set_verbose(bool verbose)
{
	is_verbose = verbose;
}

bool log_is_verbose(void)
{
	return is_verbose;
}

static const char *prefix(enum astro_level level)
{
	switch (level) {
	case ASTRO_DEBUG:
		return "debug: ";
	case ASTRO_INFO:
		return "info: ";
	case ASTRO_WARNING:
		return "astro: warning: ";
	}
	return "";
}

void log_write_list(enum astro_level level, const char *fmt, va_list args)
{
	char raw[LINE_MAX_BYTES], line[LINE_MAX_BYTES];

	if (level != ASTRO_WARNING && !is_verbose)
		return;
	(void)vsnprintf(raw, sizeof(raw), fmt, args);
	secret_mask(raw);
	text_escape(line, sizeof(line), raw, strlen(raw));
	(void)fprintf(stderr, "%s%s\n", prefix(level), line);
	explicit_bzero(raw, sizeof(raw));
}

void log_write(enum astro_level level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	log_write_list(level, fmt, args);
	va_end(args);
}
