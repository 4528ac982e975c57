/* SPDX-License-Identifier: Apache-2.0 */
/* What makes an authorization request of the OpenID provider a right one. */
#ifndef SANDBOX_OP_REQUEST_H
#define SANDBOX_OP_REQUEST_H

#include <jansson.h>

struct sandbox;

struct op_refusal {
	const char *error, *description; /* both NULL: nothing is wrong */
};

/* All but the client and its address, which come first. */
struct op_refusal op_request_check(const json_t *asked);

/* The parameters pushed under URI by CLIENT_ID (RFC 9126), used up by this:
 * the caller decrements.  NULL: none, used already, or too old. */
json_t *op_request_pushed(struct sandbox *box, const char *uri,
                          const char *client_id);

#endif
