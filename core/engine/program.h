/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_PROGRAM_H
#define CORE_ENGINE_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Write PROGRAM's path to OUT: as it stands when absolute, else from the
 * absolute entries of PATH.  An empty or relative entry would run what lies in
 * a folder that somebody else filled.  False when there is none.
 */
bool program_find(const char *program, char *out, size_t size);

#endif
