/* SPDX-License-Identifier: Apache-2.0 */
/* RSA keys, their publication, and tokens signed well and badly. */
#include "keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "base64.h"
#include "fields.h"
#include "text.h"

enum { KEY_BITS = 2048, SIGNATURE_MAX = 1024, SHA256_LEN = 32 };

static char *encoded(const void *bytes, size_t len)
{
	char *out = malloc(base64_encoded_len(len) + 1);

	if (out != NULL)
		base64_encode(bytes, len, out);
	return out;
}

char *keys_digest(const char *text, size_t len)
{
	unsigned char digest[SHA256_LEN];

	if (EVP_Digest(text, strlen(text), digest, NULL, EVP_sha256(), NULL) !=
	    1)
		return NULL;
	return encoded(digest, len);
}

/* One number of an RSA public key as base64url. */
static char *number_of(const EVP_PKEY *pair, const char *name)
{
	unsigned char bytes[SIGNATURE_MAX];
	BIGNUM *number = NULL;
	char *out = NULL;

	if (EVP_PKEY_get_bn_param(pair, name, &number) == 1 &&
	    BN_num_bytes(number) <= (int)sizeof(bytes))
		out = encoded(bytes, (size_t)BN_bn2bin(number, bytes));
	BN_free(number);
	return out;
}

static json_t *public_half(const EVP_PKEY *pair)
{
	char *n = number_of(pair, OSSL_PKEY_PARAM_RSA_N);
	char *e = number_of(pair, OSSL_PKEY_PARAM_RSA_E);
	json_t *out = NULL;

	/* In the order of RFC 7638, 3. */
	if (n != NULL && e != NULL)
		out = json_pack("{s:s, s:s, s:s}", "e", e, "kty", "RSA", "n",
		                n);
	free(n);
	free(e);
	return out;
}

/* Takes PAIR over. */
static bool key_set(struct key *key, EVP_PKEY *pair)
{
	json_t *half = pair == NULL ? NULL : public_half(pair);
	char *plain = half == NULL ? NULL : json_dumps(half, JSON_COMPACT);
	char *id = plain == NULL ? NULL : keys_digest(plain, SHA256_LEN);
	bool fine = id != NULL;

	if (fine) {
		(void)snprintf(key->id, sizeof(key->id), "%s", id);
		key->pair = pair;
	} else {
		EVP_PKEY_free(pair);
	}
	free(id);
	free(plain);
	json_decref(half);
	return fine;
}

static EVP_PKEY *key_from_file(const char *file)
{
	FILE *stream = fopen(file, "re");
	EVP_PKEY *pair = NULL;

	if (stream == NULL)
		return NULL;
	pair = PEM_read_PrivateKey(stream, NULL, NULL, NULL);
	fclose(stream);
	return pair;
}

bool keys_init(struct keys *keys, const char *file)
{
	memset(keys, 0, sizeof(*keys));
	return key_set(&keys->current, file == NULL ? EVP_RSA_gen(KEY_BITS)
	                                            : key_from_file(file));
}

void keys_clear(struct keys *keys)
{
	EVP_PKEY_free(keys->current.pair);
	EVP_PKEY_free(keys->previous.pair);
	memset(keys, 0, sizeof(*keys));
}

bool keys_rotate(struct keys *keys)
{
	struct key fresh;

	if (!key_set(&fresh, EVP_RSA_gen(KEY_BITS)))
		return false;
	EVP_PKEY_free(keys->previous.pair);
	keys->previous = keys->current;
	keys->current = fresh;
	return true;
}

static void publish(json_t *list, const struct key *key)
{
	json_t *half;

	if (key->pair == NULL)
		return;
	half = public_half(key->pair);
	if (half == NULL)
		return;
	json_object_set_new(half, "kid", json_string(key->id));
	json_object_set_new(half, "use", json_string("sig"));
	json_object_set_new(half, "alg", json_string("RS256"));
	json_array_append_new(list, half);
}

json_t *keys_published(const struct keys *keys)
{
	json_t *list = json_array();

	publish(list, &keys->current);
	publish(list, &keys->previous);
	return json_pack("{s:o}", "keys", list);
}

static size_t sign_rsa(EVP_PKEY *pair, const struct text *input,
                       unsigned char *out)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	size_t len = SIGNATURE_MAX;

	if (context == NULL ||
	    EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, pair) != 1 ||
	    EVP_DigestSign(context, out, &len,
	                   (const unsigned char *)input->bytes,
	                   input->len) != 1)
		len = 0;
	EVP_MD_CTX_free(context);
	return len;
}

/* The confusion that RFC 8725, 2.1 warns of: the public key as a secret. */
static size_t sign_hmac(EVP_PKEY *pair, const struct text *input,
                        unsigned char *out)
{
	BIO *memory = BIO_new(BIO_s_mem());
	unsigned len = 0;
	char *secret = NULL;
	long secret_len;

	if (memory == NULL || PEM_write_bio_PUBKEY(memory, pair) != 1)
		goto out;
	secret_len = BIO_get_mem_data(memory, &secret);
	if (HMAC(EVP_sha256(), secret, (int)secret_len,
	         (const unsigned char *)input->bytes, input->len, out,
	         &len) == NULL)
		len = 0;
out:
	BIO_free(memory);
	return len;
}

static size_t sign_as(const struct keys *keys, const struct text *input,
                      const char *how, unsigned char *out)
{
	EVP_PKEY *other;
	size_t len;

	if (strcmp(how, "none") == 0)
		return 0;
	if (strcmp(how, "hs256") == 0)
		return sign_hmac(keys->current.pair, input, out);
	if (strcmp(how, "other_key") == 0) {
		other = EVP_RSA_gen(KEY_BITS);
		len = sign_rsa(other, input, out);
		EVP_PKEY_free(other);
		return len;
	}
	len = sign_rsa(keys->current.pair, input, out);
	if (strcmp(how, "broken") == 0)
		out[len / 2] ^= 1;
	return len;
}

static bool add_part(struct text *out, const json_t *part)
{
	char *plain = json_dumps(part, JSON_COMPACT);
	char *code = plain == NULL ? NULL : encoded(plain, strlen(plain));
	bool fine = code != NULL && text_add_string(out, code);

	free(code);
	free(plain);
	return fine;
}

static const char *algorithm_of(const char *signature)
{
	if (strcmp(signature, "none") == 0)
		return "none";
	return strcmp(signature, "hs256") == 0 ? "HS256" : "RS256";
}

char *keys_sign(const struct keys *keys, const json_t *header,
                const json_t *claims, const char *signature)
{
	unsigned char bytes[SIGNATURE_MAX];
	struct text token;
	json_t *full;
	char *code = NULL, *out = NULL;

	text_init(&token, 1024 * 1024);
	full = json_pack("{s:s, s:s, s:s}", "alg", algorithm_of(signature),
	                 "typ", "JWT", "kid", keys->current.id);
	fields_merge(full, header);
	if (!add_part(&token, full) || !text_add_string(&token, ".") ||
	    !add_part(&token, claims))
		goto out;
	code = encoded(bytes, sign_as(keys, &token, signature, bytes));
	if (code != NULL && text_addf(&token, ".%s", code))
		out = text_copy(token.bytes);
out:
	free(code);
	json_decref(full);
	text_clear(&token);
	return out;
}
