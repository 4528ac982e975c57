/* SPDX-License-Identifier: Apache-2.0 */
/* Percent-encoding (RFC 3986, 2.1), for addresses, queries and form bodies. */
#ifndef CORE_ENGINE_URL_H
#define CORE_ENGINE_URL_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

struct text;

/* Add LEN bytes to OUT: unreserved characters (RFC 3986, 2.3) as they are, a
 * blank as BLANK ("%20" or "+").  False when OUT is full. */
bool url_encode(struct text *out, const char *bytes, size_t len,
                const char *blank);
/* The same as a text of its own, in OUT of SIZE bytes; see
 * astro_host.url_escape. */
int url_encode_to(const char *text, char *out, size_t size,
                  struct astro_error *err);
/* Add a query's name=value to URL, encoded, with "?" or "&" as needed. */
int url_add_query(struct text *url, const char *name, const char *value,
                  struct astro_error *err);

/*
 * The value of NAME in a query ("a=b&c=d"), decoded ("+" is a blank), copied to
 * OUT (SIZE bytes).  Returns how often NAME occurs; -1 when its value is no
 * visible ASCII (VSCHAR and blank), too long or badly encoded.
 */
int query_get(const char *query, const char *name, char *out, size_t size);
/* The first value of NAME for people: any bytes but NUL, cut where it is too
 * long, "" where there is none.  Escape it before it is shown. */
void query_text(const char *query, const char *name, char *out, size_t size);

#endif
