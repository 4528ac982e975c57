/* SPDX-License-Identifier: Apache-2.0 */
/* The key of a login, and the JWTs that prove that it is at hand. */
#include "proof.h"

#include <cjose/cjose.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "clock.h"
#include "error.h"
#include "jose.h"
#include "json_out.h"
#include "random.h"
#include "secret.h"
#include "text.h"

enum {
	IDENTIFIER_LEN = 16, /* 4.2 wants 96 bits at least */
	HASH_TEXT_SIZE = 64,
	SAVED_MAX = 4096
};

struct proof_key {
	cjose_jwk_t *key;
	char *public_key; /* as JSON */
};

static int failed(const cjose_err *why, const char *what,
                  struct astro_error *err)
{
	return error_set(err, ASTRO_INTERNAL, NULL, "%s: %s", what,
	                 why->message != NULL ? why->message : "no reason");
}

void proof_key_free(struct proof_key *key)
{
	if (key == NULL)
		return;
	cjose_jwk_release(key->key);
	free(key->public_key);
	free(key);
}

/* Takes over JWK. */
static int adopt(cjose_jwk_t *jwk, struct proof_key **out,
                 struct astro_error *err)
{
	struct proof_key *key = calloc(1, sizeof(*key));
	cjose_err why = {0};
	char *text;

	if (key == NULL) {
		cjose_jwk_release(jwk);
		return error_no_memory(err);
	}
	key->key = jwk;
	text = cjose_jwk_to_json(jwk, false, &why);
	if (text != NULL) {
		key->public_key = text_copy(text);
		cjose_get_dealloc()(text);
	}
	if (key->public_key == NULL) {
		proof_key_free(key);
		return failed(&why, "the proof's key cannot be written", err);
	}
	*out = key;
	return ASTRO_OK;
}

int proof_key_new(struct proof_key **out, struct astro_error *err)
{
	cjose_err why = {0};
	cjose_jwk_t *jwk;

	*out = NULL;
	jose_setup();
	jwk = cjose_jwk_create_EC_random(CJOSE_JWK_EC_P_256, &why);
	if (jwk == NULL)
		return failed(&why, "no key for the proofs of this login", err);
	return adopt(jwk, out, err);
}

int proof_key_save(const struct proof_key *key, struct astro_secret **out,
                   struct astro_error *err)
{
	cjose_err why = {0};
	char *text = cjose_jwk_to_json(key->key, true, &why);
	int status;

	*out = NULL;
	if (text == NULL)
		return failed(&why, "the proof's key cannot be written", err);
	status = secret_new(text, strlen(text), out, err);
	explicit_bzero(text, strlen(text));
	cjose_get_dealloc()(text);
	return status;
}

int proof_key_load(const struct astro_secret *saved, struct proof_key **out,
                   struct astro_error *err)
{
	cjose_err why = {0};
	cjose_jwk_t *jwk = NULL;
	const char *bytes;
	size_t len;

	*out = NULL;
	jose_setup();
	bytes = secret_bytes(saved, &len);
	if (len <= SAVED_MAX)
		jwk = cjose_jwk_import(bytes, len, &why);
	if (jwk == NULL || cjose_jwk_get_kty(jwk, &why) != CJOSE_JWK_KTY_EC) {
		cjose_jwk_release(jwk);
		return error_set(err, ASTRO_BAD_CONFIG, "log in again",
		                 "the key that the stored token is bound to "
		                 "makes no sense");
	}
	return adopt(jwk, out, err);
}

/* 4.2: typ, alg and the public key, nothing else. */
static cjose_header_t *make_header(const struct proof_key *key, cjose_err *why)
{
	cjose_header_t *header = cjose_header_new(why);

	if (header != NULL &&
	    cjose_header_set(header, "typ", "dpop+jwt", why) &&
	    cjose_header_set(header, CJOSE_HDR_ALG, CJOSE_HDR_ALG_ES256, why) &&
	    cjose_header_set_raw(header, "jwk", key->public_key, why))
		return header;
	cjose_header_release(header);
	return NULL;
}

/* `ath`: the hash of the token's characters (4.3, 10). */
static int hash_token(const struct astro_secret *token,
                      char out[HASH_TEXT_SIZE], struct astro_error *err)
{
	unsigned char hash[EVP_MAX_MD_SIZE];
	const char *bytes;
	unsigned hash_len;
	size_t len;

	bytes = secret_bytes(token, &len);
	if (EVP_Digest(bytes, len, hash, &hash_len, EVP_sha256(), NULL) != 1)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "the cryptographic library has no SHA-256");
	base64_encode(hash, hash_len, out);
	return ASTRO_OK;
}

static int make_claims(const struct proof_request *request,
                       struct json_out *json, struct astro_error *err)
{
	unsigned char bytes[IDENTIFIER_LEN];
	char identifier[2 * IDENTIFIER_LEN], hash[HASH_TEXT_SIZE] = "";
	char *address = strndup(request->url, strcspn(request->url, "?#"));
	int status = random_fill(bytes, sizeof(bytes), err);

	if (address == NULL)
		status = error_no_memory(err);
	if (status == ASTRO_OK && request->access_token != NULL)
		status = hash_token(request->access_token, hash, err);
	if (status != ASTRO_OK) {
		free(address);
		return status;
	}
	base64_encode(bytes, sizeof(bytes), identifier);
	json_out_object(json, NULL);
	json_out_string(json, "jti", identifier);
	json_out_string(json, "htm", request->method);
	json_out_string(json, "htu", address);
	json_out_number(json, "iat", clock_wall());
	if (hash[0] != '\0')
		json_out_string(json, "ath", hash);
	if (request->nonce != NULL)
		json_out_string(json, "nonce", request->nonce);
	json_out_close(json);
	free(address);
	return ASTRO_OK;
}

static int sign(const struct proof_key *key, const struct text *claims,
                struct text *out, struct astro_error *err)
{
	cjose_err why = {0};
	cjose_header_t *header = make_header(key, &why);
	cjose_jws_t *jws = NULL;
	const char *compact = NULL;
	int status = ASTRO_OK;

	if (header != NULL)
		jws = cjose_jws_sign(key->key, header,
		                     (const uint8_t *)claims->bytes,
		                     claims->len - 1 /* its line end */, &why);
	if (jws == NULL || !cjose_jws_export(jws, &compact, &why))
		status = failed(&why, "a proof cannot be signed", err);
	else if (!text_add_string(out, compact))
		status = error_no_memory(err);
	cjose_jws_release(jws);
	cjose_header_release(header);
	return status;
}

int proof_make(const struct proof_key *key, const struct proof_request *request,
               struct text *out, struct astro_error *err)
{
	const struct text *claims = NULL;
	struct json_out json;
	int status;

	json_out_init_line(&json);
	status = make_claims(request, &json, err);
	if (status == ASTRO_OK)
		claims = json_out_end(&json);
	if (claims != NULL)
		status = sign(key, claims, out, err);
	else if (status == ASTRO_OK)
		status = error_no_memory(err);
	json_out_clear(&json);
	return status;
}
