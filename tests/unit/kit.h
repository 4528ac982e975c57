/* SPDX-License-Identifier: Apache-2.0 */
/* A home of its own for a test, and plugins copied into it. */
#ifndef TESTS_UNIT_KIT_H
#define TESTS_UNIT_KIT_H

#include <stddef.h>
#include <sys/types.h>

enum { KIT_PATH_MAX = 512 };

/* A folder under TMPDIR, named by ASTRO_HOME; ASTRO_PLUGIN_PATH is unset. */
extern char kit_home[KIT_PATH_MAX];

void kit_setup(void);
void kit_teardown(void);

/* "HOME/NAME"; lent until the eighth call after. */
const char *kit_path(const char *name);
/* Make the folder NAME and those above it, 0700. */
const char *kit_folder(const char *name);
void kit_write(const char *name, const void *bytes, size_t len, mode_t mode);
/* The contents, ended by NUL, for free(); NULL when there is none. */
char *kit_read(const char *name, size_t *len);
/* Copy the built plugin FROM to FOLDER/TO.so. */
void kit_plugin(const char *folder, const char *from, const char *to);
/* Copy the first LEN bytes only. */
void kit_plugin_cut(const char *folder, const char *from, size_t len);
size_t kit_plugin_size(const char *from);

#endif
