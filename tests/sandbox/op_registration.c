/* SPDX-License-Identifier: Apache-2.0 */
/* Dynamic registration, RFC 7591 and OpenID Connect Dynamic Registration 1.0.
 */
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "handlers.h"
#include "op.h"
#include "sandbox.h"

enum { CLIENT_SECONDS = 365 * 24 * 3600 };

static bool addresses_are_fine(const json_t *list)
{
	json_t *entry;
	size_t i;

	json_array_foreach((json_t *)list, i, entry)
	{
		const char *address = json_string_value(entry);

		if (address == NULL || strchr(address, '#') != NULL ||
		    (strncmp(address, "https://", 8) != 0 &&
		     strncmp(address, "http://127.0.0.1", 16) != 0 &&
		     strncmp(address, "http://[::1]", 12) != 0 &&
		     strncmp(address, "http://localhost", 16) != 0))
			return false;
	}
	return json_array_size(list) > 0;
}

static bool method_is_known(const char *method)
{
	return strcmp(method, "none") == 0 ||
	       strcmp(method, "client_secret_basic") == 0 ||
	       strcmp(method, "client_secret_post") == 0;
}

static void enter(struct sandbox *box, const json_t *asked, const char *method,
                  struct reply *reply)
{
	static const char *const members[] = {
		"redirect_uris", "post_logout_redirect_uris",
		"client_name",   "application_type",
		"grant_types",   "response_types",
		"scope",         NULL,
	};
	char *id = grant_random(), *secret = grant_random();
	json_t *client = json_object();

	op_copy(client, asked, members);
	json_object_set_new(client, "client_id", json_string(id));
	json_object_set_new(client, "client_id_issued_at",
	                    json_integer(sandbox_now(box)));
	json_object_set_new(client, "token_endpoint_auth_method",
	                    json_string(method));
	if (strcmp(method, "none") != 0) {
		json_object_set_new(client, "client_secret",
		                    json_string(secret));
		json_object_set_new(client, "client_secret_expires_at",
		                    json_integer(0));
	}
	reply_json(reply, 201, json_deep_copy(client));
	grant_add(box, "op-client", id, CLIENT_SECONDS, client);
	free(id);
	free(secret);
}

void op_register(struct sandbox *box, const struct request *request,
                 struct reply *reply)
{
	json_t *asked = request_json(request);
	const char *method = fields_get(asked, "token_endpoint_auth_method");

	if (method == NULL)
		method = "client_secret_basic"; /* RFC 7591, 2 */
	if (!setting_true(box, "op_registration"))
		reply_refusal(reply, 403, "access_denied",
		              "registration is closed");
	else if (asked == NULL)
		reply_refusal(reply, 400, "invalid_client_metadata",
		              "the body must be a JSON object");
	else if (!addresses_are_fine(json_object_get(asked, "redirect_uris")))
		reply_refusal(reply, 400, "invalid_redirect_uri",
		              "redirect_uris must be https or loopback");
	else if (!method_is_known(method))
		reply_refusal(reply, 400, "invalid_client_metadata",
		              "the token_endpoint_auth_method is unknown");
	else
		enter(box, asked, method, reply);
	json_decref(asked);
}
