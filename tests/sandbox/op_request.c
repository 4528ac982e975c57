/* SPDX-License-Identifier: Apache-2.0 */
/* Authorization requests: their check, and the door by which they are pushed.
 */
#include "op_request.h"

#include <stdlib.h>
#include <string.h>

#include "challenge.h"
#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "handlers.h"
#include "mint.h"
#include "op.h"
#include "op_client.h"
#include "op_dpop.h"
#include "sandbox.h"

enum { PUSHED_SECONDS = 60 };

static const char uri_prefix[] = "urn:ietf:params:oauth:request_uri:";

/* RFC 7636, 4.3, with S256 alone; NULL: fine. */
static const char *challenge_complaint(const json_t *asked)
{
	const char *challenge = fields_get(asked, "code_challenge");

	if (challenge == NULL)
		return "code_challenge is missing";
	if (!op_is(asked, "code_challenge_method", "S256"))
		return "code_challenge_method must be S256";
	if (!challenge_is_one(challenge))
		return "code_challenge must be 43 characters of base64url";
	return NULL;
}

struct op_refusal op_request_check(const json_t *asked)
{
	const char *mode = fields_get(asked, "response_mode");
	const char *resource = fields_get(asked, "resource");
	const char *complaint = challenge_complaint(asked);

	if (fields_get(asked, "response_type") == NULL)
		return (struct op_refusal){"invalid_request",
		                           "response_type is missing"};
	if (!op_is(asked, "response_type", "code"))
		return (struct op_refusal){"unsupported_response_type",
		                           "response_type must be code"};
	if (mode != NULL && strcmp(mode, "query") != 0)
		return (struct op_refusal){"invalid_request",
		                           "response_mode must be query"};
	if (fields_get(asked, "request") != NULL)
		return (struct op_refusal){"request_not_supported",
		                           "request objects are not taken"};
	if (complaint != NULL)
		return (struct op_refusal){"invalid_request", complaint};
	if (!mint_scope_has(fields_get(asked, "scope"), "openid"))
		return (struct op_refusal){"invalid_scope",
		                           "scope must have openid"};
	/* RFC 8707, 2. */
	if (resource != NULL &&
	    (strstr(resource, "://") == NULL || strchr(resource, '#') != NULL))
		return (struct op_refusal){"invalid_target",
		                           "resource must be an address "
		                           "without a fragment"};
	if (op_is(asked, "prompt", "none"))
		return (struct op_refusal){"login_required", "Login required"};
	return (struct op_refusal){NULL, NULL};
}

/* RFC 9126, 2.1; DPoP's key may be told by a proof as well (RFC 9449, 10.1). */
void op_push(struct sandbox *box, const struct request *request,
             struct reply *reply)
{
	json_t *form = request_form(request);
	json_t *client = op_client_authenticate(box, request, form, reply);
	char key[JWK_THUMBPRINT_LEN];
	struct op_refusal refusal;
	char *name = NULL;
	json_t *uri;

	if (client == NULL)
		goto out;
	if (!setting_true(box, "op_pushed")) {
		reply_refusal(reply, 403, "access_denied",
		              "pushed requests are not taken");
		goto out;
	}
	refusal = op_request_check(form);
	if (fields_get(form, "request_uri") != NULL)
		refusal = (struct op_refusal){"invalid_request",
		                              "request_uri may not be pushed"};
	else if (!op_client_has_address(client, "redirect_uris",
	                                fields_get(form, "redirect_uri")))
		refusal = (struct op_refusal){"invalid_request",
		                              "the redirect_uri is not one of "
		                              "this client's"};
	if (refusal.error != NULL) {
		reply_refusal(reply, 400, refusal.error, refusal.description);
		goto out;
	}
	if (!op_dpop_check(box, request, NULL, key, reply))
		goto out;
	name = grant_random();
	uri = json_sprintf("%s%s", uri_prefix, name);
	json_object_set(form, "client_id",
	                json_object_get(client, "client_id"));
	json_object_del(form, "client_secret");
	if (key[0] != '\0')
		json_object_set_new(form, "dpop_jkt", json_string(key));
	grant_add(box, "op-pushed", json_string_value(uri), PUSHED_SECONDS,
	          json_pack("{s:O}", "asked", form));
	reply_json(reply, (unsigned)setting_number(box, "op_pushed_status"),
	           json_pack("{s:o, s:i}", "request_uri", uri, "expires_in",
	                     PUSHED_SECONDS));
out:
	free(name);
	json_decref(form);
}

json_t *op_request_pushed(struct sandbox *box, const char *uri,
                          const char *client_id)
{
	json_t *grant = grant_find(box, "op-pushed", uri);
	json_t *asked = NULL;

	if (!grant_is_good(box, grant))
		return NULL;
	asked = json_object_get(grant, "asked");
	if (!op_is(asked, "client_id", client_id))
		return NULL;
	json_incref(asked);
	grant_remove(box, uri);
	return asked;
}
