/* SPDX-License-Identifier: Apache-2.0 */
/* Puts a proof into each request of a login that has a key of its own. */
#include "proved.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "http.h"
#include "json.h"
#include "proof.h"
#include "secret.h"
#include "text.h"

enum { HEADERS_MAX = 16, PROOF_MAX = 8192, HOST_SIZE = 300, SERVERS_MAX = 4 };

/* The nonce that a server wants in the next proof (RFC 9449, 8). */
struct server_nonce {
	char host[HOST_SIZE];
	char nonce[RESPONSE_NONCE_SIZE];
};

struct proved {
	struct proof_key *key;
	struct server_nonce nonces[SERVERS_MAX];
	size_t count;
};

void proved_free(struct proved *proved)
{
	if (proved == NULL)
		return;
	proof_key_free(proved->key);
	free(proved);
}

int proved_begin(struct astro_core *core, const struct astro_client *client,
                 const struct astro_credential *old, struct astro_error *err)
{
	const struct astro_secret *saved = NULL;
	struct proved *proved;
	int status;

	if ((client->flags & ASTRO_CLIENT_PROVES_POSSESSION) == 0 ||
	    core->proved != NULL)
		return ASTRO_OK;
	proved = calloc(1, sizeof(*proved));
	if (proved == NULL)
		return error_no_memory(err);
	if (old != NULL)
		saved = credential_get(old, "dpop_key");
	status = saved != NULL ? proof_key_load(saved, &proved->key, err)
	                       : proof_key_new(&proved->key, err);
	if (status != ASTRO_OK) {
		proved_free(proved);
		return status;
	}
	core->proved = proved;
	return ASTRO_OK;
}

static struct server_nonce *nonce_of(struct proved *proved, const char *host)
{
	size_t i;

	for (i = 0; i < proved->count; i++)
		if (strcmp(proved->nonces[i].host, host) == 0)
			return &proved->nonces[i];
	return NULL;
}

/* True when the server gave one that was not known. */
static bool take_nonce(struct proved *proved, const char *host,
                       const struct astro_response *response)
{
	const char *nonce = response_nonce(response);
	struct server_nonce *known = nonce_of(proved, host);

	if (nonce[0] == '\0' ||
	    (known != NULL && strcmp(known->nonce, nonce) == 0))
		return false;
	if (known == NULL && proved->count == SERVERS_MAX)
		return false;
	if (known == NULL) {
		known = &proved->nonces[proved->count++];
		(void)snprintf(known->host, sizeof(known->host), "%s", host);
	}
	(void)snprintf(known->nonce, sizeof(known->nonce), "%s", nonce);
	return true;
}

/* One attempt's own headers, and what they lend. */
struct attempt {
	struct astro_request request;
	struct astro_field headers[HEADERS_MAX];
	struct astro_secret *proof, *authorization;
};

static void attempt_clear(struct attempt *attempt)
{
	secret_free(attempt->proof);
	secret_free(attempt->authorization);
}

static int add_header(struct attempt *attempt, const char *name,
                      struct text *value, struct astro_secret **secret,
                      struct astro_error *err)
{
	int status;

	if (attempt->request.header_count == HEADERS_MAX)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "the provider sends more than %d headers",
		                 HEADERS_MAX - 2);
	status = secret_new(value->bytes, value->len, secret, err);
	if (status == ASTRO_OK)
		attempt->headers[attempt->request.header_count++] =
			(struct astro_field){name, NULL, *secret};
	return status;
}

/* RFC 9449, 7.1: another scheme, so that the token alone does not serve. */
static int add_authorization(struct attempt *attempt,
                             const struct astro_secret *bearer,
                             struct astro_error *err)
{
	struct text value;
	size_t len;
	const char *bytes = secret_bytes(bearer, &len);
	int status = ASTRO_OK;

	text_init(&value, SECRET_MAX);
	if (!text_add_string(&value, "DPoP ") || !text_add(&value, bytes, len))
		status = error_no_memory(err);
	if (status == ASTRO_OK)
		status = add_header(attempt, "Authorization", &value,
		                    &attempt->authorization, err);
	text_clear(&value);
	return status;
}

static int attempt_init(struct attempt *attempt, struct proved *proved,
                        const struct astro_request *request, const char *host,
                        struct astro_error *err)
{
	const struct server_nonce *known = nonce_of(proved, host);
	const struct proof_request proof = {
		.method = request->method != NULL ? request->method
	                  : request->field_count > 0 || request->query != NULL
	                          ? "POST"
	                          : "GET",
		.url = request->url,
		.access_token = request->bearer,
		.nonce = known != NULL ? known->nonce : NULL,
	};
	struct text value;
	int status = ASTRO_OK;

	memset(attempt, 0, sizeof(*attempt));
	attempt->request = *request;
	attempt->request.headers = attempt->headers;
	attempt->request.bearer = NULL;
	if (request->header_count > HEADERS_MAX)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "the provider sends more than %d headers",
		                 HEADERS_MAX - 2);
	if (request->header_count > 0)
		memcpy(attempt->headers, request->headers,
		       request->header_count * sizeof(attempt->headers[0]));
	text_init(&value, PROOF_MAX);
	status = proof_make(proved->key, &proof, &value, err);
	if (status == ASTRO_OK)
		status = add_header(attempt, "DPoP", &value, &attempt->proof,
		                    err);
	text_clear(&value);
	if (status == ASTRO_OK && request->bearer != NULL)
		status = add_authorization(attempt, request->bearer, err);
	return status;
}

static int send_once(struct astro_core *core,
                     const struct astro_request *request, const char *host,
                     struct astro_response **out, struct astro_error *err)
{
	const struct astro_request *requests[1];
	struct attempt attempt;
	int status = attempt_init(&attempt, core->proved, request, host, err);

	requests[0] = &attempt.request;
	if (status == ASTRO_OK)
		status = http_send(core->http, requests, 1, out, err);
	attempt_clear(&attempt);
	return status;
}

/* At the token endpoint 400 with a name (8), elsewhere a plain 401 (9). */
static bool wants_nonce(const struct astro_response *response)
{
	const char *name = json_text(response_json(response), "error");

	return response_status(response) == 401 ||
	       (name != NULL && strcmp(name, "use_dpop_nonce") == 0);
}

int proved_send(struct astro_core *core, const struct astro_request *request,
                struct astro_response **out, struct astro_error *err)
{
	const struct astro_request *requests[] = {request};
	char host[HOST_SIZE];
	int status;

	*out = NULL;
	if (core->proved == NULL)
		return http_send(core->http, requests, 1, out, err);
	address_host(request->url, host, sizeof(host));
	status = send_once(core, request, host, out, err);
	if (status != ASTRO_OK || !take_nonce(core->proved, host, *out) ||
	    !wants_nonce(*out))
		return status;
	response_free(*out);
	*out = NULL;
	status = send_once(core, request, host, out, err);
	if (status == ASTRO_OK)
		(void)take_nonce(core->proved, host, *out);
	return status;
}

const char *proved_token_type(const struct astro_core *core)
{
	return core->proved != NULL ? "DPoP" : "Bearer";
}

int proved_keep(const struct astro_core *core,
                struct astro_credential *credential, struct astro_error *err)
{
	struct astro_secret *saved;
	int status;

	if (core->proved == NULL)
		return ASTRO_OK;
	status = proof_key_save(core->proved->key, &saved, err);
	if (status != ASTRO_OK)
		return status;
	status = credential_set(credential, "dpop_key", saved, err);
	secret_free(saved);
	return status;
}
