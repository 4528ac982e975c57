/* SPDX-License-Identifier: Apache-2.0 */
/* Access, refresh, id and Houston tokens. */
#include "mint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "fields.h"
#include "grants.h"
#include "sandbox.h"

/* A refresh token is good for a month; half a SHA-256 is 16 bytes. */
enum { REFRESH_LIFETIME = 30 * 24 * 3600, AT_HASH_LEN = 16 };

bool mint_scope_has(const char *scope, const char *word)
{
	size_t len = strlen(word);

	while (scope != NULL && *scope != '\0') {
		size_t piece = strcspn(scope, " ");

		if (piece == len && strncmp(scope, word, len) == 0)
			return true;
		scope += piece + strspn(scope + piece, " ");
	}
	return false;
}

static void set_text(json_t *object, const char *name, const char *value)
{
	if (value != NULL)
		json_object_set_new(object, name, json_string(value));
}

static void set_number(json_t *object, const char *name, int64_t value)
{
	json_object_set_new(object, name, json_integer(value));
}

static json_t *details_of(const struct mint *mint)
{
	json_t *details = json_object();

	set_text(details, "sub", fields_get(mint->user, "sub"));
	set_text(details, "username", fields_get(mint->user, "username"));
	set_text(details, "family", mint->family);
	set_text(details, "scope", mint->scope);
	return details;
}

/* Two tokens made in the same second must differ all the same. */
static void set_unique(json_t *claims)
{
	char *unique = grant_random();

	set_text(claims, "jti", unique);
	free(unique);
}

static char *access_jwt(struct sandbox *box, const struct mint *mint)
{
	char issuer[80], userinfo[100];
	json_t *claims;
	char *token;

	(void)snprintf(issuer, sizeof(issuer), "%s/", box->base);
	(void)snprintf(userinfo, sizeof(userinfo), "%s/userinfo", box->base);
	claims = json_pack("{s:s, s:[s, s], s:s}", "iss", issuer, "aud",
	                   setting_text(box, "audience"), userinfo, "azp",
	                   setting_text(box, "client_id"));
	set_text(claims, "sub", fields_get(mint->user, "sub"));
	set_text(claims, "scope", mint->scope);
	set_number(claims, "iat", sandbox_now(box));
	set_number(claims, "exp", sandbox_now(box) + mint->lifetime);
	set_unique(claims);
	fields_merge(claims, mint->claims);
	token = keys_sign(&box->keys, NULL, claims, "good");
	json_decref(claims);
	return token;
}

char *mint_access(struct sandbox *box, const struct mint *mint)
{
	char *token = mint->opaque ? grant_random() : access_jwt(box, mint);

	grant_add(box, "access", token, mint->lifetime, details_of(mint));
	return token;
}

char *mint_refresh(struct sandbox *box, const struct mint *mint)
{
	char *token = grant_random();

	grant_add(box, "refresh", token, REFRESH_LIFETIME, details_of(mint));
	return token;
}

char *mint_houston(struct sandbox *box, const struct mint *mint)
{
	json_t *claims = json_object();
	char *token = NULL;

	set_text(claims, "uuid", fields_get(mint->user, "id"));
	set_number(claims, "iat", sandbox_now(box));
	set_number(claims, "exp", sandbox_now(box) + mint->lifetime);
	set_unique(claims);
	token = mint->opaque ? grant_random()
	                     : keys_sign(&box->keys, NULL, claims, "good");
	grant_add(box, "houston", token, mint->lifetime, details_of(mint));
	json_decref(claims);
	return token;
}

char *mint_id_token(struct sandbox *box, const struct mint *mint,
                    const char *access_token)
{
	char *at_hash = keys_digest(access_token, AT_HASH_LEN);
	json_t *claims = json_object();
	char issuer[80];
	char *token;

	(void)snprintf(issuer, sizeof(issuer), "%s/", box->base);
	set_text(claims, "iss", issuer);
	set_text(claims, "sub", fields_get(mint->user, "sub"));
	set_text(claims, "aud", setting_text(box, "client_id"));
	set_number(claims, "iat", sandbox_now(box));
	set_number(claims, "exp", sandbox_now(box) + mint->lifetime);
	set_text(claims, "nonce", mint->nonce);
	set_text(claims, "at_hash", at_hash);
	if (mint_scope_has(mint->scope, "email")) {
		set_text(claims, "email", fields_get(mint->user, "email"));
		json_object_set_new(claims, "email_verified", json_true());
	}
	if (mint_scope_has(mint->scope, "profile"))
		set_text(claims, "name", fields_get(mint->user, "name"));
	fields_merge(claims, setting(box, "id_token_claims"));
	token = keys_sign(&box->keys, setting(box, "id_token_header"), claims,
	                  setting_text(box, "id_token_signature"));
	json_decref(claims);
	free(at_hash);
	return token;
}
