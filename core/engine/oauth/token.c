/* SPDX-License-Identifier: Apache-2.0 */
/* The token endpoint: what it is asked, and what is accepted from it. */
#include "token.h"

#include <string.h>
#include <strings.h>

#include "address.h"
#include "client.h"
#include "clock.h"
#include "credential.h"
#include "error.h"
#include "http.h"
#include "jose.h"
#include "json.h"
#include "proved.h"
#include "secret.h"

/* Ten years of 365.25 days: more is a mistake of somebody's. */
static const int64_t seconds_max = INT64_C(315576000);

static int bad_answer(struct astro_error *err, const char *host,
                      const char *what)
{
	return error_set(err, ASTRO_BAD_ANSWER, NULL, "%s answered with %s",
	                 host, what);
}

/* RFC 6749, 5.2; some servers send it with 200. */
static int check_refusal(const struct astro_response *response,
                         const char *host, struct astro_error *err)
{
	static const char hint[] = "run `astro login` again";
	const struct json *json = response_json(response);
	enum json_kind kind = json_kind(json, "error");
	const char *code = json_text(json, "error");
	const char *why = json_text(json, "error_description");
	int status = response_status(response);

	if (kind == JSON_KIND_ABSENT || kind == JSON_KIND_NULL) {
		if (status < 400)
			return ASTRO_OK;
		/* With these two an empty answer is a refusal, too. */
		if (json == NULL && (status == 400 || status == 401))
			return error_set(err, ASTRO_DENIED, hint,
			                 "%s refused without saying why (%d)",
			                 host, status);
		if (json == NULL)
			return error_set(err, ASTRO_BAD_ANSWER, NULL,
			                 "%s answered %d", host, status);
		return error_set(err, ASTRO_DENIED, hint,
		                 "the server refused: %s",
		                 response_reason(response));
	}
	if (code == NULL || *code == '\0')
		code = "an error without a name";
	if (strcmp(code, "temporarily_unavailable") == 0)
		return error_set(err, ASTRO_UNREACHABLE, "try again later",
		                 "%s answered: %s", host, code);
	return error_set(err, ASTRO_DENIED, hint, "the server refused: %s%s%s",
	                 code, why != NULL ? ": " : "", why != NULL ? why : "");
}

/* RFC 6749, 7.1: a token of a type that is not understood is not to be used. */
static int check_type(const struct json *json,
                      const struct token_expected *from,
                      struct astro_error *err)
{
	const char *host = from->host;
	const char *type = json_text(json, "token_type");
	enum json_kind kind = json_kind(json, "token_type");

	if ((kind == JSON_KIND_ABSENT || kind == JSON_KIND_NULL) &&
	    strcmp(from->type, "Bearer") == 0)
		return ASTRO_OK;
	/* RFC 9449, 5: a token that was to be bound to a key, and is not. */
	if (strcmp(from->type, "DPoP") == 0 &&
	    (type == NULL || strcasecmp(type, from->type) != 0))
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "%s answered with a token that is not bound "
		                 "to the key of this login",
		                 host);
	if (type == NULL)
		return bad_answer(err, host, "an improper token_type");
	if (strcasecmp(type, from->type) != 0)
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "%s answered with a token of type %s, which "
		                 "is not supported",
		                 host, type);
	return ASTRO_OK;
}

/* Visible ASCII without blanks and quotes: it goes into a header and a file. */
static bool is_proper(const char *token)
{
	for (; *token != '\0'; token++)
		if (*token <= ' ' || *token > '~' || *token == '"' ||
		    *token == '\\')
			return false;
	return true;
}

static int take_token(struct astro_credential *credential,
                      const struct json *json, const char *name,
                      const char *host, struct astro_error *err)
{
	const char *token = json_text(json, name);
	enum json_kind kind = json_kind(json, name);
	struct astro_secret *secret;
	int status;

	if (kind == JSON_KIND_ABSENT || kind == JSON_KIND_NULL ||
	    (token != NULL && *token == '\0'))
		return ASTRO_OK;
	if (token == NULL || !is_proper(token))
		return error_set(err, ASTRO_BAD_ANSWER, NULL,
		                 "%s answered with an improper %s", host, name);
	status = secret_new(token, strlen(token), &secret, err);
	if (status == ASTRO_OK)
		status = credential_set(credential, name, secret, err);
	secret_free(secret);
	return status;
}

int64_t token_expiry_after(int64_t now, int64_t seconds)
{
	return now + (seconds < seconds_max ? seconds : seconds_max);
}

static int take_expiry(struct astro_credential *credential,
                       const struct json *json, int64_t now, const char *host,
                       struct astro_error *err)
{
	const struct astro_secret *access_token =
		credential_get(credential, "access_token");
	enum json_kind kind = json_kind(json, "expires_in");
	int64_t seconds = json_number(json, "expires_in", -1);

	if (kind == JSON_KIND_ABSENT || kind == JSON_KIND_NULL) {
		credential_expires(credential,
		                   jose_token_expiry(access_token, 0));
		return ASTRO_OK;
	}
	if (seconds < 0)
		return bad_answer(err, host, "an improper expires_in");
	credential_expires(credential, token_expiry_after(now, seconds));
	return ASTRO_OK;
}

int token_check(const struct astro_response *response,
                const struct token_expected *from,
                struct astro_credential **out, struct astro_error *err)
{
	const char *host = from->host;
	static const char *const names[] = {"access_token", "refresh_token",
	                                    "id_token"};
	const struct json *json = response_json(response);
	struct astro_credential *credential = NULL;
	size_t i;
	int status;

	*out = NULL;
	status = check_refusal(response, host, err);
	if (status == ASTRO_OK)
		status = check_type(json, from, err);
	if (status == ASTRO_OK)
		status = credential_new(&credential, err);
	for (i = 0; status == ASTRO_OK && i < 3; i++)
		status = take_token(credential, json, names[i], host, err);
	if (status == ASTRO_OK &&
	    credential_get(credential, "access_token") == NULL)
		status = bad_answer(err, host, "no access_token");
	if (status == ASTRO_OK)
		status = take_expiry(credential, json, from->now, host, err);
	if (status == ASTRO_OK) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	credential_free(credential);
	return status;
}

size_t token_add_resources(const struct astro_authorization *authorization,
                           struct astro_field *fields, size_t count)
{
	size_t i;

	for (i = 0; i < authorization->parameter_count; i++)
		if (count < CLIENT_FIELDS_MAX &&
		    strcmp(authorization->parameters[i].name, "resource") == 0)
			fields[count++] = authorization->parameters[i];
	return count;
}

int token_take(struct astro_core *core, const struct astro_server *server,
               const struct astro_response *response,
               struct astro_credential **out, struct astro_error *err)
{
	char host[300];
	const struct token_expected from = {.host = host,
	                                    .type = proved_token_type(core),
	                                    .now = clock_wall()};
	int status;

	address_host(server->token_endpoint, host, sizeof(host));
	status = token_check(response, &from, out, err);
	if (status == ASTRO_OK)
		status = proved_keep(core, *out, err);
	if (status != ASTRO_OK) {
		credential_free(*out);
		*out = NULL;
	}
	return status;
}

int token_request(struct astro_core *core, const struct astro_server *server,
                  const struct astro_client *client,
                  const struct token_form *form, struct astro_credential **out,
                  struct astro_error *err)
{
	struct astro_response *response = NULL;
	struct client_form filled;
	int status;

	*out = NULL;
	status = client_form_init(&filled, server->token_endpoint, client,
	                          form->fields, form->count, err);
	if (status == ASTRO_OK)
		status = proved_send(core, &filled.request, &response, err);
	if (status == ASTRO_OK)
		status = token_take(core, server, response, out, err);
	client_form_clear(&filled);
	response_free(response);
	return status;
}
