/* SPDX-License-Identifier: Apache-2.0 */
/* A refreshed login goes to its place, or it is said where it is. */
#include "renew_keep.h"

#include <poll.h>

#include "clock.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "keep.h"
#include "log.h"
#include "provider_call.h"
#include "renew_ask.h"
#include "renew_save.h"

enum { SAVE_TRIES = 3, SAVE_PAUSE_MS = 100 };

/* Core->kept is what the file shall have of FRESH. */
static int collect(struct renew *renew, const struct astro_credential *fresh,
                   struct astro_error *err)
{
	struct astro_core *core = renew->core;
	const struct keep keep = {
		.key = context_key(core->settings.context),
		.provider = renew->provider->name,
	};
	int status;

	if (renew->provider->store == NULL)
		status = keep_collect(core, fresh, err);
	else
		status = provider_store(renew->provider, renew->session, fresh,
		                        err);
	return status == ASTRO_OK ? keep_judge(core, &keep, err) : status;
}

/* The disk may be full for a moment, the file locked for long. */
static int save(struct renew *renew, const struct astro_credential *login,
                int64_t obtained, struct astro_error *err)
{
	const struct renew_save what = {
		.store = &renew->store,
		.login = login,
		.spent = renew_token(renew),
	};
	const struct astro_core *core = renew->core;
	struct state_origin origin;
	bool has_origin = state_noted_origin(
		&core->paths, context_key(core->settings.context),
		credential_expiry(renew->stored), &origin);
	int status = ASTRO_OK, tries;

	for (tries = 0; tries < SAVE_TRIES; tries++) {
		if (tries > 0)
			(void)poll(NULL, 0, SAVE_PAUSE_MS);
		status = renew_save(renew->core, &what, err);
		if (status != ASTRO_STORE)
			break;
	}
	if (status == ASTRO_OK)
		state_note_origin(&renew->state, obtained,
		                  credential_expiry(login),
		                  has_origin ? &origin : NULL);
	return status;
}

/* FRESH's tokens in what is stored: what else belongs to the login stays. */
static int merge(const struct renew *renew,
                 const struct astro_credential *fresh,
                 struct astro_credential **out, struct astro_error *err)
{
	static const char *const names[] = {"access_token", "refresh_token"};
	struct astro_credential *merged;
	int status = credential_copy(renew->stored, out, err);
	size_t i;

	if (status != ASTRO_OK)
		return status;
	merged = *out;
	for (i = 0; status == ASTRO_OK && i < 2; i++)
		if (credential_get(fresh, names[i]) != NULL)
			status = credential_set(merged, names[i],
			                        credential_get(fresh, names[i]),
			                        err);
	credential_expires(merged, credential_expiry(renew->core->kept));
	return status;
}

/* Best effort: there is nothing more to be done. */
static void take_back(struct renew *renew, const struct astro_credential *fresh)
{
	struct astro_error ignored = {0};
	int status = renew_open_provider(renew, &ignored);

	if (status == ASTRO_OK)
		status = provider_revoke(renew->provider, renew->session, fresh,
		                         &ignored);
	if (status != ASTRO_OK)
		log_write(ASTRO_DEBUG, "not revoked: %s", ignored.message);
}

/* Somebody outside of our lock, the Go CLI for one, has changed the login after
 * we had asked.  Theirs counts; and one that has been logged out does not come
 * back to life, at the server neither. */
static int yield_to_others(struct renew *renew,
                           const struct astro_credential *fresh,
                           struct astro_error *err)
{
	int status = renew_reload(renew, err);

	if (status == ASTRO_EXPIRED)
		take_back(renew, fresh);
	if (status != ASTRO_OK || renew_is_good(renew))
		return status;
	return error_set(err, ASTRO_EXPIRED, "run `astro login` again",
	                 "%s: the login was changed by another program, and "
	                 "has expired",
	                 renew->core->settings.name);
}

static int fail_to_save(struct renew *renew,
                        const struct astro_credential *fresh,
                        struct astro_error *err)
{
	struct astro_error why = *err;

	if (renew->spend.journal.is_answered)
		return error_set(err, ASTRO_STORE,
		                 "mend that; the next run puts it in its place",
		                 "the refreshed login could not be saved, and "
		                 "waits in %s/%s: %s",
		                 renew->core->paths.state, renew->state.journal,
		                 why.message);
	/* Nobody has the new tokens any more: they must not live on. */
	take_back(renew, fresh);
	return error_set(err, ASTRO_STORE, "mend that, and log in again",
	                 "the refreshed login could not be saved: %s",
	                 why.message);
}

int renew_put_in_place(struct renew *renew,
                       const struct astro_credential *fresh, int64_t obtained,
                       struct astro_error *err)
{
	struct astro_credential *merged = NULL;
	int status = collect(renew, fresh, err);

	if (status == ASTRO_OK)
		status = merge(renew, fresh, &merged, err);
	if (status == ASTRO_OK)
		status = save(renew, merged, obtained, err);
	if (status == ASTRO_OK) {
		credential_free(renew->stored);
		renew->stored = merged;
		merged = NULL; /* handed over */
	}
	credential_free(merged);
	return status;
}

int renew_keep(struct renew *renew, struct astro_credential *fresh,
               struct astro_error *err)
{
	struct spend *spend = &renew->spend;
	int status = ASTRO_OK;

	/* A provider that refreshes in its own way. */
	if (credential_get(fresh, "refresh_token") == NULL)
		status = credential_set(fresh, "refresh_token",
		                        renew_token(renew), err);
	if (status == ASTRO_OK) {
		spend_answer(spend, fresh);
		status = renew_put_in_place(renew, fresh, clock_wall(), err);
	}
	switch (status) {
	case ASTRO_OK:
		spend_settle(spend, SPEND_DONE);
		return ASTRO_OK;
	case ASTRO_NOT_FOUND:
		status = yield_to_others(renew, fresh, err);
		spend_settle(spend, SPEND_DONE);
		return status;
	case ASTRO_STORE:
		spend_settle(spend, SPEND_KEPT);
		return fail_to_save(renew, fresh, err);
	}
	spend_settle(spend, SPEND_KEPT);
	return status;
}
