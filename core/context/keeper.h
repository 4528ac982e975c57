/* SPDX-License-Identifier: Apache-2.0 */
/* Who keeps a lock, as far as /proc tells. */
#ifndef CORE_CONTEXT_KEEPER_H
#define CORE_CONTEXT_KEEPER_H

#include <stdbool.h>
#include <stddef.h>

/*
 * "astro (process 123)" in OUT, of SIZE bytes, with ", which is stopped," where
 * that is so: the process that has locked, with flock(), the file that is open
 * as FD.  False, and OUT empty, when it cannot be told.
 */
bool keeper_find(int fd, char *out, size_t size);

#endif
