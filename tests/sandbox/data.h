/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the sandbox knows and how it behaves: one JSON object of settings, which
 * tests read and change as a whole or in part.  docs/sandbox.md lists them.
 */
#ifndef SANDBOX_DATA_H
#define SANDBOX_DATA_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct sandbox;

/* JSON with single quotes, to be legible within C; NULL: it is none. */
json_t *data_parse(const char *text);
/* BASE is the server's own address. */
json_t *data_defaults(const char *base);
/*
 * Put each member of CHANGES in the place of the setting of that name; null
 * puts the default back.  False, and nothing changed, when one is unknown or of
 * another type: WRONG is its name then.
 */
bool data_change(struct sandbox *box, const json_t *changes,
                 const char **wrong);

int64_t setting_number(const struct sandbox *box, const char *name);
const char *setting_text(const struct sandbox *box, const char *name);
bool setting_true(const struct sandbox *box, const char *name);
json_t *setting(const struct sandbox *box, const char *name);

/* Lent; NULL when there is none.  KEY is "email", "sub" and so on. */
json_t *data_user(const struct sandbox *box, const char *key,
                  const char *value);
json_t *data_houston_user(const struct sandbox *box, const char *name);
json_t *data_organization(const struct sandbox *box, const char *id);
bool data_is_member(const json_t *user, const char *organization);

#endif
