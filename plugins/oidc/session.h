/* SPDX-License-Identifier: Apache-2.0 */
/* One login to an OpenID provider, and what the files of this plugin do. */
#ifndef PLUGINS_OIDC_SESSION_H
#define PLUGINS_OIDC_SESSION_H

#include <stdbool.h>

#include <astro/provider.h>

enum {
	ADDRESS_MAX = 2048,
	SCOPES_MAX = 1024,
	ID_MAX = 1024,
	TEXT_MAX = 2048,     /* of a claim that is kept */
	ALGORITHMS_MAX = 80, /* ten names and the blanks between */
	PARAMETERS_MAX = 16
};

/* How a client with a secret proves itself (RFC 7591, 2): a key of the context,
 * for which "token" in a name would make a secret. */
#define METHOD_KEY "client_auth_method"
#define METHOD_BASIC "client_secret_basic"
#define METHOD_POST "client_secret_post"

struct astro_session {
	const struct astro_host *host;
	const struct astro_settings *settings;
	char issuer[ADDRESS_MAX];

	/* What the issuer publishes of itself; the server's members are lent
	 * by it.  NULL until discovery_fetch(). */
	struct astro_response *metadata;
	bool is_openid; /* not only OAuth (RFC 8414) */
	struct astro_server server;
	char algorithms[ALGORITHMS_MAX]; /* the server's, lent to it */

	/* Whom it knows us as. */
	char client_id[ID_MAX];
	struct astro_secret *client_secret; /* or NULL */
	bool posts_secret;                  /* in the form, not by HTTP Basic */
	struct astro_client client;
	char scopes[SCOPES_MAX];

	/* More parameters of its requests, as the context has them. */
	char *extra; /* "name=value" pairs, taken apart in place */
	struct astro_field parameters[PARAMETERS_MAX];
	size_t parameter_count;

	struct astro_secret *token; /* given, instead of a login */
};

/*
 * discovery.c: what the issuer says about itself
 */

/* Fills session->issuer from the context. */
astro_result discovery_locate(struct astro_session *session,
                              struct astro_error *err);
/* Asks for its metadata (OpenID Connect Discovery, 4; RFC 8414, 3) and fills
 * session->server.  ASTRO_UNSAFE when it is another issuer's. */
astro_result discovery_fetch(struct astro_session *session,
                             struct astro_error *err);
/* True where the metadata's array KEY has VALUE; FALLBACK where there is no
 * such array. */
bool discovery_lists(const struct astro_session *session, const char *key,
                     const char *value, bool fallback);

/*
 * server.c: what the metadata make of the server
 */

/* Fills session->server.  ASTRO_UNSAFE where an endpoint is reached by plain
 * http, ASTRO_BAD_ANSWER where one is missing. */
astro_result server_fill(struct astro_session *session,
                         struct astro_error *err);
/* Puts the host of the token endpoint into CREDENTIAL where it is not the
 * issuer's own. */
astro_result server_keep_pin(const struct astro_session *session,
                             struct astro_credential *credential,
                             struct astro_error *err);
/* ASTRO_UNSAFE where an endpoint that gets the refresh token lies neither on
 * the issuer's host nor on the one of the login: the metadata of one moment
 * must not carry off a login of months. */
astro_result server_check_pin(const struct astro_session *session,
                              struct astro_error *err);

/*
 * client.c: who we are to it
 */

/* Fills client, scopes and parameters: from the flags, the context, or, where
 * MAY_REGISTER and the issuer offers it, by registering (RFC 7591). */
astro_result client_settle(struct astro_session *session, bool may_register,
                           struct astro_error *err);

/*
 * registration.c: a client made on the spot
 */

/* Registers (RFC 7591, 3) and fills client_id, client_secret and posts_secret.
 * ASTRO_BAD_CONFIG where the issuer offers no registration, ASTRO_DENIED where
 * it refuses it. */
astro_result registration_run(struct astro_session *session,
                              struct astro_error *err);

/*
 * account.c: who logged in
 */

/* Puts "subject" and "user_email" into CREDENTIAL, from the id_token and the
 * userinfo endpoint (OpenID Connect Core, 5.3). */
astro_result account_identify(struct astro_session *session,
                              struct astro_credential *credential,
                              struct astro_error *err);

/*
 * end_session.c: the person's session in the browser
 */

/* Asks the browser to end it, and shows the address in any case.
 * ASTRO_UNSUPPORTED: the issuer publishes none. */
astro_result end_session_open(struct astro_session *session,
                              struct astro_error *err);

#endif
