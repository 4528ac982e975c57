/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_LOGOUT_H
#define CORE_ENGINE_LOGOUT_H

#include <astro/provider.h>

#include "engine.h"

/*
 * ENGINE_LOGOUT: take the login back at the server (unless job.local), have
 * the browser end the session there (job.end_session), then erase every copy of
 * the login, whatever the server said.  Reports "done" lines for the person in
 * their order, then "erased" with the list of what was erased from the context
 * file, or "already" where there was no login.  ASTRO_UNREACHABLE: it was
 * erased, but not revoked.  After any other failure without an "erased", the
 * file is as it was; with it, a copy elsewhere is there still, or the session
 * in the browser goes on.
 */
int logout_run(const struct engine_job *job, int report_fd,
               struct astro_error *err);

#endif
