/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_IDENTITY_H
#define CORE_ENGINE_OAUTH_IDENTITY_H

#include <stdbool.h>

#include <astro/provider.h>

struct http;
struct state_origin;

/* What an id_token in an answer must be about. */
struct identity_expected {
	const struct astro_server *server;
	const struct astro_client *client;
	const char *nonce; /* NULL: none was sent (a refresh) */
	/* A refresh: what the first id_token said, or NULL. */
	const struct state_origin *origin;
	/* Keys that cannot be fetched are done without, for an answer that
	 * cannot be had a second time: the id_token came straight from the
	 * token endpoint over TLS (OpenID Connect Core, 3.1.3.7, 6). */
	bool keys_may_fail;
};

/*
 * Verify the id_token of CREDENTIAL, as the token endpoint answered it, with
 * the keys of jwks_uri, prefetched where they were (OpenID Connect Core,
 * 3.1.3.7).  The claims become the credential's own.  An answer without an
 * id_token is accepted.  ASTRO_UNSAFE, the message saying which rule.
 */
int identity_verify(struct http *http, const struct identity_expected *asked,
                    struct astro_credential *credential,
                    struct astro_error *err);

#endif
