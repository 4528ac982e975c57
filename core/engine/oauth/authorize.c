/* SPDX-License-Identifier: Apache-2.0 */
/* The authorization code grant from the first line shown to the credential:
 * owns the wait for the person. */
#include "authorize.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "answer.h"
#include "authorize_url.h"
#include "browser.h"
#include "callback.h"
#include "clock.h"
#include "core.h"
#include "domain.h"
#include "error.h"
#include "flow.h"
#include "http.h"
#include "interrupt.h"
#include "paste.h"
#include "pkce.h"
#include "redeem.h"
#include "secret.h"
#include "terminal.h"
#include "text.h"

enum {
	URL_MAX = 65536,
	URI_MAX = 2048,
	TURN_MS = 1000,       /* the callback wants its turn */
	WARM_AGAIN_MS = 45000 /* servers close what is idle for a minute */
};

/* One attempt. */
struct grant {
	struct astro_core *core;
	const struct astro_authorization *asked;
	enum flow flow;
	const char *why; /* no browser is opened, or NULL */
	struct url_parts redirect;
	struct text redirect_uri, url;
	char state[PKCE_LEN + 1], nonce[PKCE_LEN + 1];
	struct astro_secret *verifier;
	struct callback *callback; /* NULL: its port was taken */
	struct terminal_line *line;
	bool may_paste;
	int browser; /* browser_start()'s, or -1 */
	int64_t begun, warmed;
	struct astro_secret *query; /* the answer, pasted or called back */
};

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
		terminal_tell("%s; the login goes on by pasting", why.message);
		grant->flow = FLOW_LINK;
		grant->why = NULL;
	}
	if (!text_addf(&grant->redirect_uri, "%s://%s:%u%s",
	               grant->redirect.scheme, grant->redirect.host,
	               grant->redirect.port, grant->redirect.path))
		return error_no_memory(err);
	return ASTRO_OK;
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

	attempt.redirect_uri = grant->redirect_uri.bytes;
	attempt.state = grant->state;
	attempt.nonce = grant->nonce;
	attempt.challenge = challenge;
	status = authorize_url_make(grant->asked, &attempt, &grant->url, err);
	if (status == ASTRO_OK && grant->callback != NULL)
		callback_expect(grant->callback, grant->state,
		                grant->asked->server->issuer);
	return status;
}

static int prepare(struct grant *grant, struct astro_error *err)
{
	const struct engine_job *job = grant->core->job;
	struct flow_facts facts;
	int status;

	flow_facts_gather(&facts, job->flow, job->no_input);
	status = flow_select(&facts, &grant->flow, &grant->why, err);
	if (status == ASTRO_OK)
		status = check_redirect(grant, err);
	if (status == ASTRO_OK)
		status = listen_for_answer(grant, err);
	if (status == ASTRO_OK)
		status = make_url(grant, err);
	return status;
}

/* The hosts that will be asked next: the shake of hands is over when the
 * person comes back. */
static void warm(struct grant *grant, bool is_first)
{
	const struct astro_authorization *asked = grant->asked;
	struct http *http = grant->core->http;
	size_t i;

	grant->warmed = clock_boot();
	if (asked->server->jwks_uri != NULL && is_first)
		http_prefetch(http, asked->server->jwks_uri);
	else if (asked->server->jwks_uri != NULL)
		http_warm(http, asked->server->jwks_uri);
	for (i = 0; i < asked->warm_count; i++)
		http_warm(http, asked->warm[i]);
}

/* Whole, on a line of its own, as it must be copied: terminal_tell() would
 * mask what looks like a secret.  authorize_url_make() left only visible
 * ASCII. */
static void show_url(const struct grant *grant)
{
	(void)fprintf(stderr, "%s\n", grant->url.bytes);
}

static int open_line(struct grant *grant, struct astro_error *err)
{
	const char *prompt =
		grant->callback == NULL
			? "Paste the address that the browser ends on: "
			: "Waiting for the browser; if it cannot come back "
			  "here, paste the address it ends on: ";

	if (grant->may_paste)
		return terminal_line_open(prompt, &grant->line, err);
	terminal_tell("Waiting for the browser to come back");
	return ASTRO_OK;
}

static int show(struct grant *grant, struct astro_error *err)
{
	struct astro_error why = {0};

	if (grant->flow == FLOW_BROWSER &&
	    browser_start(grant->url.bytes, &grant->browser, &why) == ASTRO_OK)
		terminal_tell("Opening your browser to log in. If it does not "
		              "open, visit:");
	else if (grant->flow == FLOW_BROWSER)
		terminal_tell("%s: open this link on any device:", why.message);
	else if (grant->why != NULL)
		terminal_tell("%s:", grant->why);
	else
		terminal_tell("Open this link in a browser to log in:");
	show_url(grant);
	return open_line(grant, err);
}

/* A line for the person while the prompt stands there. */
static int interject(struct grant *grant, const char *text,
                     struct astro_error *err)
{
	terminal_line_close(grant->line);
	grant->line = NULL;
	terminal_tell("%s", text);
	return grant->may_paste ? open_line(grant, err) : ASTRO_OK;
}

static int take_browser(struct grant *grant, struct astro_error *err)
{
	struct astro_error why = {0};
	char text[ERROR_MESSAGE_MAX + 64];
	int status = browser_result(grant->browser, &why);

	grant->browser = -1;
	if (status == ASTRO_OK)
		return ASTRO_OK;
	(void)snprintf(text, sizeof(text),
	               "%s: open the link above on any device", why.message);
	return interject(grant, text, err);
}

static int take_line(struct grant *grant, struct astro_error *err)
{
	const struct paste_expected expected = {
		.redirect = &grant->redirect,
		.state = grant->state,
		.issuer = grant->asked->server->issuer};
	struct astro_secret *line = NULL;
	bool ended = false;
	int status = terminal_line_read(grant->line, &line, &ended, err);

	if (status == ASTRO_OK && line != NULL)
		status = paste_read(line, &expected, &grant->query, err);
	secret_free(line);
	/* Not usable: said, and the wait goes on. */
	if (status == ASTRO_DENIED || status == ASTRO_NOT_FOUND)
		return interject(grant, err->message, err);
	if (status == ASTRO_OK && ended && grant->query == NULL)
		return error_set(err, ASTRO_DENIED, "run `astro login` again",
		                 "end of input before the login was finished");
	return status;
}

static int take_callback(struct grant *grant, struct astro_error *err)
{
	const char *query;

	callback_run(grant->callback);
	query = callback_query(grant->callback);
	if (query == NULL)
		return ASTRO_OK;
	return secret_new(query, strlen(query), &grant->query, err);
}

static int check_time(const struct grant *grant, struct astro_error *err)
{
	int64_t deadline = grant->core->job->deadline;

	if (deadline == 0 || clock_boot() < deadline)
		return ASTRO_OK;
	return error_set(err, ASTRO_TIMED_OUT,
	                 "run `astro login` again; --timeout SECONDS gives "
	                 "more time",
	                 "nobody finished the login within %lld s",
	                 (long long)((deadline - grant->begun + 999) / 1000));
}

static int turn_length(const struct grant *grant)
{
	int64_t deadline = grant->core->job->deadline, left;

	if (deadline == 0)
		return TURN_MS;
	left = deadline - clock_boot();
	return left < TURN_MS ? (int)(left > 0 ? left : 0) : TURN_MS;
}

/* One look at everything that may happen. */
static int wait_turn(struct grant *grant, struct astro_error *err)
{
	struct http_watch watches[3], *line = NULL, *browser = NULL;
	size_t count = 0;
	int status;

	memset(watches, 0, sizeof(watches));
	if (grant->callback != NULL)
		watches[count++].fd = callback_fd(grant->callback);
	if (grant->line != NULL) {
		line = &watches[count++];
		line->fd = terminal_line_fd(grant->line);
	}
	if (grant->browser >= 0) {
		browser = &watches[count++];
		browser->fd = grant->browser;
	}
	status = http_wait(grant->core->http, watches, count,
	                   turn_length(grant), err);
	if (status == ASTRO_OK)
		status = interrupt_check(err);
	if (status == ASTRO_OK && grant->callback != NULL)
		status = take_callback(grant, err);
	if (status == ASTRO_OK && grant->query == NULL && line != NULL &&
	    line->readable)
		status = take_line(grant, err);
	if (status == ASTRO_OK && grant->query == NULL && browser != NULL &&
	    browser->readable)
		status = take_browser(grant, err);
	return status;
}

static int wait_for_answer(struct grant *grant, struct astro_error *err)
{
	int status = ASTRO_OK;

	while (status == ASTRO_OK && grant->query == NULL) {
		status = check_time(grant, err);
		if (status == ASTRO_OK)
			status = wait_turn(grant, err);
		if (clock_boot() - grant->warmed >= WARM_AGAIN_MS)
			warm(grant, false);
	}
	terminal_line_close(grant->line);
	grant->line = NULL;
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
		status = redeem_code(grant->core->http, grant->asked, &what,
		                     out, err);
	}
	secret_free(code);
	return status;
}

int authorize_check(const struct astro_core *core, struct astro_error *err)
{
	struct flow_facts facts;
	enum flow flow;
	const char *why;

	flow_facts_gather(&facts, core->job->flow, core->job->no_input);
	return flow_select(&facts, &flow, &why, err);
}

int authorize_run(struct astro_core *core,
                  const struct astro_authorization *authorization,
                  struct astro_credential **out, struct astro_error *err)
{
	struct grant grant = {.core = core,
	                      .asked = authorization,
	                      .may_paste = core_can_ask(core),
	                      .browser = -1,
	                      .begun = clock_boot()};
	struct astro_error own = {0};
	int status;

	*out = NULL;
	/* Messages are read back here. */
	if (err == NULL)
		err = &own;
	text_init(&grant.redirect_uri, URI_MAX);
	text_init(&grant.url, URL_MAX);
	status = prepare(&grant, err);
	if (status != ASTRO_OK)
		goto out;
	warm(&grant, true);
	status = show(&grant, err);
	if (status == ASTRO_OK)
		status = wait_for_answer(&grant, err);
	if (status == ASTRO_OK)
		status = redeem(&grant, out, err);
	/* Success is claimed only now that it is true. */
	if (grant.callback != NULL)
		callback_finish(grant.callback, status == ASTRO_OK);
out:
	grant_clear(&grant);
	return status;
}
