/* SPDX-License-Identifier: Apache-2.0 */
/* A login from the choice of its way to the credential. */
#include "authorize.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "answer.h"
#include "authorize_url.h"
#include "await.h"
#include "callback.h"
#include "clock.h"
#include "core.h"
#include "device.h"
#include "domain.h"
#include "error.h"
#include "flow.h"
#include "http.h"
#include "log.h"
#include "metadata.h"
#include "pkce.h"
#include "proved.h"
#include "redeem.h"
#include "secret.h"
#include "terminal.h"
#include "text.h"
#include "url.h"

enum { URL_MAX = 65536, URI_MAX = 2048 };

static void grant_clear(struct grant *grant)
{
	terminal_line_close(grant->line);
	callback_close(grant->callback);
	if (grant->browser >= 0)
		(void)close(grant->browser);
	secret_free(grant->query);
	secret_free(grant->verifier);
	url_parts_clear(&grant->redirect);
	text_clear(&grant->redirect_uri);
	text_clear(&grant->url);
	explicit_bzero(grant->state, sizeof(grant->state));
	explicit_bzero(grant->nonce, sizeof(grant->nonce));
}

/* RFC 8252, 7.3: plain http is for this machine, and only for it. */
static int check_redirect(struct grant *grant, struct astro_error *err)
{
	const char *uri = grant->asked->redirect_uri;
	int status = url_parts_get(uri, &grant->redirect, err);

	if (status != ASTRO_OK)
		return status;
	if (strcmp(grant->redirect.scheme, "http") != 0 ||
	    !domain_is_loopback(grant->redirect.host) ||
	    grant->redirect.query != NULL || strchr(uri, '#') != NULL)
		return error_set(err, ASTRO_BAD_CONFIG, NULL,
		                 "the redirect address %s is not one of this "
		                 "machine",
		                 uri);
	return ASTRO_OK;
}

/* Before anything is shown: who is sent to a browser must find us. */
static int listen_for_answer(struct grant *grant, struct astro_error *err)
{
	struct astro_error why = {0};
	int status;

	status = callback_open((uint16_t)grant->redirect.port,
	                       grant->redirect.path, &grant->callback, &why);
	if (status == ASTRO_OK) {
		grant->redirect.port = callback_port(grant->callback);
	} else if (status != ASTRO_STORE || grant->redirect.port == 0) {
		return error_set(err, (enum astro_status)status, why.hint, "%s",
		                 why.message);
	} else if (!grant->may_paste) {
		return error_set(err, ASTRO_EXPIRED, why.hint,
		                 "%s, and there is no terminal to paste the "
		                 "answer on",
		                 why.message);
	} else {
		terminal_tell("%c%s; the login goes on by pasting",
		              toupper((unsigned char)why.message[0]),
		              why.message + 1);
		grant->choice.flow = FLOW_LINK;
		grant->choice.why = NULL;
	}
	if (!text_addf(&grant->redirect_uri, "%s://%s:%u%s",
	               grant->redirect.scheme, grant->redirect.host,
	               grant->redirect.port, grant->redirect.path))
		return error_no_memory(err);
	return ASTRO_OK;
}

/* Pushed where the server takes that; one that insists on it gets no other. */
static int write_url(struct grant *grant,
                     const struct authorize_attempt *attempt,
                     struct astro_error *err)
{
	const struct astro_server *server = grant->asked->server;
	bool must_push = (server->flags & ASTRO_SERVER_WANTS_PUSHED) != 0;
	struct astro_error why = {0};
	int status;

	if (server->pushed_authorization_endpoint != NULL) {
		status = authorize_url_push(grant->core, grant->asked, attempt,
		                            &grant->url, &why);
		if (status == ASTRO_OK)
			return ASTRO_OK;
		if (must_push || status == ASTRO_CANCELLED)
			return error_set(err, (enum astro_status)status,
			                 why.hint, "%s", why.message);
		log_write(ASTRO_DEBUG, "not pushed: %s", why.message);
		text_clear(&grant->url);
	} else if (must_push) {
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "the server wants requests pushed, and says "
		                 "not where");
	}
	return authorize_url_make(grant->asked, attempt, &grant->url, err);
}

/* Verifier, state and nonce, new for every attempt, and the address. */
static int make_url(struct grant *grant, struct astro_error *err)
{
	char verifier[PKCE_LEN + 1] = "", challenge[PKCE_LEN + 1] = "";
	struct authorize_attempt attempt;
	int status;

	status = pkce_random(verifier, err);
	if (status == ASTRO_OK)
		status = secret_new(verifier, strlen(verifier),
		                    &grant->verifier, err);
	if (status == ASTRO_OK)
		status = pkce_challenge(verifier, challenge, err);
	explicit_bzero(verifier, sizeof(verifier));
	if (status == ASTRO_OK)
		status = pkce_random(grant->state, err);
	if (status == ASTRO_OK)
		status = pkce_random(grant->nonce, err);
	if (status != ASTRO_OK)
		return status;

	grant->expected = (struct answer_expected){
		.state = grant->state,
		.issuer = grant->asked->server->issuer,
		.must_name_issuer = (grant->asked->server->flags &
	                             ASTRO_SERVER_NAMES_ITSELF) != 0,
	};
	attempt.redirect_uri = grant->redirect_uri.bytes;
	attempt.state = grant->state;
	attempt.nonce = grant->nonce;
	attempt.challenge = challenge;
	status = write_url(grant, &attempt, err);
	if (status == ASTRO_OK && grant->callback != NULL)
		callback_expect(grant->callback, &grant->expected);
	return status;
}

static int prepare(struct grant *grant, struct astro_error *err)
{
	int status = check_redirect(grant, err);

	if (status == ASTRO_OK)
		status = listen_for_answer(grant, err);
	if (status == ASTRO_OK)
		status = make_url(grant, err);
	return status;
}

/* RFC 6749, 4.1.2.1. */
static int check_refusal(const char *query, struct astro_error *err)
{
	char name[256], why[512];
	bool later;

	if (query_get(query, "error", name, sizeof(name)) != 1)
		return ASTRO_OK;
	query_text(query, "error_description", why, sizeof(why));
	later = strcmp(name, "server_error") == 0 ||
	        strcmp(name, "temporarily_unavailable") == 0;
	return error_set(err, later ? ASTRO_UNREACHABLE : ASTRO_DENIED,
	                 later ? "try again later" : "run `astro login` again",
	                 "the server refused: %s%s%s", name,
	                 why[0] != '\0' ? ": " : "", why);
}

static int redeem(struct grant *grant, struct astro_credential **out,
                  struct astro_error *err)
{
	const char *query = secret_bytes(grant->query, NULL);
	struct redeem_grant what = {.redirect_uri = grant->redirect_uri.bytes,
	                            .nonce = grant->nonce,
	                            .verifier = grant->verifier};
	struct astro_secret *code = NULL;
	char bytes[ANSWER_CODE_MAX + 1];
	int status = check_refusal(query, err);

	if (status != ASTRO_OK)
		return status;
	if (query_get(query, "code", bytes, sizeof(bytes)) != 1)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "the answer lost its code");
	status = secret_new(bytes, strlen(bytes), &code, err);
	explicit_bzero(bytes, sizeof(bytes));
	if (status == ASTRO_OK) {
		what.code = code;
		status =
			redeem_code(grant->core, grant->asked, &what, out, err);
	}
	secret_free(code);
	return status;
}

int authorize_check(const struct astro_core *core, struct astro_error *err)
{
	struct flow_facts facts;
	struct flow_choice ignored;

	flow_facts_gather(&facts, core->job);
	/* Which server it will be is not known yet. */
	facts.device_offered = true;
	return flow_select(&facts, &ignored, err);
}

/* The browser's login: by itself, by a link, or by the pasted address. */
static int run_code_grant(struct grant *grant, struct astro_credential **out,
                          struct astro_error *err)
{
	int status;

	text_init(&grant->redirect_uri, URI_MAX);
	text_init(&grant->url, URL_MAX);
	status = prepare(grant, err);
	if (status == ASTRO_OK)
		status = await_answer(grant, err);
	if (status == ASTRO_OK)
		status = redeem(grant, out, err);
	/* Success is claimed only now that it is true. */
	if (grant->callback != NULL)
		callback_finish(grant->callback, status == ASTRO_OK);
	grant_clear(grant);
	return status;
}

/* A server may announce the device grant and refuse it to this client. */
static bool can_go_on_by_link(const struct astro_core *core, int status)
{
	return core->job->flow == ENGINE_FLOW_AUTO &&
	       (status == ASTRO_DENIED || status == ASTRO_BAD_ANSWER);
}

/*
 * Whether SERVER has the device grant.  Its metadata are asked only where a
 * device code would be the way: a login on a desktop does not wait for them.
 * Without them it goes on by a link, unless the code was asked for.
 */
static int look_for_device(struct astro_core *core,
                           const struct flow_facts *facts,
                           struct astro_server *server, char **endpoint,
                           struct astro_error *err)
{
	struct flow_facts wish = *facts;
	struct flow_choice choice;
	int status;

	wish.device_offered = true;
	if (server->device_authorization_endpoint != NULL ||
	    server->metadata_uri == NULL ||
	    flow_select(&wish, &choice, NULL) != ASTRO_OK ||
	    choice.flow != FLOW_DEVICE)
		return ASTRO_OK;
	status = metadata_device_endpoint(core->http, server, endpoint, err);
	server->device_authorization_endpoint = *endpoint;
	if (status == ASTRO_OK || status == ASTRO_CANCELLED ||
	    facts->asked == ENGINE_FLOW_DEVICE)
		return status;
	log_write(ASTRO_DEBUG, "no device code: %s", err->message);
	return ASTRO_OK;
}

/* *GOES_ON: nothing was shown yet, and a link may do what a code cannot. */
static int run_device_grant(const struct grant *grant,
                            struct astro_credential **out, bool *goes_on,
                            struct astro_error *err)
{
	struct device_grant device;
	int status = device_begin(grant->core, grant->asked, &device, err);

	*goes_on = can_go_on_by_link(grant->core, status);
	if (status == ASTRO_OK)
		status = device_finish(grant->core, grant->asked, &device,
		                       grant->choice.why, out, err);
	device_clear(&device);
	return status;
}

static int run_flow(struct grant *grant, struct flow_facts *facts,
                    struct astro_credential **out, struct astro_error *err)
{
	bool goes_on = true;
	int status = flow_select(facts, &grant->choice, err);

	if (status == ASTRO_OK)
		status = proved_begin(grant->core, grant->asked->client, NULL,
		                      err);
	if (status != ASTRO_OK)
		return status;
	if (grant->choice.flow == FLOW_DEVICE) {
		status = run_device_grant(grant, out, &goes_on, err);
		if (!goes_on)
			return status;
		log_write(ASTRO_DEBUG, "%s", err->message);
		grant->choice.flow = FLOW_LINK;
	}
	return run_code_grant(grant, out, err);
}

int authorize_run(struct astro_core *core,
                  const struct astro_authorization *authorization,
                  struct astro_credential **out, struct astro_error *err)
{
	struct astro_authorization asked = *authorization;
	struct astro_server server = *authorization->server;
	struct grant grant = {.core = core,
	                      .asked = &asked,
	                      .may_paste = core_can_ask(core),
	                      .browser = -1,
	                      .begun = clock_boot()};
	struct flow_facts facts;
	struct astro_error own = {0};
	char *endpoint = NULL;
	int status;

	*out = NULL;
	/* Messages are read back here. */
	if (err == NULL)
		err = &own;
	asked.server = &server;
	flow_facts_gather(&facts, core->job);
	status = look_for_device(core, &facts, &server, &endpoint, err);
	if (status == ASTRO_OK) {
		facts.device_offered =
			server.device_authorization_endpoint != NULL;
		status = run_flow(&grant, &facts, out, err);
	}
	free(endpoint);
	return status;
}
