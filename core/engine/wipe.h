/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An allocator for libraries that see secrets (libcurl, the JSON and the JOSE
 * library): what is freed is wiped first.
 */
#ifndef CORE_ENGINE_WIPE_H
#define CORE_ENGINE_WIPE_H

#include <stddef.h>

void *wipe_malloc(size_t size);
void *wipe_calloc(size_t count, size_t size);
void *wipe_realloc(void *old, size_t size);
char *wipe_strdup(const char *text);
/* Only what came from here; accepts NULL. */
void wipe_free(void *old);

#endif
