/* SPDX-License-Identifier: Apache-2.0 */
/* The second half of the grant: the exchange, and what its answer must prove.
 */
#include "redeem.h"

#include <stddef.h>

#include "client.h"
#include "core.h"
#include "credential.h"
#include "identity.h"
#include "token.h"

int redeem_code(struct astro_core *core,
                const struct astro_authorization *authorization,
                const struct redeem_grant *grant, struct astro_credential **out,
                struct astro_error *err)
{
	struct astro_field fields[CLIENT_FIELDS_MAX] = {
		{"grant_type", "authorization_code", NULL},
		{"code", NULL, grant->code},
		{"code_verifier", NULL, grant->verifier},
		{"redirect_uri", grant->redirect_uri, NULL},
	};
	const struct token_form form = {
		fields, token_add_resources(authorization, fields, 4)};
	const struct identity_expected expected = {
		.server = authorization->server,
		.client = authorization->client,
		.nonce = grant->nonce,
	};
	struct astro_credential *credential = NULL;
	int status;

	*out = NULL;
	status = token_request(core, authorization->server,
	                       authorization->client, &form, &credential, err);
	if (status == ASTRO_OK)
		status =
			identity_verify(core->http, &expected, credential, err);
	if (status == ASTRO_OK) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	credential_free(credential);
	return status;
}
