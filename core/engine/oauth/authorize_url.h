/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_AUTHORIZE_URL_H
#define CORE_ENGINE_OAUTH_AUTHORIZE_URL_H

#include <astro/provider.h>

struct text;

/* What is new in every attempt. */
struct authorize_attempt {
	const char *redirect_uri; /* with the real port */
	const char *state, *nonce, *challenge;
};

/*
 * Add the address of the authorization request (RFC 6749, 4.1.1; RFC 7636,
 * 4.3) to OUT: visible ASCII without blanks.  ASTRO_UNSAFE for an endpoint by
 * plain http on another machine, ASTRO_BAD_PLUGIN for parameters that are not
 * the provider's to set.
 */
int authorize_url_make(const struct astro_authorization *authorization,
                       const struct authorize_attempt *attempt,
                       struct text *out, struct astro_error *err);
/*
 * The same, with the request pushed to the server before (RFC 9126): the
 * address holds only its name, and nothing of it is seen on a command line or
 * in a history.  ASTRO_DENIED when the server refuses it.
 */
int authorize_url_push(struct astro_core *core,
                       const struct astro_authorization *authorization,
                       const struct authorize_attempt *attempt,
                       struct text *out, struct astro_error *err);

#endif
