/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A login that is good for a while: the stored one, else refreshed.  However
 * many processes want it at once, one of them asks the server; whatever dies
 * in between, the next one goes on where it stood.
 */
#ifndef CORE_ENGINE_RENEW_H
#define CORE_ENGINE_RENEW_H

#include <stdint.h>

#include <astro/provider.h>

#include "error.h"

struct engine_job;

struct renewed {
	/* As a provider sees a login; the caller's. */
	struct astro_credential *credential;
	/* What the person should know all the same ("" for nothing): it could
	 * not be refreshed, and is good for so long. */
	char note[ERROR_MESSAGE_MAX];
};

/*
 * The login of core's context, good for MIN_VALID seconds and the usual
 * margin: 300 seconds, or a tenth of a known shorter lifetime.  Afterwards
 * core's settings may be those of a new reading of the file.
 *
 * ASTRO_EXPIRED: nobody is logged in, or the server takes the refresh token no
 * more, which is then gone from the store; ASTRO_UNREACHABLE: the server has
 * not answered, or what is there is not good for MIN_VALID seconds;
 * ASTRO_UNSUPPORTED: it refused for another reason; ASTRO_UNSAFE: it answered
 * for another account; ASTRO_STORE: the new login could not be kept.  Unless it
 * was refreshed, the stored login is as it was.
 */
int renew_login(struct astro_core *core, int64_t min_valid, struct renewed *out,
                struct astro_error *err);

/* ENGINE_TOKEN. */
int token_run(const struct engine_job *job, int report_fd,
              struct astro_error *err);

#endif
