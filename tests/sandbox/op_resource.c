/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenID provider's userinfo, and the end of its tokens. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "handlers.h"
#include "mint.h"
#include "op.h"
#include "op_claims.h"
#include "op_client.h"
#include "op_dpop.h"
#include "op_sign.h"
#include "sandbox.h"

/* RFC 6750, 3. */
static void refuse(struct reply *reply, unsigned status, const char *error,
                   const char *description)
{
	char challenge[100];

	reply_refusal(reply, status, error, description);
	(void)snprintf(challenge, sizeof(challenge), "Bearer error=\"%s\"",
	               error);
	reply_header(reply, "WWW-Authenticate", challenge);
}

/* The grant of the token that came with REQUEST; NULL: the refusal is in
 * REPLY.  A bound token is good with a proof of its key only (RFC 9449, 7). */
static json_t *grant_of(struct sandbox *box, const struct request *request,
                        struct reply *reply)
{
	const char *header = request_header(request, "authorization");
	bool bearer = header != NULL && strncasecmp(header, "Bearer ", 7) == 0;
	bool proven = header != NULL && strncasecmp(header, "DPoP ", 5) == 0;
	const char *token = bearer ? header + 7 : proven ? header + 5 : NULL;
	json_t *grant = grant_find(box, "op-access", token);
	const char *bound = fields_get(grant, "jkt");
	char key[JWK_THUMBPRINT_LEN];

	if (!grant_is_good(box, grant) || (bound != NULL) != proven) {
		refuse(reply, 401, "invalid_token",
		       "the access token is missing, invalid or bound");
		return NULL;
	}
	if (!proven)
		return grant;
	if (!op_dpop_check(box, request, token, key, reply))
		return NULL;
	if (strcmp(key, bound) != 0) {
		refuse(reply, 401, "invalid_token",
		       "the proof is not of the token's key");
		return NULL;
	}
	return grant;
}

/* OpenID Connect Core, 5.3. */
void op_userinfo(struct sandbox *box, const struct request *request,
                 struct reply *reply)
{
	static const char *const members[] = {"sub", NULL};
	json_t *grant = grant_of(box, request, reply);
	char issuer[OP_ADDRESS_MAX], *token;
	json_t *claims;

	if (grant == NULL)
		return;
	if (!mint_scope_has(fields_get(grant, "scope"), "openid")) {
		refuse(reply, 403, "insufficient_scope",
		       "the token has not the scope openid");
		return;
	}
	claims = json_object();
	op_copy(claims, grant, members);
	op_claims_add(box, claims, grant);
	if (!setting_true(box, "op_userinfo_signed")) {
		reply_json(reply, 200, claims);
		return;
	}
	/* 5.3.2: signed, it names issuer and audience. */
	json_object_set_new(claims, "iss",
	                    json_string(op_address(box, "", issuer)));
	json_object_set(claims, "aud", json_object_get(grant, "client_id"));
	token = op_sign(box, "JWT", claims);
	text_clear(&reply->body);
	if (token != NULL && text_add_string(&reply->body, token))
		reply->status = 200;
	reply_header(reply, "Content-Type", "application/jwt");
	json_decref(claims);
	free(token);
}

/* RFC 7009: an unknown token is as good as revoked; one of another client's
 * is refused (2.1). */
void op_revoke(struct sandbox *box, const struct request *request,
               struct reply *reply)
{
	json_t *form = request_form(request);
	json_t *client = op_client_authenticate(box, request, form, reply);
	const char *value = fields_get(form, "token");
	json_t *refresh = grant_find(box, "op-refresh", value);
	json_t *access = grant_find(box, "op-access", value);
	const json_t *grant = refresh != NULL ? refresh : access;

	if (client == NULL)
		goto out;
	if (value == NULL) {
		reply_refusal(reply, 400, "invalid_request",
		              "token is missing");
		goto out;
	}
	if (grant != NULL &&
	    !op_is(grant, "client_id", fields_get(client, "client_id"))) {
		reply_refusal(reply, 400, "unauthorized_client",
		              "the token is another client's");
		goto out;
	}
	if (refresh != NULL)
		grant_revoke_family(box, refresh);
	if (access != NULL)
		json_object_set_new(access, "revoked", json_true());
	reply_json(reply, 200, json_object());
out:
	json_decref(form);
}
