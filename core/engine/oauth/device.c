/* SPDX-License-Identifier: Apache-2.0 */
/* The device grant: a code to confirm elsewhere, and the asking until then. */
#include "device.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "address.h"
#include "client.h"
#include "clock.h"
#include "core.h"
#include "credential.h"
#include "device_screen.h"
#include "domain.h"
#include "error.h"
#include "http.h"
#include "identity.h"
#include "json.h"
#include "log.h"
#include "proved.h"
#include "secret.h"
#include "text.h"
#include "token.h"

enum {
	CODE_MAX = 4096,
	INTERVAL_USUAL = 5, /* RFC 8628, 3.2 */
	INTERVAL_MAX = 60,
	SLOWER_MS = 5000, /* 3.5: this and all later waits */
	EXPIRES_MAX = 24 * 60 * 60,
	ANSWER_MAX_MS = 30000, /* as for every request */
	HOST_SIZE = 300
};

static int bad_answer(struct astro_error *err, const char *host,
                      const char *what)
{
	return error_set(err, ASTRO_BAD_ANSWER, "use --login-link instead",
	                 "%s answered without a proper %s", host, what);
}

/* One line of visible ASCII, of at most SIZE - 1 bytes and not empty. */
static bool take_text(const struct json *json, const char *name, char *out,
                      size_t size)
{
	const char *text = json_text(json, name);
	size_t len = text == NULL ? 0 : strlen(text);

	if (len == 0 || len >= size || !text_is_visible(text, len))
		return false;
	memcpy(out, text, len + 1);
	return true;
}

/* A page that somebody is sent to with a secret in hand. */
static int check_address(const char *uri, struct astro_error *err)
{
	struct url_parts parts;
	int status = url_parts_get(uri, &parts, err);

	/* The server's word, not the person's. */
	if (status == ASTRO_BAD_CONFIG)
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "the server sends people to \"%s\", which is "
		                 "no https address",
		                 uri);
	if (status != ASTRO_OK)
		return status;
	if (strcmp(parts.scheme, "https") != 0 &&
	    !domain_is_loopback(parts.host))
		status = error_set(err, ASTRO_UNSAFE, NULL,
		                   "the page for the device code, at %s, is "
		                   "reached by plain http",
		                   parts.host);
	url_parts_clear(&parts);
	return status;
}

static int take_addresses(const struct json *json, const char *host,
                          struct device_grant *grant, struct astro_error *err)
{
	int status;

	/* Google's spelling came before the standard's. */
	if (!take_text(json, "verification_uri", grant->uri,
	               sizeof(grant->uri)) &&
	    !take_text(json, "verification_url", grant->uri,
	               sizeof(grant->uri)))
		return bad_answer(err, host, "verification_uri");
	status = check_address(grant->uri, err);
	if (status != ASTRO_OK ||
	    !take_text(json, "verification_uri_complete", grant->complete,
	               sizeof(grant->complete)))
		return status;
	return check_address(grant->complete, err);
}

int device_read(const struct astro_response *response, const char *host,
                struct device_grant *grant, struct astro_error *err)
{
	const struct json *json = response_json(response);
	const char *code = json_text(json, "device_code");
	int64_t interval = json_number(json, "interval", INTERVAL_USUAL);
	int status;

	memset(grant, 0, sizeof(*grant));
	if (response_status(response) >= 400 || json_text(json, "error"))
		return error_set(err, ASTRO_DENIED, "use --login-link instead",
		                 "the server refused a login by device code: "
		                 "%s",
		                 response_reason(response));
	if (code == NULL || *code == '\0' || strlen(code) > CODE_MAX ||
	    !text_is_visible(code, strlen(code)))
		return bad_answer(err, host, "device_code");
	if (!take_text(json, "user_code", grant->user_code,
	               sizeof(grant->user_code)))
		return bad_answer(err, host, "user_code");
	grant->expires_in = json_number(json, "expires_in", 0);
	if (grant->expires_in <= 0)
		return bad_answer(err, host, "expires_in");
	if (grant->expires_in > EXPIRES_MAX)
		grant->expires_in = EXPIRES_MAX;
	if (interval <= 0)
		interval = INTERVAL_USUAL;
	if (interval > INTERVAL_MAX)
		interval = INTERVAL_MAX;
	grant->interval_ms = (uint32_t)interval * 1000;
	status = take_addresses(json, host, grant, err);
	if (status == ASTRO_OK)
		status = secret_new(code, strlen(code), &grant->code, err);
	return status;
}

void device_clear(struct device_grant *grant)
{
	secret_free(grant->code);
	explicit_bzero(grant, sizeof(*grant));
}

static int send_form(struct http *http, const struct client_form *form,
                     struct astro_response **out, struct astro_error *err)
{
	const struct astro_request *requests[] = {&form->request};

	return http_send(http, requests, 1, out, err);
}

int device_begin(struct astro_core *core,
                 const struct astro_authorization *asked,
                 struct device_grant *grant, struct astro_error *err)
{
	const char *endpoint = asked->server->device_authorization_endpoint;
	struct astro_field fields[CLIENT_FIELDS_MAX];
	struct astro_response *response = NULL;
	struct client_form form;
	char host[HOST_SIZE];
	size_t count = 0, i;
	int status;

	memset(grant, 0, sizeof(*grant));
	fields[count++] = (struct astro_field){"scope", asked->scope, NULL};
	for (i = 0; i < asked->parameter_count && count < CLIENT_FIELDS_MAX;
	     i++)
		fields[count++] = asked->parameters[i];
	status = client_form_init(&form, endpoint, asked->client, fields, count,
	                          err);
	if (status == ASTRO_OK)
		status = send_form(core->http, &form, &response, err);
	client_form_clear(&form);
	if (status == ASTRO_OK) {
		address_host(endpoint, host, sizeof(host));
		status = device_read(response, host, grant, err);
	}
	response_free(response);
	return status;
}

/* What is left until END for an answer: a server that drips must not hold the
 * login beyond it. */
static uint32_t time_for_answer(int64_t end)
{
	int64_t left = end - clock_boot();

	if (left > ANSWER_MAX_MS)
		return ANSWER_MAX_MS;
	return left > 1 ? (uint32_t)left : 1;
}

/* RFC 8628, 3.4.  *OUT stays NULL with ASTRO_OK while there is no decision. */
static int ask_once(struct astro_core *core,
                    const struct astro_authorization *asked,
                    struct device_grant *grant, struct astro_credential **out,
                    struct astro_error *err)
{
	struct astro_field fields[CLIENT_FIELDS_MAX] = {
		{"grant_type", "urn:ietf:params:oauth:grant-type:device_code",
	         NULL},
		{"device_code", NULL, grant->code},
	};
	struct astro_response *response = NULL;
	struct client_form form;
	const char *code;
	int status;

	status = client_form_init(&form, asked->server->token_endpoint,
	                          asked->client, fields,
	                          token_add_resources(asked, fields, 2), err);
	form.request.timeout_ms = time_for_answer(grant->end);
	if (status == ASTRO_OK)
		status = proved_send(core, &form.request, &response, err);
	client_form_clear(&form);
	if (status != ASTRO_OK)
		goto out;
	code = json_text(response_json(response), "error");
	if (code != NULL && strcmp(code, "authorization_pending") == 0)
		goto out;
	if (code != NULL && strcmp(code, "slow_down") == 0) {
		grant->interval_ms += SLOWER_MS;
		goto out;
	}
	if (code != NULL && strcmp(code, "expired_token") == 0) {
		status = error_set(err, ASTRO_TIMED_OUT,
		                   "run `astro login` again",
		                   "nobody confirmed the code in time");
		goto out;
	}
	if (code != NULL && strcmp(code, "access_denied") == 0) {
		status = error_set(err, ASTRO_DENIED, "run `astro login` again",
		                   "the login was refused on the other device");
		goto out;
	}
	status = token_take(core, asked->server, response, out, err);
out:
	response_free(response);
	return status;
}

/* No answer is no decision (RFC 8628, 3.5): more slowly, until the code has
 * run out. */
static int ask_patiently(struct astro_core *core,
                         const struct astro_authorization *asked,
                         struct device_grant *grant,
                         struct astro_credential **out, struct astro_error *err)
{
	uint32_t longest = INTERVAL_MAX * 1000;
	int status = ask_once(core, asked, grant, out, err);

	if (status != ASTRO_UNREACHABLE)
		return status;
	log_write(ASTRO_DEBUG, "asked in vain: %s", err->message);
	if (grant->interval_ms < longest)
		grant->interval_ms = grant->interval_ms * 2 < longest
		                             ? grant->interval_ms * 2
		                             : longest;
	return ASTRO_OK;
}

static int await_consent(struct astro_core *core,
                         const struct astro_authorization *asked,
                         struct device_grant *grant,
                         struct device_screen *screen,
                         struct astro_credential **out, struct astro_error *err)
{
	int status = ASTRO_OK;

	grant->end = clock_boot() + grant->expires_in * 1000;
	if (core->job->deadline != 0 && core->job->deadline < grant->end)
		grant->end = core->job->deadline;
	while (status == ASTRO_OK && *out == NULL) {
		status = device_screen_wait(screen, grant->interval_ms,
		                            grant->end, err);
		if (status == ASTRO_OK)
			status = ask_patiently(core, asked, grant, out, err);
	}
	return status;
}

int device_finish(struct astro_core *core,
                  const struct astro_authorization *authorization,
                  struct device_grant *grant, const char *why,
                  struct astro_credential **out, struct astro_error *err)
{
	const struct identity_expected expected = {
		.server = authorization->server,
		.client = authorization->client,
	};
	struct astro_credential *credential = NULL;
	struct device_screen screen = {.core = core, .why = why};
	int status;

	*out = NULL;
	status = device_screen_show(&screen, grant, err);
	if (status == ASTRO_OK)
		status = await_consent(core, authorization, grant, &screen,
		                       &credential, err);
	device_screen_end(&screen);
	if (status == ASTRO_OK)
		status =
			identity_verify(core->http, &expected, credential, err);
	if (status == ASTRO_OK) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	credential_free(credential);
	return status;
}
