/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that a server publishes, read and judged; nothing is computed with
 * them here. */
#include "jwk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "json.h"

enum { RSA_BITS_MIN = 2048, RSA_BITS_MAX = 8192, PATH_MAX_LEN = 80 };

/* The member NAME of the INDEXth key. */
static const char *key_path(char path[PATH_MAX_LEN], size_t index,
                            const char *name)
{
	(void)snprintf(path, PATH_MAX_LEN, "keys.%zu%s%.40s", index,
	               *name != '\0' ? "." : "", name);
	return path;
}

const char *jwk_text(const struct json *jwks, size_t index, const char *name)
{
	char path[PATH_MAX_LEN];

	return json_text(jwks, key_path(path, index, name));
}

static enum json_kind key_kind(const struct json *jwks, size_t index,
                               const char *name)
{
	char path[PATH_MAX_LEN];

	return json_kind(jwks, key_path(path, index, name));
}

static bool is_equal(const char *text, const char *expected)
{
	return text != NULL && strcmp(text, expected) == 0;
}

/* RFC 7517, 4.2 to 4.4: what a key says of its own use must agree. */
bool jwk_is_for(const struct json *jwks, size_t index,
                const struct jwk_algorithm *algorithm)
{
	char path[PATH_MAX_LEN], operation[PATH_MAX_LEN];
	bool may_verify = key_kind(jwks, index, "key_ops") == JSON_KIND_ABSENT;
	int64_t count, i;

	if (!is_equal(jwk_text(jwks, index, "kty"), algorithm->kty))
		return false;
	if (algorithm->crv != NULL &&
	    !is_equal(jwk_text(jwks, index, "crv"), algorithm->crv))
		return false;
	if (key_kind(jwks, index, "alg") != JSON_KIND_ABSENT &&
	    !is_equal(jwk_text(jwks, index, "alg"), algorithm->name))
		return false;
	if (key_kind(jwks, index, "use") != JSON_KIND_ABSENT &&
	    !is_equal(jwk_text(jwks, index, "use"), "sig"))
		return false;
	count = json_count(jwks, key_path(path, index, "key_ops"));
	for (i = 0; i < count && !may_verify; i++) {
		(void)snprintf(operation, sizeof(operation), "key_ops.%d",
		               (int)i);
		may_verify =
			is_equal(jwk_text(jwks, index, operation), "verify");
	}
	return may_verify;
}

/* The bits of a number in base64url, 0 when it is none.  *LAST is its lowest
 * byte, *LEN its bytes without leading zeros. */
static unsigned number_bits(const char *text, unsigned char *last, size_t *len)
{
	unsigned char *bytes, *at;
	unsigned bits = 0;

	*len = 0;
	if (text == NULL)
		return 0;
	bytes = malloc(strlen(text) / 4 * 3 + 3);
	if (bytes != NULL && base64_decode(text, strlen(text), bytes, len)) {
		for (at = bytes; *len > 0 && *at == 0; at++)
			(*len)--;
		if (*len > 0) {
			*last = at[*len - 1];
			bits = (unsigned)(*len * 8);
			bits -= (unsigned)__builtin_clz(*at) - 24u;
		}
	}
	free(bytes);
	return bits;
}

/* OpenSSL itself takes 512 bits, and any exponent. */
const char *jwk_rsa_fault(const struct json *jwks, size_t index,
                          size_t *modulus_len)
{
	unsigned char last_n = 0, last_e = 0;
	unsigned bits =
		number_bits(jwk_text(jwks, index, "n"), &last_n, modulus_len);
	size_t len;
	unsigned e_bits =
		number_bits(jwk_text(jwks, index, "e"), &last_e, &len);

	if (bits < RSA_BITS_MIN)
		return "the server's key has fewer than 2048 bits";
	if (bits > RSA_BITS_MAX)
		return "the server's key has more than 8192 bits";
	if ((last_n & 1) == 0)
		return "the server's key has an even modulus";
	if (e_bits < 2 || e_bits > 32 || (last_e & 1) == 0)
		return "the server's key has an improper exponent";
	return NULL;
}
