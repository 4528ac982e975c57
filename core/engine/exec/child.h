/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider's program as a process: three pipes, a session of its own, and a
 * keeper that ends it, and what it has started, when we end in whatever way.
 */
#ifndef CORE_ENGINE_EXEC_CHILD_H
#define CORE_ENGINE_EXEC_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

#include <astro/provider.h>

struct child {
	int in;    /* its standard input, not blocking; -1 when closed */
	int out;   /* its standard output, not blocking */
	int trace; /* its standard error, not blocking; -1: nobody listens */
	int lifeline, report;
	pid_t keeper;
};

/* How it ended. */
struct child_end {
	int status;     /* as waitpid() gives it */
	bool is_killed; /* by us */
};

/*
 * Run the file that is open as FILE and lies at PATH, with PATH as its only
 * argument, in the folder /, with our environment but for our secrets, and with
 * the absolute entries of PATH only.  LISTEN: to its standard error as well.
 * ASTRO_BAD_PLUGIN, naming PATH, when it cannot be started.
 */
int child_start(struct child *child, int file, const char *path, bool listen,
                struct astro_error *err);
/* True when it has ended, whoever still holds its pipes. */
bool child_is_over(const struct child *child);
/* Close its input and give it PATIENCE_MS to end, then kill it and its group.
 * Accepts one that has been ended. */
struct child_end child_end(struct child *child, int patience_ms);

#endif
