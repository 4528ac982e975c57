/* SPDX-License-Identifier: Apache-2.0 */
/* A reader of GraphQL documents: one operation, no fragments. */
#ifndef SANDBOX_GRAPHQL_H
#define SANDBOX_GRAPHQL_H

#include <jansson.h>

enum { GRAPHQL_ERROR_MAX = 200 };

/*
 * {"type": "query", "name": NAME, "variables": {"x": "String!"}, "fields":
 * [FIELD…]}, where FIELD is {"name", "key" (its alias), "arguments": {"a":
 * {"variable": "x"} or {"literal": …}}, "fields": [FIELD…] or absent}.  NULL,
 * and ERROR filled in, when TEXT is no such document.
 */
json_t *graphql_parse(const char *text, char error[GRAPHQL_ERROR_MAX]);

#endif
