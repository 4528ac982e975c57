/* SPDX-License-Identifier: Apache-2.0 */
/* Percent-encoding, for addresses, queries and form bodies. */
#ifndef CORE_ENGINE_URL_H
#define CORE_ENGINE_URL_H

#include <stdbool.h>
#include <stddef.h>

struct text;

/* Add LEN bytes to OUT: unreserved characters (RFC 3986, 2.3) as they are, a
 * blank as BLANK ("%20" or "+").  False when OUT is full. */
bool url_encode(struct text *out, const char *bytes, size_t len,
                const char *blank);

#endif
