/* SPDX-License-Identifier: Apache-2.0 */
/* One request as it came, and the answer to it. */
#ifndef SANDBOX_EXCHANGE_H
#define SANDBOX_EXCHANGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

#include "text.h"

enum { BODY_MAX = 1024 * 1024, ANSWER_MAX = 64 * 1024 * 1024 };

struct request {
	char method[16];
	char *path;
	char *query; /* as it came, "" when there was none */
	struct text body;
	json_t *headers;   /* names in lower case */
	json_t *arguments; /* of the query; NULL: malformed */
	char *operation;   /* the GraphQL field asked for, or NULL */
	unsigned long connection;
};

struct reply {
	unsigned status; /* 0: nobody answered yet */
	json_t *headers;
	struct text body;

	/* Damage on the way, see faults.c. */
	bool drop;       /* close without an answer */
	bool reset;      /* ... with a TCP reset */
	bool raw;        /* BODY is all that goes over the wire */
	bool unsized;    /* chunked, without Content-Length */
	size_t padding;  /* blanks before the body */
	int64_t cut;     /* close after that many bytes; -1: do not */
	int64_t drip_ms; /* between two bytes */
};

void request_init(struct request *request, const char *target);
void request_clear(struct request *request);
/* A header by its name in lower case, or NULL. */
const char *request_header(const struct request *request, const char *name);
/* A value of the query, or NULL. */
const char *request_argument(const struct request *request, const char *name);
/* The body as a form or as JSON, NULL when it is none; the caller frees. */
json_t *request_form(const struct request *request);
json_t *request_json(const struct request *request);
/* The INDEXth segment of the path, from 0, copied; the caller frees. */
char *request_segment(const struct request *request, unsigned index);

void reply_init(struct reply *reply);
void reply_clear(struct reply *reply);
void reply_header(struct reply *reply, const char *name, const char *value);
/* Takes BODY over. */
void reply_json(struct reply *reply, unsigned status, json_t *body);
/* {"message", "statusCode"}, as Astro's API answers. */
void reply_message(struct reply *reply, unsigned status, const char *message);
/* RFC 6749, 5.2. */
void reply_refusal(struct reply *reply, unsigned status, const char *error,
                   const char *description);
/* HTML in the reply's body already. */
void reply_page(struct reply *reply, unsigned status);
/* 302 to URL with FIELDS added to its query (they may be NULL). */
void reply_redirect(struct reply *reply, const char *url, const json_t *fields);

#endif
