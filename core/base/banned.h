/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that this project does without, as compile errors.  Included by
 * the build before every file (-include), so it needs no mention elsewhere.
 */
#ifndef CORE_BASE_BANNED_H
#define CORE_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang's fortified headers have these as macros. */
#undef sprintf
#undef vsprintf

#pragma GCC poison strcpy strcat sprintf vsprintf strncpy strncat strtok gets
#pragma GCC poison atoi atol atof system popen tmpnam mktemp

#endif
