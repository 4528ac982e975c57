/* SPDX-License-Identifier: Apache-2.0 */
/* The address that the person's browser is sent to. */
#include "authorize_url.h"

#include <stdbool.h>
#include <string.h>

#include "domain.h"
#include "error.h"
#include "http.h"
#include "text.h"

/* The grant's own: a second one would leave it to the server which counts. */
static const char *const reserved[] = {
	"response_type", "response_mode",  "client_id",
	"redirect_uri",  "scope",          "state",
	"nonce",         "code_challenge", "code_challenge_method"};

static bool is_reserved(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(reserved) / sizeof(reserved[0]); i++)
		if (strcmp(name, reserved[i]) == 0)
			return true;
	return false;
}

static int check_endpoint(const char *endpoint, struct astro_error *err)
{
	struct url_parts parts;
	int status = url_parts_get(endpoint, &parts, err);

	if (status != ASTRO_OK)
		return status;
	if (strchr(endpoint, '#') != NULL || strchr(endpoint, ' ') != NULL ||
	    !text_is_visible(endpoint, strlen(endpoint)))
		status = error_set(err, ASTRO_BAD_CONFIG, NULL,
		                   "\"%s\" is no authorization endpoint",
		                   endpoint);
	else if (strcmp(parts.scheme, "https") != 0 &&
	         !domain_is_loopback(parts.host))
		status = error_set(err, ASTRO_UNSAFE, NULL,
		                   "the login page of %s is reached by plain "
		                   "http",
		                   parts.host);
	url_parts_clear(&parts);
	return status;
}

static int add_parameters(const struct astro_authorization *authorization,
                          struct text *out, struct astro_error *err)
{
	size_t i;

	for (i = 0; i < authorization->parameter_count; i++) {
		const struct astro_field *field = &authorization->parameters[i];
		int status;

		if (field->secret != NULL || is_reserved(field->name))
			return error_set(err, ASTRO_BAD_PLUGIN, NULL,
			                 "the provider may not set the "
			                 "parameter %s",
			                 field->name);
		if (field->text == NULL)
			continue;
		status = http_add_query(out, field->name, field->text, err);
		if (status != ASTRO_OK)
			return status;
	}
	return ASTRO_OK;
}

int authorize_url_make(const struct astro_authorization *authorization,
                       const struct authorize_attempt *attempt,
                       struct text *out, struct astro_error *err)
{
	const struct astro_field own[] = {
		{"response_type", "code", NULL},
		{"response_mode", "query", NULL},
		{"client_id", authorization->client->id, NULL},
		{"redirect_uri", attempt->redirect_uri, NULL},
		{"scope", authorization->scope, NULL},
		{"state", attempt->state, NULL},
		{"nonce", attempt->nonce, NULL},
		/* S256 always, whatever the metadata says (RFC 7636, 4.2). */
		{"code_challenge", attempt->challenge, NULL},
		{"code_challenge_method", "S256", NULL},
	};
	int status = check_endpoint(
		authorization->server->authorization_endpoint, err);
	size_t i;

	if (status != ASTRO_OK)
		return status;
	if (!text_add_string(out,
	                     authorization->server->authorization_endpoint))
		return error_no_memory(err);
	for (i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		if (own[i].text == NULL)
			continue;
		status = http_add_query(out, own[i].name, own[i].text, err);
		if (status != ASTRO_OK)
			return status;
	}
	return add_parameters(authorization, out, err);
}
