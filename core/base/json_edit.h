/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Changing one value in a JSON document of somebody else's: order, white space
 * and members that are not known stay byte for byte.
 */
#ifndef CORE_BASE_JSON_EDIT_H
#define CORE_BASE_JSON_EDIT_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

struct text;

enum { JSON_EDIT_PATH_MAX = 4 };

/* BYTES, LEN of them, are an object that a JSON parser has accepted. */
struct json_document {
	const char *bytes;
	size_t len;
};

/*
 * The value under PATH (names of members from the root on, printable ASCII,
 * ended by NULL), as it stands in the document: *OUT points into it.  False
 * when there is none.
 */
bool json_edit_find(const struct json_document *document,
                    const char *const *path, const char **out, size_t *len);
/*
 * Append the document to OUT with VALUE, a JSON text, under PATH; objects on
 * the way that are missing are made, in the document's own style.
 * ASTRO_BAD_CONFIG when something on the way is no object.
 */
int json_edit_set(const struct json_document *document, const char *const *path,
                  const char *value, struct text *out, struct astro_error *err);
/* Append it without the member at PATH; as it is where there is none. */
int json_edit_remove(const struct json_document *document,
                     const char *const *path, struct text *out,
                     struct astro_error *err);

#endif
