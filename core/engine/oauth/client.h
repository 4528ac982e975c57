/* SPDX-License-Identifier: Apache-2.0 */
/* How the client says who it is (RFC 6749, 2.3 and 3.2.1). */
#ifndef CORE_ENGINE_OAUTH_CLIENT_H
#define CORE_ENGINE_OAUTH_CLIENT_H

#include <stddef.h>

#include <astro/provider.h>

enum { CLIENT_FIELDS_MAX = 24 };

/* A form to an endpoint of the server, with the client's part in it. */
struct client_form {
	struct astro_field fields[CLIENT_FIELDS_MAX];
	size_t count;
	struct astro_field header; /* HTTP Basic */
	struct astro_secret *basic;
	struct astro_request request;
};

/*
 * Fill FORM with FIELDS (COUNT of them, lent) and what CLIENT adds: client_id,
 * or its secret by HTTP Basic, or by the form where it says so.
 * client_form_clear() gives it back, whatever this returned.
 */
int client_form_init(struct client_form *form, const char *endpoint,
                     const struct astro_client *client,
                     const struct astro_field *fields, size_t count,
                     struct astro_error *err);
void client_form_clear(struct client_form *form);

#endif
