/* SPDX-License-Identifier: Apache-2.0 */
/* What becomes of a server's answer to a refresh, for renew_ask.c alone. */
#ifndef CORE_ENGINE_RENEW_KEEP_H
#define CORE_ENGINE_RENEW_KEEP_H

#include <stdint.h>

#include <astro/provider.h>

struct renew;

/*
 * Keep FRESH: in the journal first, then in place of what is stored.  Somebody
 * else's login that was stored meanwhile counts instead.  The spending of the
 * refresh token is settled, whatever happens.  ASTRO_STORE: it could not be
 * saved, and the message says where it is.
 */
int renew_keep(struct renew *renew, struct astro_credential *fresh,
               struct astro_error *err);
/* What is stored becomes FRESH, which was obtained then (unix seconds); on the
 * disk first.  ASTRO_NOT_FOUND: another program has changed the login. */
int renew_put_in_place(struct renew *renew,
                       const struct astro_credential *fresh, int64_t obtained,
                       struct astro_error *err);

#endif
