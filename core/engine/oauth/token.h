/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_TOKEN_H
#define CORE_ENGINE_OAUTH_TOKEN_H

#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

struct http;

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
int token_request(struct http *http, const struct astro_server *server,
                  const struct astro_client *client,
                  const struct token_form *form, struct astro_credential **out,
                  struct astro_error *err);

/* The part of it that needs no network: RESPONSE came from HOST at NOW. */
int token_check(const struct astro_response *response, const char *host,
                int64_t now, struct astro_credential **out,
                struct astro_error *err);

/* The expiry for an expires_in of SECONDS received at NOW, capped at ten
 * years. */
int64_t token_expiry_after(int64_t now, int64_t seconds);

#endif
