/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The file that a provider is: opened in a folder, and judged on its descriptor
 * before the first byte of it runs.
 */
#ifndef CORE_ENGINE_PROVIDER_FILE_H
#define CORE_ENGINE_PROVIDER_FILE_H

#include <stddef.h>

#include <astro/provider.h>

#include "text.h"

struct policy;

/* NAME.so, or astro-provider-NAME. */
enum provider_kind { PROVIDER_LIBRARY, PROVIDER_PROGRAM };

struct provider_file {
	enum provider_kind kind;
	struct text path;   /* there after an error, too */
	int fd;             /* or -1 */
	size_t object_size; /* of the object that the symbol names; 0: none */
};

enum { PROVIDER_FILE_NAME_SIZE = 64 };
/* The name of NAME's file. */
void provider_file_name(enum provider_kind kind, const char *name,
                        char out[PROVIDER_FILE_NAME_SIZE]);

/* Nothing opened, for provider_file_clear(). */
void provider_file_init(struct provider_file *file, enum provider_kind kind);
/*
 * Open the file of NAME in FOLDER, which must be trusted, as every folder above
 * it.  file->fd stays -1 with ASTRO_OK where it is not there.  FILE has been
 * initialized, or has been here already.  ASTRO_BAD_PLUGIN, ASTRO_UNSAFE.
 */
int provider_file_open(struct provider_file *file, const char *folder,
                       const char *name, struct astro_error *err);
/*
 * Whether FILE, which is open, may be loaded under NAME: who could have put it
 * there, or changed it; of a library what its bytes say; and what POLICY (NULL:
 * nothing) says of it.  ASTRO_BAD_PLUGIN, ASTRO_UNSAFE.
 */
int provider_file_judge(struct provider_file *file, const char *name,
                        const struct policy *policy, struct astro_error *err);
void provider_file_clear(struct provider_file *file);

#endif
