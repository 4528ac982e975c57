/* SPDX-License-Identifier: Apache-2.0 */
/* id_tokens, verified.  A door to the JOSE library; proof.h is the other. */
#ifndef CORE_ENGINE_OAUTH_JOSE_H
#define CORE_ENGINE_OAUTH_JOSE_H

#include <stdint.h>

#include <astro/provider.h>

struct json;
struct state_origin;

/* The last second of the year 9999: what is beyond is no time. */
#define JOSE_TIME_MAX INT64_C(253402300799)

/* Once, before the JOSE library is used: the wiping allocator. */
void jose_setup(void);

/* What an id_token must say (OpenID Connect Core, 3.1.3.7). */
struct jose_expected {
	const char *issuer;
	const char *client_id;
	/* What may sign it, separated by blanks (RFC 8725, 3.1), or NULL: any
	 * of those below. */
	const char *algorithms;
	const char *nonce; /* NULL: none was sent (a refresh) */
	/* What the first id_token of the login said (12.2), or NULL. */
	const struct state_origin *origin;
	const struct astro_secret *access_token; /* for at_hash, or NULL */
	int64_t now;
};

/*
 * Check structure, algorithm (RS, PS, ES 256 to 512, EdDSA), signature and
 * claims.  JWKS NULL: the server publishes no keys, the signature is not
 * checked.  *CLAIMS is the payload.  ASTRO_UNSAFE, the message saying which
 * rule; ASTRO_NOT_FOUND when no key of JWKS has the token's kid (the caller
 * may fetch the keys anew, once).
 */
int jose_verify(const struct astro_secret *id_token, const struct json *jwks,
                const struct jose_expected *expected, struct json **claims,
                struct astro_error *err);

/* The exp claim of a JWT, unverified: to show and to plan with, nothing to
 * trust.  FALLBACK where there is none. */
int64_t jose_token_expiry(const struct astro_secret *token, int64_t fallback);
/* Any NumericDate ("iat"), likewise. */
int64_t jose_token_time(const struct astro_secret *token, const char *claim,
                        int64_t fallback);
/* A text claim ("sub") of a JWT, likewise, for free(); NULL where there is
 * none. */
char *jose_token_text(const struct astro_secret *token, const char *claim);

#endif
