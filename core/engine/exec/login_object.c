/* SPDX-License-Identifier: Apache-2.0 */
/* What a program makes a login of, and what it is told of one. */
#include "login_object.h"

#include <string.h>

#include "context.h"
#include "credential.h"
#include "dialogue.h"
#include "error.h"
#include "json.h"
#include "json_out.h"
#include "value.h"

/* A text under the name of a secret is one: it would be kept like any other
 * word. */
static int set_field(const struct dialogue *dialogue,
                     const struct astro_field *field,
                     struct astro_credential *credential,
                     struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	struct astro_secret *secret = NULL;
	int status;

	if (field->secret != NULL)
		return host->credential_set(credential, field->name,
		                            field->secret, err);
	if (field->text == NULL || !context_key_is_secret(field->name))
		return host->credential_set_text(credential, field->name,
		                                 field->text, err);
	status = host->secret_new(host->core, field->text, strlen(field->text),
	                          &secret, err);
	if (status == ASTRO_OK)
		status = host->credential_set(credential, field->name, secret,
		                              err);
	host->secret_free(secret);
	return status;
}

static int set_fields(struct dialogue *dialogue, const struct json *json,
                      struct astro_credential *credential,
                      struct astro_error *err)
{
	struct json object = json_at(json, "fields");
	struct fields fields;
	int status = fields_read(dialogue, &object, &fields, err);
	size_t i;

	for (i = 0; status == ASTRO_OK && i < fields.count; i++)
		status = set_field(dialogue, &fields.items[i], credential, err);
	fields_clear(dialogue, &fields);
	return status;
}

static int64_t add_capped(int64_t a, int64_t b)
{
	return b > INT64_MAX - a ? INT64_MAX : a + b;
}

static int set_expiry(struct dialogue *dialogue, const struct json *json,
                      struct astro_credential *credential,
                      struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	const struct astro_secret *token =
		host->credential_get(credential, "access_token");
	struct json at = json_at(json, "expires_at");
	struct json in = json_at(json, "expires_in");
	int64_t time = 0, left = 0;
	int status = value_number(dialogue, &at, 0, &time, err);

	if (status == ASTRO_OK)
		status = value_number(dialogue, &in, 0, &left, err);
	if (status != ASTRO_OK)
		return status;
	if (time == 0 && left > 0)
		time = add_capped(host->now(host->core), left);
	if (time == 0)
		time = host->credential_expiry(credential);
	if (time == 0 && token != NULL)
		time = host->token_expiry(host->core, token, 0);
	host->credential_expires(credential, time);
	return ASTRO_OK;
}

/* The credential to begin with. */
static int begin(struct dialogue *dialogue, const struct json *json,
                 struct astro_credential **out, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	const struct astro_credential *base;
	const struct thing *thing;
	const char *from;
	int status;

	*out = NULL;
	status = value_text(dialogue, json, "from", false, &from, err);
	if (status != ASTRO_OK)
		return status;
	if (from == NULL)
		return host->credential_new(host->core, out, err);
	thing = shelf_find(&dialogue->shelf, from);
	base = thing == NULL         ? NULL
	       : thing->lent != NULL ? thing->lent
	                             : thing->credential;
	if (base == NULL)
		return dialogue_misuse(dialogue, err,
		                       "makes a login from \"%s\", which is no "
		                       "credential",
		                       from);
	status = host->credential_new(host->core, out, err);
	return status == ASTRO_OK ? credential_fill(*out, base, err) : status;
}

int login_object_read(struct dialogue *dialogue, const struct json *json,
                      struct astro_credential **out, struct astro_error *err)
{
	struct astro_credential *credential = NULL;
	int status, account_only = 0;

	*out = NULL;
	if (json_kind(json, "") != JSON_KIND_OBJECT)
		return dialogue_misuse(dialogue, err,
		                       "gives no login in %s: \"login\" is an "
		                       "object",
		                       dialogue->channel.operation);
	status = value_check_members(dialogue, json,
	                             "from fields expires_at expires_in "
	                             "account_only",
	                             "a login", err);
	if (status == ASTRO_OK)
		status = begin(dialogue, json, &credential, err);
	if (status == ASTRO_OK)
		status = set_fields(dialogue, json, credential, err);
	if (status == ASTRO_OK)
		status = set_expiry(dialogue, json, credential, err);
	if (status == ASTRO_OK)
		status = value_flag(dialogue, json, "account_only", 0,
		                    &account_only, err);
	if (status == ASTRO_OK && account_only)
		dialogue->host->credential_account_only(credential);
	if (status == ASTRO_OK) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	dialogue->host->credential_free(credential);
	return status;
}

void login_object_write(struct json_out *out,
                        const struct astro_credential *credential)
{
	const struct credential_field *field;
	int64_t expiry = credential_expiry(credential);
	size_t i;

	json_out_object(out, "login");
	json_out_object(out, "texts");
	for (i = 0; (field = credential_field_at(credential, i)) != NULL; i++)
		if (field->text != NULL)
			json_out_string(out, field->name, field->text);
	json_out_close(out);
	json_out_array(out, "secrets");
	for (i = 0; (field = credential_field_at(credential, i)) != NULL; i++)
		if (field->secret != NULL)
			json_out_string(out, NULL, field->name);
	json_out_close(out);
	if (expiry != 0 && expiry != INT64_MAX)
		json_out_number(out, "expires_at", expiry);
	else
		json_out_string(out, "expires_at", NULL);
	json_out_close(out);
}
