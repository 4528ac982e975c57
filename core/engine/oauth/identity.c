/* SPDX-License-Identifier: Apache-2.0 */
/* Whose token an answer of the token endpoint is: its id_token, verified. */
#include "identity.h"

#include <stdbool.h>
#include <stddef.h>

#include "address.h"
#include "clock.h"
#include "credential.h"
#include "error.h"
#include "http.h"
#include "jose.h"
#include "json.h"
#include "log.h"

/* The keys, new from the server. */
static int fetch_keys(struct http *http, const char *jwks_uri,
                      struct astro_response **out, struct astro_error *err)
{
	struct astro_request request = {.size = sizeof(request),
	                                .url = jwks_uri};
	const struct astro_request *one = &request;

	return http_send(http, &one, 1, out, err);
}

/* *KEYS is NULL when the server says that it publishes none (any 4xx): then the
 * token stands by the TLS it came over (OpenID Connect Core, 3.1.3.7, 6).  A
 * server that merely cannot be asked is no such server, nor is one that has
 * announced them. */
static int keys_of(const struct astro_response *response,
                   const struct astro_server *server, const struct json **keys,
                   struct astro_error *err)
{
	bool announced = (server->flags & ASTRO_SERVER_PUBLISHES_KEYS) != 0;
	int status = response_status(response);
	char host[256];

	*keys = NULL;
	if (status >= 400 && status < 500 && !announced)
		return ASTRO_OK;
	if (status == 200 && response_json(response) != NULL) {
		*keys = response_json(response);
		return ASTRO_OK;
	}
	address_host(server->jwks_uri, host, sizeof(host));
	return error_set(err, ASTRO_BAD_ANSWER, NULL,
	                 "%s answered %d when it was asked for its keys", host,
	                 status);
}

/* The keys as they were prefetched, or new: in a refresh, whose answer lies
 * unsaved meanwhile, what was not there in time is not waited for again. */
static int find_keys(struct http *http, const struct identity_expected *asked,
                     bool is_second, struct astro_response **out,
                     struct astro_error *err)
{
	const char *jwks_uri = asked->server->jwks_uri;

	*out = is_second ? NULL : http_prefetched(http, jwks_uri);
	if (*out != NULL)
		return ASTRO_OK;
	if (asked->keys_may_fail && !is_second)
		return error_set(err, ASTRO_UNREACHABLE, NULL,
		                 "the keys did not come in time");
	return fetch_keys(http, jwks_uri, out, err);
}

static int verify_with(struct http *http, const struct identity_expected *asked,
                       bool is_second, const struct astro_secret *id_token,
                       const struct jose_expected *expected,
                       struct json **claims, struct astro_error *err)
{
	struct astro_response *response = NULL;
	const struct json *keys;
	int status = find_keys(http, asked, is_second, &response, err);

	if (status == ASTRO_OK)
		status = keys_of(response, asked->server, &keys, err);
	if (status == ASTRO_OK)
		status = jose_verify(id_token, keys, expected, claims, err);
	response_free(response);
	return status;
}

int identity_verify(struct http *http, const struct identity_expected *asked,
                    struct astro_credential *credential,
                    struct astro_error *err)
{
	const struct astro_secret *id_token =
		credential_get(credential, "id_token");
	const struct jose_expected expected = {
		.issuer = asked->server->issuer,
		.client_id = asked->client->id,
		.algorithms = asked->server->id_token_algorithms,
		.nonce = asked->nonce,
		.origin = asked->origin,
		.access_token = credential_get(credential, "access_token"),
		.now = clock_wall(),
	};
	struct json *claims = NULL;
	int status;

	if (id_token == NULL) {
		log_write(ASTRO_DEBUG, "the server sent no id_token");
		return ASTRO_OK;
	}
	if (asked->server->jwks_uri == NULL) {
		status = jose_verify(id_token, NULL, &expected, &claims, err);
	} else {
		status = verify_with(http, asked, false, id_token, &expected,
		                     &claims, err);
		/* Keys change; they were fetched when the wait began. */
		if (status == ASTRO_NOT_FOUND)
			status = verify_with(http, asked, true, id_token,
			                     &expected, &claims, err);
		if (status == ASTRO_NOT_FOUND)
			status = error_set(err, ASTRO_UNSAFE, NULL,
			                   "the id_token is signed with an "
			                   "unknown key");
	}
	if (asked->keys_may_fail &&
	    (status == ASTRO_UNREACHABLE || status == ASTRO_BAD_ANSWER)) {
		log_write(ASTRO_DEBUG, "the id_token's signature: %s",
		          err->message);
		status = jose_verify(id_token, NULL, &expected, &claims, err);
	}
	if (status == ASTRO_OK)
		credential_own_claims(credential, claims);
	return status;
}
