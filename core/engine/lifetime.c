/* SPDX-License-Identifier: Apache-2.0 */
/* Expiry is a matter of wall time; what was noted when a token was obtained
 * tells its lifetime, and a clock that jumped. */
#include "lifetime.h"

#include "clock.h"
#include "core.h"
#include "credential.h"
#include "jose.h"
#include "log.h"
#include "state.h"

enum {
	MARGIN_SECONDS = 300,
	JUMP_SECONDS = 60 /* a clock may be set right by so much */
};

/* When it was obtained, by this machine's clock; false where nobody knows. */
static bool find_obtained(const struct astro_core *core,
                          const struct astro_credential *credential,
                          int64_t *obtained)
{
	return state_noted(&core->paths, context_key(core->settings.context),
	                   credential_expiry(credential), obtained);
}

/* From its issue to its end, as the token says or as was noted; 0: nobody
 * knows. */
static int64_t lifetime_of(const struct astro_core *core,
                           const struct astro_credential *credential)
{
	const struct astro_secret *token =
		credential_get(credential, "access_token");
	int64_t end = jose_token_expiry(token, -1);
	int64_t begin = jose_token_time(token, "iat", -1);

	if (begin >= 0 && end > begin)
		return end - begin;
	if (find_obtained(core, credential, &begin))
		return credential_expiry(credential) - begin;
	return 0;
}

static int64_t margin_of(const struct astro_core *core,
                         const struct astro_credential *credential)
{
	int64_t lifetime = lifetime_of(core, credential);

	if (lifetime <= 0 || lifetime / 10 > MARGIN_SECONDS)
		return MARGIN_SECONDS;
	return lifetime / 10;
}

/* "Valid until tomorrow" means nothing when today is last year. */
static bool clock_went_back(const struct astro_core *core,
                            const struct astro_credential *credential)
{
	int64_t obtained;

	if (!find_obtained(core, credential, &obtained) ||
	    clock_wall() >= obtained - JUMP_SECONDS)
		return false;
	log_write(ASTRO_WARNING,
	          "the clock is behind the time at which the token for %s was "
	          "obtained",
	          core->settings.name);
	return true;
}

int64_t lifetime_left(const struct astro_credential *credential)
{
	int64_t expiry = credential_expiry(credential);

	return expiry == INT64_MAX ? INT64_MAX : expiry - clock_wall();
}

bool lifetime_is_enough(const struct astro_core *core,
                        const struct astro_credential *credential,
                        int64_t min_valid)
{
	int64_t left = lifetime_left(credential), margin;

	if (left == INT64_MAX)
		return true;
	if (clock_went_back(core, credential))
		return false;
	margin = margin_of(core, credential);
	if (margin < min_valid)
		margin = min_valid;
	return left > 0 && left >= margin;
}
