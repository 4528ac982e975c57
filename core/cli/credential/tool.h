/* SPDX-License-Identifier: Apache-2.0 */
/* Running another program, without a shell. */
#ifndef CORE_CLI_CREDENTIAL_TOOL_H
#define CORE_CLI_CREDENTIAL_TOOL_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

#include "text.h"

enum { TOOL_OUTPUT_MAX = 64 * 1024 };

/* Where this program is, into OUT of PATH_MAX bytes.  ASTRO_UNSUPPORTED when
 * the path could not be written into a configuration file. */
int tool_self(char *out, struct astro_error *err);

/*
 * Run ARGV, ended by NULL, of which the first is an absolute path, with no
 * input, no ASTRO_API_TOKEN and what it prints (both streams, at most
 * TOOL_OUTPUT_MAX) in OUTPUT, an uninitialized text that is the caller's to
 * clear.  *CODE is its exit code, or 128 and the signal.
 */
int tool_run(const char *const *argv, struct text *output, int *code,
             struct astro_error *err);

/* WORD as a shell reads it: quoted where that is needed.  False when there is
 * no memory. */
bool tool_add_word(struct text *text, const char *word);

#endif
