/* SPDX-License-Identifier: Apache-2.0 */
/*
 * id_tokens: a table of tokens, each signed here with OpenSSL alone (not with
 * the library under test), and what must be said of each.
 */
#include "jose.h"

#include <check.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "error.h"
#include "json.h"
#include "secret.h"
#include "state.h"
#include "text.h"

enum { NOW = 1700000000 };

#define GOOD                                                                   \
	"\"iss\":\"https://op.example\",\"aud\":\"client\",\"sub\":\"u1\","    \
	"\"nonce\":\"n-0S6\",\"exp\":1700003600,\"iat\":1700000000"

enum key { RSA_KEY, RSA_OTHER, RSA_SMALL, EC256, EC384, EC521, ED25519, KEYS };

static EVP_PKEY *keys[KEYS];

static void make_keys(void)
{
	keys[RSA_KEY] = EVP_RSA_gen(2048);
	keys[RSA_OTHER] = EVP_RSA_gen(2048);
	keys[RSA_SMALL] = EVP_RSA_gen(1024);
	keys[EC256] = EVP_EC_gen("P-256");
	keys[EC384] = EVP_EC_gen("P-384");
	keys[EC521] = EVP_EC_gen("P-521");
	keys[ED25519] = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
}

static void free_keys(void)
{
	int i;

	for (i = 0; i < KEYS; i++)
		EVP_PKEY_free(keys[i]);
}

static void add_base64(struct text *out, const void *bytes, size_t len)
{
	char *text = malloc(base64_encoded_len(len) + 1);

	base64_encode(bytes, len, text);
	ck_assert(text_add_string(out, text));
	free(text);
}

static void add_number(struct text *out, EVP_PKEY *key, const char *name,
                       int len)
{
	unsigned char bytes[1100];
	BIGNUM *number = NULL;

	ck_assert_int_eq(EVP_PKEY_get_bn_param(key, name, &number), 1);
	if (len == 0)
		len = BN_num_bytes(number);
	ck_assert_int_eq(BN_bn2binpad(number, bytes, len), len);
	add_base64(out, bytes, (size_t)len);
	BN_free(number);
}

/* The public members of KEY, and MORE, as one JWK. */
static void add_key(struct text *out, enum key index, const char *more)
{
	static const char *const curves[] = {
		[EC256] = "P-256", [EC384] = "P-384", [EC521] = "P-521"};
	static const int lens[] = {[EC256] = 32, [EC384] = 48, [EC521] = 66};
	EVP_PKEY *key = keys[index];
	unsigned char raw[32];
	size_t len = sizeof(raw);

	ck_assert(text_addf(out, "{%s%s", more, *more != '\0' ? "," : ""));
	switch (index) {
	case ED25519:
		EVP_PKEY_get_raw_public_key(key, raw, &len);
		ck_assert(text_add_string(out, "\"kty\":\"OKP\",\"crv\":"
		                               "\"Ed25519\",\"x\":\""));
		add_base64(out, raw, len);
		break;
	case EC256:
	case EC384:
	case EC521:
		ck_assert(text_addf(out,
		                    "\"kty\":\"EC\",\"crv\":\"%s\",\"x\":\"",
		                    curves[index]));
		add_number(out, key, OSSL_PKEY_PARAM_EC_PUB_X, lens[index]);
		ck_assert(text_add_string(out, "\",\"y\":\""));
		add_number(out, key, OSSL_PKEY_PARAM_EC_PUB_Y, lens[index]);
		break;
	case RSA_KEY:
	case RSA_OTHER:
	case RSA_SMALL:
	case KEYS:
		ck_assert(text_add_string(out, "\"kty\":\"RSA\",\"n\":\""));
		add_number(out, key, OSSL_PKEY_PARAM_RSA_N, 0);
		ck_assert(text_add_string(out, "\",\"e\":\""));
		add_number(out, key, OSSL_PKEY_PARAM_RSA_E, 0);
		break;
	}
	ck_assert(text_add_string(out, "\"}"));
}

/* DER to the two numbers of RFC 7518, 3.4. */
static size_t raw_signature(unsigned char *bytes, size_t len, int half)
{
	const unsigned char *at = bytes;
	ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)len);
	unsigned char raw[132];

	BN_bn2binpad(ECDSA_SIG_get0_r(signature), raw, half);
	BN_bn2binpad(ECDSA_SIG_get0_s(signature), raw + half, half);
	ECDSA_SIG_free(signature);
	memcpy(bytes, raw, (size_t)half * 2);
	return (size_t)half * 2;
}

/* Sign what is in OUT by ALG, and add the signature. */
static void sign(struct text *out, EVP_PKEY *key, const char *alg)
{
	const EVP_MD *digest = strstr(alg, "384")   ? EVP_sha384()
	                       : strstr(alg, "512") ? EVP_sha512()
	                                            : EVP_sha256();
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	EVP_PKEY_CTX *options;
	unsigned char bytes[1100];
	size_t len = sizeof(bytes);

	if (strcmp(alg, "EdDSA") == 0)
		digest = NULL;
	ck_assert_int_eq(
		EVP_DigestSignInit(context, &options, digest, NULL, key), 1);
	if (alg[0] == 'P') {
		EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
		EVP_PKEY_CTX_set_rsa_pss_saltlen(options,
		                                 RSA_PSS_SALTLEN_DIGEST);
	}
	ck_assert_int_eq(EVP_DigestSign(context, bytes, &len,
	                                (unsigned char *)out->bytes, out->len),
	                 1);
	if (strncmp(alg, "ES", 2) == 0)
		len = raw_signature(bytes, len,
		                    (EVP_PKEY_get_bits(key) + 7) / 8);
	ck_assert(text_add_string(out, "."));
	add_base64(out, bytes, len);
	EVP_MD_CTX_free(context);
}

struct token {
	const char *header, *payload;
	enum key key;
	const char *alg;
	const char *what; /* NULL: accepted */
	int status;       /* 0: ASTRO_UNSAFE where there is a message */
};

static void build(struct text *out, const struct token *token)
{
	text_init(out, 1024 * 1024);
	add_base64(out, token->header, strlen(token->header));
	ck_assert(text_add_string(out, "."));
	add_base64(out, token->payload, strlen(token->payload));
	sign(out, keys[token->key], token->alg);
}

static struct json *claims;
static struct astro_error err;

static int verify(const char *token, const char *jwks,
                  const struct jose_expected *given)
{
	struct jose_expected expected = {
		.issuer = "https://op.example",
		.client_id = "client",
		.nonce = "n-0S6",
		.now = NOW,
	};
	struct astro_secret *secret;
	struct json *set = NULL;
	int status;

	memset(&err, 0, sizeof(err));
	ck_assert_int_eq(secret_new(token, strlen(token), &secret, NULL),
	                 ASTRO_OK);
	if (jwks != NULL)
		ck_assert_msg(json_parse(jwks, strlen(jwks), &set, &err) ==
		                      ASTRO_OK,
		              "%s: %s", jwks, err.message);
	status = jose_verify(secret, set, given != NULL ? given : &expected,
	                     &claims, &err);
	json_free(set);
	secret_free(secret);
	return status;
}

static void add_all_keys(struct text *jwks)
{
	text_init(jwks, 1024 * 1024);
	ck_assert(text_add_string(
		jwks, "{\"keys\":[{\"kty\":\"odd\",\"kid\":\"odd\"},7,"
		      "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"kid\":\"ed\"},"
		      "{\"kty\":\"EC\",\"crv\":\"secp256k1\"},"));
	add_key(jwks, RSA_KEY, "\"kid\":\"rsa\"");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, RSA_SMALL, "\"kid\":\"small\"");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, RSA_OTHER, "\"kid\":\"enc\",\"use\":\"enc\"");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, RSA_OTHER, "\"kid\":\"ps\",\"alg\":\"PS256\"");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, RSA_OTHER, "\"kid\":\"ops\",\"key_ops\":[\"sign\"]");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, RSA_OTHER,
	        "\"kid\":\"yes\",\"key_ops\":[\"sign\",\"verify\"],"
	        "\"use\":\"sig\",\"alg\":\"RS256\"");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, RSA_OTHER, "\"kid\":\"twice\"");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, RSA_KEY, "\"kid\":\"twice\"");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, EC256, "\"kid\":\"ec256\"");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, EC384, "\"kid\":\"ec384\"");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, EC521, "\"kid\":\"ec521\"");
	ck_assert(text_add_string(jwks, ","));
	add_key(jwks, ED25519, "\"kid\":\"ed\"");
	ck_assert(text_add_string(jwks, "]}"));
}

#define RS256 "{\"alg\":\"RS256\",\"kid\":\"rsa\"}"
#define WITH(header, what)                                                     \
	{                                                                      \
		header, "{" GOOD "}", RSA_KEY, "RS256", what, 0                \
	}
#define CLAIMS(payload, what)                                                  \
	{                                                                      \
		RS256, payload, RSA_KEY, "RS256", what, 0                      \
	}
#define ISS "\"iss\":\"https://op.example\","
#define AUD "\"aud\":\"client\","
#define SUB "\"sub\":\"u1\","
#define NONCE "\"nonce\":\"n-0S6\","
#define TIMES "\"exp\":1700003600,\"iat\":1700000000"
#define OTHER_CLIENT "the id_token is for another client"
#define NO_EXP "the id_token has no proper time of expiry (exp)"
#define NO_IAT "the id_token has no proper time of issue (iat)"
#define NOBODY "the id_token names nobody (sub)"
#define BAD_NONCE "the id_token belongs to another login (nonce)"
#define NOT_TRUSTED "the id_token is not to be trusted: "
#define CLOCK "by this machine's clock, the id_token "

static const struct token tokens[] = {
	/* Accepted, one for each algorithm. */
	{RS256, "{" GOOD "}", RSA_KEY, "RS256", NULL, 0},
	{"{\"alg\":\"RS384\",\"kid\":\"rsa\"}", "{" GOOD "}", RSA_KEY, "RS384",
         NULL, 0},
	{"{\"alg\":\"RS512\",\"kid\":\"rsa\"}", "{" GOOD "}", RSA_KEY, "RS512",
         NULL, 0},
	{"{\"alg\":\"PS256\",\"kid\":\"rsa\"}", "{" GOOD "}", RSA_KEY, "PS256",
         NULL, 0},
	{"{\"alg\":\"PS384\",\"kid\":\"rsa\"}", "{" GOOD "}", RSA_KEY, "PS384",
         NULL, 0},
	{"{\"alg\":\"PS512\",\"kid\":\"rsa\"}", "{" GOOD "}", RSA_KEY, "PS512",
         NULL, 0},
	{"{\"alg\":\"PS256\",\"kid\":\"ps\"}", "{" GOOD "}", RSA_OTHER, "PS256",
         NULL, 0},
	{"{\"alg\":\"RS256\",\"kid\":\"yes\"}", "{" GOOD "}", RSA_OTHER,
         "RS256", NULL, 0},
	{"{\"alg\":\"RS256\",\"kid\":\"twice\"}", "{" GOOD "}", RSA_KEY,
         "RS256", NULL, 0},
	{"{\"alg\":\"ES256\",\"kid\":\"ec256\"}", "{" GOOD "}", EC256, "ES256",
         NULL, 0},
	{"{\"alg\":\"ES384\",\"kid\":\"ec384\"}", "{" GOOD "}", EC384, "ES384",
         NULL, 0},
	{"{\"alg\":\"ES512\",\"kid\":\"ec521\"}", "{" GOOD "}", EC521, "ES512",
         NULL, 0},
	{"{\"alg\":\"EdDSA\",\"kid\":\"ed\"}", "{" GOOD "}", ED25519, "EdDSA",
         NULL, 0},
	{"{\"alg\":\"ES256\"}", "{" GOOD "}", EC256, "ES256", NULL, 0},
	WITH("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"jku\":\"https://evil/\","
             "\"typ\":\"JWT\"}",
             NULL),
	/* The header. */
	WITH("{\"alg\":\"none\"}", "the id_token is not signed (alg none)"),
	WITH("{\"alg\":\"nOnE\"}", "the id_token is not signed (alg none)"),
	WITH("{\"alg\":\"HS256\",\"kid\":\"rsa\"}",
             "the id_token is signed with a shared secret (HS256), and a "
             "program like this has none"),
	WITH("{\"alg\":\"hs512\"}",
             "the id_token is signed with a shared secret (hs512), and a "
             "program like this has none"),
	WITH("{\"alg\":\"rs256\",\"kid\":\"rsa\"}",
             "the id_token is signed with rs256, which is not accepted"),
	WITH("{\"alg\":\"ES256K\",\"kid\":\"rsa\"}",
             "the id_token is signed with ES256K, which is not accepted"),
	WITH("{\"kid\":\"rsa\"}", "the id_token names no algorithm"),
	WITH("{\"alg\":256}", "the id_token names no algorithm"),
	WITH("{\"alg\":\"RS256\",\"alg\":\"RS256\"}",
             "the id_token's header makes no sense: duplicate object key "
             "(line 1, column 20)"),
	WITH("[\"RS256\"]", "the id_token's header makes no sense: no object"),
	WITH("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":[\"b64\"]}",
             "the id_token has critical extensions (crit)"),
	WITH("{\"alg\":\"RS256\",\"kid\":\"rsa\",\"crit\":null}",
             "the id_token has critical extensions (crit)"),
	/* The key. */
	{"{\"alg\":\"RS256\",\"kid\":\"unknown\"}", "{" GOOD "}", RSA_KEY,
         "RS256",
         "the server has no key of the name that the id_token gives (kid)",
         ASTRO_NOT_FOUND},
	{"{\"alg\":\"RS256\",\"kid\":\"\"}", "{" GOOD "}", RSA_KEY, "RS256",
         "the server has no key of the name that the id_token gives (kid)",
         ASTRO_NOT_FOUND},
	{"{\"alg\":\"RS256\",\"kid\":\"../../etc/passwd\"}", "{" GOOD "}",
         RSA_KEY, "RS256",
         "the server has no key of the name that the id_token gives (kid)",
         ASTRO_NOT_FOUND},
	WITH("{\"alg\":\"RS256\",\"kid\":7}",
             "the id_token names its key in an improper way (kid)"),
	WITH("{\"alg\":\"RS256\"}",
             "the id_token names no key, and the server has several"),
	WITH("{\"alg\":\"RS256\",\"kid\":\"enc\"}",
             "the id_token has no fitting key among the server's"),
	WITH("{\"alg\":\"RS256\",\"kid\":\"ps\"}",
             "the id_token has no fitting key among the server's"),
	WITH("{\"alg\":\"RS256\",\"kid\":\"ops\"}",
             "the id_token has no fitting key among the server's"),
	WITH("{\"alg\":\"RS256\",\"kid\":\"ec256\"}",
             "the id_token has no fitting key among the server's"),
	WITH("{\"alg\":\"RS256\",\"kid\":\"odd\"}",
             "the id_token has no fitting key among the server's"),
	{"{\"alg\":\"ES256\",\"kid\":\"ec384\"}", "{" GOOD "}", EC384, "ES384",
         "the id_token has no fitting key among the server's", 0},
	{"{\"alg\":\"RS256\",\"kid\":\"small\"}", "{" GOOD "}", RSA_SMALL,
         "RS256", NOT_TRUSTED "the server's key has fewer than 2048 bits", 0},
	/* The signature. */
	{RS256, "{" GOOD "}", RSA_OTHER, "RS256",
         NOT_TRUSTED "its signature is wrong", 0},
	{RS256, "{" GOOD "}", RSA_KEY, "PS256",
         NOT_TRUSTED "its signature is wrong", 0},
	{RS256, "{" GOOD "}", EC256, "ES256",
         NOT_TRUSTED "its signature has the wrong length", 0},
	{"{\"alg\":\"ES256\",\"kid\":\"ec256\"}", "{" GOOD "}", EC384, "ES384",
         NOT_TRUSTED "its signature has the wrong length", 0},
	{"{\"alg\":\"EdDSA\",\"kid\":\"ed\"}", "{" GOOD "}", EC256, "ES256",
         NOT_TRUSTED "its signature is wrong", 0},
	/* The claims. */
	CLAIMS("["
               "]",
               "the id_token's payload makes no sense: no object"),
	CLAIMS("{\"iss\":\"a\",\"iss\":\"b\"}",
               "the id_token's payload makes no sense: duplicate object key "
               "(line 1, column 16)"),
	CLAIMS("{" AUD SUB NONCE TIMES "}", "the id_token names no issuer"),
	CLAIMS("{\"iss\":null," AUD SUB NONCE TIMES "}",
               "the id_token names no issuer"),
	CLAIMS("{\"iss\":[\"https://op.example\"]," AUD SUB NONCE TIMES "}",
               "the id_token names no issuer"),
	CLAIMS("{\"iss\":\"https://op.example/\"," AUD SUB NONCE TIMES "}",
               "the id_token is issued by https://op.example/, not by "
               "https://op.example"),
	CLAIMS("{" ISS SUB NONCE TIMES "}", "the id_token names no audience"),
	CLAIMS("{" ISS "\"aud\":\"other\"," SUB NONCE TIMES "}", OTHER_CLIENT),
	CLAIMS("{" ISS "\"aud\":\"client \"," SUB NONCE TIMES "}",
               OTHER_CLIENT),
	CLAIMS("{" ISS "\"aud\":\"Client\"," SUB NONCE TIMES "}", OTHER_CLIENT),
	CLAIMS("{" ISS "\"aud\":7," SUB NONCE TIMES "}", OTHER_CLIENT),
	CLAIMS("{" ISS "\"aud\":[]," SUB NONCE TIMES "}", OTHER_CLIENT),
	CLAIMS("{" ISS "\"aud\":[\"client\"]," SUB NONCE TIMES "}", NULL),
	CLAIMS("{" ISS "\"aud\":[\"client\",\"evil\"]," SUB NONCE TIMES "}",
               "the id_token is for others as well"),
	CLAIMS("{" ISS
               "\"aud\":[\"client\",\"evil\"],\"azp\":\"client\"," SUB NONCE
                       TIMES "}",
               "the id_token is for others as well"),
	CLAIMS("{\"azp\":\"evil\"," GOOD "}",
               "the id_token was issued to another client (azp)"),
	CLAIMS("{\"azp\":[\"client\"]," GOOD "}",
               "the id_token was issued to another client (azp)"),
	CLAIMS("{\"azp\":\"client\"," GOOD "}", NULL),
	CLAIMS("{" ISS AUD SUB NONCE "\"iat\":1700000000}", NO_EXP),
	CLAIMS("{" ISS AUD SUB NONCE
               "\"exp\":\"1700003600\",\"iat\":1700000000}",
               NO_EXP),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":-1,\"iat\":1700000000}", NO_EXP),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":1e308,\"iat\":1700000000}",
               NO_EXP),
	CLAIMS("{" ISS AUD SUB NONCE
               "\"exp\":9223372036854775808,\"iat\":1700000000}",
               NO_EXP),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":0,\"iat\":1700000000}",
               CLOCK "expired 1700000000 s ago"),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":1699999940,\"iat\":1699990000}",
               CLOCK "expired 60 s ago"),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":1699999941,\"iat\":1699990000}",
               NULL),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":1699999941.9,\"iat\":1699990000}",
               NULL),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":1699999940.9,\"iat\":1699990000}",
               CLOCK "expired 60 s ago"),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":1700003600}", NO_IAT),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":1700003600,\"iat\":\"0\"}",
               NO_IAT),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":1700003600,\"iat\":1700000060}",
               NULL),
	CLAIMS("{" ISS AUD SUB NONCE "\"exp\":1700003600,\"iat\":1700000061}",
               CLOCK "was issued 61 s in the future"),
	CLAIMS("{\"nbf\":1700000060," GOOD "}", NULL),
	CLAIMS("{\"nbf\":1700000061," GOOD "}",
               CLOCK "begins to count in 61 s"),
	CLAIMS("{\"nbf\":\"soon\"," GOOD "}",
               "the id_token has no proper time of start (nbf)"),
	CLAIMS("{" ISS AUD SUB TIMES "}", "the id_token has no nonce"),
	CLAIMS("{" ISS AUD SUB "\"nonce\":[\"n-0S6\"]," TIMES "}",
               "the id_token has no nonce"),
	CLAIMS("{" ISS AUD SUB "\"nonce\":\"n-0S\"," TIMES "}", BAD_NONCE),
	CLAIMS("{" ISS AUD SUB "\"nonce\":\"n-0S7\"," TIMES "}", BAD_NONCE),
	CLAIMS("{" ISS AUD NONCE TIMES "}", NOBODY),
	CLAIMS("{" ISS AUD "\"sub\":\"\"," NONCE TIMES "}", NOBODY),
	CLAIMS("{" ISS AUD "\"sub\":7," NONCE TIMES "}", NOBODY),
};

START_TEST(every_rule_has_its_sentence)
{
	const struct token *token = &tokens[_i];
	struct text bytes, jwks;
	int status;

	add_all_keys(&jwks);
	build(&bytes, token);
	status = verify(bytes.bytes, jwks.bytes, NULL);

	if (token->what == NULL) {
		ck_assert_msg(status == ASTRO_OK, "%s %s: %s", token->header,
		              token->payload, err.message);
		ck_assert_str_eq(json_text(claims, "sub"), "u1");
	} else {
		ck_assert_str_eq(err.message, token->what);
		ck_assert_int_eq(status, token->status != 0 ? token->status
		                                            : ASTRO_UNSAFE);
		ck_assert_ptr_null(claims);
	}
	json_free(claims);
	text_clear(&bytes);
	text_clear(&jwks);
}
END_TEST

/* What is done to the text of a good token. */
static const struct {
	const char *name, *what;
} damages[] = {
	{"two parts", "the id_token does not have three parts"},
	{"four parts", "the id_token does not have three parts"},
	{"five parts", "the id_token is encrypted, which is not supported"},
	{"nothing", "the id_token does not have three parts"},
	{"no signature", "the id_token has no signature"},
	{"short signature", NOT_TRUSTED "its signature has the wrong length"},
	{"flipped", NOT_TRUSTED "its signature is wrong"},
	{"padded", "the id_token has a signature that is no base64url"},
	{"blank", "the id_token's header makes no sense: no base64url"},
	{"newline", "the id_token has a signature that is no base64url"},
	{"trailing bits", "the id_token has a signature that is no base64url"},
	{"other payload", NOT_TRUSTED "its signature is wrong"},
	{"too long", "the id_token has more than 65536 bytes"},
};

static void damage(struct text *token, const char *name)
{
	char *last = token->bytes + token->len - 1;
	char *second = strrchr(token->bytes, '.');
	char *first = strchr(token->bytes, '.');

	if (strcmp(name, "two parts") == 0)
		*second = 'A';
	else if (strcmp(name, "four parts") == 0)
		(void)text_add(token, ".x", 2);
	else if (strcmp(name, "five parts") == 0)
		(void)text_add(token, ".x.y", 4);
	else if (strcmp(name, "nothing") == 0)
		token->bytes[0] = '\0';
	else if (strcmp(name, "no signature") == 0)
		second[1] = '\0';
	else if (strcmp(name, "short signature") == 0)
		token->bytes[token->len - 2] = '\0';
	else if (strcmp(name, "flipped") == 0)
		second[5] = second[5] == 'A' ? 'B' : 'A';
	else if (strcmp(name, "padded") == 0)
		(void)text_add(token, "==", 2);
	else if (strcmp(name, "blank") == 0)
		token->bytes[3] = ' ';
	else if (strcmp(name, "newline") == 0)
		(void)text_add(token, "\n", 1);
	else if (strcmp(name, "trailing bits") == 0)
		*last = *last == 'Q' ? 'R' : *last == 'g' ? 'h' : *last + 1;
	else if (strcmp(name, "other payload") == 0)
		memcpy(first + 5, "AA", 2);
	while (strcmp(name, "too long") == 0 && token->len <= 65536)
		(void)text_add(token, "AAAAAAAA", 8);
}

START_TEST(a_damaged_token_is_refused)
{
	static const struct token good = {
		RS256, "{\"x\":\"aaaaaa\"," GOOD "}", RSA_KEY, "RS256", NULL,
		0};
	struct text bytes, jwks;

	add_all_keys(&jwks);
	build(&bytes, &good);
	damage(&bytes, damages[_i].name);

	ck_assert_int_eq(verify(bytes.bytes, jwks.bytes, NULL), ASTRO_UNSAFE);
	if (strcmp(damages[_i].name, "other payload") != 0)
		ck_assert_str_eq(err.message, damages[_i].what);
	ck_assert_ptr_null(claims);
	text_clear(&bytes);
	text_clear(&jwks);
}
END_TEST

START_TEST(a_header_nested_too_deeply_is_refused)
{
	struct token token = {NULL, "{" GOOD "}", RSA_KEY, "RS256", NULL, 0};
	char header[3000];
	struct text bytes;

	memset(header, '[', 1000);
	memset(header + 1000, ']', 1000);
	header[2000] = '\0';
	token.header = header;
	build(&bytes, &token);

	ck_assert_int_eq(verify(bytes.bytes, NULL, NULL), ASTRO_UNSAFE);
	ck_assert_str_eq(err.message, "the id_token's header makes no sense: "
	                              "nested deeper than 32");
	text_clear(&bytes);
}
END_TEST

static const struct {
	const char *jwks, *what;
} key_sets[] = {
	{"{}", "the server's keys make no sense"},
	{"[]", "the server's keys make no sense"},
	{"{\"keys\":{}}", "the server's keys make no sense"},
	{"{\"keys\":[]}",
         "the server has no key of the name that the id_token gives (kid)"},
	{"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa\"}]}",
         NOT_TRUSTED "the server's key has fewer than 2048 bits"},
	{"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa\",\"n\":\"AA\",\"e\":"
         "\"AQAB\"}]}",
         NOT_TRUSTED "the server's key has fewer than 2048 bits"},
	{"{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa\",\"n\":\"no base64\"}]}",
         NOT_TRUSTED "the server's key has fewer than 2048 bits"},
};

START_TEST(key_sets_that_make_no_sense_are_refused)
{
	static const struct token good = {RS256,   "{" GOOD "}", RSA_KEY,
	                                  "RS256", NULL,         0};
	struct text bytes;

	build(&bytes, &good);

	ck_assert_int_ne(verify(bytes.bytes, key_sets[_i].jwks, NULL),
	                 ASTRO_OK);
	ck_assert_str_eq(err.message, key_sets[_i].what);
	text_clear(&bytes);
}
END_TEST

/* N of BITS bits, all set but the highest byte's rest, and E as given. */
static const struct {
	int bytes;
	unsigned char first, last;
	const char *e, *what;
} rsa_keys[] = {
	{256, 0x7F, 0xFF, "AQAB", "the server's key has fewer than 2048 bits"},
	{256, 0x80, 0xFF, "AQAB", "its signature is wrong"},
	{1024, 0xFF, 0xFF, "AQAB", "its signature has the wrong length"},
	{1025, 0x01, 0xFF, "AQAB", "the server's key has more than 8192 bits"},
	{256, 0x80, 0xFE, "AQAB", "the server's key has an even modulus"},
	{256, 0x80, 0xFF, "AQ", "the server's key has an improper exponent"},
	{256, 0x80, 0xFF, "Ag", "the server's key has an improper exponent"},
	{256, 0x80, 0xFF, "AA", "the server's key has an improper exponent"},
	{256, 0x80, 0xFF, "", "the server's key has an improper exponent"},
	{256, 0x80, 0xFF, "AQAAAAE",
         "the server's key has an improper exponent"},
	{256, 0x80, 0xFF, "Aw", "its signature is wrong"},
};

START_TEST(only_sane_rsa_keys_are_used)
{
	static const struct token good = {RS256,   "{" GOOD "}", RSA_KEY,
	                                  "RS256", NULL,         0};
	unsigned char modulus[1025];
	struct text bytes, jwks;
	char what[100];

	memset(modulus, 0xFF, sizeof(modulus));
	modulus[0] = rsa_keys[_i].first;
	modulus[rsa_keys[_i].bytes - 1] = rsa_keys[_i].last;
	text_init(&jwks, 10000);
	ck_assert(text_addf(&jwks,
	                    "{\"keys\":[{\"kty\":\"RSA\",\"kid\":\"rsa\","
	                    "\"e\":\"%s\",\"n\":\"",
	                    rsa_keys[_i].e));
	add_base64(&jwks, modulus, (size_t)rsa_keys[_i].bytes);
	ck_assert(text_add_string(&jwks, "\"}]}"));
	build(&bytes, &good);

	ck_assert_int_eq(verify(bytes.bytes, jwks.bytes, NULL), ASTRO_UNSAFE);
	(void)snprintf(what, sizeof(what), NOT_TRUSTED "%s", rsa_keys[_i].what);
	ck_assert_str_eq(err.message, what);
	text_clear(&bytes);
	text_clear(&jwks);
}
END_TEST

START_TEST(without_published_keys_the_claims_still_count)
{
	static const struct token good = {RS256,   "{" GOOD "}", RSA_OTHER,
	                                  "RS256", NULL,         0};
	static const struct token bad = {
		RS256, "{\"azp\":\"x\"," GOOD "}", RSA_OTHER, "RS256", NULL, 0};
	static const struct token none = {"{\"alg\":\"none\"}",
	                                  "{" GOOD "}",
	                                  RSA_OTHER,
	                                  "RS256",
	                                  NULL,
	                                  0};
	struct text bytes;

	build(&bytes, &good);
	ck_assert_int_eq(verify(bytes.bytes, NULL, NULL), ASTRO_OK);
	json_free(claims);
	text_clear(&bytes);

	build(&bytes, &bad);
	ck_assert_int_eq(verify(bytes.bytes, NULL, NULL), ASTRO_UNSAFE);
	ck_assert_str_eq(err.message,
	                 "the id_token was issued to another client (azp)");
	text_clear(&bytes);

	build(&bytes, &none);
	ck_assert_int_eq(verify(bytes.bytes, NULL, NULL), ASTRO_UNSAFE);
	ck_assert_str_eq(err.message, "the id_token is not signed (alg none)");
	text_clear(&bytes);
}
END_TEST

static const struct {
	const char *alg, *kid;
	enum key key;
	const char *digest;
	int right;
} hashes[] = {
	{"RS256", "rsa", RSA_KEY, "SHA256", 1},
	{"ES384", "ec384", EC384, "SHA384", 1},
	{"PS512", "rsa", RSA_KEY, "SHA512", 1},
	{"EdDSA", "ed", ED25519, "SHA512", 1},
	{"RS256", "rsa", RSA_KEY, "SHA512", 0},
	{"ES384", "ec384", EC384, "SHA256", 0},
};

START_TEST(at_hash_must_be_that_of_the_access_token)
{
	struct jose_expected expected = {.issuer = "https://op.example",
	                                 .client_id = "client",
	                                 .now = NOW};
	struct astro_secret *access_token;
	unsigned char hash[64];
	char text[100], header[100], payload[500];
	struct token token = {header,         payload, hashes[_i].key,
	                      hashes[_i].alg, NULL,    0};
	struct text bytes, jwks;
	unsigned len;

	EVP_Digest("at-08-15", 8, hash, &len,
	           EVP_get_digestbyname(hashes[_i].digest), NULL);
	base64_encode(hash, len / 2, text);
	(void)snprintf(header, sizeof(header),
	               "{\"alg\":\"%s\",\"kid\":\"%s\"}", hashes[_i].alg,
	               hashes[_i].kid);
	(void)snprintf(payload, sizeof(payload),
	               "{\"at_hash\":\"%s\"," GOOD "}", text);
	ck_assert_int_eq(secret_new("at-08-15", 8, &access_token, NULL),
	                 ASTRO_OK);
	expected.access_token = access_token;
	add_all_keys(&jwks);
	build(&bytes, &token);

	if (hashes[_i].right) {
		ck_assert_int_eq(verify(bytes.bytes, jwks.bytes, &expected),
		                 ASTRO_OK);
		json_free(claims);
	} else {
		ck_assert_int_eq(verify(bytes.bytes, jwks.bytes, &expected),
		                 ASTRO_UNSAFE);
		ck_assert_str_eq(err.message, "the id_token belongs to another "
		                              "access token (at_hash)");
	}
	secret_free(access_token);
	text_clear(&bytes);
	text_clear(&jwks);
}
END_TEST

/* RFC 8725, 3.1: the metadata can narrow the choice, never widen it. */
static const struct {
	const char *announced, *header, *alg, *message;
} announcements[] = {
	{"RS256", RS256, "RS256", NULL},
	{"ES256 RS256", RS256, "RS256", NULL},
	{"RS256 ES256", RS256, "RS256", NULL},
	{"PS256", RS256, "RS256",
         "the id_token is signed with RS256, which the server does not "
         "announce"},
	{"RS2567 RS25", RS256, "RS256",
         "the id_token is signed with RS256, which the server does not "
         "announce"},
	{"", RS256, "RS256",
         "the id_token is signed with RS256, which the server does not "
         "announce"},
	{"RS256", "{\"alg\":\"PS256\",\"kid\":\"rsa\"}", "PS256",
         "the id_token is signed with PS256, which the server does not "
         "announce"},
	{"none", "{\"alg\":\"none\"}", "RS256",
         "the id_token is not signed (alg none)"},
};

START_TEST(an_algorithm_must_be_one_that_the_server_announces)
{
	const struct jose_expected expected = {
		.issuer = "https://op.example",
		.client_id = "client",
		.algorithms = announcements[_i].announced,
		.nonce = "n-0S6",
		.now = NOW};
	const struct token token = {
		announcements[_i].header, "{" GOOD "}", RSA_KEY,
		announcements[_i].alg,    NULL,         0};
	const char *message = announcements[_i].message;
	struct text bytes, jwks;

	add_all_keys(&jwks);
	build(&bytes, &token);

	ck_assert_int_eq(verify(bytes.bytes, jwks.bytes, &expected),
	                 message == NULL ? ASTRO_OK : ASTRO_UNSAFE);
	if (message != NULL)
		ck_assert_str_eq(err.message, message);
	json_free(claims);
	text_clear(&bytes);
	text_clear(&jwks);
}
END_TEST

/* OpenID Connect Core, 12.2: of a refresh, held against the first id_token. */
static const struct {
	int64_t issued;
	const char *nonce, *payload, *message;
} refreshed[] = {
	{NOW, "n-0S6", "{" GOOD "}", NULL},
	{NOW, "n-0S6", "{" ISS AUD SUB TIMES "}", NULL},
	{NOW + 60, "n-0S6", "{" GOOD "}", NULL},
	{NOW + 61, "n-0S6", "{" GOOD "}",
         "the id_token is older than that of the login (iat)"},
	{NOW, "another", "{" GOOD "}", BAD_NONCE},
	{NOW, "n-0S6", "{" ISS AUD SUB TIMES ",\"nonce\":7}",
         "the id_token has no nonce"},
};

START_TEST(a_refreshed_id_token_goes_on_with_the_login)
{
	struct state_origin origin = {.issued = refreshed[_i].issued};
	const struct jose_expected expected = {.issuer = "https://op.example",
	                                       .client_id = "client",
	                                       .origin = &origin,
	                                       .now = NOW};
	const struct token token = {
		RS256, refreshed[_i].payload, RSA_KEY, "RS256", NULL, 0};
	const char *message = refreshed[_i].message;
	struct text bytes;

	(void)snprintf(origin.nonce, sizeof(origin.nonce), "%s",
	               refreshed[_i].nonce);
	build(&bytes, &token);

	ck_assert_int_eq(verify(bytes.bytes, NULL, &expected),
	                 message == NULL ? ASTRO_OK : ASTRO_UNSAFE);
	if (message != NULL)
		ck_assert_str_eq(err.message, message);
	json_free(claims);
	text_clear(&bytes);
}
END_TEST

START_TEST(a_sub_may_have_255_bytes)
{
	char name[257], payload[600];
	struct token token = {RS256, payload, RSA_KEY, "RS256", NULL, 0};
	struct text bytes;
	size_t len;

	for (len = 255; len <= 256; len++) {
		memset(name, 'x', len);
		name[len] = '\0';
		(void)snprintf(payload, sizeof(payload),
		               "{" ISS AUD NONCE TIMES ",\"sub\":\"%s\"}",
		               name);
		build(&bytes, &token);
		ck_assert_int_eq(verify(bytes.bytes, NULL, NULL),
		                 len == 255 ? ASTRO_OK : ASTRO_UNSAFE);
		json_free(claims);
		text_clear(&bytes);
	}
	ck_assert_str_eq(err.message,
	                 "the id_token has a sub of more than 255 bytes");
}
END_TEST

/* The payloads are {"exp":1700009999}, {"exp":"1700009999"}, {"exp":-1},
 * {"exp":1e308}, {}, [] and no JSON. */
static const struct {
	const char *token;
	int64_t expiry;
} expiries[] = {
	{"h.eyJleHAiOjE3MDAwMDk5OTl9.s", 1700009999},
	{"h.eyJleHAiOjE3MDAwMDk5OTl9.", 1700009999},
	{"h.eyJleHAiOiIxNzAwMDA5OTk5In0.s", 42},
	{"h.eyJleHAiOi0xfQ.s", 42},
	{"h.eyJleHAiOjFlMzA4fQ.s", 42},
	{"h.e30.s", 42},
	{"h.W10.s", 42},
	{"h.xxxx.s", 42},
	{"h.eyJleHAiOjE3MDAwMDk5OTl9", 42},
	{"opaque", 42},
	{"", 42},
	{"..", 42},
};

START_TEST(the_expiry_of_a_jwt_is_read_without_trust)
{
	struct astro_secret *token;

	ck_assert_int_eq(secret_new(expiries[_i].token,
	                            strlen(expiries[_i].token), &token, NULL),
	                 ASTRO_OK);
	ck_assert_int_eq(jose_token_expiry(token, 42), expiries[_i].expiry);
	secret_free(token);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof((array)[0])))

int main(void)
{
	Suite *suite = suite_create("jose");
	TCase *tcase = tcase_create("jose");
	SRunner *runner;
	int failed;

	/* Once: the tests' processes inherit them. */
	tcase_add_unchecked_fixture(tcase, make_keys, free_keys);
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_rule_has_its_sentence, 0,
	                    COUNT(tokens));
	tcase_add_loop_test(tcase, a_damaged_token_is_refused, 0,
	                    COUNT(damages));
	tcase_add_test(tcase, a_header_nested_too_deeply_is_refused);
	tcase_add_loop_test(tcase, key_sets_that_make_no_sense_are_refused, 0,
	                    COUNT(key_sets));
	tcase_add_loop_test(tcase, only_sane_rsa_keys_are_used, 0,
	                    COUNT(rsa_keys));
	tcase_add_test(tcase, without_published_keys_the_claims_still_count);
	tcase_add_loop_test(tcase, at_hash_must_be_that_of_the_access_token, 0,
	                    COUNT(hashes));
	tcase_add_loop_test(tcase,
	                    an_algorithm_must_be_one_that_the_server_announces,
	                    0, COUNT(announcements));
	tcase_add_loop_test(tcase, a_refreshed_id_token_goes_on_with_the_login,
	                    0, COUNT(refreshed));
	tcase_add_test(tcase, a_sub_may_have_255_bytes);
	tcase_add_loop_test(tcase, the_expiry_of_a_jwt_is_read_without_trust, 0,
	                    COUNT(expiries));
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
