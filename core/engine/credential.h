/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_CREDENTIAL_H
#define CORE_ENGINE_CREDENTIAL_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

struct json;

/* See astro_host.credential_*.  At most 32 fields of at most 64 KiB. */
int credential_new(struct astro_credential **out, struct astro_error *err);
int credential_set(struct astro_credential *credential, const char *field,
                   const struct astro_secret *secret, struct astro_error *err);
int credential_set_text(struct astro_credential *credential, const char *field,
                        const char *text, struct astro_error *err);
const struct astro_secret *
credential_get(const struct astro_credential *credential, const char *field);
const char *credential_text(const struct astro_credential *credential,
                            const char *field);
void credential_expires(struct astro_credential *credential, int64_t time);
int64_t credential_expiry(const struct astro_credential *credential);
void credential_account_only(struct astro_credential *credential);
bool credential_is_account_only(const struct astro_credential *credential);
/* The verified claims become the credential's own. */
void credential_own_claims(struct astro_credential *credential,
                           struct json *claims);
const char *credential_claim(const struct astro_credential *credential,
                             const char *claim);
/* FALLBACK where there is no such number. */
int64_t credential_claim_number(const struct astro_credential *credential,
                                const char *claim, int64_t fallback);
/* Give CREDENTIAL, which is new, all that OTHER has.  What it has got of it
 * after an error is its own. */
int credential_fill(struct astro_credential *credential,
                    const struct astro_credential *other,
                    struct astro_error *err);
int credential_copy(const struct astro_credential *credential,
                    struct astro_credential **out, struct astro_error *err);
void credential_free(struct astro_credential *credential);

/* Walk the fields: NULL after the last.  Exactly one of secret and text is
 * set. */
struct credential_field {
	const char *name;
	const struct astro_secret *secret;
	const char *text;
};
const struct credential_field *
credential_field_at(const struct astro_credential *credential, size_t index);

#endif
