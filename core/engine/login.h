/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_LOGIN_H
#define CORE_ENGINE_LOGIN_H

#include <astro/provider.h>

#include "engine.h"

/* The story of a login: find, load, open, prompt, authenticate, select a
 * workspace, store, close, write. */
int login_run(const struct engine_job *job, int report_fd,
              struct astro_error *err);
/* ENGINE_WORKSPACES and ENGINE_SELECT, with the stored credential. */
int workspaces_run(const struct engine_job *job, int report_fd,
                   struct astro_error *err);

#endif
