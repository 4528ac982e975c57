/* SPDX-License-Identifier: Apache-2.0 */
/* One login to Astro, and what the files of this provider do for it. */
#ifndef PLUGINS_ASTRO_SESSION_H
#define PLUGINS_ASTRO_SESSION_H

#include <stdbool.h>

#include <astro/provider.h>

enum {
	ADDRESS_MAX = 2048,
	ID_MAX = 256,
	EMAIL_MAX = 254, /* RFC 5321, 4.5.3.1.3, less the angle brackets */
	PAGES_MAX = 100  /* of any list */
};

/* Where the API at %s says how to log in. */
#define CONFIG_FORMAT "%s/private/v1alpha1/cli/auth-config"

struct astro_session {
	const struct astro_host *host;
	const struct astro_settings *settings;
	/* "https://api.astronomer.io", without a "/" at the end. */
	char api[ADDRESS_MAX];

	/* From auth-config; the issuer ends in "/", and the server's endpoints
	 * are below it. */
	char issuer[ADDRESS_MAX];
	char authorization[ADDRESS_MAX], token_endpoint[ADDRESS_MAX];
	char revocation[ADDRESS_MAX], keys[ADDRESS_MAX];
	char metadata[ADDRESS_MAX];
	char client_id[ID_MAX];
	struct astro_server server;
	struct astro_client client;
	char audience[ADDRESS_MAX];
	bool organization_first; /* look the account's organization up */

	/* What the person said; "" where nothing. */
	char email[EMAIL_MAX + 1];
	/* The identity server's own id of an organization, to log in to. */
	char login_organization[ID_MAX];
	struct astro_secret *token; /* given, instead of the browser */
};

/*
 * config.c: which server, and what it says about logging in
 */

/* Fills session->api from the context's domain. */
astro_result config_locate(struct astro_session *session,
                           struct astro_error *err);
/* Asks for auth-config. */
astro_result config_fetch(struct astro_session *session,
                          struct astro_error *err);
/* Fills session->login_organization for session->email. */
astro_result config_lookup_organization(struct astro_session *session,
                                        struct astro_error *err);

/*
 * request.c: the API's way of asking and of refusing
 */

/* ADDRESS = the printed text; ASTRO_BAD_ANSWER when it does not fit. */
astro_result address_format(const struct astro_session *session,
                            char address[ADDRESS_MAX], struct astro_error *err,
                            const char *fmt, ...) ASTRO_PRINTF(4, 5);
/* A GET of ADDRESS with the API's headers. */
void request_prepare(struct astro_request *request, const char *address,
                     const struct astro_secret *bearer);
/* ASTRO_OK for 200 and 204; otherwise WHAT was refused, and why. */
astro_result answer_check(const struct astro_session *session,
                          const struct astro_response *answer, const char *what,
                          struct astro_error *err);
/* request_prepare(), http() and answer_check() in one. */
astro_result api_get(struct astro_session *session, const char *address,
                     const struct astro_secret *bearer, const char *what,
                     struct astro_response **out, struct astro_error *err);

/*
 * account.c: whose token is this, and may they come in
 */

/* True for what may stand as an e-mail address in a file and a URL. */
bool email_is_sane(const char *email);
/* Asks everything about the account at once, and puts its e-mail address and
 * organization into CREDENTIAL. */
astro_result account_verify(struct astro_session *session,
                            struct astro_credential *credential,
                            struct astro_error *err);

/*
 * organization.c
 */

/* The organization to log in to: an answer in advance, else the context's. */
struct organization_wish {
	char id[ID_MAX]; /* "" when there is no wish */
	bool given;      /* by the person, for this login */
};
astro_result organization_wish_read(struct astro_session *session,
                                    struct organization_wish *wish,
                                    struct astro_error *err);
/* Where to ask first. */
astro_result organization_address(const struct astro_session *session,
                                  const struct organization_wish *wish,
                                  char address[ADDRESS_MAX],
                                  struct astro_error *err);
/* Select one, from the ANSWER to that and what else must be asked, and put it
 * into CREDENTIAL.  ANSWER is taken over. */
astro_result organization_select(struct astro_session *session,
                                 const struct organization_wish *wish,
                                 struct astro_response *answer,
                                 struct astro_credential *credential,
                                 struct astro_error *err);

/*
 * workspace.c
 */
astro_result workspace_list(struct astro_session *session,
                            const struct astro_credential *credential,
                            struct astro_listing *listing,
                            struct astro_error *err);

#endif
