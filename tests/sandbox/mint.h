/* SPDX-License-Identifier: Apache-2.0 */
/* The making of tokens, for whoever has the right to them. */
#ifndef SANDBOX_MINT_H
#define SANDBOX_MINT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct sandbox;

/* For whom, and with what. */
struct mint {
	const json_t *user; /* of "users", or of "houston_users" */
	const char *family;
	const char *scope;
	const char *nonce;    /* or NULL */
	const json_t *claims; /* put over the access token's own; or NULL */
	int64_t lifetime;
	bool opaque;
};

/* Each makes a token and registers its grant; the caller frees. */
char *mint_access(struct sandbox *box, const struct mint *mint);
char *mint_refresh(struct sandbox *box, const struct mint *mint);
char *mint_houston(struct sandbox *box, const struct mint *mint);
/* OpenID Connect Core, 2; needs no grant. */
char *mint_id_token(struct sandbox *box, const struct mint *mint,
                    const char *access_token);
/* True when the blank-separated SCOPE has WORD. */
bool mint_scope_has(const char *scope, const char *word);

#endif
