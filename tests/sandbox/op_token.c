/* SPDX-License-Identifier: Apache-2.0 */
/* The OpenID provider's token endpoint. */
#include <stdlib.h>
#include <string.h>

#include "challenge.h"
#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "handlers.h"
#include "op.h"
#include "op_client.h"
#include "op_device.h"
#include "op_dpop.h"
#include "op_mint.h"
#include "sandbox.h"

/* A token request whose client and proof have been found good. */
struct asked {
	const json_t *client;
	const json_t *form;
	char key[JWK_THUMBPRINT_LEN]; /* "": no proof */
};

static void refuse_grant(struct reply *reply, const char *description)
{
	reply_refusal(reply, 400, "invalid_grant", description);
}

static bool is_own(const struct asked *asked, const json_t *grant)
{
	return op_is(grant, "client_id",
	             fields_get(asked->client, "client_id"));
}

static void redeem_code(struct sandbox *box, const struct asked *asked,
                        struct reply *reply)
{
	const char *value = fields_get(asked->form, "code");
	json_t *code = grant_find(box, "op-code", value);
	const char *bound = fields_get(code, "dpop_jkt");

	if (value == NULL) {
		reply_refusal(reply, 400, "invalid_request", "code is missing");
	} else if (code != NULL && grant_spent(code) != 0) {
		/* RFC 6749, 4.1.2: what it gave is taken back. */
		grant_revoke_family(box, code);
		refuse_grant(reply, "the code was used already");
	} else if (!grant_is_good(box, code) || !is_own(asked, code)) {
		refuse_grant(reply, "the code is unknown or has expired");
	} else if (!op_is(code, "redirect_uri",
	                  fields_get(asked->form, "redirect_uri"))) {
		refuse_grant(reply, "redirect_uri is not the one that the code "
		                    "was sent to");
	} else if (!challenge_fits(fields_get(code, "code_challenge"),
	                           fields_get(asked->form, "code_verifier"))) {
		refuse_grant(reply, "code_verifier does not fit the "
		                    "code_challenge");
	} else if (bound != NULL && strcmp(bound, asked->key) != 0) {
		/* RFC 9449, 10. */
		reply_refusal(reply, 400, "invalid_dpop_proof",
		              "the proof is of another key than dpop_jkt");
	} else {
		grant_spend(box, code);
		op_mint(box, code, asked->key, OP_FIRST_TOKENS, reply);
	}
}

/* A spent token may come back for a moment, when the setting says so. */
static bool reuse_is_fine(const struct sandbox *box, const json_t *refresh)
{
	int64_t age = sandbox_now(box) - grant_spent(refresh);

	return age < setting_number(box, "op_reuse_interval");
}

static void refresh_tokens(struct sandbox *box, const struct asked *asked,
                           struct reply *reply)
{
	const char *value = fields_get(asked->form, "refresh_token");
	json_t *refresh = grant_find(box, "op-refresh", value);
	const char *bound = fields_get(refresh, "jkt");

	if (value == NULL) {
		reply_refusal(reply, 400, "invalid_request",
		              "refresh_token is missing");
	} else if (!grant_is_good(box, refresh) || !is_own(asked, refresh)) {
		refuse_grant(reply, "the refresh token is unknown, expired or "
		                    "revoked");
	} else if (grant_spent(refresh) != 0 && !reuse_is_fine(box, refresh)) {
		/* RFC 9700, 4.14.2: thief or owner, nobody can tell. */
		grant_revoke_family(box, refresh);
		refuse_grant(reply, "the refresh token was used already; the "
		                    "whole login has been revoked");
	} else if (bound != NULL && strcmp(bound, asked->key) != 0) {
		reply_refusal(reply, 400, "invalid_dpop_proof",
		              "the refresh token is bound to another key");
	} else {
		if (setting_true(box, "op_rotate") && grant_spent(refresh) == 0)
			grant_spend(box, refresh);
		op_mint(box, refresh, asked->key, OP_REFRESHED_TOKENS, reply);
	}
}

static void redeem_device_code(struct sandbox *box, const struct asked *asked,
                               struct reply *reply)
{
	char origin[OP_ADDRESS_MAX];
	const struct device_site site = op_device_site(box, origin);
	json_t *grant =
		device_poll(box, &site, fields_get(asked->form, "device_code"),
	                    fields_get(asked->client, "client_id"), reply);

	if (grant != NULL)
		op_mint(box, grant, asked->key, OP_FIRST_TOKENS, reply);
}

static void answer(struct sandbox *box, const struct asked *asked,
                   struct reply *reply)
{
	if (fields_get(asked->form, "grant_type") == NULL)
		reply_refusal(reply, 400, "invalid_request",
		              "grant_type is missing");
	else if (op_is(asked->form, "grant_type", "authorization_code"))
		redeem_code(box, asked, reply);
	else if (op_is(asked->form, "grant_type", "refresh_token"))
		refresh_tokens(box, asked, reply);
	else if (op_is(asked->form, "grant_type", DEVICE_GRANT_TYPE) &&
	         setting_true(box, "op_device"))
		redeem_device_code(box, asked, reply);
	else
		reply_refusal(reply, 400, "unsupported_grant_type",
		              "the grant_type is not supported");
}

void op_token(struct sandbox *box, const struct request *request,
              struct reply *reply)
{
	json_t *form = request_form(request);
	struct asked asked = {.form = form};

	asked.client = op_client_authenticate(box, request, form, reply);
	if (asked.client != NULL &&
	    op_dpop_check(box, request, NULL, asked.key, reply))
		answer(box, &asked, reply);
	json_decref(form);
}
