/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON from servers, and for them.  The only door to the JSON library.
 * Duplicate members are refused (RFC 8259, 4 leaves them unpredictable), depth
 * is at most 32, a string at most 64 KiB, there are at most 65536 values, and
 * allocations are wiped.
 */
#ifndef CORE_ENGINE_JSON_H
#define CORE_ENGINE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

struct text;

/* A value; or one inside of another, which lends it. */
struct json {
	void *root; /* the library's; NULL: nothing there */
};

/* Once, before anything else here: the wiping allocator. */
void json_setup(void);

/* ASTRO_BAD_ANSWER with the reason; *OUT is an object or an array. */
int json_parse(const char *bytes, size_t len, struct json **out,
               struct astro_error *err);
void json_free(struct json *json);

/* PATH: "user.id", "items.0.id"; "" is the value itself.  A name that has dots
 * itself can be the last of a path.  Lent; NULL where there is no string.  (The
 * library's own json_string() is another thing.) */
const char *json_text(const struct json *json, const char *path);
/* Integers, floored fractions and decimal strings; saturating, else FALLBACK.
 */
int64_t json_number(const struct json *json, const char *path,
                    int64_t fallback);
int json_flag(const struct json *json, const char *path, int fallback);
int64_t json_count(const struct json *json, const char *path); /* or -1 */
enum json_kind {
	JSON_KIND_ABSENT,
	JSON_KIND_NULL,
	JSON_KIND_STRING,
	JSON_KIND_NUMBER,
	JSON_KIND_FLAG,
	JSON_KIND_ARRAY,
	JSON_KIND_OBJECT
};
enum json_kind json_kind(const struct json *json, const char *path);
/* The value at PATH, lent by JSON. */
struct json json_at(const struct json *json, const char *path);
/* One that outlives its parent; for json_free(). */
int json_keep(const struct json *json, struct json **out,
              struct astro_error *err);
/*
 * VISIT each member of the object or array that JSON is, in its order; NAME is
 * NULL in an array.  Ends at the first that is not ASTRO_OK, and returns that.
 */
int json_each(const struct json *json,
              int (*visit)(void *data, const char *name,
                           const struct json *value),
              void *data);

/* Add {"name": "value", ...} of FIELDS as a compact object to OUT, in their
 * order; with QUERY the GraphQL form {"query": ..., "variables": {...}}. */
int json_write_fields(struct text *out, const char *query,
                      const struct astro_field *fields, size_t count,
                      struct astro_error *err);
/* The same, but texts that are whole numbers become numbers. */
int json_write_numbers(struct text *out, const char *query,
                       const struct astro_field *fields, size_t count,
                       struct astro_error *err);
/* The value at PATH as compact JSON, for handing to the JOSE library. */
int json_write(struct text *out, const struct json *json, const char *path,
               struct astro_error *err);

#endif
