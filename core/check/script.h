/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A script for a check: JSON that says what the made-up servers and the made-up
 * person answer where the default does not do.
 *
 *     {"settings": {"domain": "corp.example", "issuer": "https://..."},
 *      "answers":  {"username": "jane"},
 *      "given":    {"client_id": "cli"},
 *      "claims":   {"email": "jane@corp.example"},
 *      "http": [{"url": "/session", "query": "createSession", "status": 201,
 *                "body": {"session": {"token": "..."}}}]}
 *
 * "settings" are the context's and the file's; "given" is answered in advance,
 * as by a flag.  A request gets the first of "http" whose "url" is a part of
 * its address and whose "query", if any, is a part of its GraphQL query.
 */
#ifndef CORE_CHECK_SCRIPT_H
#define CORE_CHECK_SCRIPT_H

#include <astro/provider.h>

struct json;
struct script;

/* FILE NULL: a script that says nothing.  ASTRO_BAD_CONFIG. */
int script_load(const char *file, struct script **out, struct astro_error *err);
void script_free(struct script *script);

/* Lent; NULL where the script says nothing. */
const char *script_setting(const struct script *script, const char *key);
const char *script_answer(const struct script *script, const char *key);
const char *script_given(const struct script *script, const char *key);
/* The claims of the id_token, never NULL: for json_parse(). */
const char *script_claims(const struct script *script);
/* *BODY is NULL where no row is for REQUEST, else for json_free(). */
int script_body(const struct script *script,
                const struct astro_request *request, int *status,
                struct json **body, struct astro_error *err);

#endif
