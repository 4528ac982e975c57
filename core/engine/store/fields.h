/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two names of a secret: a provider's and a store's ("access_token"), and
 * the context file's, which for Astro and Software is the Go CLI's ("token",
 * with "Bearer " in front for Astro).
 */
#ifndef CORE_ENGINE_STORE_FIELDS_H
#define CORE_ENGINE_STORE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

/* True for a field of the file that a store keeps instead. */
bool fields_is_stored(const char *key);
/* Can a secret of these bytes be kept under NAME, of the one kind or the other?
 */
bool fields_can_hold(const char *name, const char *bytes, size_t len);
/* What KEPT, in the names of the file, is as a login in a store: its secrets,
 * its expiry and "user_email".  ASTRO_BAD_PLUGIN for a secret that no store
 * knows. */
int fields_to_login(const struct astro_credential *kept,
                    struct astro_credential **out, struct astro_error *err);
/* And back, for a context of PROVIDER. */
int fields_to_kept(const struct astro_credential *login, const char *provider,
                   struct astro_credential **out, struct astro_error *err);

#endif
