/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a library must leave as it finds it when it is loaded: its constructors
 * run before anybody has asked it for anything.
 */
#ifndef CORE_ENGINE_FOOTPRINT_H
#define CORE_ENGINE_FOOTPRINT_H

#include <signal.h>
#include <stdbool.h>
#include <sys/stat.h>

#include <astro/provider.h>

enum { FOOTPRINT_SIGNALS = 11, FOOTPRINT_FILES = 4 };

struct footprint {
	/* Standard input, output, error, and the report's pipe. */
	int fds[FOOTPRINT_FILES];
	struct stat files[FOOTPRINT_FILES];
	bool is_open[FOOTPRINT_FILES];
	struct stat folder;
	mode_t mask;
	void (*handlers[FOOTPRINT_SIGNALS])(int);
	sigset_t blocked;
};

/* REPORT_FD may be -1. */
void footprint_take(struct footprint *footprint, int report_fd);
/* ASTRO_BAD_PLUGIN, saying what the file at PATH has changed since. */
int footprint_compare(const struct footprint *before, const char *path,
                      struct astro_error *err);

#endif
