/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a small JSON document (RFC 8259) that another program hands over,
 * strictly: a member that is there twice, bytes that are not UTF-8, U+0000 and
 * lone surrogates are refused.  Each value knows where its bytes are, so that
 * one can be replaced and the rest left alone.
 */
#ifndef CORE_CLI_JSON_IN_H
#define CORE_CLI_JSON_IN_H

#include <stddef.h>

#include <astro/provider.h>

enum {
	JSON_IN_BYTES_MAX = 1024 * 1024,
	JSON_IN_DEPTH_MAX = 32,
	JSON_IN_VALUES_MAX = 20000,
	JSON_IN_MEMBERS_MAX = 1000 /* of one object */
};

enum json_in_kind {
	JSON_IN_OBJECT,
	JSON_IN_ARRAY,
	JSON_IN_STRING,
	JSON_IN_NUMBER,
	JSON_IN_TRUE,
	JSON_IN_FALSE,
	JSON_IN_NULL
};

struct json_in_value {
	enum json_in_kind kind;
	size_t start, end;          /* in the bytes, brackets and quotes too */
	const char *text;           /* of a string, unescaped */
	const char *name;           /* of a member of an object, or NULL */
	size_t name_start;          /* its opening quote */
	struct json_in_value *next; /* in the same object or array */
	struct json_in_value *first;
};

struct json_in;

/*
 * Read LEN bytes, of which nothing is kept but copies, wiped by json_in_free().
 * NAME stands in the message of a refusal, which is ASTRO_BAD_CONFIG and names
 * the byte, from 1; no part of the document is in it.
 */
int json_in_read(const char *bytes, size_t len, const char *name,
                 struct json_in **out, struct astro_error *err);
/* Accepts NULL. */
void json_in_free(struct json_in *json);

const struct json_in_value *json_in_root(const struct json_in *json);
/* A member of OBJECT; NULL where there is none or OBJECT (which may be NULL) is
 * no object. */
const struct json_in_value *json_in_member(const struct json_in_value *object,
                                           const char *name);
/* The text of a member that is a string, or NULL. */
const char *json_in_text(const struct json_in_value *object, const char *name);

#endif
