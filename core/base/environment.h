/* SPDX-License-Identifier: Apache-2.0 */
/* Secrets in the environment: who may see them, and for how long. */
#ifndef CORE_BASE_ENVIRONMENT_H
#define CORE_BASE_ENVIRONMENT_H

#include <stdbool.h>

#include <astro/provider.h>

/* True for "ASTRO_API_TOKEN=..." and whatever else is ours and by its name a
 * secret; the value may be missing. */
bool environment_is_secret(const char *variable);

/*
 * The environment for a program that we start: ours without those.  The caller
 * frees the array; its texts are lent by the environment.
 */
int environment_clean(const char ***out, struct astro_error *err);

/* Overwrite the value of NAME where the kernel shows it (/proc/PID/environ)
 * and remove it, for this process and every later child of it. */
void environment_forget(const char *name);

#endif
