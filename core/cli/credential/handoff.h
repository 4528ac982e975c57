/* SPDX-License-Identifier: Apache-2.0 */
/* From a host to the context that names it, and from there to its token. */
#ifndef CORE_CLI_CREDENTIAL_HANDOFF_H
#define CORE_CLI_CREDENTIAL_HANDOFF_H

#include <astro/provider.h>

#include "access.h"
#include "files.h"
#include "host.h"

/*
 * The context that names HOST (as host_read() gives it): the current one if it
 * does, else the only one that does.  *OUT is NULL with ASTRO_OK when none
 * does; ASTRO_NOT_FOUND when two do and neither is the current one.
 */
int handoff_pick(const struct files *files, enum host_own own, const char *host,
                 const struct context **out, struct astro_error *err);

/*
 * The token of CONTEXT to hand out, refreshed where that is due; a set
 * ASTRO_API_TOKEN stands in for the current context's, which is also what NULL
 * means.  OUT's expiry is never later than the token's own end.  ASTRO_STORE:
 * what came back is no token.
 */
int handoff_access(struct files *files, const struct context *context,
                   struct access *out, struct astro_error *err);

#endif
