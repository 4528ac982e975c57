/* SPDX-License-Identifier: Apache-2.0 */
/* Who listens on a port of this machine, as far as /proc tells. */
#ifndef CORE_ENGINE_OAUTH_HOLDER_H
#define CORE_ENGINE_OAUTH_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "PROGRAM (pid N)" in OUT, of SIZE bytes; false when it cannot be told. */
bool holder_find(uint16_t port, char *out, size_t size);

#endif
