/* SPDX-License-Identifier: Apache-2.0 */
/* The folder .astro/state: found through descriptors only, so that a folder
 * put in its place meanwhile is not written to. */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "context.h"
#include "error.h"
#include "file.h"
#include "held.h"
#include "keeper.h"

static const char folder_name[] = "state";

enum {
	STEM_MAX = 200, /* leaves room for ".journal" in NAME_MAX */
	NOTE_SIZE = 256,
	WIPE_SIZE = 32 * 1024
};

/* ---- names ---- */

/* FNV-1a, to keep the names of overlong keys apart. */
static uint64_t hash_of(const char *text)
{
	uint64_t hash = UINT64_C(14695981039346656037);

	for (; *text != '\0'; text++) {
		hash ^= (unsigned char)*text;
		hash *= UINT64_C(1099511628211);
	}
	return hash;
}

/*
 * KEY as a file's name: keys count as equal in either case, and a key that a
 * person has written may hold anything, "../" too.
 */
static void stem_of(const char *key, char out[STEM_MAX + 1])
{
	static const char digits[] = "0123456789abcdef";
	size_t len = 0;
	const char *at;

	for (at = key; *at != '\0' && len + 3 <= STEM_MAX; at++) {
		char byte = *at;

		if (byte >= 'A' && byte <= 'Z')
			byte = (char)(byte - 'A' + 'a');
		if ((byte >= 'a' && byte <= 'z') ||
		    (byte >= '0' && byte <= '9') || byte == '_' ||
		    byte == '-' || (byte == '.' && len > 0)) {
			out[len++] = byte;
			continue;
		}
		out[len++] = '%';
		out[len++] = digits[(unsigned char)byte >> 4];
		out[len++] = digits[(unsigned char)byte & 15];
	}
	out[len] = '\0';
	if (*at != '\0')
		(void)snprintf(out + STEM_MAX - 17, 18, "%%%016" PRIx64,
		               hash_of(key));
}

static void name_lock(const char *key, char out[NAME_MAX + 1])
{
	char stem[STEM_MAX + 1];

	stem_of(key, stem);
	(void)snprintf(out, NAME_MAX + 1, "%s.lock", stem);
}

/* ---- the folder ---- */

static int judge(const struct paths *paths, int fd, struct astro_error *err)
{
	char hint[ERROR_HINT_MAX];
	struct stat info;

	if (fstat(fd, &info) != 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        paths->state);
	if (info.st_uid != geteuid() && info.st_uid != 0)
		return error_set(err, ASTRO_UNSAFE, "remove it",
		                 "%s: it belongs to another user (uid %lu)",
		                 paths->state, (unsigned long)info.st_uid);
	if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
		(void)snprintf(hint, sizeof(hint), "chmod go-w %s",
		               paths->state);
		return error_set(err, ASTRO_UNSAFE, hint,
		                 "%s: others can write to it (mode %04o)",
		                 paths->state, (unsigned)info.st_mode & 07777);
	}
	return ASTRO_OK;
}

static int open_at(const struct paths *paths, int home, bool is_made, int *fd,
                   struct astro_error *err)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

	*fd = openat(home, folder_name, flags);
	if (*fd < 0 && errno == ENOENT && is_made) {
		if (mkdirat(home, folder_name, 0700) != 0 && errno != EEXIST)
			return error_set_system(err, ASTRO_STORE, errno, NULL,
			                        "%s: cannot make it",
			                        paths->state);
		*fd = openat(home, folder_name, flags);
	}
	if (*fd < 0 && errno == ENOENT)
		return ASTRO_OK;
	if (*fd < 0 && (errno == ENOTDIR || errno == ELOOP))
		return error_set(err, ASTRO_UNSAFE, "remove it",
		                 "%s: it is no folder", paths->state);
	if (*fd < 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        paths->state);
	return judge(paths, *fd, err);
}

/* *FD is -1 with ASTRO_OK when it is not there and was not to be made. */
static int open_folder(const struct paths *paths, enum file_missing missing,
                       int *fd, struct astro_error *err)
{
	struct file file;
	int status;

	*fd = -1;
	status = file_open(paths, missing, &file, err);
	if (status == ASTRO_OK && file.home >= 0)
		status = open_at(paths, file.home, missing == FILE_MAKE_FOLDER,
		                 fd, err);
	file_close(&file);
	if (status != ASTRO_OK && *fd >= 0) {
		(void)close(*fd);
		*fd = -1;
	}
	return status;
}

int state_check(const struct paths *paths, struct astro_error *err)
{
	int fd, status = open_folder(paths, FILE_MAY_BE_MISSING, &fd, err);

	if (fd < 0)
		return status;
	if (faccessat(fd, ".", W_OK | X_OK, AT_EACCESS) != 0)
		status = error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                          paths->state);
	(void)close(fd);
	return status;
}

/* ---- the lock ---- */

int state_lock(const struct paths *paths, const char *key, int64_t wait_ms,
               struct state *out, struct astro_error *err)
{
	char name[NAME_MAX + 1], stem[STEM_MAX + 1];
	int status;

	out->folder = -1;
	out->lock = LOCK_NONE;
	stem_of(key, stem);
	name_lock(key, name);
	(void)snprintf(out->journal, sizeof(out->journal), "%s.journal", stem);

	status = open_folder(paths, FILE_MAKE_FOLDER, &out->folder, err);
	if (status == ASTRO_OK)
		status = lock_open(out->folder, name, LOCK_TO_WRITE, &out->lock,
		                   err);
	if (status == ASTRO_OK)
		status = lock_wait(&out->lock, wait_ms, err);
	if (status != ASTRO_OK)
		state_unlock(out);
	return status;
}

void state_unlock(struct state *state)
{
	lock_release(&state->lock);
	if (state->folder >= 0)
		(void)close(state->folder);
	state->folder = -1;
}

int state_open_helper(const struct paths *paths, const char *name,
                      enum lock_kind kind, struct state *out,
                      struct astro_error *err)
{
	char stem[STEM_MAX + 1], file[NAME_MAX + 1];
	int status;

	out->lock = LOCK_NONE;
	out->journal[0] = '\0';
	status = open_folder(paths,
	                     kind == LOCK_TO_WRITE ? FILE_MAKE_FOLDER
	                                           : FILE_MAY_BE_MISSING,
	                     &out->folder, err);
	if (status != ASTRO_OK || out->folder < 0)
		return status;
	/* No context's: its "+" would be escaped. */
	stem_of(name, stem);
	(void)snprintf(file, sizeof(file), "+helper-%s.lock", stem);
	status = lock_open(out->folder, file, kind, &out->lock, err);
	if (status != ASTRO_OK)
		state_unlock(out);
	return status;
}

/* Held by somebody else; who, into OUT. */
static bool is_held(struct lock *lock, char *out, size_t size)
{
	if (lock_wait(lock, 0, NULL) == ASTRO_STORE) {
		(void)keeper_find(lock->fd, out, size);
		return true;
	}
	/* A reader waits for no file that stands for a lock. */
	return lock->has_no_locks &&
	       held_keeper(lock->folder, lock->name, out, size);
}

void state_look(const struct paths *paths, const char *key,
                struct state_sight *out)
{
	char name[NAME_MAX + 1], stem[STEM_MAX + 1];
	struct lock lock = LOCK_NONE;
	int folder;

	memset(out, 0, sizeof(*out));
	if (open_folder(paths, FILE_MAY_BE_MISSING, &folder, NULL) !=
	            ASTRO_OK ||
	    folder < 0)
		return;
	name_lock(key, name);
	if (lock_open(folder, name, LOCK_TO_READ, &lock, NULL) == ASTRO_OK &&
	    lock.fd >= 0)
		out->is_held = is_held(&lock, out->holder, sizeof(out->holder));
	lock_release(&lock);
	stem_of(key, stem);
	(void)snprintf(name, sizeof(name), "%s.journal", stem);
	out->has_journal = faccessat(folder, name, F_OK, AT_EACCESS) == 0;
	(void)close(folder);
}

/* There may be tokens in it.  What the disk does with the blocks is not ours to
 * say; what whoever has the file open sees is. */
static void wipe(int fd)
{
	char *nothing = calloc(1, WIPE_SIZE);
	struct stat info;
	off_t at;

	if (nothing == NULL || fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
		info.st_size = 0;
	for (at = 0; at < info.st_size; at += WIPE_SIZE) {
		off_t left = info.st_size - at;

		if (pwrite(fd, nothing,
		           left < WIPE_SIZE ? (size_t)left : WIPE_SIZE, at) < 0)
			break;
	}
	free(nothing);
}

void state_drop_journal(const struct state *state)
{
	int fd = openat(state->folder, state->journal,
	                O_WRONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return;
	if (fd >= 0) {
		wipe(fd);
		(void)close(fd);
	}
	(void)unlinkat(state->folder, state->journal, 0);
}

/* ---- the note ---- */

struct note {
	int64_t obtained, expires;
	struct state_origin origin;
	bool has_origin;
};

void state_note_origin(const struct state *state, int64_t obtained,
                       int64_t expires, const struct state_origin *origin)
{
	char line[NOTE_SIZE], more[NOTE_SIZE] = "";
	int len;

	if (origin != NULL)
		(void)snprintf(more, sizeof(more),
		               " issued=%" PRId64 " nonce=%s", origin->issued,
		               origin->nonce);
	len = snprintf(line, sizeof(line),
	               "obtained=%" PRId64 " expires=%" PRId64 "%.120s\n",
	               obtained, expires, more);
	if (ftruncate(state->lock.fd, 0) == 0)
		(void)!pwrite(state->lock.fd, line, (size_t)len, 0);
}

void state_note(const struct state *state, int64_t obtained, int64_t expires)
{
	state_note_origin(state, obtained, expires, NULL);
}

/* A number behind NAME at *AT, which goes on behind it. */
static bool take_number(const char **at, const char *name, int64_t *out)
{
	size_t len = strlen(name);
	char *end;

	if (strncmp(*at, name, len) != 0)
		return false;
	*out = strtoll(*at + len, &end, 10);
	*at = end;
	return true;
}

/*
 * "obtained=N expires=N", and for an id_token " issued=N nonce=WORD", and a
 * line end: one that was cut short has none.
 */
static bool parse_note(const char *line, struct note *out)
{
	static const char name[] = " nonce=";
	size_t len;

	memset(out, 0, sizeof(*out));
	if (!take_number(&line, "obtained=", &out->obtained) ||
	    !take_number(&line, " expires=", &out->expires))
		return false;
	if (!take_number(&line, " issued=", &out->origin.issued) ||
	    strncmp(line, name, sizeof(name) - 1) != 0)
		return line[0] == '\n';
	line += sizeof(name) - 1;
	len = strcspn(line, "\n");
	if (len >= sizeof(out->origin.nonce) || line[len] != '\n')
		return false;
	memcpy(out->origin.nonce, line, len);
	out->has_origin = true;
	return true;
}

static bool read_note(const struct paths *paths, const char *key,
                      struct note *out)
{
	char name[NAME_MAX + 1], line[NOTE_SIZE] = "";
	int folder, fd;
	ssize_t len;

	if (open_folder(paths, FILE_MAY_BE_MISSING, &folder, NULL) !=
	            ASTRO_OK ||
	    folder < 0)
		return false;
	name_lock(key, name);
	fd = openat(folder, name,
	            O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	(void)close(folder);
	if (fd < 0)
		return false;
	len = pread(fd, line, sizeof(line) - 1, 0);
	(void)close(fd);
	return len > 0 && parse_note(line, out);
}

bool state_noted(const struct paths *paths, const char *key, int64_t expires,
                 int64_t *obtained)
{
	struct note note;

	if (!read_note(paths, key, &note) || note.expires != expires)
		return false;
	*obtained = note.obtained;
	return true;
}

bool state_noted_origin(const struct paths *paths, const char *key,
                        int64_t expires, struct state_origin *out)
{
	struct note note;

	if (!read_note(paths, key, &note) || note.expires != expires ||
	    !note.has_origin)
		return false;
	*out = note.origin;
	return true;
}
