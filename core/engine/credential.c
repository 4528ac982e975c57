/* SPDX-License-Identifier: Apache-2.0 */
/* What a login earned: a few named secrets and texts, and when they end. */
#include "credential.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "error.h"
#include "json.h"
#include "secret.h"
#include "text.h"

enum { FIELDS_MAX = 32, NAME_MAX_LEN = 64, VALUE_MAX = 64 * 1024 };

struct field {
	char *name;
	char *text;
	struct astro_secret *secret;
	struct credential_field shown;
};

struct astro_credential {
	struct field fields[FIELDS_MAX];
	size_t count;
	int64_t expiry;
	bool is_account_only;
	struct json *claims;
};

int credential_new(struct astro_credential **out, struct astro_error *err)
{
	*out = calloc(1, sizeof(**out));
	return *out != NULL ? ASTRO_OK : error_no_memory(err);
}

static const struct field *find(const struct astro_credential *credential,
                                const char *name)
{
	size_t i;

	for (i = 0; credential != NULL && name != NULL && i < credential->count;
	     i++)
		if (strcmp(credential->fields[i].name, name) == 0)
			return &credential->fields[i];
	return NULL;
}

static void clear(struct field *field)
{
	free(field->name);
	free(field->text);
	secret_free(field->secret);
	memset(field, 0, sizeof(*field));
}

static void remove_field(struct astro_credential *credential, const char *name)
{
	const struct field *found = find(credential, name);
	size_t index;

	if (found == NULL)
		return;
	index = (size_t)(found - credential->fields);
	clear(&credential->fields[index]);
	credential->count--;
	memmove(&credential->fields[index], &credential->fields[index + 1],
	        (credential->count - index) * sizeof(struct field));
	memset(&credential->fields[credential->count], 0, sizeof(struct field));
}

static int check(const struct astro_credential *credential, const char *name,
                 size_t len, struct astro_error *err)
{
	if (credential == NULL || name == NULL || *name == '\0' ||
	    strlen(name) > NAME_MAX_LEN || !text_is_visible(name, strlen(name)))
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "a credential's field without a proper name");
	if (len > VALUE_MAX)
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "the %s has more than %d bytes", name,
		                 VALUE_MAX);
	if (find(credential, name) == NULL && credential->count == FIELDS_MAX)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "a credential of more than %d fields",
		                 FIELDS_MAX);
	return ASTRO_OK;
}

/* TAKEN is given away, whatever comes of it. */
static int put(struct astro_credential *credential, const char *name,
               struct field taken, struct astro_error *err)
{
	struct field *field = (struct field *)find(credential, name);

	taken.name = text_copy(name);
	if (taken.name == NULL) {
		clear(&taken);
		return error_no_memory(err);
	}
	if (field == NULL)
		field = &credential->fields[credential->count++];
	else
		clear(field);
	*field = taken;
	field->shown.name = field->name;
	field->shown.text = field->text;
	field->shown.secret = field->secret;
	return ASTRO_OK;
}

int credential_set(struct astro_credential *credential, const char *field,
                   const struct astro_secret *secret, struct astro_error *err)
{
	struct field taken = {0};
	size_t len = 0;
	int status;

	if (secret != NULL)
		(void)secret_bytes(secret, &len);
	status = check(credential, field, len, err);
	if (status != ASTRO_OK)
		return status;
	if (secret == NULL) {
		remove_field(credential, field);
		return ASTRO_OK;
	}
	status = secret_copy(secret, &taken.secret, err);
	if (status != ASTRO_OK)
		return status;
	return put(credential, field, taken, err);
}

int credential_set_text(struct astro_credential *credential, const char *field,
                        const char *text, struct astro_error *err)
{
	struct field taken = {0};
	int status;

	status = check(credential, field, text != NULL ? strlen(text) : 0, err);
	if (status != ASTRO_OK)
		return status;
	if (text == NULL) {
		remove_field(credential, field);
		return ASTRO_OK;
	}
	if (!text_is_utf8(text, strlen(text)))
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "the %s is no UTF-8 text", field);
	taken.text = text_copy(text);
	if (taken.text == NULL)
		return error_no_memory(err);
	return put(credential, field, taken, err);
}

const struct astro_secret *
credential_get(const struct astro_credential *credential, const char *field)
{
	const struct field *found = find(credential, field);

	return found != NULL ? found->secret : NULL;
}

const char *credential_text(const struct astro_credential *credential,
                            const char *field)
{
	const struct field *found = find(credential, field);

	return found != NULL ? found->text : NULL;
}

void credential_expires(struct astro_credential *credential, int64_t time)
{
	if (credential != NULL)
		credential->expiry = time;
}

int64_t credential_expiry(const struct astro_credential *credential)
{
	return credential != NULL ? credential->expiry : 0;
}

void credential_account_only(struct astro_credential *credential)
{
	if (credential != NULL)
		credential->is_account_only = true;
}

bool credential_is_account_only(const struct astro_credential *credential)
{
	return credential != NULL && credential->is_account_only;
}

void credential_own_claims(struct astro_credential *credential,
                           struct json *claims)
{
	json_free(credential->claims);
	credential->claims = claims;
}

const char *credential_claim(const struct astro_credential *credential,
                             const char *claim)
{
	return credential != NULL ? json_text(credential->claims, claim) : NULL;
}

int64_t credential_claim_number(const struct astro_credential *credential,
                                const char *claim, int64_t fallback)
{
	return credential != NULL
	               ? json_number(credential->claims, claim, fallback)
	               : fallback;
}

static int copy_claims(const struct json *claims, struct json **out,
                       struct astro_error *err)
{
	struct text bytes;
	int status;

	*out = NULL;
	text_init(&bytes, SECRET_MAX);
	status = json_write(&bytes, claims, "", err);
	if (status == ASTRO_OK)
		status = json_parse(bytes.bytes, bytes.len, out, err);
	text_clear(&bytes);
	return status;
}

int credential_fill(struct astro_credential *credential,
                    const struct astro_credential *other,
                    struct astro_error *err)
{
	size_t i;
	int status = ASTRO_OK;

	for (i = 0; status == ASTRO_OK && i < other->count; i++) {
		const struct field *field = &other->fields[i];

		status = field->secret != NULL
		                 ? credential_set(credential, field->name,
		                                  field->secret, err)
		                 : credential_set_text(credential, field->name,
		                                       field->text, err);
	}
	if (status == ASTRO_OK && other->claims != NULL)
		status = copy_claims(other->claims, &credential->claims, err);
	credential->expiry = other->expiry;
	credential->is_account_only = other->is_account_only;
	return status;
}

int credential_copy(const struct astro_credential *credential,
                    struct astro_credential **out, struct astro_error *err)
{
	struct astro_credential *copy;
	int status;

	*out = NULL;
	status = credential_new(&copy, err);
	if (status == ASTRO_OK)
		status = credential_fill(copy, credential, err);
	if (status != ASTRO_OK) {
		credential_free(copy);
		return status;
	}
	*out = copy;
	return ASTRO_OK;
}

void credential_free(struct astro_credential *credential)
{
	size_t i;

	if (credential == NULL)
		return;
	for (i = 0; i < credential->count; i++)
		clear(&credential->fields[i]);
	json_free(credential->claims);
	free(credential);
}

const struct credential_field *
credential_field_at(const struct astro_credential *credential, size_t index)
{
	return credential != NULL && index < credential->count
	               ? &credential->fields[index].shown
	               : NULL;
}
