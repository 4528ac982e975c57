/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a store outside of the context file keeps of a login: one JSON object,
 *
 *   {"version":1,"access_token":"...","refresh_token":"...",
 *    "expires_at":1767225600,"obtained_at":1767222000}
 *
 * and, where the login has them, "client_secret" and "dpop_key" (a JWK, as
 * text), without the members that are not known.  Times are seconds since 1970.
 * A reader ignores members that it does not know and refuses a higher version.
 */
#ifndef CORE_ENGINE_STORE_RECORD_H
#define CORE_ENGINE_STORE_RECORD_H

#include <stdint.h>

#include <astro/provider.h>

/* Two tokens of a credential's largest size, and what is around them. */
enum { RECORD_MAX = 192 * 1024 };

/*
 * The record of CREDENTIAL's secrets (see above) and expiry, obtained at
 * OBTAINED_AT (0: not known).  An expiry of 0 (not known) or INT64_MAX (no end)
 * is left out.  ASTRO_STORE when it has no token, or one that is not made of
 * visible ASCII (RFC 6749, A.12).
 */
int record_write(const struct astro_credential *credential, int64_t obtained_at,
                 struct astro_secret **out, struct astro_error *err);

/*
 * A credential from a record.  OBTAINED_AT (0: not known) may be NULL.
 * ASTRO_STORE when the record makes no sense or is of a later version; nothing
 * of it gets into the message.
 */
int record_read(const struct astro_secret *record,
                struct astro_credential **out, int64_t *obtained_at,
                struct astro_error *err);

#endif
