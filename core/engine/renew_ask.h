/* SPDX-License-Identifier: Apache-2.0 */
/* The middle of a refresh, for renew.c alone: everything that is done while
 * the context's lock is held. */
#ifndef CORE_ENGINE_RENEW_ASK_H
#define CORE_ENGINE_RENEW_ASK_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

#include "spend.h"
#include "state.h"
#include "store.h"

struct renew {
	struct astro_core *core;
	int64_t min_valid;
	struct store store;
	struct astro_credential *stored; /* as it was read last */
	struct state state;              /* the lock */
	const struct astro_provider *provider;
	struct astro_session *session;
	struct spend spend;
	bool was_cut_off; /* an earlier run, as it sent the stored token */
};

/* Read the login that is stored, from the reading of the file that is there;
 * renew_reload() reads the file anew.  ASTRO_EXPIRED: nobody is logged in. */
int renew_load(struct renew *renew, struct astro_error *err);
int renew_reload(struct renew *renew, struct astro_error *err);
/* Find the provider and open it, unless it is open. */
int renew_open_provider(struct renew *renew, struct astro_error *err);
/* NULL: there is none. */
const struct astro_secret *renew_token(const struct renew *renew);
bool renew_is_good(const struct renew *renew);

/*
 * Finish what an earlier run has left, and ask the server.  Afterwards
 * renew->stored is the login that counts.  ASTRO_DENIED: it refused for a
 * reason that is not the refresh token's.
 */
int renew_ask(struct renew *renew, struct astro_error *err);

#endif
