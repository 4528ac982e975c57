/* SPDX-License-Identifier: Apache-2.0 */
/* The device grant, RFC 8628, for whoever offers it here. */
#ifndef SANDBOX_DEVICE_H
#define SANDBOX_DEVICE_H

#include <stdint.h>

#include <jansson.h>

struct reply;
struct request;
struct sandbox;

#define DEVICE_GRANT_TYPE "urn:ietf:params:oauth:grant-type:device_code"

struct device_site {
	const char *kind;           /* of its grants: "device" */
	const char *path;           /* of the verification page: "/activate" */
	const char *base;           /* "http://localhost:8888" */
	const char *service;        /* whom the person trusts: "Astro" */
	int64_t interval, lifetime; /* seconds */
	const json_t *script;       /* what the polls answer first */
};

/* Answer a device authorization request (3.2).  DETAILS, taken over, become
 * the grant's: "client_id" and "scope" are wanted. */
void device_begin(struct sandbox *box, const struct device_site *site,
                  struct reply *reply, json_t *details);
/*
 * A poll (3.4) for CODE by CLIENT_ID: the grant, lent and spent, with the
 * person's "sub", once it has been approved; otherwise NULL and the refusal in
 * REPLY.
 */
json_t *device_poll(struct sandbox *box, const struct device_site *site,
                    const char *code, const char *client_id,
                    struct reply *reply);
/* The verification page, and what was filled in there. */
void device_show_page(const struct device_site *site,
                      const struct request *request, struct reply *reply);
void device_submit(struct sandbox *box, const struct device_site *site,
                   const struct request *request, struct reply *reply);

/*
 * What a person would do there, without a page.  ACTION: "approve" as the user
 * with the address EMAIL, "deny", "expire".  USER_CODE NULL: the youngest.
 * NULL when done, otherwise what is wrong.
 */
const char *device_act(struct sandbox *box, const char *user_code,
                       const char *action, const char *email);

#endif
