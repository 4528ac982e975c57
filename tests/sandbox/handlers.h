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

/* activate.c: Astro's device grant. */
void activate_begin(struct sandbox *, const struct request *, struct reply *);
void activate_show(struct sandbox *, const struct request *, struct reply *);
void activate_submit(struct sandbox *, const struct request *, struct reply *);

/* op_*.c: the OpenID provider. */
void op_metadata(struct sandbox *, const struct request *, struct reply *);
void op_evil_metadata(struct sandbox *, const struct request *, struct reply *);
void op_show_keys(struct sandbox *, const struct request *, struct reply *);
void op_register(struct sandbox *, const struct request *, struct reply *);
void op_push(struct sandbox *, const struct request *, struct reply *);
void op_authorize(struct sandbox *, const struct request *, struct reply *);
void op_show_login(struct sandbox *, const struct request *, struct reply *);
void op_login(struct sandbox *, const struct request *, struct reply *);
void op_device_begin(struct sandbox *, const struct request *, struct reply *);
void op_device_show(struct sandbox *, const struct request *, struct reply *);
void op_device_submit(struct sandbox *, const struct request *, struct reply *);
void op_token(struct sandbox *, const struct request *, struct reply *);
void op_userinfo(struct sandbox *, const struct request *, struct reply *);
void op_revoke(struct sandbox *, const struct request *, struct reply *);
void op_end_session(struct sandbox *, const struct request *, struct reply *);

/* houston.c */
void houston_graphql(struct sandbox *, const struct request *, struct reply *);
/* houston_page.c */
void houston_show_token(struct sandbox *, const struct request *,
                        struct reply *);
void houston_token(struct sandbox *, const struct request *, struct reply *);

/* control.c: /sandbox/, for tests. */
void control_handle(struct sandbox *, const struct request *, struct reply *);

/* op_control.c: more of it. */
void op_control_list(struct sandbox *, const struct request *, struct reply *);
void op_control_show(struct sandbox *, const struct request *, struct reply *);
void op_control_play(struct sandbox *, const struct request *, struct reply *);
void op_control_drop(struct sandbox *, const struct request *, struct reply *);
void op_control_rotate(struct sandbox *, const struct request *,
                       struct reply *);
void device_control(struct sandbox *, const struct request *, struct reply *);
void grants_control(struct sandbox *, const struct request *, struct reply *);

/* routes.c: any of the above but control_handle(). */
void routes_handle(struct sandbox *, const struct request *, struct reply *);

#endif
