/* SPDX-License-Identifier: Apache-2.0 */
/* What Houston's schema allows, at each of its versions. */
#ifndef SANDBOX_SCHEMA_H
#define SANDBOX_SCHEMA_H

#include <stdbool.h>

#include <jansson.h>

enum { SCHEMA_ERROR_MAX = 300 };

/*
 * Check an operation (graphql.h) and the VARIABLES sent with it, as a GraphQL
 * server of VERSION does before it runs anything.
 */
bool schema_check(const json_t *operation, const json_t *variables,
                  const char *version, char error[SCHEMA_ERROR_MAX]);
/* The members of VALUE that the selection FIELDS asks for; the caller
 * decrements. */
json_t *schema_select(const json_t *value, const json_t *fields);

#endif
