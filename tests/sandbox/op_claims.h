/* SPDX-License-Identifier: Apache-2.0 */
/* What the OpenID provider says of a person. */
#ifndef SANDBOX_OP_CLAIMS_H
#define SANDBOX_OP_CLAIMS_H

#include <jansson.h>

struct sandbox;

/* The claims of GRANT's "sub" that its "scope" asks for (OpenID Connect Core,
 * 5.4), into CLAIMS. */
void op_claims_add(const struct sandbox *box, json_t *claims,
                   const json_t *grant);
/* Put CHANGES over CLAIMS, null removes.  A text "{now}", "{now-61}" or
 * "{now+600.5}" becomes that number of seconds since 1970. */
void op_claims_change(const struct sandbox *box, json_t *claims,
                      const json_t *changes);

#endif
