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
	TEXT_MAX = 2048, /* of a claim that is kept */
	PARAMETERS_MAX = 16
};

struct astro_session {
	const struct astro_host *host;
	const struct astro_settings *settings;
	char issuer[ADDRESS_MAX];

	/* What the issuer publishes of itself; the server's members are lent
	 * by it.  NULL until discovery_fetch(). */
	struct astro_response *metadata;
	bool is_openid; /* not only OAuth (RFC 8414) */
	struct astro_server server;

	/* Whom it knows us as. */
	char client_id[ID_MAX];
	struct astro_secret *client_secret; /* or NULL */
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
 * client.c: who we are to it
 */

/* Fills client, scopes and parameters: from the flags, the context, or, where
 * MAY_REGISTER and the issuer offers it, by registering (RFC 7591). */
astro_result client_settle(struct astro_session *session, bool may_register,
                           struct astro_error *err);

/*
 * account.c: who logged in
 */

/* Puts "subject" and "user_email" into CREDENTIAL, from the id_token and the
 * userinfo endpoint (OpenID Connect Core, 5.3). */
astro_result account_identify(struct astro_session *session,
                              struct astro_credential *credential,
                              struct astro_error *err);

#endif
