/* SPDX-License-Identifier: Apache-2.0 */
/* The host's credentials: earned, listed from, and kept. */
#include "host.h"

#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "authorize.h"
#include "core.h"
#include "credential.h"
#include "docker_file.h"
#include "error.h"
#include "jose.h"
#include "refresh.h"
#include "registry.h"
#include "revoke.h"
#include "text.h"

enum { ROW_TEXT_MAX = 1024 };

static int host_credential_new(struct astro_core *core,
                               struct astro_credential **out,
                               struct astro_error *err)
{
	(void)core;
	if (out == NULL)
		return host_misuse(err, "credential_new", NULL);
	return credential_new(out, err);
}

static int host_credential_set(struct astro_credential *credential,
                               const char *field,
                               const struct astro_secret *secret,
                               struct astro_error *err)
{
	if (credential == NULL || field == NULL)
		return host_misuse(err, "credential_set", NULL);
	return credential_set(credential, field, secret, err);
}

static int host_credential_set_text(struct astro_credential *credential,
                                    const char *field, const char *text,
                                    struct astro_error *err)
{
	if (credential == NULL || field == NULL)
		return host_misuse(err, "credential_set_text", NULL);
	return credential_set_text(credential, field, text, err);
}

static const struct astro_secret *
host_credential_get(const struct astro_credential *credential,
                    const char *field)
{
	if (credential == NULL || field == NULL)
		return NULL;
	return credential_get(credential, field);
}

static const char *
host_credential_text(const struct astro_credential *credential,
                     const char *field)
{
	if (credential == NULL || field == NULL)
		return NULL;
	return credential_text(credential, field);
}

static void host_credential_expires(struct astro_credential *credential,
                                    int64_t time)
{
	if (credential != NULL)
		credential_expires(credential, time);
}

static int64_t host_credential_expiry(const struct astro_credential *credential)
{
	return credential == NULL ? 0 : credential_expiry(credential);
}

static const char *
host_credential_claim(const struct astro_credential *credential,
                      const char *claim)
{
	if (credential == NULL || claim == NULL)
		return NULL;
	return credential_claim(credential, claim);
}

static int64_t host_token_expiry(struct astro_core *core,
                                 const struct astro_secret *token,
                                 int64_t fallback)
{
	(void)core;
	return token == NULL ? fallback : jose_token_expiry(token, fallback);
}

static int host_can_authorize(struct astro_core *core, struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "can_authorize", NULL);
	return authorize_check(core, err);
}

static int host_authorize(struct astro_core *core,
                          const struct astro_authorization *request,
                          struct astro_credential **out,
                          struct astro_error *err)
{
	struct abi_authorization known;
	const char *fault;

	if (out == NULL)
		return host_misuse(err, "authorize", NULL);
	*out = NULL;
	fault = abi_authorization(request, &known);
	if (core == NULL || fault != NULL)
		return host_misuse(err, "authorize", fault);
	return authorize_run(core, &known.asked, out, err);
}

static int host_refresh(struct astro_core *core,
                        const struct astro_refresh *request,
                        const struct astro_credential *old,
                        struct astro_credential **out, struct astro_error *err)
{
	struct abi_refresh known;
	const char *fault;

	if (out == NULL)
		return host_misuse(err, "refresh", NULL);
	*out = NULL;
	fault = abi_refresh(request, &known);
	if (core == NULL || old == NULL || fault != NULL)
		return host_misuse(err, "refresh", fault);
	return refresh_grant(core, &known.asked, old, out, err);
}

static int host_revoke(struct astro_core *core,
                       const struct astro_server *server,
                       const struct astro_client *client,
                       const struct astro_credential *credential,
                       struct astro_error *err)
{
	struct astro_server known_server;
	struct astro_client known_client;
	const char *fault = abi_server(server, &known_server);

	if (fault == NULL)
		fault = abi_client(client, &known_client);
	if (core == NULL || credential == NULL || fault != NULL)
		return host_misuse(err, "revoke", fault);
	return revoke_tokens(core, &known_server, &known_client, credential,
	                     err);
}

void listing_clear(struct astro_listing *listing)
{
	size_t i;

	for (i = 0; i < listing->count; i++) {
		free(listing->rows[i].id);
		free(listing->rows[i].name);
	}
	free(listing->rows);
	listing->rows = NULL;
	listing->count = 0;
}

/* Room for one more: the rows double at each power of two. */
static bool listing_grow(struct astro_listing *listing)
{
	struct listing_row *rows;
	size_t size = listing->count == 0 ? 1 : listing->count * 2;

	if ((listing->count & (listing->count - 1)) != 0)
		return true;
	rows = realloc(listing->rows, size * sizeof(*rows));
	if (rows == NULL)
		return false;
	listing->rows = rows;
	return true;
}

static int host_list_add(struct astro_listing *listing, const char *id,
                         const char *name, struct astro_error *err)
{
	struct listing_row row;

	if (listing == NULL || id == NULL)
		return host_misuse(err, "list_add", NULL);
	if (name == NULL)
		name = id;
	/* The id is written into the file, and sent in addresses. */
	if (id[0] == '\0' || strnlen(id, ROW_TEXT_MAX) == ROW_TEXT_MAX ||
	    !text_is_visible(id, strlen(id)) ||
	    strnlen(name, ROW_TEXT_MAX) == ROW_TEXT_MAX)
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "a list has a row whose id or name makes no "
		                 "sense");
	if (listing->count >= HOST_ROWS_MAX)
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "a list has more than %d rows", HOST_ROWS_MAX);
	row.id = text_copy(id);
	row.name = text_copy(name);
	if (row.id == NULL || row.name == NULL || !listing_grow(listing)) {
		free(row.id);
		free(row.name);
		return error_no_memory(err);
	}
	listing->rows[listing->count++] = row;
	return ASTRO_OK;
}

static int host_store_put(struct astro_core *core,
                          const struct astro_credential *credential,
                          struct astro_error *err)
{
	struct astro_credential *copy;
	int status;

	if (core == NULL || credential == NULL)
		return host_misuse(err, "store_put", NULL);
	status = credential_copy(credential, &copy, err);
	if (status != ASTRO_OK)
		return status;
	credential_free(core->kept);
	core->kept = copy;
	return ASTRO_OK;
}

static int host_store_erase(struct astro_core *core, struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "store_erase", NULL);
	credential_free(core->kept);
	core->kept = NULL;
	return ASTRO_OK;
}

static int host_has_docker(struct astro_core *core)
{
	(void)core;
	return docker_is_there() ? 1 : 0;
}

static int host_registry_login(struct astro_core *core, const char *registry,
                               const char *user,
                               const struct astro_secret *secret,
                               struct astro_error *err)
{
	struct registry *fresh;
	int status;

	if (core == NULL || registry == NULL || user == NULL)
		return host_misuse(err, "registry_login", NULL);
	status = registry_new(registry, user, secret, &fresh, err);
	if (status != ASTRO_OK)
		return status;
	registry_free(core->registry);
	core->registry = fresh;
	return ASTRO_OK;
}

void host_fill_credentials(struct astro_host *host)
{
	host->credential_new = host_credential_new;
	host->credential_set = host_credential_set;
	host->credential_set_text = host_credential_set_text;
	host->credential_get = host_credential_get;
	host->credential_text = host_credential_text;
	host->credential_expires = host_credential_expires;
	host->credential_expiry = host_credential_expiry;
	host->credential_claim = host_credential_claim;
	host->credential_free = credential_free;
	host->token_expiry = host_token_expiry;
	host->can_authorize = host_can_authorize;
	host->authorize = host_authorize;
	host->refresh = host_refresh;
	host->revoke = host_revoke;
	host->list_add = host_list_add;
	host->store_put = host_store_put;
	host->store_erase = host_store_erase;
	host->has_docker = host_has_docker;
	host->registry_login = host_registry_login;
	host->credential_account_only = credential_account_only;
}
