/* SPDX-License-Identifier: Apache-2.0 */
/* Who answers which request.  All are called with the sandbox locked. */
#ifndef SANDBOX_HANDLERS_H
#define SANDBOX_HANDLERS_H

#include <stdbool.h>

struct reply;
struct request;
struct sandbox;

/* oauth.c: what the browser sees. */
void oauth_authorize(struct sandbox *, const struct request *, struct reply *);
void oauth_show_login(struct sandbox *, const struct request *, struct reply *);
void oauth_login(struct sandbox *, const struct request *, struct reply *);

/* token.c: what the client asks behind its back. */
void token_issue(struct sandbox *, const struct request *, struct reply *);
void token_revoke(struct sandbox *, const struct request *, struct reply *);
void token_userinfo(struct sandbox *, const struct request *, struct reply *);

/* discovery.c */
void discovery_document(struct sandbox *, const struct request *,
                        struct reply *);
void discovery_keys(struct sandbox *, const struct request *, struct reply *);
void discovery_auth_config(struct sandbox *, const struct request *,
                           struct reply *);

/* astro_api.c */
void astro_self(struct sandbox *, const struct request *, struct reply *);
void astro_organization(struct sandbox *, const struct request *,
                        struct reply *);
void astro_organizations(struct sandbox *, const struct request *,
                         struct reply *);
void astro_workspaces(struct sandbox *, const struct request *, struct reply *);
void astro_lookup(struct sandbox *, const struct request *, struct reply *);

/* houston.c */
void houston_graphql(struct sandbox *, const struct request *, struct reply *);
/* houston_page.c */
void houston_show_token(struct sandbox *, const struct request *,
                        struct reply *);
void houston_token(struct sandbox *, const struct request *, struct reply *);

/* control.c: /sandbox/, for tests. */
void control_handle(struct sandbox *, const struct request *, struct reply *);

/* routes.c: any of the above but control_handle(). */
void routes_handle(struct sandbox *, const struct request *, struct reply *);

#endif
