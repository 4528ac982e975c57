/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that was handed out: login transactions, codes, tokens.  A grant
 * is a JSON object under its own value; those that come from one login share a
 * "family", so that they can be revoked together (RFC 9700, 4.14.2).
 */
#ifndef SANDBOX_GRANTS_H
#define SANDBOX_GRANTS_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

struct sandbox;

/* 256 random bits as base64url; the caller frees. */
char *grant_random(void);
/*
 * Keep a grant of KIND ("login", "code", "access", "refresh", "houston") for
 * SECONDS under VALUE.  Takes DETAILS over, and lends the grant.
 */
json_t *grant_add(struct sandbox *box, const char *kind, const char *value,
                  int64_t seconds, json_t *details);
/* The grant, whatever has become of it; NULL when there is none. */
json_t *grant_find(const struct sandbox *box, const char *kind,
                   const char *value);
/* True when it has neither ended nor been revoked. */
bool grant_is_good(const struct sandbox *box, const json_t *grant);
/* A member that is a text, or NULL. */
const char *grant_text(const json_t *grant, const char *name);
/* Note that it was used, and when. */
void grant_spend(struct sandbox *box, json_t *grant);
/* When it was spent, 0: never. */
int64_t grant_spent(const json_t *grant);
void grant_revoke_family(struct sandbox *box, const json_t *grant);
void grant_remove(struct sandbox *box, const char *value);

#endif
