/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CONTEXT_DOMAIN_H
#define CORE_CONTEXT_DOMAIN_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

enum {
	DOMAIN_MAX = 253, /* a host name; RFC 1035, 2.3.4 */
	DOMAIN_NAME_MAX =
		1024, /* a context's name: an issuer may have a path */
};

/*
 * What a person typed, as the one name of its context: lower case, without
 * "https://", trailing "/" and trailing dot; "cloud." is dropped in front of
 * Astro's own domains; NULL and "" are "astronomer.io".  An https:// address
 * that is no domain of Astro's is an issuer: *IS_ISSUER, and the name is the
 * issuer without "https://".  ASTRO_USAGE when it is no host name (no port, no
 * IP address, no user) or no https issuer, ASTRO_UNSAFE when it is a sound
 * address with plain http that is not this machine's.  NAME has
 * DOMAIN_NAME_MAX bytes.
 */
int domain_canonical(const char *typed, char *name, bool *is_issuer,
                     struct astro_error *err);

/* One of Astro's domains, PR previews included; "localhost" is not. */
bool domain_is_astro(const char *name);

/* The key of a context in the file: a domain's "." become "_" (the Go CLI's
 * rule), an issuer's every character outside a-z 0-9 "-" does.  OUT has
 * DOMAIN_NAME_MAX bytes. */
void domain_key(const char *name, char *out);

/* True for "localhost", 127.0.0.0/8 and "::1", with or without brackets. */
bool domain_is_loopback(const char *host);

#endif
