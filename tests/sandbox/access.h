/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SANDBOX_ACCESS_H
#define SANDBOX_ACCESS_H

#include <jansson.h>

struct request;
struct sandbox;

/* Whose "Authorization: Bearer" token came with REQUEST (RFC 6750, 2.1): lent;
 * NULL when it is missing, unknown, expired or revoked. */
json_t *access_user(struct sandbox *box, const struct request *request);
/* The same for Houston, whose tokens come bare. */
json_t *access_houston_user(struct sandbox *box, const struct request *request);

#endif
