/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_BROWSER_H
#define CORE_ENGINE_BROWSER_H

#include <stdbool.h>

#include <astro/provider.h>

/* True when there is one to open, named or found. */
bool browser_is_there(void);

/*
 * Open URL with the program that opener_make() finds.  Its output is discarded,
 * its environment has no secrets (ASTRO_API_TOKEN), it is never waited for
 * longer than half a second.  ASTRO_UNSUPPORTED when none was found or it
 * failed at once; ASTRO_UNSAFE for what is no web address.
 */
int browser_open(const char *url, struct astro_error *err);

/*
 * The same in two steps, for who has other things to wait for.  *FD is to be
 * polled for reading, and readable after half a second at the latest; then
 * browser_result() tells, and closes it.
 */
int browser_start(const char *url, int *fd, struct astro_error *err);
int browser_result(int fd, struct astro_error *err);

#endif
