/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_REVOKE_H
#define CORE_ENGINE_OAUTH_REVOKE_H

#include <astro/provider.h>

/*
 * astro_host.revoke: the refresh token first, which on many servers takes the
 * access tokens with it, then the access token, also where the first failed
 * (RFC 7009, 2).  What came of each is reported as a "done" line and counted in
 * core->revocations_told.  The first failure is the status.
 */
int revoke_tokens(struct astro_core *core, const struct astro_server *server,
                  const struct astro_client *client,
                  const struct astro_credential *credential,
                  struct astro_error *err);

#endif
