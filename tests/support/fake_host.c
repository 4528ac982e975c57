/* SPDX-License-Identifier: Apache-2.0 */
/* The scripted host.  Secrets, credentials and JSON are the engine's own. */
#include "fake_host.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "credential.h"
#include "error.h"
#include "host.h"
#include "json.h"
#include "secret.h"

struct astro_response {
	int status;
	struct json *json;
};

/* fail(), the _free()s and the answers have no core to find it by. */
static struct fake_host *current;
static struct astro_host real;
static struct astro_core core;
static struct engine_job job;

static void notice(void)
{
	if (current->is_closed)
		current->called_too_late = true;
}

static void inspect(const char *text)
{
	notice();
	if (text != NULL && strstr(text, FAKE_CANARY) != NULL)
		current->told_a_secret = true;
}

/* One fallible call: ASTRO_OK, or the failure that the test asked for. */
static int step(struct astro_error *err)
{
	notice();
	if (++current->calls != current->fail_at)
		return ASTRO_OK;
	return error_set(err, (enum astro_status)current->fail_status, NULL,
	                 "call %zu fails", current->calls);
}

static int fake_fail(struct astro_error *err, enum astro_status status,
                     const char *hint, const char *fmt, ...)
{
	char raw[2048];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	inspect(raw);
	inspect(hint);
	return error_set(err, status, hint, "%s", raw);
}

static void fake_log(struct astro_core *unused, enum astro_level level,
                     const char *fmt, ...)
{
	char raw[2048];
	va_list args;

	(void)unused;
	(void)level;
	va_start(args, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	inspect(raw);
}

static void fake_tell(struct astro_core *unused, const char *fmt, ...)
{
	char raw[2048];
	va_list args;

	(void)unused;
	va_start(args, fmt);
	(void)vsnprintf(raw, sizeof(raw), fmt, args);
	va_end(args);
	inspect(raw);
}

static int fake_has_answer(struct astro_core *unused, const char *key)
{
	(void)unused;
	notice();
	return current->script->given != NULL &&
	       strcmp(current->script->given, key) == 0;
}

static int fake_can_ask(struct astro_core *unused)
{
	(void)unused;
	notice();
	return 1;
}

static int lend(const char *text, struct astro_secret **out,
                struct astro_error *err)
{
	int status = secret_new(text, strlen(text), out, err);

	if (status == ASTRO_OK)
		current->secrets++;
	return status;
}

static int fake_ask(struct astro_core *unused,
                    const struct astro_question *question,
                    struct astro_secret **answer, struct astro_error *err)
{
	const struct fake_answer *known;
	int status = step(err);

	(void)unused;
	*answer = NULL;
	if (status != ASTRO_OK)
		return status;
	for (known = current->script->answers; known->key != NULL; known++)
		if (strcmp(known->key, question->key) == 0)
			return lend(known->text, answer, err);
	return lend(question->fallback != NULL ? question->fallback : "answer",
	            answer, err);
}

static int fake_choose(struct astro_core *unused, const struct astro_menu *menu,
                       size_t *picked, struct astro_error *err)
{
	(void)unused;
	*picked = menu->count - 1;
	return step(err);
}

static int fake_browse(struct astro_core *unused, const char *url,
                       struct astro_error *err)
{
	int status = step(err);

	(void)unused;
	inspect(url);
	if (status != ASTRO_OK)
		current->failure_may_pass = true;
	return status;
}

static const char *fake_setting(const struct astro_settings *settings,
                                const char *key)
{
	(void)settings;
	notice();
	return strcmp(key, "domain") == 0 ? current->script->domain : NULL;
}

static int fake_secret_new(struct astro_core *unused, const void *bytes,
                           size_t len, struct astro_secret **out,
                           struct astro_error *err)
{
	int status = step(err);

	(void)unused;
	*out = NULL;
	if (status == ASTRO_OK)
		status = secret_new(bytes, len, out, err);
	if (status == ASTRO_OK)
		current->secrets++;
	return status;
}

static void fake_secret_free(struct astro_secret *secret)
{
	notice();
	if (secret != NULL)
		current->secrets--;
	secret_free(secret);
}

static const struct fake_route *find_route(const struct astro_request *request)
{
	static const struct fake_route nowhere = {
		.status = 404, .body = "{\"message\":\"not here\"}"};
	const struct fake_route *route;

	for (route = current->script->routes; route->url != NULL; route++)
		if (strstr(request->url, route->url) != NULL &&
		    (route->query == NULL ||
		     (request->query != NULL &&
		      strstr(request->query, route->query) != NULL)))
			return route;
	return &nowhere;
}

static int respond(const struct astro_request *request,
                   struct astro_response **out, struct astro_error *err)
{
	const struct fake_route *route = find_route(request);
	struct astro_response *response;
	const char *body = route->body;
	int status;

	inspect(request->url);
	response = calloc(1, sizeof(*response));
	if (response == NULL)
		return error_no_memory(err);
	response->status = route->status;
	if (++current->responses == current->spoil_at) {
		response->status = current->spoil_status;
		body = current->spoil_body;
	}
	status = json_parse(body, strlen(body), &response->json, err);
	if (status != ASTRO_OK) {
		free(response);
		return status;
	}
	current->live_responses++;
	*out = response;
	return ASTRO_OK;
}

static void fake_answer_free(struct astro_response *response)
{
	notice();
	if (response == NULL)
		return;
	current->live_responses--;
	json_free(response->json);
	free(response);
}

static int fake_http_all(struct astro_core *unused,
                         const struct astro_request *const *requests,
                         size_t count, struct astro_response **outs,
                         struct astro_error *err)
{
	size_t i, j;
	int status;

	(void)unused;
	for (i = 0; i < count; i++)
		outs[i] = NULL;
	status = step(err);
	for (i = 0; i < count && status == ASTRO_OK; i++)
		status = respond(requests[i], &outs[i], err);
	if (status == ASTRO_OK)
		return ASTRO_OK;
	for (j = 0; j < count; j++) {
		fake_answer_free(outs[j]);
		outs[j] = NULL;
	}
	return status;
}

static int fake_http(struct astro_core *unused,
                     const struct astro_request *request,
                     struct astro_response **out, struct astro_error *err)
{
	return fake_http_all(unused, &request, 1, out, err);
}

static int fake_answer_status(const struct astro_response *response)
{
	notice();
	return response->status;
}

static const char *fake_answer_text(const struct astro_response *response,
                                    const char *key)
{
	notice();
	return json_text(response->json, key);
}

static int64_t fake_answer_number(const struct astro_response *response,
                                  const char *key, int64_t fallback)
{
	notice();
	return json_number(response->json, key, fallback);
}

static int fake_answer_flag(const struct astro_response *response,
                            const char *key, int fallback)
{
	notice();
	return json_flag(response->json, key, fallback);
}

static int64_t fake_answer_count(const struct astro_response *response,
                                 const char *key)
{
	notice();
	return json_count(response->json, key);
}

static int fake_answer_secret(const struct astro_response *response,
                              const char *key, struct astro_secret **out,
                              struct astro_error *err)
{
	const char *text = json_text(response->json, key);
	int status = step(err);

	*out = NULL;
	if (status != ASTRO_OK)
		return status;
	if (text == NULL || text[0] == '\0')
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "the answer has no %s", key);
	return lend(text, out, err);
}

static const char *fake_answer_reason(const struct astro_response *response)
{
	const char *message = json_text(response->json, "message");

	notice();
	return message != NULL ? message : "no reason given";
}

static int fake_url_escape(struct astro_core *unused, const char *text,
                           char *out, size_t size, struct astro_error *err)
{
	int status = step(err);

	if (status != ASTRO_OK)
		return status;
	return real.url_escape(unused, text, out, size, err);
}

static int fake_random(struct astro_core *unused, void *bytes, size_t len,
                       struct astro_error *err)
{
	(void)unused;
	memset(bytes, 0x5A, len);
	return step(err);
}

static int64_t fake_now(struct astro_core *unused)
{
	(void)unused;
	notice();
	return 1800000000;
}

static int fake_wait(struct astro_core *unused, uint32_t ms,
                     struct astro_error *err)
{
	(void)unused;
	(void)ms;
	return step(err);
}

static int fake_credential_new(struct astro_core *unused,
                               struct astro_credential **out,
                               struct astro_error *err)
{
	int status = step(err);

	(void)unused;
	*out = NULL;
	if (status == ASTRO_OK)
		status = credential_new(out, err);
	if (status == ASTRO_OK)
		current->credentials++;
	return status;
}

static int fake_credential_set(struct astro_credential *credential,
                               const char *field,
                               const struct astro_secret *secret,
                               struct astro_error *err)
{
	int status = step(err);

	if (status != ASTRO_OK)
		return status;
	return real.credential_set(credential, field, secret, err);
}

static int fake_credential_set_text(struct astro_credential *credential,
                                    const char *field, const char *text,
                                    struct astro_error *err)
{
	int status = step(err);

	if (status != ASTRO_OK)
		return status;
	return real.credential_set_text(credential, field, text, err);
}

static void fake_credential_free(struct astro_credential *credential)
{
	notice();
	if (credential != NULL)
		current->credentials--;
	credential_free(credential);
}

static int fill_authorized(struct astro_credential *credential,
                           struct astro_error *err)
{
	static const char claims[] =
		"{\"sub\":\"subject\",\"email\":\"jane@example.com\"}";
	static const struct fake_answer secrets[] = {
		{"access_token", FAKE_CANARY "access"},
		{"refresh_token", FAKE_CANARY "refresh"},
		{"id_token", FAKE_CANARY "id"},
	};
	struct json *json = NULL;
	size_t i;
	int status = ASTRO_OK;

	for (i = 0; i < 3 && status == ASTRO_OK; i++) {
		struct astro_secret *secret;

		status = secret_new(secrets[i].text, strlen(secrets[i].text),
		                    &secret, err);
		if (status == ASTRO_OK)
			status = credential_set(credential, secrets[i].key,
			                        secret, err);
		secret_free(secret);
	}
	if (status == ASTRO_OK)
		status = json_parse(claims, strlen(claims), &json, err);
	if (status == ASTRO_OK)
		credential_own_claims(credential, json);
	credential_expires(credential, 1800003600);
	return status;
}

static int fake_can_authorize(struct astro_core *unused,
                              struct astro_error *err)
{
	(void)unused;
	(void)err;
	return ASTRO_OK;
}

static bool names_its_endpoints(const struct astro_server *server,
                                const struct astro_client *client)
{
	return server != NULL && server->size >= sizeof(*server) &&
	       server->issuer != NULL && server->token_endpoint != NULL &&
	       client != NULL && client->size >= sizeof(*client) &&
	       client->id != NULL;
}

static int fake_authorize(struct astro_core *unused,
                          const struct astro_authorization *request,
                          struct astro_credential **out,
                          struct astro_error *err)
{
	int status;

	(void)unused;
	*out = NULL;
	if (request->size < sizeof(*request) ||
	    !names_its_endpoints(request->server, request->client) ||
	    request->server->authorization_endpoint == NULL ||
	    request->redirect_uri == NULL)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "authorize() makes no sense");
	status = fake_credential_new(NULL, out, err);
	if (status != ASTRO_OK)
		return status;
	status = fill_authorized(*out, err);
	if (status != ASTRO_OK) {
		fake_credential_free(*out);
		*out = NULL;
	}
	return status;
}

static int fake_refresh(struct astro_core *unused,
                        const struct astro_refresh *request,
                        const struct astro_credential *old,
                        struct astro_credential **out, struct astro_error *err)
{
	int status;

	(void)unused;
	*out = NULL;
	if (request->size < sizeof(*request) ||
	    !names_its_endpoints(request->server, request->client) ||
	    credential_get(old, "refresh_token") == NULL)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "refresh() makes no sense");
	status = fake_credential_new(NULL, out, err);
	if (status != ASTRO_OK)
		return status;
	status = fill_authorized(*out, err);
	if (status != ASTRO_OK) {
		fake_credential_free(*out);
		*out = NULL;
	}
	return status;
}

static int fake_revoke(struct astro_core *unused,
                       const struct astro_server *server,
                       const struct astro_client *client,
                       const struct astro_credential *credential,
                       struct astro_error *err)
{
	(void)unused;
	if (!names_its_endpoints(server, client) ||
	    server->revocation_endpoint == NULL || credential == NULL)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "revoke() makes no sense");
	return step(err);
}

static int fake_list_add(struct astro_listing *listing, const char *id,
                         const char *name, struct astro_error *err)
{
	int status = step(err);

	if (status != ASTRO_OK)
		return status;
	return real.list_add(listing, id, name, err);
}

static int fake_store_put(struct astro_core *unused,
                          const struct astro_credential *credential,
                          struct astro_error *err)
{
	int status = step(err);

	(void)unused;
	(void)credential;
	if (status == ASTRO_OK)
		current->is_kept = true;
	return status;
}

static int fake_store_erase(struct astro_core *unused, struct astro_error *err)
{
	(void)unused;
	current->is_kept = false;
	return step(err);
}

static int fake_has_docker(struct astro_core *unused)
{
	(void)unused;
	notice();
	return current->script->has_docker ? 1 : 0;
}

static int fake_registry_login(struct astro_core *unused, const char *registry,
                               const char *user,
                               const struct astro_secret *secret,
                               struct astro_error *err)
{
	int status = step(err);

	(void)unused;
	inspect(registry);
	if (status != ASTRO_OK)
		return status;
	(void)snprintf(current->registry, sizeof(current->registry), "%s",
	               registry);
	(void)snprintf(current->registry_user, sizeof(current->registry_user),
	               "%s", user);
	current->registry_has_secret = secret != NULL;
	return ASTRO_OK;
}

static void replace_answers(struct astro_host *table)
{
	table->http = fake_http;
	table->http_all = fake_http_all;
	table->answer_status = fake_answer_status;
	table->answer_text = fake_answer_text;
	table->answer_number = fake_answer_number;
	table->answer_flag = fake_answer_flag;
	table->answer_count = fake_answer_count;
	table->answer_secret = fake_answer_secret;
	table->answer_reason = fake_answer_reason;
	table->answer_free = fake_answer_free;
	table->url_escape = fake_url_escape;
}

static void replace_credentials(struct astro_host *table)
{
	table->secret_new = fake_secret_new;
	table->secret_free = fake_secret_free;
	table->credential_new = fake_credential_new;
	table->credential_set = fake_credential_set;
	table->credential_set_text = fake_credential_set_text;
	table->credential_free = fake_credential_free;
	table->can_authorize = fake_can_authorize;
	table->authorize = fake_authorize;
	table->refresh = fake_refresh;
	table->revoke = fake_revoke;
	table->list_add = fake_list_add;
	table->store_put = fake_store_put;
	table->store_erase = fake_store_erase;
	table->has_docker = fake_has_docker;
	table->registry_login = fake_registry_login;
}

void fake_host_init(struct fake_host *fake, const struct fake_script *script)
{
	struct astro_host *table = &fake->table;

	memset(fake, 0, sizeof(*fake));
	memset(&core, 0, sizeof(core));
	core.job = &job;
	core.report_fd = -1;
	fake->script = script;
	fake->settings = &core.settings;
	current = fake;
	json_setup();
	host_fill(&real, &core);
	*table = real;
	table->fail = fake_fail;
	table->log = fake_log;
	table->tell = fake_tell;
	table->has_answer = fake_has_answer;
	table->can_ask = fake_can_ask;
	table->ask = fake_ask;
	table->choose = fake_choose;
	table->browse = fake_browse;
	table->setting = fake_setting;
	table->random = fake_random;
	table->now = fake_now;
	table->wait = fake_wait;
	replace_answers(table);
	replace_credentials(table);
}

void fake_host_clear(struct fake_host *fake)
{
	(void)fake;
	current = NULL;
}

struct astro_listing *fake_listing_new(void)
{
	return calloc(1, sizeof(struct astro_listing));
}

size_t fake_listing_count(const struct astro_listing *listing)
{
	return listing->count;
}

void fake_listing_free(struct astro_listing *listing)
{
	if (listing != NULL)
		listing_clear(listing);
	free(listing);
}
