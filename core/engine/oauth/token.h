/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_TOKEN_H
#define CORE_ENGINE_OAUTH_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

/* The fields of a grant (RFC 6749, 4.1.3 or 6), without the client's. */
struct token_form {
	const struct astro_field *fields;
	size_t count;
};

/*
 * Ask the server's token endpoint with FORM and check the answer (RFC 6749,
 * 5.1): visible ASCII, token_type Bearer, expires_in.  The credential gets
 * "access_token", "refresh_token", "id_token" and the time of expiry.  An
 * `error` member of any status is ASTRO_DENIED with its description.
 */
int token_request(struct astro_core *core, const struct astro_server *server,
                  const struct astro_client *client,
                  const struct token_form *form, struct astro_credential **out,
                  struct astro_error *err);

/*
 * Add to FIELDS, which has room for CLIENT_FIELDS_MAX and holds COUNT, each
 * `resource` of the authorization request: the token is for those that the
 * token request names (RFC 8707, 2.2).  The new count.
 */
size_t token_add_resources(const struct astro_authorization *authorization,
                           struct astro_field *fields, size_t count);

/* The same of a RESPONSE that came otherwise. */
int token_take(struct astro_core *core, const struct astro_server *server,
               const struct astro_response *response,
               struct astro_credential **out, struct astro_error *err);

/* Where an answer is from, and what it must be. */
struct token_expected {
	const char *host;
	const char *type; /* "Bearer" or "DPoP" */
	int64_t now;
};
/* The part of it that needs no network. */
int token_check(const struct astro_response *response,
                const struct token_expected *from,
                struct astro_credential **out, struct astro_error *err);

/* The expiry for an expires_in of SECONDS received at NOW, capped at ten
 * years. */
int64_t token_expiry_after(int64_t now, int64_t seconds);

#endif
