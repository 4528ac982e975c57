/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BASE_RANDOM_H
#define CORE_BASE_RANDOM_H

#include <stddef.h>

#include <astro/provider.h>

/* Bytes from the system's random source, or ASTRO_INTERNAL; never fewer. */
int random_fill(void *bytes, size_t len, struct astro_error *err);
/* Tests put their own source in place (0: done); NULL: the real one. */
void random_replace(int (*source)(void *bytes, size_t len));

#endif
