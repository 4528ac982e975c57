/* SPDX-License-Identifier: Apache-2.0 */
/*
 * id_tokens: taken apart, the key found, the signature verified.  RFC 7515,
 * RFC 7517, and the cautions of RFC 8725.
 */
#include "jose.h"

#include <cjose/cjose.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "claims.h"
#include "error.h"
#include "json.h"
#include "jwk.h"
#include "secret.h"
#include "text.h"
#include "wipe.h"

enum { TOKEN_MAX = 64 * 1024, KEYS_MAX = 100, ED25519_LEN = 32 };

/* What may sign an id_token. */
static const struct jwk_algorithm algorithms[] = {
	{"RS256", "RSA", NULL, 0, EVP_sha256},
	{"RS384", "RSA", NULL, 0, EVP_sha384},
	{"RS512", "RSA", NULL, 0, EVP_sha512},
	{"PS256", "RSA", NULL, 0, EVP_sha256},
	{"PS384", "RSA", NULL, 0, EVP_sha384},
	{"PS512", "RSA", NULL, 0, EVP_sha512},
	{"ES256", "EC", "P-256", 64, EVP_sha256},
	{"ES384", "EC", "P-384", 96, EVP_sha384},
	{"ES512", "EC", "P-521", 132, EVP_sha512},
	{"EdDSA", "OKP", "Ed25519", 64, EVP_sha512},
};

struct token {
	const char *bytes;
	size_t len;
	size_t signed_len; /* header and payload, with the dot between */
	struct json *header, *payload;
	const char *signature; /* not decoded */
	size_t signature_len;
	const struct jwk_algorithm *algorithm;
};

static int refuse(struct astro_error *err, const char *what)
{
	return error_set(err, ASTRO_UNSAFE, NULL, "the id_token %s", what);
}

/* The JSON object in a segment of base64url. */
static int parse_segment(const char *text, size_t len, struct json **out,
                         struct astro_error *err)
{
	size_t size = len / 4 * 3 + 3, decoded;
	char *bytes = malloc(size);
	int status;

	*out = NULL;
	if (bytes == NULL)
		return error_no_memory(err);
	if (!base64_decode(text, len, bytes, &decoded)) {
		status = error_set(err, ASTRO_BAD_ANSWER, NULL, "no base64url");
	} else {
		status = json_parse(bytes, decoded, out, err);
		if (status == ASTRO_OK &&
		    json_kind(*out, "") != JSON_KIND_OBJECT) {
			json_free(*out);
			*out = NULL;
			status = error_set(err, ASTRO_BAD_ANSWER, NULL,
			                   "no object");
		}
	}
	explicit_bzero(bytes, size);
	free(bytes);
	return status;
}

static int parse_part(const char *name, const char *text, size_t len,
                      struct json **out, struct astro_error *err)
{
	struct astro_error why = {0};
	int status = parse_segment(text, len, out, &why);

	if (status == ASTRO_NO_MEMORY)
		return error_no_memory(err);
	if (status != ASTRO_OK)
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "the id_token's %s makes no sense: %s", name,
		                 why.message);
	return ASTRO_OK;
}

static bool lists(const char *list, const char *word)
{
	size_t len;

	for (; *list != '\0'; list += len + (list[len] == ' ')) {
		len = strcspn(list, " ");
		if (strlen(word) == len && memcmp(list, word, len) == 0)
			return true;
	}
	return false;
}

/* ANNOUNCED can only take away: what is not in the table stays refused. */
static int find_algorithm(struct token *token, const char *announced,
                          struct astro_error *err)
{
	const char *name = json_text(token->header, "alg");
	size_t i;

	if (name == NULL)
		return refuse(err, "names no algorithm");
	if (strcasecmp(name, "none") == 0)
		return refuse(err, "is not signed (alg none)");
	if (strncasecmp(name, "HS", 2) == 0)
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "the id_token is signed with a shared secret "
		                 "(%s), and a program like this has none",
		                 name);
	for (i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++)
		if (strcmp(name, algorithms[i].name) == 0)
			token->algorithm = &algorithms[i];
	if (token->algorithm == NULL)
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "the id_token is signed with %s, which is "
		                 "not accepted",
		                 name);
	if (announced != NULL && !lists(announced, name))
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "the id_token is signed with %s, which the "
		                 "server does not announce",
		                 name);
	return ASTRO_OK;
}

static int parse_token(struct token *token, const struct astro_secret *secret,
                       const char *announced, struct astro_error *err)
{
	const char *first, *second;
	size_t dots = 0, i;
	int status;

	token->bytes = secret_bytes(secret, &token->len);
	if (token->len > TOKEN_MAX)
		return refuse(err, "has more than 65536 bytes");
	for (i = 0; i < token->len; i++)
		dots += token->bytes[i] == '.';
	if (dots == 4)
		return refuse(err, "is encrypted, which is not supported");
	if (dots != 2)
		return refuse(err, "does not have three parts");

	first = strchr(token->bytes, '.');
	if (first == NULL || (second = strchr(first + 1, '.')) == NULL)
		return refuse(err, "has a zero byte");
	token->signed_len = (size_t)(second - token->bytes);
	token->signature = second + 1;
	token->signature_len = token->len - token->signed_len - 1;
	status =
		parse_part("header", token->bytes,
	                   (size_t)(first - token->bytes), &token->header, err);
	if (status == ASTRO_OK &&
	    json_kind(token->header, "crit") != JSON_KIND_ABSENT)
		status = refuse(err, "has critical extensions (crit)");
	if (status == ASTRO_OK)
		status = find_algorithm(token, announced, err);
	if (status == ASTRO_OK)
		status = parse_part("payload", first + 1,
		                    (size_t)(second - first - 1),
		                    &token->payload, err);
	return status;
}

static bool add_member(struct text *out, const char *name, const char *value)
{
	/* base64url and curve names have nothing to escape, and anything else
	 * has no business here. */
	return value != NULL && strpbrk(value, "\"\\") == NULL &&
	       text_is_visible(value, strlen(value)) &&
	       text_addf(out, "%s\"%s\":\"%s\"", out->len > 1 ? "," : "", name,
	                 value);
}

/* Only what makes the key goes to the library. */
static cjose_jwk_t *import_key(const struct json *jwks, size_t index,
                               const struct jwk_algorithm *algorithm)
{
	static const char *const rsa[] = {"n", "e", NULL};
	static const char *const ec[] = {"crv", "x", "y", NULL};
	const char *const *name = algorithm->crv == NULL ? rsa : ec;
	cjose_jwk_t *key = NULL;
	struct text jwk;
	cjose_err why;
	bool ok;

	text_init(&jwk, TOKEN_MAX);
	ok = text_add(&jwk, "{", 1) && add_member(&jwk, "kty", algorithm->kty);
	for (; ok && *name != NULL; name++)
		ok = add_member(&jwk, *name, jwk_text(jwks, index, *name));
	if (ok && text_add(&jwk, "}", 1))
		key = cjose_jwk_import(jwk.bytes, jwk.len, &why);
	text_clear(&jwk);
	return key;
}

static bool verify_with_cjose(const struct token *token,
                              const struct json *jwks, size_t index)
{
	cjose_jwk_t *key = import_key(jwks, index, token->algorithm);
	cjose_jws_t *jws = NULL;
	cjose_err why;
	bool good = false;

	if (key != NULL)
		jws = cjose_jws_import(token->bytes, token->len, &why);
	if (jws != NULL)
		good = cjose_jws_verify(jws, key, &why);
	cjose_jws_release(jws);
	(void)cjose_jwk_release(key);
	return good;
}

/* RFC 8037, which the JOSE library does not have. */
static bool verify_ed25519(const struct token *token, const struct json *jwks,
                           size_t index)
{
	const char *x = jwk_text(jwks, index, "x");
	unsigned char raw[ED25519_LEN + 3], signature[2 * ED25519_LEN + 3];
	size_t len, signature_len;
	EVP_PKEY *key = NULL;
	EVP_MD_CTX *context = NULL;
	bool good = false;

	if (x == NULL || strlen(x) != base64_encoded_len(ED25519_LEN) ||
	    !base64_decode(x, strlen(x), raw, &len) ||
	    !base64_decode(token->signature, token->signature_len, signature,
	                   &signature_len))
		return false;
	key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, raw, len);
	context = EVP_MD_CTX_new();
	if (key != NULL && context != NULL &&
	    EVP_DigestVerifyInit(context, NULL, NULL, NULL, key) == 1)
		good = EVP_DigestVerify(context, signature, signature_len,
		                        (const unsigned char *)token->bytes,
		                        token->signed_len) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return good;
}

/* NULL, or what is wrong with the signature or with the key. */
static const char *signature_fault(const struct token *token,
                                   const struct json *jwks, size_t index)
{
	size_t len = token->algorithm->signature_len;
	bool good;

	if (len == 0) {
		const char *fault = jwk_rsa_fault(jwks, index, &len);

		if (fault != NULL)
			return fault;
	}
	if (token->signature_len != base64_encoded_len(len))
		return "its signature has the wrong length";
	good = strcmp(token->algorithm->name, "EdDSA") == 0
	               ? verify_ed25519(token, jwks, index)
	               : verify_with_cjose(token, jwks, index);
	return good ? NULL : "its signature is wrong";
}

/* Strict, whether or not there are keys: trailing bits that the library would
 * overlook make a second token of the same signature. */
static int check_signature_text(const struct token *token,
                                struct astro_error *err)
{
	char *bytes = malloc(token->signature_len / 4 * 3 + 3);
	size_t len = 0;
	bool ok;

	if (bytes == NULL)
		return error_no_memory(err);
	ok = base64_decode(token->signature, token->signature_len, bytes, &len);
	free(bytes);
	if (!ok)
		return refuse(err, "has a signature that is no base64url");
	return len > 0 ? ASTRO_OK : refuse(err, "has no signature");
}

static bool is_key_called(const struct json *jwks, size_t index,
                          const char *kid)
{
	const char *own = jwk_text(jwks, index, "kid");

	return own != NULL && strcmp(own, kid) == 0;
}

/* Keys that are not understood or do not fit are passed over (RFC 7517, 5). */
static int check_signature(const struct token *token, const struct json *jwks,
                           struct astro_error *err)
{
	const char *kid = json_text(token->header, "kid");
	int64_t count = json_count(jwks, "keys");
	const char *fault = NULL;
	size_t named = 0, fitting = 0, last = 0, i;

	if (json_kind(token->header, "kid") != JSON_KIND_ABSENT && kid == NULL)
		return refuse(err, "names its key in an improper way (kid)");
	if (count < 0)
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "the server's keys make no sense");
	for (i = 0; i < (size_t)count && i < KEYS_MAX; i++) {
		if (kid != NULL && !is_key_called(jwks, i, kid))
			continue;
		named++;
		if (!jwk_is_for(jwks, i, token->algorithm))
			continue;
		fitting++;
		last = i;
		/* The same kid twice: either may be meant. */
		if (kid != NULL &&
		    (fault = signature_fault(token, jwks, i)) == NULL)
			return ASTRO_OK;
	}
	if (kid != NULL && named == 0)
		return error_set(err, ASTRO_NOT_FOUND, NULL,
		                 "the server has no key of the name that the "
		                 "id_token gives (kid)");
	if (fitting == 0)
		return refuse(err, "has no fitting key among the server's");
	if (kid == NULL && fitting > 1)
		return refuse(err, "names no key, and the server has several");
	if (kid == NULL)
		fault = signature_fault(token, jwks, last);
	if (fault != NULL)
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "the id_token is not to be trusted: %s",
		                 fault);
	return ASTRO_OK;
}

void jose_setup(void)
{
	static bool done;

	/* The JSON library first, which the JOSE library sets as well. */
	json_setup();
	if (!done)
		cjose_set_alloc_funcs(wipe_malloc, wipe_realloc, wipe_free);
	done = true;
}

int jose_verify(const struct astro_secret *id_token, const struct json *jwks,
                const struct jose_expected *expected, struct json **claims,
                struct astro_error *err)
{
	struct token token = {0};
	int status;

	*claims = NULL;
	jose_setup();
	status = parse_token(&token, id_token, expected->algorithms, err);
	if (status == ASTRO_OK)
		status = check_signature_text(&token, err);
	if (status == ASTRO_OK && jwks != NULL)
		status = check_signature(&token, jwks, err);
	if (status == ASTRO_OK)
		status = claims_check(token.payload, expected,
		                      token.algorithm->digest(), err);
	if (status == ASTRO_OK) {
		*claims = token.payload;
		token.payload = NULL; /* handed over */
	}
	json_free(token.header);
	json_free(token.payload);
	return status;
}

/* The payload of a JWT, unverified; NULL where it is none. */
static struct json *payload_of(const struct astro_secret *token)
{
	const char *first = strchr(secret_bytes(token, NULL), '.');
	const char *second = first != NULL ? strchr(first + 1, '.') : NULL;
	struct json *payload = NULL;

	if (second != NULL)
		(void)parse_segment(first + 1, (size_t)(second - first - 1),
		                    &payload, NULL);
	return payload;
}

int64_t jose_token_time(const struct astro_secret *token, const char *claim,
                        int64_t fallback)
{
	struct json *payload = payload_of(token);
	int64_t time = fallback;

	if (json_kind(payload, claim) == JSON_KIND_NUMBER)
		time = json_number(payload, claim, fallback);
	json_free(payload);
	return time >= 0 && time <= JOSE_TIME_MAX ? time : fallback;
}

int64_t jose_token_expiry(const struct astro_secret *token, int64_t fallback)
{
	return jose_token_time(token, "exp", fallback);
}

char *jose_token_text(const struct astro_secret *token, const char *claim)
{
	struct json *payload = payload_of(token);
	char *text = text_copy(json_text(payload, claim));

	json_free(payload);
	return text;
}
