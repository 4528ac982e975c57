/* SPDX-License-Identifier: Apache-2.0 */
/* The judgement on a DPoP proof, and the nonces that it may have to carry. */
#include "op_dpop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "jws.h"
#include "keys.h"
#include "op.h"
#include "sandbox.h"

enum { PROOF_MAX = 16 * 1024, AGE_S = 60, NONCE_S = 300, SHA256_LEN = 32 };

/* RFC 9449, 4.2: at least 96 bits; as base64url that is 16 characters. */
enum { JTI_MIN = 16 };

struct proof {
	json_t *header, *claims;
	const char *signature; /* within the token */
	size_t signed_len;
};

static json_t *part_of(const char *code, size_t len)
{
	char *plain = malloc(len / 4 * 3 + 3);
	size_t plain_len = 0;
	json_t *out = NULL;

	if (plain != NULL && base64_decode(code, len, plain, &plain_len))
		out = json_loadb(plain, plain_len, JSON_REJECT_DUPLICATES,
		                 NULL);
	free(plain);
	if (!json_is_object(out)) {
		json_decref(out);
		return NULL;
	}
	return out;
}

static bool proof_parse(struct proof *proof, const char *token)
{
	const char *first = strchr(token, '.');
	const char *second = first == NULL ? NULL : strchr(first + 1, '.');

	memset(proof, 0, sizeof(*proof));
	if (second == NULL || strchr(second + 1, '.') != NULL ||
	    strlen(token) > PROOF_MAX)
		return false;
	proof->header = part_of(token, (size_t)(first - token));
	proof->claims = part_of(first + 1, (size_t)(second - first - 1));
	proof->signature = second + 1;
	proof->signed_len = (size_t)(second - token);
	return proof->header != NULL && proof->claims != NULL;
}

static bool is_signed(const struct proof *proof, const char *token)
{
	unsigned char signature[JWS_SIGNATURE_MAX];
	const char *algorithm = fields_get(proof->header, "alg");
	EVP_PKEY *key = jwk_read(json_object_get(proof->header, "jwk"));
	size_t len = strlen(proof->signature);
	bool fine;

	fine = key != NULL && jws_knows(algorithm) && len < sizeof(signature) &&
	       base64_decode(proof->signature, len, signature, &len) &&
	       jws_verify(key, algorithm, token, proof->signed_len, signature,
	                  len);
	EVP_PKEY_free(key);
	return fine;
}

/* Section 4.3, 9: without query and fragment. */
static bool address_fits(const struct sandbox *box, const json_t *claims,
                         const struct request *request)
{
	char origin[OP_ADDRESS_MAX], wanted[OP_ADDRESS_MAX * 2];

	(void)snprintf(wanted, sizeof(wanted), "%s%s", op_origin(box, origin),
	               request->path);
	return op_is(claims, "htu", wanted);
}

static bool hash_fits(const json_t *claims, const char *access)
{
	char *hash;
	bool fine;

	if (access == NULL)
		return true;
	hash = keys_digest(access, SHA256_LEN);
	fine = op_is(claims, "ath", hash);
	free(hash);
	return fine;
}

/* Section 11.1: a jti is good once. */
static bool is_fresh(struct sandbox *box, const json_t *claims)
{
	json_t *issued = json_object_get(claims, "iat");
	const char *name = fields_get(claims, "jti");
	int64_t age;

	if (!json_is_integer(issued) || name == NULL ||
	    strlen(name) < JTI_MIN || grant_find(box, "op-jti", name) != NULL)
		return false;
	age = sandbox_now(box) - json_integer_value(issued);
	grant_add(box, "op-jti", name, AGE_S * 2, json_object());
	return age <= AGE_S && age >= -AGE_S;
}

/* What is wrong; NULL: nothing. */
static const char *complaint_about(struct sandbox *box,
                                   const struct proof *proof, const char *token,
                                   const struct request *request,
                                   const char *access)
{
	if (!op_is(proof->header, "typ", "dpop+jwt"))
		return "typ must be dpop+jwt";
	if (!is_signed(proof, token))
		return "the proof is not signed by its own public key";
	if (!op_is(proof->claims, "htm", request->method))
		return "htm is not the method of the request";
	if (!address_fits(box, proof->claims, request))
		return "htu is not the address of the request";
	if (!hash_fits(proof->claims, access))
		return "ath is not the hash of the access token";
	if (!is_fresh(box, proof->claims))
		return "jti or iat is missing, used already or too old";
	return NULL;
}

/* Section 8 and 9: a nonce of ours, where one is demanded. */
static bool nonce_fits(const struct sandbox *box, const json_t *claims)
{
	const char *nonce = fields_get(claims, "nonce");
	json_t *grant = grant_find(box, "op-nonce", nonce);

	if (op_is(box->settings, "op_dpop_nonce", "never"))
		return true;
	if (op_is(box->settings, "op_dpop_nonce", "unsatisfied"))
		return false;
	return grant_is_good(box, grant);
}

static void give_nonce(struct sandbox *box, struct reply *reply)
{
	char *nonce = grant_random();

	grant_add(box, "op-nonce", nonce, NONCE_S, json_object());
	reply_header(reply, "DPoP-Nonce", nonce);
	free(nonce);
}

/* 400 at the token endpoint, 401 with a challenge at a resource (7.1, 9). */
static void refuse(struct reply *reply, const char *access, const char *error,
                   const char *description)
{
	char challenge[200];

	reply_refusal(reply, access == NULL ? 400 : 401, error, description);
	if (access == NULL)
		return;
	(void)snprintf(challenge, sizeof(challenge),
	               "DPoP error=\"%s\", algs=\"ES256 PS256 RS256 EdDSA\"",
	               error);
	reply_header(reply, "WWW-Authenticate", challenge);
}

static bool judge(struct sandbox *box, const struct request *request,
                  const char *access, const struct proof *proof,
                  struct reply *reply)
{
	const char *token = request_header(request, "dpop");
	const char *complaint =
		complaint_about(box, proof, token, request, access);

	if (complaint != NULL) {
		refuse(reply, access, "invalid_dpop_proof", complaint);
		return false;
	}
	if (!nonce_fits(box, proof->claims)) {
		refuse(reply, access, "use_dpop_nonce",
		       "the proof needs a nonce of this server");
		give_nonce(box, reply);
		return false;
	}
	if (op_is(box->settings, "op_dpop_nonce", "each")) {
		/* Used up; the next one comes with the answer (8.2). */
		grant_remove(box, fields_get(proof->claims, "nonce"));
		give_nonce(box, reply);
	}
	return true;
}

bool op_dpop_check(struct sandbox *box, const struct request *request,
                   const char *access, char key[JWK_THUMBPRINT_LEN],
                   struct reply *reply)
{
	const char *token = request_header(request, "dpop");
	struct proof proof;
	bool fine;

	key[0] = '\0';
	if (token == NULL || !setting_true(box, "op_dpop")) {
		if (!setting_true(box, "op_dpop_required") || access != NULL)
			return true;
		refuse(reply, access, "invalid_dpop_proof",
		       "a DPoP proof is wanted");
		return false;
	}
	/* Two headers arrive joined by a comma, which no token has. */
	fine = proof_parse(&proof, token);
	if (!fine)
		refuse(reply, access, "invalid_dpop_proof",
		       "the proof is no JSON Web Token");
	fine = fine && judge(box, request, access, &proof, reply) &&
	       jwk_thumbprint(json_object_get(proof.header, "jwk"), key);
	json_decref(proof.header);
	json_decref(proof.claims);
	return fine;
}
