/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_OAUTH_AUTHORIZE_H
#define CORE_ENGINE_OAUTH_AUTHORIZE_H

#include <astro/provider.h>

/* astro_host.can_authorize: could anybody finish it? */
int authorize_check(const struct astro_core *core, struct astro_error *err);

/* astro_host.authorize: the whole grant. */
int authorize_run(struct astro_core *core,
                  const struct astro_authorization *authorization,
                  struct astro_credential **out, struct astro_error *err);

#endif
