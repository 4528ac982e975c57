/* SPDX-License-Identifier: Apache-2.0 */
/* Access, refresh and id tokens of the OpenID provider. */
#include "op_mint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "jws.h"
#include "mint.h"
#include "op.h"
#include "op_claims.h"
#include "op_keys.h"
#include "op_recipe.h"
#include "op_sign.h"
#include "sandbox.h"

enum { REFRESH_LIFETIME = 30 * 24 * 3600, HINT_LIFETIME = 365 * 24 * 3600 };

/* What a token's grant keeps of the one that it came from. */
static json_t *details_of(const json_t *grant, const char *key)
{
	static const char *const members[] = {
		"client_id", "sub",      "scope", "family",
		"auth_time", "resource", NULL,
	};
	json_t *details = json_object();

	op_copy(details, grant, members);
	if (key[0] != '\0')
		json_object_set_new(details, "jkt", json_string(key));
	return details;
}

/* RFC 9068; "jwt_none" is what nobody may ever trust. */
static char *access_jwt(struct sandbox *box, const json_t *grant,
                        const char *key)
{
	char issuer[OP_ADDRESS_MAX], *unique = grant_random(), *token;
	const char *resource = fields_get(grant, "resource");
	int64_t now = sandbox_now(box);
	json_t *claims;

	op_address(box, "", issuer);
	claims = json_pack(
		"{s:s, s:s, s:O, s:O, s:O, s:s, s:I, s:I}", "iss", issuer,
		"aud", resource == NULL ? issuer : resource, "sub",
		json_object_get(grant, "sub"), "client_id",
		json_object_get(grant, "client_id"), "scope",
		json_object_get(grant, "scope"), "jti", unique, "iat",
		(json_int_t)now, "exp",
		(json_int_t)(now + setting_number(box, "op_token_lifetime")));
	if (key[0] != '\0')
		json_object_set_new(claims, "cnf",
		                    json_pack("{s:s}", "jkt", key));
	token = op_sign(box, "at+jwt", claims);
	if (token != NULL &&
	    op_is(box->settings, "op_access_token", "jwt_none"))
		strrchr(token, '.')[1] = '\0';
	json_decref(claims);
	free(unique);
	return token;
}

static char *mint_op_access(struct sandbox *box, const json_t *grant,
                            const char *key)
{
	char *token = op_is(box->settings, "op_access_token", "opaque")
	                      ? grant_random()
	                      : access_jwt(box, grant, key);

	grant_add(box, "op-access", token,
	          setting_number(box, "op_token_lifetime"),
	          details_of(grant, key));
	return token;
}

static char *mint_op_refresh(struct sandbox *box, const json_t *grant,
                             const char *key)
{
	char *token = grant_random();

	grant_add(box, "op-refresh", token, REFRESH_LIFETIME,
	          details_of(grant, key));
	return token;
}

/* OpenID Connect Core, 3.1.3.6: the left half of the hash of ALGORITHM. */
static void add_at_hash(const struct sandbox *box, json_t *claims,
                        const char *access)
{
	const char *algorithm = setting_text(box, "op_algorithm");
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	char *code;

	if (!jws_knows(algorithm) ||
	    EVP_Digest(access, strlen(access), digest, &len,
	               jws_hash(algorithm), NULL) != 1)
		return;
	code = jwk_encoded(digest, len / 2);
	json_object_set_new(claims, "at_hash", json_string(code));
	free(code);
}

/* OpenID Connect Core, 2; 12.2 for a refreshed one: no nonce, the same
 * auth_time. */
static char *mint_op_id_token(struct sandbox *box, const json_t *grant,
                              const char *access, enum op_occasion occasion)
{
	static const char *const members[] = {"sub", "auth_time", NULL};
	char issuer[OP_ADDRESS_MAX], *token;
	int64_t now = sandbox_now(box);
	json_t *claims = json_object();

	op_copy(claims, grant, members);
	json_object_set_new(claims, "iss",
	                    json_string(op_address(box, "", issuer)));
	json_object_set(claims, "aud", json_object_get(grant, "client_id"));
	json_object_set_new(claims, "iat", json_integer(now));
	json_object_set_new(
		claims, "exp",
		json_integer(now + setting_number(box, "op_token_lifetime")));
	if (fields_get(grant, "nonce") != NULL)
		json_object_set(claims, "nonce",
		                json_object_get(grant, "nonce"));
	add_at_hash(box, claims, access);
	op_claims_add(box, claims, grant);
	op_claims_change(box, claims,
	                 setting(box, occasion == OP_FIRST_TOKENS
	                                      ? "op_claims"
	                                      : "op_refresh_claims"));
	token = occasion == OP_FIRST_TOKENS ? op_sign_as_told(box, claims)
	                                    : op_sign(box, "JWT", claims);
	/* Whoever logs out shows it (RP-Initiated Logout 1.0, 2). */
	grant_add(box, "op-id", token, HINT_LIFETIME, details_of(grant, ""));
	json_decref(claims);
	return token;
}

static bool wants_id_token(const struct sandbox *box, enum op_occasion occasion)
{
	return setting_true(box, occasion == OP_FIRST_TOKENS
	                                 ? "op_id_token"
	                                 : "op_refresh_id_token");
}

static bool wants_refresh(const struct sandbox *box, const json_t *grant,
                          enum op_occasion occasion)
{
	if (occasion == OP_REFRESHED_TOKENS)
		return setting_true(box, "op_rotate");
	return setting_true(box, "op_offline_access") &&
	       mint_scope_has(fields_get(grant, "scope"), "offline_access");
}

void op_mint(struct sandbox *box, const json_t *grant, const char *key,
             enum op_occasion occasion, struct reply *reply)
{
	char *access, *refresh = NULL, *id_token = NULL;
	json_t *answer = NULL;

	if (op_is(box->settings, "op_key_rotation", "before_signing"))
		op_keys_rotate(box);
	access = mint_op_access(box, grant, key);
	if (wants_refresh(box, grant, occasion))
		refresh = mint_op_refresh(box, grant, key);
	answer = json_pack("{s:s*, s:s, s:I, s:O}", "access_token", access,
	                   "token_type", key[0] == '\0' ? "Bearer" : "DPoP",
	                   "expires_in",
	                   (json_int_t)setting_number(box, "op_token_lifetime"),
	                   "scope", json_object_get(grant, "scope"));
	if (refresh != NULL)
		json_object_set_new(answer, "refresh_token",
		                    json_string(refresh));
	if (access != NULL && wants_id_token(box, occasion)) {
		id_token = mint_op_id_token(box, grant, access, occasion);
		json_object_set_new(answer, "id_token", json_string(id_token));
		if (id_token == NULL)
			reply->status = 500;
	}
	if (access == NULL || reply->status == 500) {
		json_decref(answer);
		reply_message(reply, 500,
		              "the settings name a key, an "
		              "algorithm, a signature or a form "
		              "that there is not");
	} else {
		reply_json(reply, 200, answer);
		reply_header(reply, "Pragma", "no-cache");
	}
	if (occasion == OP_FIRST_TOKENS)
		op_recipe_go_on(box);
	free(access);
	free(refresh);
	free(id_token);
}
