/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLI_SPELLING_H
#define CORE_CLI_SPELLING_H

#include <stdbool.h>
#include <stddef.h>

/* How many letters to change, add, drop or swap with their neighbour to get
 * from A to B; a large number where either is longer than any name of ours. */
size_t spelling_distance(const char *a, const char *b);
/* True when TYPED is probably a misspelt NAME. */
bool spelling_is_near(const char *typed, const char *name);

#endif
