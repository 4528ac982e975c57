/* SPDX-License-Identifier: Apache-2.0 */
/* A login that has begun on a page, and belongs to the browser that began. */
#ifndef SANDBOX_TRANSACTION_H
#define SANDBOX_TRANSACTION_H

#include <jansson.h>

struct reply;
struct request;
struct sandbox;

/* Where the page is. */
struct transaction_site {
	const char *kind; /* of its grants: "login" */
	const char *path; /* of its page: "/login" */
	const char *base; /* "http://localhost:8888" */
};

/*
 * Keep DETAILS (taken over) and send the browser to the page.  A cookie has the
 * same value as the transaction's "browser".
 */
void transaction_begin(struct sandbox *box, const struct transaction_site *site,
                       struct reply *reply, json_t *details);
/* The transaction, lent, if it is open and this browser's own; NULL if not. */
json_t *transaction_find(struct sandbox *box,
                         const struct transaction_site *site,
                         const struct request *request, const char *name);
/* The page itself.  COMPLAINT about the last attempt may be NULL. */
void transaction_show(struct reply *reply, const struct transaction_site *site,
                      const char *name, const char *user,
                      const char *complaint);
/* To the person, of status 400: nothing may be sent to an address that is not
 * known (RFC 6749, 4.1.2.1). */
void transaction_refuse(struct reply *reply, const char *message);
/* The same, when transaction_find() found none. */
void transaction_lost(struct reply *reply);

#endif
