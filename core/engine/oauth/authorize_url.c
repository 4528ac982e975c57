/* SPDX-License-Identifier: Apache-2.0 */
/* The address that the person's browser is sent to. */
#include "authorize_url.h"

#include <stdbool.h>
#include <string.h>

#include "address.h"
#include "client.h"
#include "domain.h"
#include "error.h"
#include "http.h"
#include "json.h"
#include "proved.h"
#include "text.h"
#include "url.h"

enum {
	AUTHORIZE_PARAMETERS_MAX = 20, /* and the client's own two in a form */
	REQUEST_URI_MAX = 1024,
	HOST_SIZE = 300
};

struct authorize_parameters {
	struct astro_field fields[AUTHORIZE_PARAMETERS_MAX];
	size_t count;
};

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

/* What every authorization request has, then what this one adds. */
static int list_parameters(const struct astro_authorization *authorization,
                           const struct authorize_attempt *attempt,
                           struct authorize_parameters *out,
                           struct astro_error *err)
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
	size_t count = sizeof(own) / sizeof(own[0]), i;

	memcpy(out->fields, own, sizeof(own));
	for (i = 0; i < authorization->parameter_count; i++) {
		const struct astro_field *field = &authorization->parameters[i];

		if (field->secret != NULL || is_reserved(field->name))
			return error_set(err, ASTRO_BAD_PLUGIN, NULL,
			                 "the provider may not set the "
			                 "parameter %s",
			                 field->name);
		if (count == AUTHORIZE_PARAMETERS_MAX)
			return error_set(err, ASTRO_BAD_PLUGIN, NULL,
			                 "the provider sets more than %d "
			                 "parameters",
			                 AUTHORIZE_PARAMETERS_MAX);
		out->fields[count++] = *field;
	}
	out->count = count;
	return ASTRO_OK;
}

static int write_url(const char *endpoint,
                     const struct authorize_parameters *parameters,
                     struct text *out, struct astro_error *err)
{
	int status = check_endpoint(endpoint, err);
	size_t i;

	if (status == ASTRO_OK && !text_add_string(out, endpoint))
		status = error_no_memory(err);
	for (i = 0; status == ASTRO_OK && i < parameters->count; i++)
		if (parameters->fields[i].text != NULL)
			status = url_add_query(out, parameters->fields[i].name,
			                       parameters->fields[i].text, err);
	return status;
}

int authorize_url_make(const struct astro_authorization *authorization,
                       const struct authorize_attempt *attempt,
                       struct text *out, struct astro_error *err)
{
	struct authorize_parameters parameters;
	int status;

	status = list_parameters(authorization, attempt, &parameters, err);
	if (status != ASTRO_OK)
		return status;
	return write_url(authorization->server->authorization_endpoint,
	                 &parameters, out, err);
}

/* RFC 9126, 2.2: 201, with the name that stands for the request. */
static int read_pushed(const struct astro_response *response, const char *host,
                       const char **request_uri, struct astro_error *err)
{
	const char *name = json_text(response_json(response), "request_uri");

	if (response_status(response) >= 400)
		return error_set(err, ASTRO_DENIED, NULL,
		                 "the server refused: %s",
		                 response_reason(response));
	if (response_status(response) != 201)
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "%s answered a pushed request with %d, not "
		                 "with 201",
		                 host, response_status(response));
	if (name == NULL || name[0] == '\0' || strlen(name) > REQUEST_URI_MAX ||
	    !text_is_visible(name, strlen(name)))
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "%s answered without a proper request_uri",
		                 host);
	*request_uri = name;
	return ASTRO_OK;
}

int authorize_url_push(struct astro_core *core,
                       const struct astro_authorization *authorization,
                       const struct authorize_attempt *attempt,
                       struct text *out, struct astro_error *err)
{
	const struct astro_server *server = authorization->server;
	struct authorize_parameters parameters;
	struct astro_response *response = NULL;
	struct client_form form = {.count = 0};
	char host[HOST_SIZE];
	int status;

	address_host(server->pushed_authorization_endpoint, host, sizeof(host));
	status = list_parameters(authorization, attempt, &parameters, err);
	if (status == ASTRO_OK)
		status = client_form_init(
			&form, server->pushed_authorization_endpoint,
			authorization->client, parameters.fields,
			parameters.count, err);
	if (status == ASTRO_OK)
		status = proved_send(core, &form.request, &response, err);
	if (status == ASTRO_OK) {
		/* RFC 9126, 4: nothing else, so that nothing else is seen. */
		parameters.fields[0] = (struct astro_field){
			"client_id", authorization->client->id, NULL};
		parameters.fields[1] =
			(struct astro_field){"request_uri", NULL, NULL};
		parameters.count = 2;
		status = read_pushed(response, host, &parameters.fields[1].text,
		                     err);
	}
	if (status == ASTRO_OK)
		status = write_url(server->authorization_endpoint, &parameters,
		                   out, err);
	client_form_clear(&form);
	response_free(response);
	return status;
}
