/* SPDX-License-Identifier: Apache-2.0 */
/* One login to a Software installation, whose API is called Houston. */
#ifndef PLUGINS_SOFTWARE_SESSION_H
#define PLUGINS_SOFTWARE_SESSION_H

#include <stdbool.h>

#include <astro/provider.h>

enum { ADDRESS_MAX = 1024, USERNAME_MAX = 320 };

struct astro_session {
	const struct astro_host *host;
	const struct astro_settings *settings;
	char api[ADDRESS_MAX];  /* "https://houston.example.com:443/v1" */
	char page[ADDRESS_MAX]; /* where a person gets a token */

	/* What the person gave: a name and a password, or a token. */
	char username[USERNAME_MAX + 1];
	struct astro_secret *password;
	struct astro_secret *token;
};

/*
 * graphql.c
 */

/* One operation, constant but for its variables. */
struct operation {
	const char *what;  /* for messages: "the workspaces" */
	const char *query; /* constant text */
	const struct astro_field *variables;
	size_t variable_count;
	uint32_t flags; /* of struct astro_request */
};
/* ASTRO_OK means an answer without errors.  TOKEN may be NULL. */
astro_result graphql_ask(struct astro_session *session,
                         const struct operation *operation,
                         const struct astro_secret *token,
                         struct astro_response **out, struct astro_error *err);

/*
 * login.c: a name and a password, or a pasted token
 */
astro_result login_prompt(struct astro_session *session,
                          struct astro_error *err);
astro_result login_authenticate(struct astro_session *session,
                                struct astro_credential **out,
                                struct astro_error *err);

/*
 * workspace.c
 */
astro_result workspace_list(struct astro_session *session,
                            const struct astro_credential *credential,
                            struct astro_listing *listing,
                            struct astro_error *err);

/*
 * version.c
 */

/* Whether VERSION ("0.37.2") is MAJOR.MINOR.PATCH or a later one.  One that is
 * no version is a new one. */
bool version_reaches(const char *version, unsigned long major,
                     unsigned long minor, unsigned long patch);

/*
 * registry.c: the installation's container registry.  Nothing of it fails a
 * login, but that it was cancelled; ERR is for its requests alone.
 */
int registry_settle(struct astro_session *session,
                    const struct astro_credential *credential,
                    struct astro_error *err);

#endif
