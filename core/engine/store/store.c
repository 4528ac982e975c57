/* SPDX-License-Identifier: Apache-2.0 */
/* The store of a context: chosen by name, read as a credential. */
#include "store.h"

#include <stdio.h>
#include <string.h>

#include "core.h"
#include "credential.h"
#include "error.h"
#include "secret.h"

int store_named(const char *name, struct store *out, struct astro_error *err)
{
	memset(out, 0, sizeof(*out));
	out->argument = "";
	if (name == NULL)
		name = "file";
	if (strcmp(name, "file") == 0)
		out->kind = STORE_FILE;
	else if (strcmp(name, "none") == 0)
		out->kind = STORE_NONE;
	else
		return error_set(err, ASTRO_BAD_CONFIG,
		                 "use file, keyring, helper:NAME, session or "
		                 "none",
		                 "there is no store \"%s\"", name);
	(void)snprintf(out->name, sizeof(out->name), "%s", name);
	return ASTRO_OK;
}

int store_of(const struct astro_core *core, struct store *out,
             struct astro_error *err)
{
	const char *name = core->job->store;

	if (name == NULL && core->settings.context != NULL)
		name = context_value(core->settings.context, "store");
	return store_named(name, out, err);
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

static int load_secrets(const struct context *context,
                        struct astro_credential *credential,
                        struct astro_error *err)
{
	struct astro_secret *access = NULL, *refresh = NULL;
	int status;

	status = context_access_token(context, &access, err);
	if (status == ASTRO_OK)
		status = context_refresh_token(context, &refresh, err);
	if (status == ASTRO_OK)
		status =
			credential_set(credential, "access_token", access, err);
	if (status == ASTRO_OK)
		status = credential_set(credential, "refresh_token", refresh,
		                        err);
	secret_free(access);
	secret_free(refresh);
	credential_expires(credential, context_expiry(context));
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
	status = credential_new(&credential, err);
	if (status == ASTRO_OK)
		status = load_secrets(context, credential, err);
	if (status == ASTRO_OK)
		status = load_texts(context, credential, err);
	/* The Go CLI's logout leaves the refresh token: it counts no more. */
	if (status == ASTRO_OK &&
	    credential_get(credential, "access_token") != NULL) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	credential_free(credential);
	return status;
}
