/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_REFRESH_H
#define CORE_ENGINE_OAUTH_REFRESH_H

#include <astro/provider.h>

/* astro_host.refresh: the refresh grant (RFC 6749, 6). */
int refresh_grant(struct astro_core *core, const struct astro_refresh *asked,
                  const struct astro_credential *old,
                  struct astro_credential **out, struct astro_error *err);

#endif
