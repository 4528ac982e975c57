/* SPDX-License-Identifier: Apache-2.0 */
/* Requests with a proof of possession (RFC 9449), where the login has a key;
 * every other goes out as it is. */
#ifndef CORE_ENGINE_OAUTH_PROVED_H
#define CORE_ENGINE_OAUTH_PROVED_H

#include <astro/provider.h>

struct proved;

/*
 * CLIENT's wish: with ASTRO_CLIENT_PROVES_POSSESSION the run's requests are
 * proven from now on, by OLD's "dpop_key" (OLD may be NULL), else by a new key.
 * Again: nothing happens.
 */
int proved_begin(struct astro_core *core, const struct astro_client *client,
                 const struct astro_credential *old, struct astro_error *err);
/* Accepts NULL. */
void proved_free(struct proved *proved);

/* As http_send() of one request.  A server that wants a nonce of its own in the
 * proof gets it at once, and once (RFC 9449, 8). */
int proved_send(struct astro_core *core, const struct astro_request *request,
                struct astro_response **out, struct astro_error *err);

/* What token_type an answer must have: "DPoP" where proofs are made (RFC 9449,
 * 5), else "Bearer". */
const char *proved_token_type(const struct astro_core *core);
/* Put "dpop_key" into the credential that is bound to it. */
int proved_keep(const struct astro_core *core,
                struct astro_credential *credential, struct astro_error *err);

#endif
