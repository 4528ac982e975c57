/* SPDX-License-Identifier: Apache-2.0 */
/* What the metadata make of the server: its endpoints, and where they may lie.
 */
#include "session.h"

#include <stdio.h>
#include <string.h>

/* The context's key for a host that is not the issuer's. */
#define PIN_KEY "endpoint_host"

static bool text_starts(const char *text, const char *prefix)
{
	return strncmp(text, prefix, strlen(prefix)) == 0;
}

/* RFC 8414, 6.2: tokens and people go there.  What the host would refuse when
 * it is asked is refused before anything is. */
static int check_address(const struct astro_session *session, const char *key,
                         const char *address, struct astro_error *err)
{
	static const char *const loopback[] = {"http://127.", "http://[::1]",
	                                       "http://localhost"};
	size_t i;

	if (text_starts(address, "https://"))
		return ASTRO_OK;
	/* One of this machine speaks http to this machine.  Of a name that
	 * merely begins so, the host will say no. */
	for (i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++)
		if (text_starts(session->issuer, "http://") &&
		    text_starts(address, loopback[i]))
			return ASTRO_OK;
	return session->host->fail(err, ASTRO_UNSAFE, NULL,
	                           "the %s of %s is no https address: %s", key,
	                           session->issuer, address);
}

static int check_addresses(const struct astro_session *session,
                           struct astro_error *err)
{
	static const char *const keys[] = {
		"authorization_endpoint",
		"token_endpoint",
		"jwks_uri",
		"userinfo_endpoint",
		"device_authorization_endpoint",
		"pushed_authorization_request_endpoint",
		"registration_endpoint",
		"revocation_endpoint"};
	const struct astro_host *host = session->host;
	int status = ASTRO_OK;
	size_t i;

	for (i = 0; status == ASTRO_OK && i < sizeof(keys) / sizeof(keys[0]);
	     i++) {
		const char *address =
			host->answer_text(session->metadata, keys[i]);

		if (address != NULL)
			status = check_address(session, keys[i], address, err);
	}
	return status;
}

/* What it announces, the known names of it: an id_token signed otherwise is
 * somebody else's work (RFC 8725, 3.1). */
static void read_algorithms(struct astro_session *session)
{
	static const char key[] = "id_token_signing_alg_values_supported";
	static const char *const names[] = {"RS256", "RS384", "RS512", "PS256",
	                                    "PS384", "PS512", "ES256", "ES384",
	                                    "ES512", "EdDSA"};
	char *out = session->algorithms;
	size_t i, len = 0;

	out[0] = '\0';
	if (session->host->answer_count(session->metadata, key) < 0)
		return;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (discovery_lists(session, key, names[i], false))
			len += (size_t)snprintf(
				out + len, sizeof(session->algorithms) - len,
				"%s%s", len > 0 ? " " : "", names[i]);
	session->server.id_token_algorithms = out;
}

static int fill(struct astro_session *session, struct astro_error *err)
{
	const struct {
		const char *key;
		const char **address;
	} endpoints[] = {
		{"authorization_endpoint",
	         &session->server.authorization_endpoint},
		{"token_endpoint", &session->server.token_endpoint},
		{"device_authorization_endpoint",
	         &session->server.device_authorization_endpoint},
		{"pushed_authorization_request_endpoint",
	         &session->server.pushed_authorization_endpoint},
		{"revocation_endpoint", &session->server.revocation_endpoint},
		{"jwks_uri", &session->server.jwks_uri},
	};
	const struct astro_host *host = session->host;
	const struct astro_response *metadata = session->metadata;
	size_t i;

	session->server.size = sizeof(session->server);
	session->server.issuer = session->issuer;
	for (i = 0; i < sizeof(endpoints) / sizeof(endpoints[0]); i++)
		*endpoints[i].address =
			host->answer_text(metadata, endpoints[i].key);
	if (session->server.token_endpoint == NULL ||
	    session->server.authorization_endpoint == NULL)
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "the metadata of %s has no endpoints to log "
		                  "in with",
		                  session->issuer);
	if (session->is_openid && session->server.jwks_uri == NULL)
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "the metadata of %s has no jwks_uri",
		                  session->issuer);
	/* Announced: no id_token passes without a signature. */
	session->server.flags |= ASTRO_SERVER_PUBLISHES_KEYS;
	read_algorithms(session);
	if (host->answer_flag(metadata,
	                      "authorization_response_iss_parameter_supported",
	                      0))
		session->server.flags |= ASTRO_SERVER_NAMES_ITSELF;
	if (host->answer_flag(metadata, "require_pushed_authorization_requests",
	                      0))
		session->server.flags |= ASTRO_SERVER_WANTS_PUSHED;
	return ASTRO_OK;
}

int server_fill(struct astro_session *session, struct astro_error *err)
{
	int status = check_addresses(session, err);

	return status == ASTRO_OK ? fill(session, err) : status;
}

/* HOST:PORT of ADDRESS. */
static const char *authority(const char *address, int *len)
{
	const char *at = strstr(address, "://");

	at = at == NULL ? address : at + 3;
	*len = (int)strcspn(at, "/?#");
	return at;
}

static bool is_at(const char *address, const char *host, int len)
{
	int own_len;
	const char *own = authority(address, &own_len);

	return own_len == len && strncmp(own, host, (size_t)len) == 0;
}

int server_keep_pin(const struct astro_session *session,
                    struct astro_credential *credential,
                    struct astro_error *err)
{
	const struct astro_host *host = session->host;
	char pin[ADDRESS_MAX];
	int len;
	const char *at = authority(session->server.token_endpoint, &len);

	if (is_at(session->issuer, at, len))
		return ASTRO_OK;
	(void)snprintf(pin, sizeof(pin), "%.*s", len, at);
	return host->credential_set_text(credential, PIN_KEY, pin, err);
}

/* The refresh token goes there, and nobody looks. */
static int check_pin(const struct astro_session *session, const char *what,
                     const char *address, struct astro_error *err)
{
	const struct astro_host *host = session->host;
	const char *pin = host->setting(session->settings, PIN_KEY);
	int len;
	const char *at;

	if (address == NULL)
		return ASTRO_OK;
	at = authority(address, &len);
	if (is_at(session->issuer, at, len) ||
	    (pin != NULL && is_at(pin, at, len)))
		return ASTRO_OK;
	return host->fail(err, ASTRO_UNSAFE,
	                  "if you know that it has moved, log in again",
	                  "the %s endpoint of %s is at another host than at "
	                  "the login: %.*s",
	                  what, session->issuer, len, at);
}

int server_check_pin(const struct astro_session *session,
                     struct astro_error *err)
{
	const struct astro_server *server = &session->server;
	int status = check_pin(session, "token", server->token_endpoint, err);

	return status == ASTRO_OK ? check_pin(session, "revocation",
	                                      server->revocation_endpoint, err)
	                          : status;
}
