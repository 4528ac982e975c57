/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A refreshed login written over the old one: the tokens and their expiry,
 * nothing else, and only if the old one is still there.
 */
#ifndef CORE_ENGINE_RENEW_SAVE_H
#define CORE_ENGINE_RENEW_SAVE_H

#include <astro/provider.h>

struct astro_core;
struct store;

/* What is to be kept, and where. */
struct renew_save {
	const struct store *store;
	/* As it shall be read again; core->kept has the same for the file. */
	const struct astro_credential *login;
	const struct astro_secret *spent; /* the refresh token before */
};

/*
 * Write it, if the stored refresh token is still SPENT.  ASTRO_NOT_FOUND when
 * another program has logged in or out meanwhile: nothing was written.
 */
int renew_save(const struct astro_core *core, const struct renew_save *save,
               struct astro_error *err);
/* Take away the refresh token that the server refuses, if it is still SPENT;
 * LOGIN's access token may still be good.  The same errors. */
int renew_drop(const struct astro_core *core, const struct renew_save *save,
               struct astro_error *err);

#endif
