/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The context file as bytes on a disk: whom it may belong to, how it is read,
 * how it is replaced as a whole.
 */
#ifndef CORE_CONTEXT_FILE_H
#define CORE_CONTEXT_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <astro/provider.h>

#include "context.h"

/* One open file; file_close() in the end, whatever happened. */
struct file {
	int home;   /* descriptor of .astro; -1: it is not there */
	int folder; /* of the file itself, links followed; may equal home */
	char name[NAME_MAX + 1]; /* in that folder */
	bool exists;
	bool is_torn; /* it changed while it was read */
	mode_t mode;
	int64_t written; /* unix seconds */
	nlink_t links;
	char *bytes; /* followed by a NUL; wiped */
	size_t len, size;
};

enum file_missing { FILE_MAY_BE_MISSING, FILE_MAKE_FOLDER };

/* Open the folder, or make it.  ASTRO_UNSAFE: somebody else could have written
 * there. */
int file_open(const struct paths *paths, enum file_missing missing,
              struct file *file, struct astro_error *err);
/* Find the file and read it; a missing one has no bytes.  Again: anew. */
int file_read(const struct paths *paths, struct file *file,
              struct astro_error *err);
/* Put BYTES in the file's place: temporary file, fsync, rename, fsync.  After
 * an error it is as it was.  The lock is held. */
int file_replace(struct file *file, const char *bytes, size_t len,
                 struct astro_error *err);
/* Go as far as file_replace() goes without changing anything. */
int file_try(const struct paths *paths, struct file *file,
             struct astro_error *err);
void file_close(struct file *file);

#endif
