/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLI_CREDENTIAL_INPUT_H
#define CORE_CLI_CREDENTIAL_INPUT_H

#include <astro/provider.h>

#include "text.h"

enum { INPUT_MAX = 1024 * 1024 };

enum input_end {
	INPUT_END,       /* the end of standard input */
	INPUT_EMPTY_LINE /* the same, or the first empty line */
};

/*
 * Standard input, which another program writes, into OUT, an uninitialized text
 * that wipes itself.  It is the caller's to clear, also after an error.
 * ASTRO_USAGE: there is more than INPUT_MAX; NAME stands in messages.
 */
int input_read(enum input_end end, const char *name, struct text *out,
               struct astro_error *err);

#endif
