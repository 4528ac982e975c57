/* SPDX-License-Identifier: Apache-2.0 */
/* Credentials and what is earned with them: the engine's own, counted. */
#include <stdlib.h>
#include <string.h>

#include "abi.h"
#include "address.h"
#include "credential.h"
#include "domain.h"
#include "error.h"
#include "findings.h"
#include "json.h"
#include "script.h"
#include "secret.h"
#include "stage.h"
#include "text.h"

enum { ROWS_MAX = 100000, ROW_TEXT_MAX = 1024 };

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

static void host_credential_account_only(struct astro_credential *credential)
{
	if (is_credential(credential, "", "credential_account_only"))
		credential_account_only(credential);
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

/* Texts of parameters travel in addresses. */
static void inspect(const struct astro_field *fields, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		stage_inspect("a parameter's text", fields[i].text);
}

static void judge_server(const struct astro_server *server)
{
	stage_judge_address("authorization_endpoint",
	                    server->authorization_endpoint);
	stage_judge_address("token_endpoint", server->token_endpoint);
	stage_judge_address("device_authorization_endpoint",
	                    server->device_authorization_endpoint);
	stage_judge_address("pushed_authorization_endpoint",
	                    server->pushed_authorization_endpoint);
	stage_judge_address("revocation_endpoint", server->revocation_endpoint);
	stage_judge_address("jwks_uri", server->jwks_uri);
	stage_judge_address("metadata_uri", server->metadata_uri);
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

/* RFC 8252, 7.3: where the host can listen. */
static void judge_redirect(const char *uri)
{
	struct url_parts parts;
	bool is_ours = url_parts_get(uri, &parts, NULL) == ASTRO_OK &&
	               strcmp(parts.scheme, "http") == 0 &&
	               domain_is_loopback(parts.host) && parts.query == NULL &&
	               strchr(uri, '#') == NULL;

	url_parts_clear(&parts);
	if (!is_ours)
		finding_tell(stage_now()->report_fd, RULE_ADDRESS,
		             "redirect_uri is %.100s, where this machine "
		             "cannot listen",
		             uri);
}

static int authorize(struct astro_core *core,
                     const struct astro_authorization *request,
                     struct astro_credential **out, struct astro_error *err)
{
	struct abi_authorization known;
	const char *fault = abi_authorization(request, &known);
	int status;

	if (core == NULL || out == NULL || fault != NULL)
		return stage_blame("authorize", fault, err);
	*out = NULL;
	inspect(known.asked.parameters, known.asked.parameter_count);
	judge_server(&known.server);
	judge_redirect(known.asked.redirect_uri);
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
	struct abi_refresh known;
	const char *fault = abi_refresh(request, &known);
	int status;

	if (core == NULL || out == NULL || old == NULL || fault != NULL)
		return stage_blame("refresh", fault, err);
	*out = NULL;
	inspect(known.asked.parameters, known.asked.parameter_count);
	judge_server(&known.server);
	status = stage_step(core, "refresh", err);
	return status == ASTRO_OK ? grant(out, err) : status;
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
	int status;

	if (fault == NULL)
		fault = abi_client(client, &known_client);
	if (core == NULL || fault != NULL ||
	    !is_credential(credential, "", "revoke"))
		return stage_blame("revoke", fault, err);
	judge_server(&known_server);
	status = stage_step(core, "revoke", err);
	if (status == ASTRO_OK && known_server.revocation_endpoint == NULL)
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
	host->credential_account_only = host_credential_account_only;
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
