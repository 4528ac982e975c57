/* SPDX-License-Identifier: Apache-2.0 */
/* A proof of possession, RFC 9449, 4.2. */
#include "proof.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <check.h>

#include "client.h"
#include "fields.h"
#include "jwk.h"
#include "jws.h"
#include "keys.h"
#include "random.h"

enum { PROOF_MAX = 8192 };

static void add(struct text *out, const json_t *part)
{
	char *plain = json_dumps(part, JSON_COMPACT);
	char *code = jwk_encoded(plain, strlen(plain));

	text_add_string(out, code);
	free(code);
	free(plain);
}

static json_t *claims_of(const struct proof_request *wanted)
{
	unsigned char bytes[16];
	char *unique;
	const char *port = strrchr(client_base(), ':') + 1;
	json_t *claims;

	ck_assert_int_eq(random_fill(bytes, sizeof(bytes), NULL), 0);
	unique = jwk_encoded(bytes, sizeof(bytes));
	claims = json_pack("{s:s, s:s, s:I}", "jti", unique, "htm",
	                   wanted->method, "iat", (json_int_t)time(NULL));

	json_object_set_new(
		claims, "htu",
		json_sprintf("http://127.0.0.1:%s%s", port, wanted->path));
	if (wanted->access != NULL) {
		char *hash = keys_digest(wanted->access, 32);

		json_object_set_new(claims, "ath", json_string(hash));
		free(hash);
	}
	if (wanted->nonce != NULL)
		json_object_set_new(claims, "nonce",
		                    json_string(wanted->nonce));
	fields_merge(claims, json_object_get(wanted->changes, "claims"));
	free(unique);
	return claims;
}

char *proof_make(const struct proof_request *wanted)
{
	json_t *header = json_pack("{s:s, s:s, s:o}", "typ", "dpop+jwt", "alg",
	                           "ES256", "jwk", jwk_of(wanted->pair));
	json_t *claims = claims_of(wanted);
	unsigned char signature[JWS_SIGNATURE_MAX];
	struct text token, line;
	char *code, *out;
	size_t len;

	text_init(&token, PROOF_MAX);
	text_init(&line, PROOF_MAX);
	fields_merge(header, json_object_get(wanted->changes, "header"));
	add(&token, header);
	text_add(&token, ".", 1);
	add(&token, claims);
	len = jws_sign(wanted->pair, "ES256", token.bytes, signature);
	ck_assert_uint_eq(len, 64);
	code = jwk_encoded(signature, len);
	text_addf(&line, "DPoP: %s.%s", token.bytes, code);
	out = text_copy(line.bytes);
	free(code);
	text_clear(&line);
	text_clear(&token);
	json_decref(claims);
	json_decref(header);
	return out;
}
