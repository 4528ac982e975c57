/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens taken back at the server. */
#include "revoke.h"

#include <stddef.h>

#include "client.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "http.h"

/* RFC 7009, 2.1 and 2.2: 200 also for a token that the server never knew. */
static int revoke_one(struct astro_core *core,
                      const struct astro_server *server,
                      const struct astro_client *client,
                      const struct astro_field *token, const char *kind,
                      struct astro_error *err)
{
	const struct astro_field fields[] = {*token,
	                                     {"token_type_hint", kind, NULL}};
	const struct astro_request *requests[1];
	struct astro_response *response = NULL;
	struct client_form form;
	int status;

	status = client_form_init(&form, server->revocation_endpoint, client,
	                          fields, 2, err);
	requests[0] = &form.request;
	if (status == ASTRO_OK)
		status = http_send(core->http, requests, 1, &response, err);
	if (status == ASTRO_OK && response_status(response) >= 400)
		status = error_set(err, ASTRO_DENIED, NULL,
		                   "the server refused to revoke the %s: %s",
		                   kind, response_reason(response));
	client_form_clear(&form);
	response_free(response);
	return status;
}

int revoke_tokens(struct astro_core *core, const struct astro_server *server,
                  const struct astro_client *client,
                  const struct astro_credential *credential,
                  struct astro_error *err)
{
	static const char *const kinds[] = {"refresh_token", "access_token"};
	int status = ASTRO_OK;
	size_t i;

	if (server->revocation_endpoint == NULL)
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "the server takes no token back");
	for (i = 0; i < 2 && status == ASTRO_OK; i++) {
		const struct astro_field token = {
			"token", NULL, credential_get(credential, kinds[i])};

		if (token.secret != NULL)
			status = revoke_one(core, server, client, &token,
			                    kinds[i], err);
	}
	return status;
}
