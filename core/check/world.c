/* SPDX-License-Identifier: Apache-2.0 */
/* The process before and after a provider was at work in it. */
#include "world.h"

#include <dirent.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "findings.h"
#include "text.h"

enum { THREAD_SLICES = 50, SLICE_US = 2000 };

static const char *const stream_names[] = {"standard input", "standard output",
                                           "standard error"};

static void take_files(struct world *world)
{
	struct stat info;
	int fd;

	for (fd = 0; fd < WORLD_FILES; fd++) {
		struct world_file *file = &world->files[fd];

		file->is_open = fstat(fd, &info) == 0;
		file->device = file->is_open ? info.st_dev : 0;
		file->inode = file->is_open ? info.st_ino : 0;
	}
}

static void take_signals(struct world *world)
{
	struct sigaction action;
	int number;

	for (number = 1; number <= WORLD_SIGNALS; number++)
		if (sigaction(number, NULL, &action) == 0)
			world->handlers[number] = action.sa_handler;
	(void)sigprocmask(SIG_BLOCK, NULL, &world->blocked);
}

static void take_variables(struct world *world)
{
	size_t i;

	for (i = 0; i < WORLD_VARIABLES && environ != NULL; i++) {
		if (environ[i] == NULL)
			break;
		world->variables[i] = text_copy(environ[i]);
	}
}

void world_take(struct world *world)
{
	const char *locale = setlocale(LC_ALL, NULL);

	memset(world, 0, sizeof(*world));
	take_files(world);
	take_signals(world);
	take_variables(world);
	(void)stat(".", &world->folder);
	world->mask = umask(077);
	(void)umask(world->mask);
	(void)snprintf(world->locale, sizeof(world->locale), "%s",
	               locale == NULL ? "" : locale);
}

void world_clear(struct world *world)
{
	size_t i;

	for (i = 0; world->variables[i] != NULL; i++)
		free(world->variables[i]);
	memset(world, 0, sizeof(*world));
}

static void compare_files(const struct world *before, const struct world *after,
                          int report_fd)
{
	int fd;

	for (fd = 0; fd < WORLD_FILES; fd++) {
		const struct world_file *old = &before->files[fd];
		const struct world_file *new = &after->files[fd];
		char name[64];

		if (fd <= STDERR_FILENO)
			(void)snprintf(name, sizeof(name), "%s",
			               stream_names[fd]);
		else
			(void)snprintf(name, sizeof(name), "descriptor %d", fd);
		if (!old->is_open && new->is_open)
			finding_tell(report_fd, RULE_DESCRIPTORS,
			             "a descriptor is left open");
		else if (old->is_open && !new->is_open)
			finding_tell(report_fd, RULE_DESCRIPTORS,
			             "%s was closed", name);
		else if (old->device != new->device || old->inode != new->inode)
			finding_tell(report_fd, RULE_DESCRIPTORS,
			             "%s was replaced", name);
	}
}

static void compare_signals(const struct world *before,
                            const struct world *after, int report_fd)
{
	struct itimerval timer;
	int number;

	for (number = 1; number <= WORLD_SIGNALS; number++) {
		const char *name = sigabbrev_np(number);

		if (name == NULL)
			name = "a real-time signal";
		if (before->handlers[number] != after->handlers[number])
			finding_tell(report_fd, RULE_SIGNALS,
			             "the handler of %s was changed", name);
		if (sigismember(&before->blocked, number) !=
		    sigismember(&after->blocked, number))
			finding_tell(report_fd, RULE_SIGNALS,
			             "%s was blocked or let through", name);
	}
	if (getitimer(ITIMER_REAL, &timer) == 0 &&
	    (timer.it_value.tv_sec != 0 || timer.it_value.tv_usec != 0))
		finding_tell(report_fd, RULE_SIGNALS, "an alarm is left set");
}

/* Names only: a value may be a secret. */
static void compare_variables(const struct world *before,
                              const struct world *after, int report_fd)
{
	size_t i;

	for (i = 0; i < WORLD_VARIABLES; i++) {
		const char *old = before->variables[i];
		const char *new = after->variables[i];
		const char *named = new != NULL ? new : old;

		if (old == NULL && new == NULL)
			return;
		if (old != NULL && new != NULL && strcmp(old, new) == 0)
			continue;
		finding_tell(report_fd, RULE_ENVIRONMENT, "%.*s was changed",
		             (int)strcspn(named, "="), named);
		return;
	}
}

static size_t thread_count(void)
{
	DIR *folder = opendir("/proc/self/task");
	const struct dirent *entry;
	size_t count = 0;

	if (folder == NULL)
		return 1;
	while ((entry = readdir(folder)) != NULL)
		if (entry->d_name[0] != '.')
			count++;
	(void)closedir(folder);
	return count;
}

/* A thread that was joined takes the kernel a moment to forget. */
static bool has_threads(void)
{
	int slice;

	for (slice = 0; slice < THREAD_SLICES; slice++) {
		if (thread_count() <= 1)
			return false;
		(void)usleep(SLICE_US);
	}
	return true;
}

void world_compare(const struct world *before, int report_fd)
{
	struct world after;

	/* What the provider has printed shows in the streams' files. */
	(void)fflush(NULL);
	world_take(&after);
	compare_files(before, &after, report_fd);
	compare_signals(before, &after, report_fd);
	compare_variables(before, &after, report_fd);
	if (before->folder.st_dev != after.folder.st_dev ||
	    before->folder.st_ino != after.folder.st_ino)
		finding_tell(report_fd, RULE_FOLDER,
		             "the working directory was changed");
	if (before->mask != after.mask)
		finding_tell(report_fd, RULE_FOLDER,
		             "the mask for new files was changed to %03o",
		             (unsigned)after.mask);
	if (strcmp(before->locale, after.locale) != 0)
		finding_tell(report_fd, RULE_LOCALE, "it was changed to %s",
		             after.locale);
	if (has_threads())
		finding_tell(report_fd, RULE_THREADS, "a thread still runs");
	if (waitpid(-1, NULL, WNOHANG) >= 0)
		finding_tell(report_fd, RULE_PROCESSES,
		             "a process was started and not waited for");
	world_clear(&after);
}
