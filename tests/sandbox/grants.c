/* SPDX-License-Identifier: Apache-2.0 */
/* The register of codes and tokens. */
#include "grants.h"

#include <stdlib.h>
#include <string.h>

#include "base64.h"
#include "fields.h"
#include "random.h"
#include "sandbox.h"

enum { RANDOM_LEN = 32 };

char *grant_random(void)
{
	unsigned char bytes[RANDOM_LEN];
	char *out = malloc(base64_encoded_len(sizeof(bytes)) + 1);

	if (out == NULL || random_fill(bytes, sizeof(bytes), NULL) != 0) {
		free(out);
		return NULL;
	}
	base64_encode(bytes, sizeof(bytes), out);
	return out;
}

json_t *grant_add(struct sandbox *box, const char *kind, const char *value,
                  int64_t seconds, json_t *details)
{
	if (value == NULL || details == NULL) {
		json_decref(details);
		return NULL;
	}
	json_object_set_new(details, "kind", json_string(kind));
	json_object_set_new(details, "expires",
	                    json_integer(sandbox_now(box) + seconds));
	if (json_object_set_new(box->grants, value, details) != 0)
		return NULL;
	return details;
}

json_t *grant_find(const struct sandbox *box, const char *kind,
                   const char *value)
{
	json_t *grant;

	if (value == NULL)
		return NULL;
	grant = json_object_get(box->grants, value);
	if (grant == NULL || strcmp(grant_text(grant, "kind"), kind) != 0)
		return NULL;
	return grant;
}

bool grant_is_good(const struct sandbox *box, const json_t *grant)
{
	return grant != NULL &&
	       !json_is_true(json_object_get(grant, "revoked")) &&
	       json_integer_value(json_object_get(grant, "expires")) >
	               sandbox_now(box);
}

const char *grant_text(const json_t *grant, const char *name)
{
	return fields_get(grant, name);
}

void grant_spend(struct sandbox *box, json_t *grant)
{
	json_object_set_new(grant, "spent", json_integer(sandbox_now(box)));
}

int64_t grant_spent(const json_t *grant)
{
	return json_integer_value(json_object_get(grant, "spent"));
}

void grant_revoke_family(struct sandbox *box, const json_t *grant)
{
	const char *family = grant_text(grant, "family");
	const char *value;
	json_t *other;

	json_object_foreach(box->grants, value, other)
	{
		const char *own = grant_text(other, "family");

		if (family != NULL && own != NULL && strcmp(own, family) == 0)
			json_object_set_new(other, "revoked", json_true());
	}
}

void grant_remove(struct sandbox *box, const char *value)
{
	json_object_del(box->grants, value);
}
