/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens that a person pasted or a script passed, as they should have been. */
#ifndef PLUGINS_PASTED_H
#define PLUGINS_PASTED_H

#include <astro/provider.h>

/*
 * A copy of PASTED without surrounding blanks and quotes and without the
 * "Authorization:" and "Bearer" that often come along.  ASTRO_DENIED when
 * nothing is left, or something no token has: blanks, control characters or
 * bytes beyond ASCII (RFC 6750, 2.1).
 */
astro_result pasted_token(const struct astro_host *host,
                          const struct astro_secret *pasted,
                          struct astro_secret **out, struct astro_error *err);
/* The same of what SERVER (its address, for the message) sent as a token: what
 * is none is ASTRO_BAD_ANSWER. */
astro_result pasted_answer(const struct astro_host *host,
                           const struct astro_secret *answer,
                           const char *server, struct astro_secret **out,
                           struct astro_error *err);

#endif
