/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses taken apart (RFC 3986, 3), by the parser that requests go by. */
#ifndef CORE_ENGINE_ADDRESS_H
#define CORE_ENGINE_ADDRESS_H

#include <stddef.h>

#include <astro/provider.h>

/* "host" or "host:port" of URL, for messages.  OUT has SIZE bytes. */
void address_host(const char *url, char *out, size_t size);

/* The parts of an http or https address; ASTRO_BAD_CONFIG when it is none.
 * Freed with url_parts_clear(). */
struct url_parts {
	char *scheme, *host, *path, *query; /* query may be NULL */
	unsigned port; /* the scheme's own when not given */
};
int url_parts_get(const char *url, struct url_parts *out,
                  struct astro_error *err);
void url_parts_clear(struct url_parts *parts);

#endif
