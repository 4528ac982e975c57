/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one way into a provider.  Each call has its NULLs checked, *OUT NULL
 * unless ASTRO_OK, a status that exists, and a message with every failure.  ^C
 * during a call makes it ASTRO_CANCELLED, whatever the provider says.
 */
#ifndef CORE_ENGINE_PROVIDER_CALL_H
#define CORE_ENGINE_PROVIDER_CALL_H

#include <astro/provider.h>

int provider_open(const struct astro_provider *provider,
                  const struct astro_host *host,
                  const struct astro_settings *settings,
                  struct astro_session **out, struct astro_error *err);
/* Accepts a NULL session. */
void provider_close(const struct astro_provider *provider,
                    struct astro_session *session);
/* ASTRO_OK where the provider has nothing to ask. */
int provider_prompt(const struct astro_provider *provider,
                    struct astro_session *session, struct astro_error *err);
/* The credential has an access token that can be sent, or is an account only.
 */
int provider_authenticate(const struct astro_provider *provider,
                          struct astro_session *session,
                          struct astro_credential **out,
                          struct astro_error *err);
/* ASTRO_UNSUPPORTED where the product has no workspaces. */
int provider_workspaces(const struct astro_provider *provider,
                        struct astro_session *session,
                        const struct astro_credential *credential,
                        struct astro_listing *listing, struct astro_error *err);
/* ASTRO_UNSUPPORTED where it has none.  *OUT has an access token that can be
 * sent. */
int provider_refresh(const struct astro_provider *provider,
                     struct astro_session *session,
                     const struct astro_credential *old,
                     struct astro_credential **out, struct astro_error *err);
/* ASTRO_UNSUPPORTED where the provider leaves it to the host. */
int provider_store(const struct astro_provider *provider,
                   struct astro_session *session,
                   const struct astro_credential *credential,
                   struct astro_error *err);
/* ASTRO_UNSUPPORTED where the server forgets nothing. */
int provider_revoke(const struct astro_provider *provider,
                    struct astro_session *session,
                    const struct astro_credential *credential,
                    struct astro_error *err);
/* ASTRO_UNSUPPORTED where there is none to end. */
int provider_end_session(const struct astro_provider *provider,
                         struct astro_session *session,
                         struct astro_error *err);

#endif
