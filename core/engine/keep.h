/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_KEEP_H
#define CORE_ENGINE_KEEP_H

#include <stdbool.h>

#include <astro/provider.h>

#include "store.h"

struct astro_core;

/* What becomes of a login in the file. */
struct keep {
	const char *key;      /* of the context */
	const char *provider; /* for messages, and for `provider` */
	bool provider_written_down;
	struct store store;
};

/* Collect what the host keeps by default: the access and the refresh token,
 * every text as it stands, the time of expiry; and "subject" and "user_email"
 * of the verified id_token where the provider has not set them. */
int keep_collect(struct astro_core *core,
                 const struct astro_credential *credential,
                 struct astro_error *err);
/* Check what was collected in core->kept; ASTRO_BAD_PLUGIN. */
int keep_judge(const struct astro_core *core, const struct keep *keep,
               struct astro_error *err);
/* Write it: the secrets into the store, the rest into the file, the context
 * made the current one, what an earlier login left there, or in another store,
 * taken away.  One write of the file, or none, and then the store is as it was.
 */
int keep_write(const struct astro_core *core, const struct keep *keep,
               struct astro_error *err);

#endif
