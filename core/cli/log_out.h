/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLI_LOG_OUT_H
#define CORE_CLI_LOG_OUT_H

#include "files.h"

/* How far it goes. */
enum log_out_extent {
	LOG_OUT_USUAL,
	LOG_OUT_LOCAL,  /* no server is asked */
	LOG_OUT_SESSION /* the browser's session is ended, too */
};

/*
 * Log out of CONTEXT, telling the person what was revoked and erased.  The
 * current context is cleared when it is this one. ASTRO_UNREACHABLE: erased
 * here, but not revoked.  ASTRO_CANCELLED and whatever comes of the file or the
 * store: nothing was erased from the file.
 */
int log_out(const struct files *files, const struct context *context,
            enum log_out_extent extent, struct astro_error *err);
/* Erase, without asking a server, what a login of CONTEXT has left outside of
 * the file; nothing happens where there is no such place. */
int log_out_elsewhere(const struct context *context, struct astro_error *err);

#endif
