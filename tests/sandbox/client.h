/* SPDX-License-Identifier: Apache-2.0 */
/* How the sandbox's own tests start it and talk to it. */
#ifndef SANDBOX_CLIENT_H
#define SANDBOX_CLIENT_H

#include <stdbool.h>

#include <curl/curl.h>
#include <jansson.h>

#include "text.h"

#define CLIENT_VERIFIER "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
#define CLIENT_CHALLENGE "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
#define CLIENT_CALLBACK "http%3A%2F%2Flocalhost%3A12345%2Fcallback"

struct ask {
	const char *method; /* NULL: GET, or POST with a body */
	const char *path;
	const char *body;
	const char *type; /* NULL: a form, or JSON where the body is */
	const char *authorization;
	const char *cookie;
	const char *header; /* one more, whole */
	long timeout_ms;    /* 0: as long as it takes */
	CURL *curl;         /* NULL: a connection of its own */
};

struct got {
	CURLcode code;
	long status;
	char location[2000], type[200], cookie[300];
	char nonce[100], challenge[300]; /* DPoP-Nonce, WWW-Authenticate */
	struct text body;
	json_t *json; /* NULL: none */
};

/* One server for all tests of a program; each test begins with a reset. */
void client_start(void);
void client_stop(void);
void client_reset(void);
/* "http://localhost:PORT" */
const char *client_base(void);

void client_ask(const struct ask *ask, struct got *got);
void got_clear(struct got *got);
/* A text within the answer's JSON, "" when it is not there. */
const char *got_text(const struct got *got, const char *name);

/* POST JSON to PATH below /sandbox/, which has to work; the answer's JSON. */
json_t *client_control(const char *path, const char *json);
/* Log in as jane and take the answer of the token endpoint. */
void client_login(struct got *got);
/* The code that a login as jane ends with; the caller frees. */
char *client_code(void);
/* A refresh with TOKEN. */
void client_refresh(const char *token, struct got *got);
/* The parameter NAME of the query of URL; the caller frees. */
char *client_parameter(const char *url, const char *name);

#endif
