/* SPDX-License-Identifier: Apache-2.0 */
/* The state of the process that everybody in it shares. */
#include "footprint.h"

#include <string.h>
#include <unistd.h>

#include "error.h"

static const int signals[FOOTPRINT_SIGNALS] = {
	SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGALRM, SIGTERM,
	SIGCHLD, SIGTSTP, SIGTTIN, SIGTTOU, SIGXFSZ};

static const char *const file_names[FOOTPRINT_FILES] = {
	"standard input", "standard output", "standard error",
	"the pipe to astro"};

static mode_t mask_of_process(void)
{
	mode_t mask = umask(077);

	(void)umask(mask);
	return mask;
}

void footprint_take(struct footprint *footprint, int report_fd)
{
	size_t i;

	memset(footprint, 0, sizeof(*footprint));
	for (i = 0; i < FOOTPRINT_FILES; i++) {
		footprint->fds[i] = i == 3 ? report_fd : (int)i;
		footprint->is_open[i] =
			fstat(footprint->fds[i], &footprint->files[i]) == 0;
	}
	(void)stat(".", &footprint->folder);
	footprint->mask = mask_of_process();
	for (i = 0; i < FOOTPRINT_SIGNALS; i++) {
		struct sigaction action;

		(void)sigaction(signals[i], NULL, &action);
		footprint->handlers[i] = action.sa_handler;
	}
	(void)sigprocmask(SIG_BLOCK, NULL, &footprint->blocked);
}

static int blame(const char *path, const char *what, const char *object,
                 struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_PLUGIN,
	                 "report it to the provider's author, or remove the "
	                 "provider",
	                 "%s %s %s while it is loaded, which is not its own",
	                 path, what, object);
}

static bool is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static int compare_files(const struct footprint *before,
                         const struct footprint *after, const char *path,
                         struct astro_error *err)
{
	size_t i;

	for (i = 0; i < FOOTPRINT_FILES; i++) {
		const struct stat *old = &before->files[i];
		const struct stat *new = &after->files[i];

		if (!before->is_open[i])
			continue;
		if (!after->is_open[i])
			return blame(path, "closes", file_names[i], err);
		if (!is_same_file(old, new))
			return blame(path, "replaces", file_names[i], err);
		if (i == 1 && S_ISREG(new->st_mode) &&
		    new->st_size != old->st_size)
			return blame(path, "writes to", file_names[i], err);
	}
	return ASTRO_OK;
}

static int compare_signals(const struct footprint *before,
                           const struct footprint *after, const char *path,
                           struct astro_error *err)
{
	size_t i;

	for (i = 0; i < FOOTPRINT_SIGNALS; i++)
		if (before->handlers[i] != after->handlers[i] ||
		    sigismember(&before->blocked, signals[i]) !=
		            sigismember(&after->blocked, signals[i]))
			return blame(path, "changes what happens at the signal",
			             sigabbrev_np(signals[i]), err);
	return ASTRO_OK;
}

int footprint_compare(const struct footprint *before, const char *path,
                      struct astro_error *err)
{
	struct footprint after;
	int status;

	footprint_take(&after, before->fds[3]);
	status = compare_files(before, &after, path, err);
	if (status == ASTRO_OK && !is_same_file(&before->folder, &after.folder))
		status = blame(path, "changes", "the working directory", err);
	if (status == ASTRO_OK && before->mask != after.mask)
		status = blame(path, "changes",
		               "the mask of rights for new files", err);
	if (status == ASTRO_OK)
		status = compare_signals(before, &after, path, err);
	return status;
}
