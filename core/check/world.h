/* SPDX-License-Identifier: Apache-2.0 */
/* What a process shares among all that is in it, before and after. */
#ifndef CORE_CHECK_WORLD_H
#define CORE_CHECK_WORLD_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

enum { WORLD_FILES = 256, WORLD_SIGNALS = 64, WORLD_VARIABLES = 1024 };

struct world_file {
	bool is_open;
	dev_t device;
	ino_t inode;
};

struct world {
	struct world_file files[WORLD_FILES];
	void (*handlers[WORLD_SIGNALS + 1])(int);
	sigset_t blocked;
	char *variables[WORLD_VARIABLES + 1];
	struct stat folder;
	mode_t mask;
	char locale[256];
};

/* Zeroed memory, or what world_clear() left. */
void world_take(struct world *world);
/* Tell on REPORT_FD what differs from BEFORE, and what is left running. */
void world_compare(const struct world *before, int report_fd);
void world_clear(struct world *world);

#endif
