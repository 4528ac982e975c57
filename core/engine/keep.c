/* SPDX-License-Identifier: Apache-2.0 */
/* From what a provider wants kept to the keys of the context file. */
#include "keep.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "credential.h"
#include "error.h"
#include "fields.h"
#include "log.h"
#include "secret.h"
#include "text.h"

enum { FIELD_LEN_MAX = 64, CHANGES_MAX = 64, CLAIM_LEN_MAX = 1024 };

/* The end of year 9999, the last that RFC 3339 can write. */
static const int64_t expiry_max = 253402300799;

struct changes {
	struct change items[CHANGES_MAX];
	size_t count;
};

/* Who logged in, as the verified id_token has it, where the provider does not
 * say.  The next refresh is held against the subject. */
static int add_claims(struct astro_credential *kept,
                      const struct astro_credential *credential,
                      struct astro_error *err)
{
	static const struct {
		const char *field, *claim;
	} known[] = {{"subject", "sub"}, {"user_email", "email"}};
	int status = ASTRO_OK;
	size_t i;

	for (i = 0; status == ASTRO_OK && i < sizeof(known) / sizeof(known[0]);
	     i++) {
		const char *text = credential_claim(credential, known[i].claim);

		if (text != NULL && text[0] != '\0' &&
		    strlen(text) <= CLAIM_LEN_MAX &&
		    text_is_line(text, strlen(text)) &&
		    credential_text(kept, known[i].field) == NULL)
			status = credential_set_text(kept, known[i].field, text,
			                             err);
	}
	return status;
}

int keep_collect(struct astro_core *core,
                 const struct astro_credential *credential,
                 struct astro_error *err)
{
	const struct credential_field *field;
	struct astro_credential *kept;
	size_t i;
	int status;

	status = credential_new(&kept, err);
	for (i = 0; status == ASTRO_OK &&
	            (field = credential_field_at(credential, i)) != NULL;
	     i++) {
		/* Other secrets (an id_token) have done their duty. */
		if (field->text != NULL)
			status = credential_set_text(kept, field->name,
			                             field->text, err);
		else if (strcmp(field->name, "access_token") == 0 ||
		         strcmp(field->name, "refresh_token") == 0 ||
		         strcmp(field->name, "client_secret") == 0 ||
		         strcmp(field->name, "dpop_key") == 0)
			status = credential_set(kept, field->name,
			                        field->secret, err);
	}
	if (status == ASTRO_OK)
		status = add_claims(kept, credential, err);
	if (status != ASTRO_OK) {
		credential_free(kept);
		return status;
	}
	credential_expires(kept, credential_expiry(credential));
	credential_free(core->kept);
	core->kept = kept;
	return ASTRO_OK;
}

/* Keys that decide where a token goes are not a provider's to set. */
static bool field_name_is_allowed(const char *name)
{
	static const char *const reserved[] = {"domain", "provider", "store",
	                                       "hosts", "expiresin"};
	size_t len = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
	size_t i;

	if (len == 0 || len > FIELD_LEN_MAX || name[len] != '\0')
		return false;
	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(name, reserved[i]) == 0)
			return false;
	return true;
}

static bool value_can_be_kept(const struct credential_field *field)
{
	const char *bytes;
	size_t len;

	if (field->secret == NULL)
		return text_is_line(field->text, strlen(field->text));
	bytes = secret_bytes(field->secret, &len);
	return fields_can_hold(field->name, bytes, len);
}

int keep_judge(const struct astro_core *core, const struct keep *keep,
               struct astro_error *err)
{
	const struct credential_field *field;
	int64_t expiry;
	size_t i;

	if (core->kept == NULL || credential_field_at(core->kept, 0) == NULL)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "the provider %s keeps nothing of the login",
		                 keep->provider);
	for (i = 0; (field = credential_field_at(core->kept, i)) != NULL; i++) {
		if (!field_name_is_allowed(field->name))
			return error_set(err, ASTRO_BAD_PLUGIN, NULL,
			                 "the provider %s wants to keep a key "
			                 "that is not its own: %s",
			                 keep->provider, field->name);
		if (!value_can_be_kept(field))
			return error_set(err, ASTRO_BAD_PLUGIN, NULL,
			                 "the provider %s wants to keep a %s "
			                 "that no login has",
			                 keep->provider, field->name);
	}
	expiry = credential_expiry(core->kept);
	if (expiry < 0 || (expiry > expiry_max && expiry != INT64_MAX))
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "the provider %s gives a time of expiry that "
		                 "makes no sense",
		                 keep->provider);
	return ASTRO_OK;
}

static struct change *add(struct changes *changes, const char *context,
                          const char *key, enum change_kind kind)
{
	/* A credential has at most 32 fields, and the rest is counted. */
	struct change *change = &changes->items[changes->count++];

	*change = (struct change){
		.context = context,
		.key = key,
		.kind = kind,
	};
	return change;
}

/* In the file. */
static bool is_kept(const struct astro_core *core, const struct keep *keep,
                    const char *key)
{
	if (keep->store.kind != STORE_FILE && fields_is_stored(key))
		return false;
	return credential_get(core->kept, key) != NULL ||
	       credential_text(core->kept, key) != NULL;
}

static int is_stored(const struct astro_core *core, const char *key,
                     bool *stored, struct astro_error *err)
{
	struct astro_secret *secret = NULL;
	int status;

	if (!context_key_is_secret(key)) {
		*stored = context_value(core->settings.context, key) != NULL;
		return ASTRO_OK;
	}
	status = context_secret(core->settings.context, key, &secret, err);
	*stored = secret != NULL;
	secret_free(secret);
	return status;
}

/* Secrets and names of the login before would be taken for this one's. */
static int add_leftovers(const struct astro_core *core, const struct keep *keep,
                         struct changes *changes, struct astro_error *err)
{
	static const char *const leftovers[] = {
		"token",         "refreshtoken", "access_token",
		"refresh_token", "id_token",     "user_email",
		"client_secret", "dpop_key",     "subject"};
	size_t i;

	if (core->settings.context == NULL)
		return ASTRO_OK;
	for (i = 0; i < sizeof(leftovers) / sizeof(leftovers[0]); i++) {
		bool stored;
		int status;

		if (is_kept(core, keep, leftovers[i]))
			continue;
		status = is_stored(core, leftovers[i], &stored, err);
		if (status != ASTRO_OK)
			return status;
		if (stored)
			(void)add(changes, keep->key, leftovers[i],
			          CHANGE_REMOVE);
	}
	return ASTRO_OK;
}

static void add_fields(const struct astro_core *core, const struct keep *keep,
                       struct changes *changes)
{
	const char *key = keep->key;
	const struct credential_field *field;
	int64_t expiry = credential_expiry(core->kept);
	size_t i;

	for (i = 0; (field = credential_field_at(core->kept, i)) != NULL; i++) {
		struct change *change;

		if (!is_kept(core, keep, field->name))
			continue;
		change = add(changes, key, field->name, CHANGE_TEXT);
		change->text = field->text;
		change->secret = field->secret;
	}
	if (expiry == 0 || expiry == INT64_MAX)
		(void)add(changes, key, "expiresin", CHANGE_REMOVE);
	else
		add(changes, key, "expiresin", CHANGE_TIME)->time = expiry;
}

/* A new context is written in the order of the Go CLI: sorted. */
static int compare_changes(const void *a, const void *b)
{
	const struct change *left = a, *right = b;

	if ((left->context == NULL) != (right->context == NULL))
		return left->context == NULL ? -1 : 1;
	return strcmp(left->key, right->key);
}

/* `store` says where the secrets are; the file is what no word means. */
static void add_store(const struct keep *keep, struct changes *changes)
{
	if (keep->store.kind == STORE_FILE)
		(void)add(changes, keep->key, "store", CHANGE_REMOVE);
	else
		add(changes, keep->key, "store", CHANGE_TEXT)->text =
			keep->store.name;
}

static int write_file(const struct astro_core *core, const struct keep *keep,
                      struct astro_error *err)
{
	struct changes changes = {.count = 0};
	const char *name = core->settings.name;
	int status;

	add(&changes, NULL, "context", CHANGE_TEXT)->text = name;
	add(&changes, keep->key, "domain", CHANGE_IF_ABSENT)->text = name;
	if (keep->provider_written_down)
		add(&changes, keep->key, "provider", CHANGE_TEXT)->text =
			keep->provider;
	add_store(keep, &changes);
	add_fields(core, keep, &changes);
	status = add_leftovers(core, keep, &changes, err);
	if (status != ASTRO_OK)
		return status;
	qsort(changes.items, changes.count, sizeof(changes.items[0]),
	      compare_changes);
	return config_change(&core->paths, changes.items, changes.count, err);
}

/* The login is in its new place: none may stay in the old one. */
static void clear_old_store(const struct astro_core *core,
                            const struct keep *keep)
{
	struct astro_error why = {0};
	struct store old;
	int status = store_of_context(core->settings.context, &old, &why);

	if (status == ASTRO_OK && strcmp(old.name, keep->store.name) == 0)
		return;
	if (status == ASTRO_OK)
		status = store_erase(&old, core, &why);
	if (status != ASTRO_OK && status != ASTRO_NOT_FOUND)
		log_write(ASTRO_WARNING,
		          "the login before may still be in the store %s: %s",
		          old.name, why.message);
}

int keep_write(const struct astro_core *core, const struct keep *keep,
               struct astro_error *err)
{
	struct astro_credential *login = NULL;
	struct astro_secret *before = NULL;
	int status = ASTRO_OK;

	if (keep->store.kind == STORE_BACKEND)
		status = fields_to_login(core->kept, &login, err);
	if (status == ASTRO_OK && login != NULL)
		status = store_put(&keep->store, core, login, &before, err);
	credential_free(login);
	if (status != ASTRO_OK) {
		secret_free(before);
		return status;
	}
	status = write_file(core, keep, err);
	if (status == ASTRO_OK)
		clear_old_store(core, keep);
	else
		store_put_back(&keep->store, core, before);
	secret_free(before);
	return status;
}
