/* SPDX-License-Identifier: Apache-2.0 */
/* A client of the OpenID provider and its person, for the provider's tests. */
#ifndef SANDBOX_PERSON_H
#define SANDBOX_PERSON_H

#include <jansson.h>

#include "client.h"

#define PERSON_REDIRECT "http://127.0.0.1:12345/callback"

/* A right authorization request of sandbox-native. */
json_t *person_request(void);
/* Send FIELDS (kept) to the authorization endpoint. */
void person_ask(const json_t *fields, struct got *got);
/* ... and log in as jane: GOT is where the browser is sent then. */
void person_log_in(const json_t *fields, struct got *got);
/* The code that person_log_in() ends with; the caller frees. */
char *person_code(void);
/* A right exchange of CODE. */
json_t *person_exchange(const char *code);
/* POST FIELDS (kept) as a form to PATH. */
void person_post(const char *path, const json_t *fields, struct got *got);
/* The whole login; GOT is the token answer, of status 200. */
void person_tokens(struct got *got);
/* POST /sandbox/settings. */
void person_settings(const char *json);

#endif
