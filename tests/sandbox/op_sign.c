/* SPDX-License-Identifier: Apache-2.0 */
/* The putting together of a token, and the damage to its text. */
#include "op_sign.h"

#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "fields.h"
#include "forgery.h"
#include "op.h"
#include "op_keys.h"
#include "sandbox.h"
#include "text.h"

enum {
	TOKEN_MAX = 1024 * 1024,
	DEPTH = 1000,        /* of the header's nesting */
	PADDING = 65 * 1024, /* more than a client has to take */
};

/* What comes between the parts, for a token whose text is wrong. */
struct form {
	const char *name;
	const char *after_header, *after_payload, *after_signature;
};

static const struct form forms[] = {
	{"usual", "", "", ""},
	{"blank_in_header", " ", "", ""},
	{"newline_in_payload", "", "\n", ""},
	{"padded_header", "=", "", ""},
	{"padded_payload", "", "=", ""},
	{"padded_signature", "", "", "=="},
	{"blank_at_end", "", "", " "},
	{"four_parts", "", "", ".e30"},
	{"five_parts", "", "", ".e30.e30"},
	/* These are seen to below. */
	{"two_parts", "", "", ""},
	{"standard_alphabet", "", "", ""},
	{"trailing_bits", "", "", ""},
	{"nested_header", "", "", ""},
	{"payload_array", "", "", ""},
	{"huge", "", "", ""},
};

static const struct form *form_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++)
		if (strcmp(forms[i].name, name) == 0)
			return &forms[i];
	return NULL;
}

static bool is(const struct form *form, const char *name)
{
	return strcmp(form->name, name) == 0;
}

/* The JSON of OBJECT with MORE put behind its first brace: for members that
 * come twice, and for values that JSON does not have. */
static char *json_with(const json_t *object, const char *more)
{
	char *plain = json_dumps(object, JSON_COMPACT);
	struct text out;
	char *copy;

	if (plain == NULL || more[0] == '\0')
		return plain;
	text_init(&out, TOKEN_MAX);
	text_addf(&out, "{%s%s%s", more, plain[1] == '}' ? "" : ",", plain + 1);
	copy = text_copy(out.bytes);
	text_clear(&out);
	free(plain);
	return copy;
}

static char *nested(void)
{
	struct text out;
	char *copy;
	int i;

	text_init(&out, TOKEN_MAX);
	text_add_string(&out, "\"x\":");
	for (i = 0; i < DEPTH; i++)
		text_add(&out, "[", 1);
	for (i = 0; i < DEPTH; i++)
		text_add(&out, "]", 1);
	copy = text_copy(out.bytes);
	text_clear(&out);
	return copy;
}

static json_t *header_of(struct sandbox *box, const struct forgery *forgery)
{
	const struct op_key *key = op_keys_current(box);
	const struct op_key *other = NULL;
	json_t *header = json_pack(
		"{s:s, s:s, s:s}", "alg",
		forgery->algorithm == NULL ? setting_text(box, "op_algorithm")
					   : forgery->algorithm,
		"typ", "JWT", "kid", key == NULL ? "" : key->id);

	/* RFC 8725, 3.10: a key that the token brings along. */
	if (strcmp(forgery->name, "embedded_key") == 0)
		other = op_keys_get(box, "other");
	if (other != NULL) {
		json_object_set_new(header, "kid", json_string(other->id));
		json_object_set_new(header, "jwk", jwk_of(other->pair));
	}
	fields_merge(header, setting(box, "op_header"));
	return header;
}

static char *header_text(struct sandbox *box, const struct forgery *forgery,
                         const struct form *form)
{
	json_t *header = header_of(box, forgery);
	char *deep = is(form, "nested_header") ? nested() : NULL;
	char *out = json_with(
		header,
		deep != NULL ? deep : setting_text(box, "op_header_text"));

	free(deep);
	json_decref(header);
	return out;
}

static char *payload_text(struct sandbox *box, const json_t *claims,
                          const struct form *form)
{
	json_t *whole = json_deep_copy(claims);
	char *out, *padding = NULL;

	if (is(form, "huge") && (padding = malloc(PADDING)) != NULL) {
		memset(padding, 'x', PADDING);
		json_object_set_new(whole, "padding",
		                    json_stringn(padding, PADDING));
	}
	if (is(form, "payload_array"))
		whole = json_pack("[o]", whole);
	out = json_is_array(whole)
	              ? json_dumps(whole, JSON_COMPACT)
	              : json_with(whole, setting_text(box, "op_claims_text"));
	free(padding);
	json_decref(whole);
	return out;
}

static bool add_part(struct text *out, const char *plain, const char *more)
{
	char *code = plain == NULL ? NULL : jwk_encoded(plain, strlen(plain));
	bool fine = code != NULL && text_add_string(out, code) &&
	            text_add_string(out, more);

	free(code);
	return fine;
}

/* RFC 7515, 2: base64url, and only the one spelling of it. */
static void misspell(char *code, const struct form *form)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789-_";
	size_t len = strlen(code);
	char *at;

	if (is(form, "standard_alphabet"))
		for (at = code; *at != '\0'; at++)
			*at = *at == '-' ? '+' : *at == '_' ? '/' : *at;
	/* The last of 342 characters has four bits to spare. */
	if (is(form, "trailing_bits") && len > 0)
		code[len - 1] = *(strchr(digits, code[len - 1]) + 1);
}

static char *put_together(struct sandbox *box, const char *header,
                          const char *payload, const struct forgery *forgery,
                          const struct form *form)
{
	unsigned char signature[JWS_SIGNATURE_MAX];
	struct text token;
	char *code = NULL, *out = NULL;
	size_t len;

	text_init(&token, TOKEN_MAX);
	if (!add_part(&token, header, form->after_header) ||
	    !text_add(&token, ".", 1) ||
	    !add_part(&token, payload, form->after_payload))
		goto out;
	len = forgery->sign(box, token.bytes, signature);
	if (len == 0 && forgery->algorithm == NULL &&
	    strcmp(forgery->name, "empty") != 0)
		goto out;
	code = jwk_encoded(signature, len);
	if (code == NULL)
		goto out;
	misspell(code, form);
	if (is(form, "two_parts") ||
	    text_addf(&token, ".%s%s", code, form->after_signature))
		out = text_copy(token.bytes);
out:
	free(code);
	text_clear(&token);
	return out;
}

char *op_sign_as_told(struct sandbox *box, const json_t *claims)
{
	const struct forgery *forgery =
		forgery_find(setting_text(box, "op_signature"));
	const struct form *form = form_find(setting_text(box, "op_form"));
	char *header, *payload, *out;

	if (forgery == NULL || form == NULL)
		return NULL;
	header = header_text(box, forgery, form);
	payload = payload_text(box, claims, form);
	out = put_together(box, header, payload, forgery, form);
	free(header);
	free(payload);
	return out;
}

char *op_sign(struct sandbox *box, const char *typ, const json_t *claims)
{
	const struct op_key *key = op_keys_current(box);
	const char *algorithm = setting_text(box, "op_algorithm");
	json_t *header = json_pack("{s:s, s:s, s:s}", "alg", algorithm, "typ",
	                           typ, "kid", key == NULL ? "" : key->id);
	char *plain_header = json_dumps(header, JSON_COMPACT);
	char *plain = json_dumps(claims, JSON_COMPACT);
	char *out = put_together(box, plain_header, plain, forgery_find("good"),
	                         form_find("usual"));

	free(plain);
	free(plain_header);
	json_decref(header);
	return out;
}
