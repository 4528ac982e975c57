/* SPDX-License-Identifier: Apache-2.0 */
/* Proofs of possession (RFC 9449): a key made for one login, and what it
 * signs. */
#ifndef CORE_ENGINE_OAUTH_PROOF_H
#define CORE_ENGINE_OAUTH_PROOF_H

#include <astro/provider.h>

struct text;
struct proof_key;

/* A new key for ES256, from the system's random source. */
int proof_key_new(struct proof_key **out, struct astro_error *err);
/* The key as a private JWK (RFC 7517), and back: it is kept with the tokens
 * that are bound to it.  ASTRO_BAD_CONFIG where it is none. */
int proof_key_save(const struct proof_key *key, struct astro_secret **out,
                   struct astro_error *err);
int proof_key_load(const struct astro_secret *saved, struct proof_key **out,
                   struct astro_error *err);
/* Wipes; accepts NULL. */
void proof_key_free(struct proof_key *key);

/* What a proof is for. */
struct proof_request {
	const char *method;
	const char *url; /* without its query and fragment it is `htu` */
	const struct astro_secret *access_token; /* for `ath`, or NULL */
	const char *nonce;                       /* the server's, or NULL */
};

/* Add the proof, a JWT (4.2), to OUT. */
int proof_make(const struct proof_key *key, const struct proof_request *request,
               struct text *out, struct astro_error *err);

#endif
