/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenID provider's JSON Web Tokens, well made and badly. */
#ifndef SANDBOX_OP_SIGN_H
#define SANDBOX_OP_SIGN_H

#include <jansson.h>

struct sandbox;

/* CLAIMS as a sound token of the type TYP; the caller frees.  NULL: the
 * settings ask for a key or an algorithm that there is not. */
char *op_sign(struct sandbox *box, const char *typ, const json_t *claims);
/* The same with op_header, op_claims_text, op_header_text, op_signature and
 * op_form applied. */
char *op_sign_as_told(struct sandbox *box, const json_t *claims);

#endif
