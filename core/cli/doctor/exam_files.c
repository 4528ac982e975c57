/* SPDX-License-Identifier: Apache-2.0 */
/* The context file and what lies beside it, by the functions that every command
 * reads and writes it with. */
#include "exam.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "error.h"
#include "held.h"
#include "lock.h"
#include "state.h"

enum {
	/* A writer holds the lock for milliseconds. */
	LOCK_PATIENCE_MS = 2000,
	KEEPER_SIZE = 160,
	/* A refresh proves that two tokens of any length fit. */
	ROOM_BYTES = 1024 * 1024
};

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void note_file(struct exam *exam)
{
	const char *path = exam->files.paths.file;
	size_t count = config_count(exam->files.config);

	if (!exists(path))
		diagnosis_note(&exam->diagnosis, "files.config", DIAGNOSIS_FACT,
		               "there is no %s yet: the first login makes it",
		               path);
	else
		diagnosis_note(&exam->diagnosis, "files.config", DIAGNOSIS_FACT,
		               "%s, %zu context%s", path, count,
		               count == 1 ? "" : "s");
}

static void check_writing(struct exam *exam)
{
	struct astro_error why = {0};
	int status = config_check_writable(&exam->files.paths, &why);

	if (status == ASTRO_OK)
		status = state_check(&exam->files.paths, &why);
	if (status == ASTRO_OK)
		diagnosis_note(&exam->diagnosis, "files.writing", DIAGNOSIS_OK,
		               "it can be written");
	else
		diagnosis_fail(&exam->diagnosis, "files.writing",
		               "make the folder writable, or set ASTRO_HOME to "
		               "another",
		               &why);
}

static void check_mode(struct exam *exam)
{
	const char *path = exam->files.paths.file;
	char fix[PATH_MAX + 16];
	struct stat info;

	if (stat(path, &info) != 0)
		return;
	if ((info.st_mode & (S_IRWXG | S_IRWXO)) == 0) {
		diagnosis_note(&exam->diagnosis, "files.mode", DIAGNOSIS_OK,
		               "nobody else can read it");
		return;
	}
	(void)snprintf(fix, sizeof(fix), "chmod 600 %s", path);
	diagnosis_warn(&exam->diagnosis, "files.mode", fix,
	               "config.yaml: others can read it (mode %04o), and "
	               "there may be tokens in it",
	               (unsigned)(info.st_mode & 07777));
}

/* What a file that stands for a lock says; one that is out of date delays
 * whoever comes for as long as they wait. */
static void note_lock(struct exam *exam, const struct lock *lock)
{
	char keeper[KEEPER_SIZE], fix[128];

	if (!lock->has_no_locks) {
		diagnosis_note(&exam->diagnosis, "files.lock", DIAGNOSIS_OK,
		               "nobody keeps it locked");
		return;
	}
	if (!held_keeper(lock->folder, lock->name, keeper, sizeof(keeper))) {
		diagnosis_note(&exam->diagnosis, "files.lock", DIAGNOSIS_OK,
		               "its file system has no locks: a file stands "
		               "for them");
		return;
	}
	(void)snprintf(fix, sizeof(fix), "if it is no more, remove %.60s.held",
	               lock->name);
	diagnosis_warn(&exam->diagnosis, "files.lock", fix,
	               "%s has config.yaml locked", keeper);
}

static void check_lock(struct exam *exam)
{
	int folder = open(exam->files.paths.folder,
	                  O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct astro_error why = {0};
	struct lock lock = LOCK_NONE;
	int status;

	if (folder < 0)
		return;
	status = lock_open(folder, "config.yaml.lock", LOCK_TO_READ, &lock,
	                   &why);
	if (status == ASTRO_OK && lock.fd >= 0)
		status = lock_wait(&lock, LOCK_PATIENCE_MS, &why);
	if (status == ASTRO_OK)
		note_lock(exam, &lock);
	else if (status != ASTRO_CANCELLED)
		diagnosis_fail(&exam->diagnosis, "files.lock",
		               "end the program that holds it", &why);
	lock_release(&lock);
	(void)close(folder);
}

static void check_room(struct exam *exam)
{
	const char *path = exam->files.paths.folder;
	struct astro_error why;
	struct statvfs info;
	unsigned long long room;

	if (statvfs(path, &info) != 0)
		return;
	/* Only root may fill what is kept back. */
	room = (unsigned long long)info.f_frsize *
	       (geteuid() == 0 ? info.f_bfree : info.f_bavail);
	if (room >= ROOM_BYTES && (info.f_files == 0 || info.f_ffree > 0)) {
		diagnosis_note(&exam->diagnosis, "files.room", DIAGNOSIS_OK,
		               "there is room on its disk");
		return;
	}
	(void)error_set(
		&why, ASTRO_STORE, "make room there",
		"%s: %llu KiB are free on its disk: a login may not "
		"fit",
		path, info.f_files != 0 && info.f_ffree == 0 ? 0 : room / 1024);
	diagnosis_fail(&exam->diagnosis, "files.room", NULL, &why);
}

void exam_files(struct exam *exam)
{
	struct astro_error why = {0};
	int status;

	if (paths_find(&exam->files.paths, &why) != ASTRO_OK) {
		diagnosis_fail(&exam->diagnosis, "files.home",
		               "set HOME or ASTRO_HOME", &why);
		return;
	}
	status = config_load(&exam->files.paths, &exam->files.config, &why);
	if (status != ASTRO_OK) {
		exam->files.config = NULL;
		diagnosis_fail(&exam->diagnosis, "files.config", "mend it",
		               &why);
	} else {
		note_file(exam);
		check_writing(exam);
	}
	check_mode(exam);
	check_lock(exam);
	check_room(exam);
}
