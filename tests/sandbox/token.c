/* SPDX-License-Identifier: Apache-2.0 */
/* The token endpoint, revocation and userinfo. */
#include "handlers.h"

#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "activate.h"
#include "challenge.h"
#include "data.h"
#include "device.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "mint.h"
#include "sandbox.h"

static bool equal(const char *a, const char *b)
{
	return a != NULL && b != NULL && strcmp(a, b) == 0;
}

static void refuse_grant(struct reply *reply, const char *description)
{
	reply_refusal(reply, 400, "invalid_grant", description);
}

/* RFC 6749, 5.1. */
static void give_tokens(struct sandbox *box, struct reply *reply,
                        const struct mint *mint, bool with_refresh)
{
	char *access = mint_access(box, mint);
	char *refresh = with_refresh ? mint_refresh(box, mint) : NULL;
	char *id_token = NULL;
	json_t *answer;

	answer = json_pack("{s:s, s:s, s:I, s:s}", "access_token", access,
	                   "token_type", "Bearer", "expires_in",
	                   (json_int_t)mint->lifetime, "scope", mint->scope);
	if (refresh != NULL)
		json_object_set_new(answer, "refresh_token",
		                    json_string(refresh));
	if (access != NULL && setting_true(box, "id_token") &&
	    mint_scope_has(mint->scope, "openid")) {
		id_token = mint_id_token(box, mint, access);
		json_object_set_new(answer, "id_token", json_string(id_token));
	}
	reply_json(reply, 200, answer);
	reply_header(reply, "Pragma", "no-cache");
	free(access);
	free(refresh);
	free(id_token);
}

static struct mint mint_for(const struct sandbox *box, const json_t *grant)
{
	return (struct mint){
		.user = data_user(box, "sub", grant_text(grant, "sub")),
		.family = grant_text(grant, "family"),
		.scope = grant_text(grant, "scope"),
		.lifetime = setting_number(box, "token_lifetime"),
		.opaque = setting_true(box, "opaque_tokens"),
	};
}

static void redeem_code(struct sandbox *box, const json_t *form,
                        struct reply *reply)
{
	json_t *code = grant_find(box, "code", fields_get(form, "code"));
	const char *verifier = fields_get(form, "code_verifier");
	struct mint mint;

	if (fields_get(form, "code") == NULL) {
		reply_refusal(reply, 400, "invalid_request", "code is missing");
	} else if (code != NULL && grant_spent(code) != 0) {
		/* RFC 6749, 4.1.2: what it gave is taken back. */
		grant_revoke_family(box, code);
		refuse_grant(reply, "the code was used already");
	} else if (!grant_is_good(box, code)) {
		refuse_grant(reply, "the code is unknown or has expired");
	} else if (!equal(fields_get(form, "redirect_uri"),
	                  grant_text(code, "redirect_uri"))) {
		refuse_grant(reply, "redirect_uri is not the one that the code "
		                    "was sent to");
	} else if (verifier == NULL) {
		reply_refusal(reply, 400, "invalid_request",
		              "code_verifier is missing");
	} else if (!challenge_fits(grant_text(code, "code_challenge"),
	                           verifier)) {
		refuse_grant(reply, "code_verifier does not fit the "
		                    "code_challenge");
	} else {
		grant_spend(box, code);
		mint = mint_for(box, code);
		mint.nonce = grant_text(code, "nonce");
		give_tokens(
			box, reply, &mint,
			setting_true(box, "offline_access") &&
				mint_scope_has(mint.scope, "offline_access"));
	}
}

/* A spent token may come back for a moment, when the setting says so. */
static bool reuse_is_fine(const struct sandbox *box, const json_t *refresh)
{
	int64_t age = sandbox_now(box) - grant_spent(refresh);

	return age < setting_number(box, "reuse_interval");
}

static void refresh_tokens(struct sandbox *box, const json_t *form,
                           struct reply *reply)
{
	const char *value = fields_get(form, "refresh_token");
	json_t *refresh = grant_find(box, "refresh", value);
	bool rotate = setting_true(box, "rotate");
	struct mint mint;

	if (value == NULL) {
		reply_refusal(reply, 400, "invalid_request",
		              "refresh_token is missing");
	} else if (!grant_is_good(box, refresh)) {
		refuse_grant(reply, "Unknown or invalid refresh token.");
	} else if (grant_spent(refresh) != 0 && !reuse_is_fine(box, refresh)) {
		/* RFC 9700, 4.14.2: thief or owner, nobody can tell. */
		grant_revoke_family(box, refresh);
		refuse_grant(reply, "the refresh token was used already; the "
		                    "whole login has been revoked");
	} else {
		if (rotate && grant_spent(refresh) == 0)
			grant_spend(box, refresh);
		mint = mint_for(box, refresh);
		give_tokens(box, reply, &mint, rotate);
	}
}

/* RFC 8628, 3.4. */
static void redeem_device_code(struct sandbox *box, const json_t *form,
                               struct reply *reply)
{
	const struct device_site site = activate_site(box);
	json_t *grant = device_poll(box, &site, fields_get(form, "device_code"),
	                            fields_get(form, "client_id"), reply);
	struct mint mint;

	if (grant == NULL)
		return;
	mint = mint_for(box, grant);
	give_tokens(box, reply, &mint,
	            setting_true(box, "offline_access") &&
	                    mint_scope_has(mint.scope, "offline_access"));
}

void token_issue(struct sandbox *box, const struct request *request,
                 struct reply *reply)
{
	json_t *form = request_form(request);
	const char *type = fields_get(form, "grant_type");

	if (form == NULL)
		reply_refusal(reply, 400, "invalid_request",
		              "the body must be a form, each parameter once");
	else if (type == NULL)
		reply_refusal(reply, 400, "invalid_request",
		              "grant_type is missing");
	else if (!equal(fields_get(form, "client_id"),
	                setting_text(box, "client_id")))
		reply_refusal(reply, 401, "invalid_client",
		              "the client_id is missing or unknown");
	else if (strcmp(type, "authorization_code") == 0)
		redeem_code(box, form, reply);
	else if (strcmp(type, "refresh_token") == 0)
		refresh_tokens(box, form, reply);
	else if (strcmp(type, DEVICE_GRANT_TYPE) == 0 &&
	         setting_true(box, "device_authorization"))
		redeem_device_code(box, form, reply);
	else
		reply_refusal(reply, 400, "unsupported_grant_type",
		              "the grant_type is not supported");
	json_decref(form);
}

/* RFC 7009: an unknown token is as good as revoked. */
void token_revoke(struct sandbox *box, const struct request *request,
                  struct reply *reply)
{
	json_t *form = request_form(request);
	const char *value = fields_get(form, "token");
	json_t *refresh = grant_find(box, "refresh", value);
	json_t *access = grant_find(box, "access", value);

	if (value == NULL) {
		reply_refusal(reply, 400, "invalid_request",
		              "the body must be a form with a token");
	} else if (!equal(fields_get(form, "client_id"),
	                  setting_text(box, "client_id"))) {
		reply_refusal(reply, 401, "invalid_client",
		              "the client_id is missing or unknown");
	} else {
		if (refresh != NULL)
			grant_revoke_family(box, refresh);
		if (access != NULL)
			json_object_set_new(access, "revoked", json_true());
		reply_json(reply, 200, json_object());
	}
	json_decref(form);
}

/* OpenID Connect Core, 5.3. */
void token_userinfo(struct sandbox *box, const struct request *request,
                    struct reply *reply)
{
	json_t *user = access_user(box, request);
	const char *name;

	if (user == NULL) {
		reply_refusal(reply, 401, "invalid_token",
		              "the access token is missing or invalid");
		reply_header(reply, "WWW-Authenticate",
		             "Bearer error=\"invalid_token\"");
		return;
	}
	name = fields_get(user, "name");
	reply_json(reply, 200,
	           json_pack("{s:s, s:s, s:b, s:s*, s:s, s:s}", "sub",
	                     fields_get(user, "sub"), "email",
	                     fields_get(user, "email"), "email_verified", 1,
	                     "name", name, "picture", "", "nickname", ""));
}
