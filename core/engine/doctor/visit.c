/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host that stands before the real one: it lets a provider ask its server
 * what a login asks first, and ends the login where a person would come in, or
 * anything would be sent that is a secret or somebody's.  So what is looked at
 * is what the provider does, whichever it is, and no copy of it.
 */
#include "doctor.h"

#include <stdio.h>
#include <string.h>

#include "abi.h"
#include "address.h"
#include "clock.h"
#include "credential.h"
#include "error.h"
#include "http.h"
#include "metadata.h"
#include "provider_call.h"
#include "trace.h"

enum { QUESTIONS_MAX = 3 };

static struct doctor *doctor_of(struct astro_core *core)
{
	return (struct doctor *)(void *)core;
}

/* No failure of the provider's, nor of anything. */
static int stop(struct astro_core *core, struct astro_error *err)
{
	doctor_of(core)->has_stopped = true;
	return error_set(err, ASTRO_DENIED, NULL,
	                 "the doctor goes no further than this");
}

/* ---- what a server is asked ---- */

static bool has_secret(const struct astro_field *fields, size_t count)
{
	size_t i;

	for (i = 0; fields != NULL && i < count; i++)
		if (fields[i].secret != NULL)
			return true;
	return false;
}

/* A GET, or a question in GraphQL that is the same for everybody. */
static bool is_harmless(const struct astro_request *request)
{
	if (request->bearer != NULL || request->field_count > 0 ||
	    has_secret(request->headers, request->header_count))
		return false;
	if (request->query == NULL)
		return request->method == NULL ||
		       strcmp(request->method, "GET") == 0;
	return request->body == ASTRO_BODY_GRAPHQL &&
	       strncmp(request->query, "query", strlen("query")) == 0;
}

static int ask_server(struct doctor *doctor,
                      const struct astro_request *request,
                      struct astro_response **out, struct astro_error *err)
{
	struct astro_core *core = &doctor->core;
	int64_t since = clock_boot(), before = clock_wall();
	struct astro_request hasty = {0};
	int status;

	memcpy(&hasty, request,
	       request->size < sizeof(hasty) ? request->size : sizeof(hasty));
	hasty.size = sizeof(hasty);
	if (hasty.timeout_ms == 0 || hasty.timeout_ms > DOCTOR_REQUEST_MS)
		hasty.timeout_ms = DOCTOR_REQUEST_MS;
	(void)snprintf(doctor->url, sizeof(doctor->url), "%s", request->url);
	status = doctor->real.http(core, &hasty, out, err);
	doctor->has_failed = status != ASTRO_OK;
	if (status != ASTRO_OK)
		return status;
	doctor->took_ms = clock_boot() - since;
	address_host(doctor->url, doctor->host, sizeof(doctor->host));
	if (response_date(*out) != 0) {
		doctor->date = response_date(*out);
		/* Its clock was read somewhere on the way. */
		doctor->asked_at = (before + clock_wall()) / 2;
	}
	return ASTRO_OK;
}

/* What makes no sense is the provider's fault, as the real host says. */
static int visit_http(struct astro_core *core,
                      const struct astro_request *request,
                      struct astro_response **out, struct astro_error *err)
{
	struct doctor *doctor = doctor_of(core);

	if (out == NULL || abi_request(request) != NULL)
		return doctor->real.http(core, request, out, err);
	*out = NULL;
	if (!is_harmless(request))
		return stop(core, err);
	return ask_server(doctor, request, out, err);
}

static int visit_http_all(struct astro_core *core,
                          const struct astro_request *const *requests,
                          size_t count, struct astro_response **outs,
                          struct astro_error *err)
{
	int status = ASTRO_OK;
	size_t i;

	if (requests == NULL || outs == NULL)
		return doctor_of(core)->real.http_all(core, requests, count,
		                                      outs, err);
	for (i = 0; i < count; i++)
		outs[i] = NULL;
	for (i = 0; i < count && status == ASTRO_OK; i++)
		status = visit_http(core, requests[i], &outs[i], err);
	for (i = 0; i < count && status != ASTRO_OK; i++) {
		response_free(outs[i]);
		outs[i] = NULL;
	}
	return status;
}

/* ---- the person, who is not there ---- */

static int visit_has_answer(struct astro_core *core, const char *key)
{
	(void)core;
	(void)key;
	return 0;
}

static int visit_can_ask(struct astro_core *core)
{
	(void)core;
	return 1;
}

/* Enter, which goes on wherever it can. */
static int visit_ask(struct astro_core *core,
                     const struct astro_question *question,
                     struct astro_secret **answer, struct astro_error *err)
{
	struct doctor *doctor = doctor_of(core);
	struct astro_question known;

	if (answer == NULL || abi_question(question, &known) != NULL)
		return doctor->real.ask(core, question, answer, err);
	*answer = NULL;
	if (known.echo == ASTRO_ECHO_OFF ||
	    doctor->questions++ >= QUESTIONS_MAX)
		return stop(core, err);
	return doctor->real.secret_new(core, "", 0, answer, err);
}

static int visit_choose(struct astro_core *core, const struct astro_menu *menu,
                        size_t *picked, struct astro_error *err)
{
	(void)menu;
	(void)picked;
	return stop(core, err);
}

static int visit_browse(struct astro_core *core, const char *url,
                        struct astro_error *err)
{
	(void)url;
	return stop(core, err);
}

static void visit_tell(struct astro_core *core, const char *fmt, ...)
{
	(void)core;
	(void)fmt;
}

static int visit_can_authorize(struct astro_core *core, struct astro_error *err)
{
	(void)core;
	(void)err;
	return ASTRO_OK;
}

/* ---- the wish for OAuth ---- */

/* The keys that an id_token will be checked with: the first thing that a login
 * asks of this server itself. */
static void ask_identity(struct doctor *doctor,
                         const struct astro_server *server)
{
	const struct astro_request request = {
		.size = sizeof(request),
		.url = server->jwks_uri,
	};
	struct astro_response *answer = NULL;
	struct astro_error why = {0};

	if (server->jwks_uri == NULL)
		return;
	if (ask_server(doctor, &request, &answer, &why) == ASTRO_OK) {
		diagnosis_note(&doctor->diagnosis, "network.identity",
		               DIAGNOSIS_OK,
		               "the login server %s answered in %lld ms",
		               doctor->host, (long long)doctor->took_ms);
	} else {
		reach_explain(server->jwks_uri, &why);
		diagnosis_fail(&doctor->diagnosis, "network.identity",
		               "check the network", &why);
	}
	response_free(answer);
}

/* A login looks there, too, where a code would be the way. */
static void look_for_device(struct doctor *doctor,
                            const struct astro_server *server)
{
	struct http *http = doctor->core.http;
	struct astro_error why = {0};
	char *endpoint = NULL;

	doctor->device_offered = server->device_authorization_endpoint != NULL;
	if (doctor->device_offered || server->metadata_uri == NULL)
		return;
	http_end_at(http, clock_boot() + DOCTOR_REQUEST_MS);
	if (metadata_device_endpoint(http, server, &endpoint, &why) == ASTRO_OK)
		doctor->device_offered = endpoint != NULL;
	free(endpoint);
}

static void keep_redirect(struct doctor *doctor, const char *uri)
{
	struct url_parts parts;

	if (uri == NULL || url_parts_get(uri, &parts, NULL) != ASTRO_OK)
		return;
	doctor->port = parts.port;
	(void)snprintf(doctor->redirect_host, sizeof(doctor->redirect_host),
	               "%s", parts.host);
	(void)snprintf(doctor->redirect_path, sizeof(doctor->redirect_path),
	               "%s", parts.path);
	url_parts_clear(&parts);
}

static int visit_authorize(struct astro_core *core,
                           const struct astro_authorization *asked,
                           struct astro_credential **out,
                           struct astro_error *err)
{
	struct doctor *doctor = doctor_of(core);
	struct abi_authorization known;

	if (out == NULL || abi_authorization(asked, &known) != NULL)
		return doctor->real.authorize(core, asked, out, err);
	*out = NULL;
	doctor->has_authorized = true;
	keep_redirect(doctor, known.asked.redirect_uri);
	ask_identity(doctor, &known.server);
	look_for_device(doctor, &known.server);
	return stop(core, err);
}

/* ---- what a login comes to later, if at all ---- */

static int visit_refresh(struct astro_core *core,
                         const struct astro_refresh *asked,
                         const struct astro_credential *old,
                         struct astro_credential **out, struct astro_error *err)
{
	(void)asked;
	(void)old;
	if (out != NULL)
		*out = NULL;
	return stop(core, err);
}

static int visit_revoke(struct astro_core *core,
                        const struct astro_server *server,
                        const struct astro_client *client,
                        const struct astro_credential *credential,
                        struct astro_error *err)
{
	(void)server;
	(void)client;
	(void)credential;
	return stop(core, err);
}

static int visit_store_put(struct astro_core *core,
                           const struct astro_credential *credential,
                           struct astro_error *err)
{
	(void)credential;
	return stop(core, err);
}

static int visit_registry_login(struct astro_core *core, const char *registry,
                                const char *user,
                                const struct astro_secret *secret,
                                struct astro_error *err)
{
	(void)registry;
	(void)user;
	(void)secret;
	return stop(core, err);
}

static void stand_before(struct doctor *doctor)
{
	struct astro_host *host = &doctor->core.host;

	doctor->real = *host;
	host->tell = visit_tell;
	host->has_answer = visit_has_answer;
	host->can_ask = visit_can_ask;
	host->ask = visit_ask;
	host->choose = visit_choose;
	host->browse = visit_browse;
	host->http = visit_http;
	host->http_all = visit_http_all;
	host->can_authorize = visit_can_authorize;
	host->authorize = visit_authorize;
	host->refresh = visit_refresh;
	host->revoke = visit_revoke;
	host->store_put = visit_store_put;
	host->registry_login = visit_registry_login;
}

/* ---- what came of it ---- */

static void judge_clock(struct doctor *doctor)
{
	static const char fix[] = "set the clock, as with `timedatectl "
				  "set-ntp true`";
	int64_t ahead = doctor->asked_at - doctor->date;
	struct astro_error why;

	if (doctor->date == 0)
		return;
	if (ahead >= -DOCTOR_TOLERANCE && ahead <= DOCTOR_TOLERANCE) {
		diagnosis_note(&doctor->diagnosis, "network.clock",
		               DIAGNOSIS_OK,
		               "this machine's clock agrees with the server's");
	} else if (ahead > 0 || !doctor->has_authorized) {
		diagnosis_warn(&doctor->diagnosis, "network.clock", fix,
		               "this machine's clock is %lld seconds %s that "
		               "of %s",
		               (long long)(ahead > 0 ? ahead : -ahead),
		               ahead > 0 ? "ahead of" : "behind", doctor->host);
	} else {
		/* What is issued in the future is refused. */
		(void)error_set(&why, ASTRO_UNSAFE, fix,
		                "this machine's clock is %lld seconds behind "
		                "that of %s: its id_tokens will be refused",
		                (long long)-ahead, doctor->host);
		diagnosis_fail(&doctor->diagnosis, "network.clock", fix, &why);
	}
}

static void judge_server(struct doctor *doctor, int status,
                         struct astro_error *why)
{
	if (status != ASTRO_OK && !doctor->has_stopped) {
		if (doctor->has_failed)
			reach_explain(doctor->url, why);
		diagnosis_fail(&doctor->diagnosis, "network.server",
		               "check the domain, or try again later", why);
		return;
	}
	if (doctor->url[0] == '\0') {
		diagnosis_note(&doctor->diagnosis, "network.server",
		               DIAGNOSIS_SKIPPED,
		               "not asked: the provider %s needs a person "
		               "first",
		               doctor->provider->name);
		return;
	}
	if (doctor->host[0] != '\0')
		diagnosis_note(&doctor->diagnosis, "network.server",
		               DIAGNOSIS_FACT, "%s answered in %lld ms",
		               doctor->host, (long long)doctor->took_ms);
}

static int play(struct doctor *doctor, const struct astro_provider *provider,
                struct astro_error *err)
{
	struct astro_credential *credential = NULL;
	struct astro_session *session = NULL;
	int status;

	status = provider_open(provider, &doctor->core.host,
	                       &doctor->core.settings, &session, err);
	if (status == ASTRO_OK)
		status = provider_prompt(provider, session, err);
	if (status == ASTRO_OK)
		status = provider_authenticate(provider, session, &credential,
		                               err);
	provider_close(provider, session);
	credential_free(credential);
	return status;
}

static bool is_connected(struct doctor *doctor)
{
	struct astro_core *core = &doctor->core;
	const char *skip =
		config_value(core->config, "houston.skip_verify_tls");
	struct astro_error why = {0};

	if (core_connect(core, doctor->provider->name, &why) != ASTRO_OK) {
		diagnosis_fail(&doctor->diagnosis, "network.certificates",
		               "correct or unset SSL_CERT_FILE and "
		               "SSL_CERT_DIR",
		               &why);
		diagnosis_note(&doctor->diagnosis, "network.server",
		               DIAGNOSIS_SKIPPED,
		               "not asked: no certificate could be checked");
		return false;
	}
	if (skip != NULL && strcmp(skip, "true") == 0 &&
	    strcmp(doctor->provider->name, "software") == 0)
		diagnosis_warn(&doctor->diagnosis, "network.certificates",
		               "name your authority with SSL_CERT_FILE, and "
		               "take houston.skip_verify_tls out",
		               "certificates are not checked: "
		               "houston.skip_verify_tls is true");
	else
		diagnosis_note(&doctor->diagnosis, "network.certificates",
		               DIAGNOSIS_OK,
		               "the certificate authorities can be read");
	return true;
}

void visit_run(struct doctor *doctor)
{
	struct astro_error why = {0};
	int status;

	if (!is_connected(doctor))
		return;
	stand_before(doctor);
	status =
		play(doctor, trace_wrap(&doctor->core, doctor->provider), &why);
	doctor->has_visited = true;
	if (status == ASTRO_CANCELLED)
		return;
	judge_server(doctor, status, &why);
	judge_clock(doctor);
}
