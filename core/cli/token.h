/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLI_TOKEN_H
#define CORE_CLI_TOKEN_H

#include <stddef.h>

#include <astro/provider.h>

enum { TOKEN_MAX_BYTES = 64 * 1024 };

/*
 * A token that came from outside: one leading "Bearer " is dropped; what is
 * left is visible ASCII without blanks, so that it cannot break out of a
 * header.  WHAT names its source in the message of STATUS.
 */
int token_clean(const char *bytes, size_t len, const char *what,
                enum astro_status status, struct astro_secret **out,
                struct astro_error *err);

/* As a person copies it into a pipe: blanks around it and a header's name are
 * left out of *BYTES and *LEN. */
void token_trim(const char **bytes, size_t *len);

#endif
