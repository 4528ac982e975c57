/* SPDX-License-Identifier: Apache-2.0 */
/* Times as the context file and tokens write them. */
#ifndef CORE_CONTEXT_STAMP_H
#define CORE_CONTEXT_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { STAMP_SIZE = 32 };

/* The end of the year 9999: nothing lasts longer. */
#define STAMP_MAX INT64_C(253402300799)

/*
 * RFC 3339 with fractions and zone, the same with a blank for the "T" and
 * without a zone (UTC), a date, or whole seconds since 1970.  Times before
 * 1970 are 0.
 */
bool stamp_parse(const char *text, int64_t *seconds);
/* Digits at *AT, with or without "-" before them, as whole seconds since 1970,
 * from 0 to STAMP_MAX; *AT moves behind them.  False where there are none. */
bool stamp_read_seconds(const char **at, int64_t *seconds);
/* "2026-11-25T16:16:57Z" */
void stamp_format(int64_t seconds, char out[STAMP_SIZE]);

/*
 * The exp claim (RFC 7519, 4.1.4) of a JWT, with or without "Bearer " before
 * it.  Unverified: for showing and planning.  FALLBACK where there is none.
 */
int64_t stamp_of_token(const char *token, size_t len, int64_t fallback);

#endif
