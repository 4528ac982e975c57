/* SPDX-License-Identifier: Apache-2.0 */
/* Claims, the usual ones and the ordered ones. */
#include "op_claims.h"

#include <stdlib.h>
#include <string.h>

#include "data.h"
#include "fields.h"
#include "mint.h"
#include "sandbox.h"

void op_claims_add(const struct sandbox *box, json_t *claims,
                   const json_t *grant)
{
	const char *scope = fields_get(grant, "scope");
	const json_t *user = data_user(box, "sub", fields_get(grant, "sub"));

	if (mint_scope_has(scope, "email")) {
		json_object_set(claims, "email",
		                json_object_get(user, "email"));
		json_object_set_new(claims, "email_verified", json_true());
	}
	if (mint_scope_has(scope, "profile"))
		json_object_set(claims, "name", json_object_get(user, "name"));
}

/* The number that VALUE stands for, or NULL. */
static json_t *number_of(const struct sandbox *box, const json_t *value)
{
	const char *text = json_string_value(value);
	char *end = NULL;
	double seconds;

	if (text == NULL || strncmp(text, "{now", 4) != 0)
		return NULL;
	seconds = strcmp(text + 4, "}") == 0 ? 0 : strtod(text + 4, &end);
	if (end != NULL && strcmp(end, "}") != 0)
		return NULL;
	if (strchr(text, '.') != NULL)
		return json_real((double)sandbox_now(box) + seconds);
	return json_integer(sandbox_now(box) + (int64_t)seconds);
}

void op_claims_change(const struct sandbox *box, json_t *claims,
                      const json_t *changes)
{
	json_t *ready = json_deep_copy(changes), *value, *number;
	const char *name;

	json_object_foreach(ready, name, value)
	{
		number = number_of(box, value);
		if (number != NULL)
			json_object_set_new(ready, name, number);
	}
	fields_merge(claims, ready);
	json_decref(ready);
}
