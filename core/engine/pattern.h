/* SPDX-License-Identifier: Apache-2.0 */
/* The patterns of a provider's domains; see astro_provider.domains. */
#ifndef CORE_ENGINE_PATTERN_H
#define CORE_ENGINE_PATTERN_H

/* What follows after so many is not looked at. */
enum { PATTERNS_MAX = 64 };

/* 1 when PATTERN matches the whole of DOMAIN, 0 when it does not, -1 when it is
 * no pattern: too long, or no regular expression. */
int pattern_match(const char *pattern, const char *domain);

#endif
