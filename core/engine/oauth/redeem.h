/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_REDEEM_H
#define CORE_ENGINE_OAUTH_REDEEM_H

#include <astro/provider.h>

/* The code, and what proves that it is ours. */
struct redeem_grant {
	const char *redirect_uri; /* as in the authorization request */
	const char *nonce;
	const struct astro_secret *code, *verifier;
};

/*
 * Trade a code for a credential (RFC 6749, 4.1.3) and verify its id_token with
 * the keys of jwks_uri, prefetched where they were.  The claims become the
 * credential's own; a server that sends no id_token is accepted.
 */
int redeem_code(struct astro_core *core,
                const struct astro_authorization *authorization,
                const struct redeem_grant *grant, struct astro_credential **out,
                struct astro_error *err);

#endif
