/* SPDX-License-Identifier: Apache-2.0 */
/* Query strings and forms, as JSON objects of strings in their order. */
#ifndef SANDBOX_FIELDS_H
#define SANDBOX_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct text;

/*
 * "a=b&c=d" decoded.  NULL when a name comes twice (RFC 6749, 3.1), or when a
 * value is badly encoded or no UTF-8.
 */
json_t *fields_parse(const char *text, size_t len);
/* The value of NAME, or NULL. */
const char *fields_get(const json_t *fields, const char *name);
/* The opposite of fields_parse(). */
bool fields_write(struct text *out, const json_t *fields);
/* Percent-encode all but the unreserved characters of RFC 3986. */
bool fields_escape(struct text *out, const char *value);
/* RFC 7396: put PATCH over INTO, null removes; objects within are merged. */
void fields_merge(json_t *into, const json_t *patch);

#endif
