/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials and what is earned with them: the engine's own, counted. */
#include <stdlib.h>
#include <string.h>

#include "credential.h"
#include "error.h"
#include "json.h"
#include "script.h"
#include "secret.h"
#include "stage.h"
#include "text.h"

enum { ROWS_MAX = 100000, ROW_TEXT_MAX = 1024, WARM_MAX = 16 };

static int make(struct astro_credential **out, struct astro_error *err)
{
	int status = credential_new(out, err);

	if (status == ASTRO_OK)
		stage_lend(STAGE_CREDENTIAL, *out);
	return status;
}

static int host_credential_new(struct astro_core *core,
                               struct astro_credential **out,
                               struct astro_error *err)
{
	int status;

	if (core == NULL || out == NULL)
		return stage_misuse("credential_new", err);
	*out = NULL;
	status = stage_step(core, "credential_new", err);
	return status == ASTRO_OK ? make(out, err) : status;
}

static bool is_credential(const struct astro_credential *credential,
                          const char *field, const char *function)
{
	stage_notice(function);
	if (credential == NULL || field == NULL) {
		(void)stage_misuse(function, NULL);
		return false;
	}
	return stage_knows(STAGE_CREDENTIAL, credential, function);
}

static int host_credential_set(struct astro_credential *credential,
                               const char *field,
                               const struct astro_secret *secret,
                               struct astro_error *err)
{
	int status;

	if (!is_credential(credential, field, "credential_set"))
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "no credential to set a field of");
	status = stage_step(NULL, "credential_set", err);
	if (status != ASTRO_OK)
		return status;
	return credential_set(credential, field, secret, err);
}

static int host_credential_set_text(struct astro_credential *credential,
                                    const char *field, const char *text,
                                    struct astro_error *err)
{
	int status;

	if (!is_credential(credential, field, "credential_set_text"))
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "no credential to set a field of");
	stage_inspect("a credential's text", text);
	status = stage_step(NULL, "credential_set_text", err);
	if (status != ASTRO_OK)
		return status;
	return credential_set_text(credential, field, text, err);
}

static const struct astro_secret *
host_credential_get(const struct astro_credential *credential,
                    const char *field)
{
	return is_credential(credential, field, "credential_get")
	               ? credential_get(credential, field)
	               : NULL;
}

static const char *
host_credential_text(const struct astro_credential *credential,
                     const char *field)
{
	return is_credential(credential, field, "credential_text")
	               ? credential_text(credential, field)
	               : NULL;
}

static void host_credential_expires(struct astro_credential *credential,
                                    int64_t time)
{
	if (is_credential(credential, "", "credential_expires"))
		credential_expires(credential, time);
}

static int64_t host_credential_expiry(const struct astro_credential *credential)
{
	return is_credential(credential, "", "credential_expiry")
	               ? credential_expiry(credential)
	               : 0;
}

static const char *
host_credential_claim(const struct astro_credential *credential,
                      const char *claim)
{
	return is_credential(credential, claim, "credential_claim")
	               ? credential_claim(credential, claim)
	               : NULL;
}

static void host_credential_free(struct astro_credential *credential)
{
	stage_notice("credential_free");
	if (credential != NULL &&
	    stage_take_back(STAGE_CREDENTIAL, credential, "credential_free"))
		credential_free(credential);
}

static int64_t token_expiry(struct astro_core *core,
                            const struct astro_secret *token, int64_t fallback)
{
	(void)core;
	stage_notice("token_expiry");
	return token == NULL ? fallback : stage_now()->now + 3600;
}

static int can_authorize(struct astro_core *core, struct astro_error *err)
{
	if (core == NULL)
		return stage_misuse("can_authorize", err);
	return stage_step(core, "can_authorize", err);
}

static bool server_makes_sense(const struct astro_server *server)
{
	return server != NULL && server->size >= sizeof(*server) &&
	       server->issuer != NULL && server->token_endpoint != NULL;
}

static bool client_makes_sense(const struct astro_client *client)
{
	return client != NULL && client->size >= sizeof(*client) &&
	       client->id != NULL;
}

static bool parameters_make_sense(const struct astro_field *fields,
                                  size_t count)
{
	size_t i;

	if (fields == NULL)
		return count == 0;
	for (i = 0; i < count; i++) {
		if (fields[i].name == NULL)
			return false;
		stage_inspect("a parameter's text", fields[i].text);
	}
	return true;
}

static int set(struct astro_credential *credential, const char *field,
               const char *bytes, struct astro_error *err)
{
	struct astro_secret *secret;
	int status = secret_new(bytes, strlen(bytes), &secret, err);

	if (status == ASTRO_OK)
		status = credential_set(credential, field, secret, err);
	secret_free(secret);
	return status;
}

/* What a server gives for a code, or for a refresh token. */
static int grant(struct astro_credential **out, struct astro_error *err)
{
	const char *claims = script_claims(stage_now()->script);
	struct astro_credential *credential = NULL;
	struct json *json = NULL;
	int status = credential_new(&credential, err);

	if (status == ASTRO_OK)
		status = set(credential, "access_token",
		             SERVER_CANARY "-access", err);
	if (status == ASTRO_OK)
		status = set(credential, "refresh_token",
		             SERVER_CANARY "-refresh", err);
	if (status == ASTRO_OK)
		status = set(credential, "id_token", SERVER_CANARY "-id", err);
	if (status == ASTRO_OK)
		status = json_parse(claims, strlen(claims), &json, err);
	if (status != ASTRO_OK) {
		credential_free(credential);
		return status;
	}
	credential_own_claims(credential, json);
	credential_expires(credential, stage_now()->now + 3600);
	stage_lend(STAGE_CREDENTIAL, credential);
	*out = credential;
	return ASTRO_OK;
}

static bool authorization_makes_sense(const struct astro_authorization *request)
{
	size_t i;

	if (request == NULL || request->size < sizeof(*request) ||
	    !server_makes_sense(request->server) ||
	    request->server->authorization_endpoint == NULL ||
	    !client_makes_sense(request->client) ||
	    request->redirect_uri == NULL || request->warm_count > WARM_MAX ||
	    (request->warm == NULL && request->warm_count > 0) ||
	    !parameters_make_sense(request->parameters,
	                           request->parameter_count))
		return false;
	for (i = 0; i < request->warm_count; i++)
		if (request->warm[i] == NULL)
			return false;
	return true;
}

static int authorize(struct astro_core *core,
                     const struct astro_authorization *request,
                     struct astro_credential **out, struct astro_error *err)
{
	int status;

	if (core == NULL || out == NULL || !authorization_makes_sense(request))
		return stage_misuse("authorize", err);
	*out = NULL;
	status = stage_step(core, "authorize", err);
	if (status == ASTRO_OK && stage_now()->plan->nobody)
		return error_set(err, ASTRO_EXPIRED, NULL,
		                 "nobody is there to sign in");
	return status == ASTRO_OK ? grant(out, err) : status;
}

static int host_refresh(struct astro_core *core,
                        const struct astro_refresh *request,
                        const struct astro_credential *old,
                        struct astro_credential **out, struct astro_error *err)
{
	int status;

	if (core == NULL || out == NULL || request == NULL || old == NULL ||
	    request->size < sizeof(*request) ||
	    !server_makes_sense(request->server) ||
	    !client_makes_sense(request->client) ||
	    !parameters_make_sense(request->parameters,
	                           request->parameter_count))
		return stage_misuse("refresh", err);
	*out = NULL;
	status = stage_step(core, "refresh", err);
	return status == ASTRO_OK ? grant(out, err) : status;
}

static int host_revoke(struct astro_core *core,
                       const struct astro_server *server,
                       const struct astro_client *client,
                       const struct astro_credential *credential,
                       struct astro_error *err)
{
	int status;

	if (core == NULL || !server_makes_sense(server) ||
	    !client_makes_sense(client) ||
	    !is_credential(credential, "", "revoke"))
		return stage_misuse("revoke", err);
	status = stage_step(core, "revoke", err);
	if (status == ASTRO_OK && server->revocation_endpoint == NULL)
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "the server has no revocation endpoint");
	return status;
}

static int list_add(struct astro_listing *listing, const char *id,
                    const char *name, struct astro_error *err)
{
	int status;

	if (listing == NULL || listing->stage != stage_now() || id == NULL)
		return stage_misuse("list_add", err);
	stage_inspect("a row's id", id);
	stage_inspect("a row's name", name);
	status = stage_step(NULL, "list_add", err);
	if (status != ASTRO_OK)
		return status;
	if (id[0] == '\0' || strnlen(id, ROW_TEXT_MAX) == ROW_TEXT_MAX ||
	    !text_is_visible(id, strlen(id)) ||
	    (name != NULL && strnlen(name, ROW_TEXT_MAX) == ROW_TEXT_MAX))
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "a list has a row whose id or name makes no "
		                 "sense");
	if (stage_is_endless(&listing->count, ROWS_MAX, "rows"))
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "a list has more than %d rows", ROWS_MAX);
	return ASTRO_OK;
}

static int store_put(struct astro_core *core,
                     const struct astro_credential *credential,
                     struct astro_error *err)
{
	struct stage *stage = stage_now();
	struct astro_credential *copy;
	int status;

	if (core == NULL || !is_credential(credential, "", "store_put"))
		return stage_misuse("store_put", err);
	status = stage_step(core, "store_put", err);
	if (status == ASTRO_OK)
		status = credential_copy(credential, &copy, err);
	if (status != ASTRO_OK)
		return status;
	credential_free(stage->kept);
	stage->kept = copy;
	return ASTRO_OK;
}

static int store_erase(struct astro_core *core, struct astro_error *err)
{
	if (core == NULL)
		return stage_misuse("store_erase", err);
	credential_free(stage_now()->kept);
	stage_now()->kept = NULL;
	return stage_step(core, "store_erase", err);
}

static int has_docker(struct astro_core *core)
{
	(void)core;
	stage_notice("has_docker");
	return 1;
}

static int registry_login(struct astro_core *core, const char *registry,
                          const char *user, const struct astro_secret *secret,
                          struct astro_error *err)
{
	(void)secret;
	if (core == NULL || registry == NULL || user == NULL)
		return stage_misuse("registry_login", err);
	stage_inspect("a registry's name", registry);
	stage_inspect("a registry's user", user);
	return stage_step(core, "registry_login", err);
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
	host->credential_free = host_credential_free;
	host->token_expiry = token_expiry;
	host->can_authorize = can_authorize;
	host->authorize = authorize;
	host->refresh = host_refresh;
	host->revoke = host_revoke;
	host->list_add = list_add;
	host->store_put = store_put;
	host->store_erase = store_erase;
	host->has_docker = has_docker;
	host->registry_login = registry_login;
}
