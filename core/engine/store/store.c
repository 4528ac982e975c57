/* SPDX-License-Identifier: Apache-2.0 */
/* The store of a context: chosen by name, read and written as a credential. */
#include "store.h"

#include <stdio.h>
#include <string.h>

#include "backend.h"
#include "clock.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "log.h"
#include "place.h"
#include "record.h"
#include "secret.h"

static const char helper_prefix[] = PLACE_HELPER_PREFIX;

/* What follows "helper:". */
static const char *argument(const struct store *store)
{
	return strncmp(store->name, helper_prefix, sizeof(helper_prefix) - 1) ==
	                       0
	               ? store->name + sizeof(helper_prefix) - 1
	               : "";
}

int store_named(const char *name, struct store *out, struct astro_error *err)
{
	static const struct {
		const char *name;
		enum store_kind kind;
		const struct store_backend *backend;
	} known[] = {
		{"file", STORE_FILE, NULL},
		{"keyring", STORE_BACKEND, &store_keyring},
		{"session", STORE_BACKEND, &store_session},
		{"none", STORE_NONE, NULL},
	};
	size_t i;
	int status;

	memset(out, 0, sizeof(*out));
	if (name == NULL)
		name = "file";
	(void)snprintf(out->name, sizeof(out->name), "%s", name);
	status = place_check(name, err);
	if (status != ASTRO_OK)
		return status;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(name, known[i].name) != 0)
			continue;
		out->kind = known[i].kind;
		out->backend = known[i].backend;
		return ASTRO_OK;
	}
	out->kind = STORE_BACKEND;
	out->backend = &store_helper;
	return ASTRO_OK;
}

int store_of_context(const struct context *context, struct store *out,
                     struct astro_error *err)
{
	return store_named(context == NULL ? NULL
	                                   : context_value(context, "store"),
	                   out, err);
}

int store_of(const struct astro_core *core, struct store *out,
             struct astro_error *err)
{
	if (core->job->store != NULL) {
		int status = store_named(core->job->store, out, err);

		/* Typed, not read from the file. */
		if (status == ASTRO_BAD_CONFIG && err != NULL)
			err->status = ASTRO_USAGE;
		return status == ASTRO_BAD_CONFIG ? ASTRO_USAGE : status;
	}
	return store_of_context(core->settings.context, out, err);
}

int store_probe(const struct store *store, struct astro_error *err)
{
	if (store->kind != STORE_BACKEND)
		return ASTRO_OK;
	return store->backend->probe(argument(store), err);
}

static struct store_entry entry_of(const struct astro_core *core)
{
	const struct context *context = core->settings.context;

	return (struct store_entry){
		.paths = &core->paths,
		.folder = core->paths.folder,
		.name = core->settings.name,
		.account = context == NULL
	                           ? NULL
	                           : context_value(context, "user_email"),
	};
}

static int load_texts(const struct context *context,
                      struct astro_credential *credential,
                      struct astro_error *err)
{
	static const char *const texts[] = {"organization", "workspace",
	                                    "user_email", "subject"};
	int status = ASTRO_OK;
	size_t i;

	for (i = 0; status == ASTRO_OK && i < sizeof(texts) / sizeof(texts[0]);
	     i++)
		status = credential_set_text(credential, texts[i],
		                             context_value(context, texts[i]),
		                             err);
	return status;
}

static int load_other(const struct context *context, const char *key,
                      struct astro_credential *credential,
                      struct astro_error *err)
{
	struct astro_secret *secret = NULL;
	int status = context_secret(context, key, &secret, err);

	if (status == ASTRO_OK)
		status = credential_set(credential, key, secret, err);
	secret_free(secret);
	return status;
}

static int load_from_file(const struct context *context,
                          struct astro_credential **out,
                          struct astro_error *err)
{
	struct astro_secret *access = NULL, *refresh = NULL;
	int status = credential_new(out, err);

	if (status == ASTRO_OK)
		status = context_access_token(context, &access, err);
	if (status == ASTRO_OK)
		status = context_refresh_token(context, &refresh, err);
	if (status == ASTRO_OK)
		status = credential_set(*out, "access_token", access, err);
	if (status == ASTRO_OK)
		status = credential_set(*out, "refresh_token", refresh, err);
	if (status == ASTRO_OK)
		status = load_other(context, "client_secret", *out, err);
	if (status == ASTRO_OK)
		status = load_other(context, "dpop_key", *out, err);
	secret_free(access);
	secret_free(refresh);
	if (*out != NULL)
		credential_expires(*out, context_expiry(context));
	return status;
}

/* *OUT stays NULL with ASTRO_OK, and ERR as it is, where nothing is kept. */
static int get_record(const struct store *store,
                      const struct store_entry *entry,
                      struct astro_secret **out, struct astro_error *err)
{
	struct astro_error why = {0};
	int status = store->backend->get(argument(store), entry, out, &why);

	if (status == ASTRO_NOT_FOUND)
		return ASTRO_OK;
	if (status != ASTRO_OK && err != NULL)
		*err = why;
	return status;
}

/* *OUT stays NULL with ASTRO_OK where nothing is kept. */
static int load_from_backend(const struct store *store,
                             const struct astro_core *core,
                             struct astro_credential **out,
                             struct astro_error *err)
{
	const struct store_entry entry = entry_of(core);
	struct astro_secret *record = NULL;
	int status;

	status = get_record(store, &entry, &record, err);
	if (status == ASTRO_OK && record == NULL)
		return ASTRO_OK;
	if (status == ASTRO_OK)
		status = record_read(record, out, NULL, err);
	secret_free(record);
	/* A record says nothing of a token without an end. */
	if (status == ASTRO_OK && credential_expiry(*out) == 0)
		credential_expires(*out, INT64_MAX);
	return status;
}

int store_load(const struct store *store, const struct astro_core *core,
               struct astro_credential **out, struct astro_error *err)
{
	const struct context *context = core->settings.context;
	struct astro_credential *credential = NULL;
	int status;

	*out = NULL;
	if (context == NULL || store->kind == STORE_NONE)
		return ASTRO_OK;
	if (store->kind == STORE_FILE)
		status = load_from_file(context, &credential, err);
	else
		status = load_from_backend(store, core, &credential, err);
	if (status == ASTRO_OK && credential != NULL)
		status = load_texts(context, credential, err);
	/* The Go CLI's logout leaves the refresh token: it counts no more. */
	if (status == ASTRO_OK && credential != NULL &&
	    credential_get(credential, "access_token") != NULL) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	credential_free(credential);
	return status;
}

int store_put(const struct store *store, const struct astro_core *core,
              const struct astro_credential *login,
              struct astro_secret **before, struct astro_error *err)
{
	struct store_entry entry = entry_of(core);
	struct astro_secret *record = NULL;
	const char *account = credential_text(login, "user_email");
	int status = ASTRO_OK;

	if (before != NULL)
		*before = NULL;
	if (store->kind != STORE_BACKEND)
		return ASTRO_OK;
	if (account != NULL)
		entry.account = account;
	if (before != NULL)
		status = get_record(store, &entry, before, err);
	if (status == ASTRO_OK)
		status = record_write(login, clock_wall(), &record, err);
	if (status == ASTRO_OK)
		status = store->backend->put(argument(store), &entry, record,
		                             err);
	secret_free(record);
	return status;
}

void store_put_back(const struct store *store, const struct astro_core *core,
                    const struct astro_secret *before)
{
	const struct store_entry entry = entry_of(core);
	struct astro_error why = {0};
	int status;

	if (store->kind != STORE_BACKEND)
		return;
	if (before != NULL)
		status = store->backend->put(argument(store), &entry, before,
		                             &why);
	else
		status = store->backend->erase(argument(store), &entry, &why);
	if (status != ASTRO_OK && status != ASTRO_NOT_FOUND)
		log_write(ASTRO_WARNING,
		          "%s may hold a login that is nobody's:"
		          " %s",
		          store->backend->title, why.message);
}

int store_erase(const struct store *store, const struct astro_core *core,
                struct astro_error *err)
{
	const struct store_entry entry = entry_of(core);

	if (store->kind != STORE_BACKEND)
		return ASTRO_NOT_FOUND;
	return store->backend->erase(argument(store), &entry, err);
}

int store_leave(const struct store *store, const struct astro_core *core,
                const struct astro_secret *client_secret,
                struct astro_error *err)
{
	struct astro_credential *rest = NULL;
	int status;

	if (store->kind != STORE_BACKEND || client_secret == NULL)
		return store_erase(store, core, err);
	status = credential_new(&rest, err);
	if (status == ASTRO_OK)
		status = credential_set(rest, "client_secret", client_secret,
		                        err);
	if (status == ASTRO_OK)
		status = store_put(store, core, rest, NULL, err);
	credential_free(rest);
	return status;
}

int store_client_secret(const struct store *store,
                        const struct astro_core *core,
                        struct astro_secret **out, struct astro_error *err)
{
	struct astro_credential *kept = NULL;
	const struct astro_secret *secret = NULL;
	int status = ASTRO_OK;

	*out = NULL;
	if (store->kind == STORE_BACKEND)
		status = load_from_backend(store, core, &kept, err);
	if (kept != NULL)
		secret = credential_get(kept, "client_secret");
	if (status == ASTRO_OK && secret != NULL)
		status = secret_copy(secret, out, err);
	credential_free(kept);
	return status;
}
