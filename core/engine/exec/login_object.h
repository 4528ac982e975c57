/* SPDX-License-Identifier: Apache-2.0 */
/* A login as a JSON object, both ways. */
#ifndef CORE_ENGINE_EXEC_LOGIN_OBJECT_H
#define CORE_ENGINE_EXEC_LOGIN_OBJECT_H

#include <astro/provider.h>

struct dialogue;
struct json;
struct json_out;

/*
 * {"from": NAME, "fields": {...}, "expires_at": T, "expires_in": S,
 * "account_only": true}: a copy of a credential that the program has, if it
 * names one, with these fields put over it.  Without a time it is that of the
 * credential, else what the access token says of itself.
 */
int login_object_read(struct dialogue *dialogue, const struct json *json,
                      struct astro_credential **out, struct astro_error *err);
/* "login": {"texts": {...}, "secrets": [names], "expires_at": T or null} */
void login_object_write(struct json_out *out,
                        const struct astro_credential *credential);

#endif
