/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLI_PREFIX_H
#define CORE_CLI_PREFIX_H

#include <stddef.h>

#include <astro/provider.h>

/* The folder that this program is installed below (it is in its bin/), into
 * OUT of SIZE bytes: everything else that is installed is found from there. */
int prefix_find(char *out, size_t size, struct astro_error *err);

#endif
