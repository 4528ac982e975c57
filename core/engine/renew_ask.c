/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Under the lock: finish what a crash has left; prove that the answer can be
 * kept; ask once; check; keep.
 */
#include "renew_ask.h"

#include "core.h"
#include "credential.h"
#include "error.h"
#include "lifetime.h"
#include "log.h"
#include "provider_call.h"
#include "renew_keep.h"
#include "renew_save.h"
#include "resolve.h"
#include "secret.h"
#include "trace.h"

enum {
	TOKENS_MAX = 2 /* the one that was read, and somebody else's newer one
	                */
};

/* ---- what is there ---- */

int renew_load(struct renew *renew, struct astro_error *err)
{
	struct astro_core *core = renew->core;
	int status;

	credential_free(renew->stored);
	renew->stored = NULL;
	status = store_of(core, &renew->store, err);
	if (status == ASTRO_OK)
		status = store_load(&renew->store, core, &renew->stored, err);
	if (status == ASTRO_OK)
		status = core_learn_login(core, renew->stored, err);
	if (status == ASTRO_OK && renew->stored == NULL)
		status = error_set(err, ASTRO_EXPIRED, "run `astro login`",
		                   "%s: not logged in", core->settings.name);
	return status;
}

static void close_provider(struct renew *renew)
{
	provider_close(renew->provider, renew->session);
	renew->session = NULL;
}

int renew_reload(struct renew *renew, struct astro_error *err)
{
	int status;

	/* It may have borrowed settings of the reading that goes now. */
	close_provider(renew);
	status = core_reload(renew->core, err);
	return status == ASTRO_OK ? renew_load(renew, err) : status;
}

const struct astro_secret *renew_token(const struct renew *renew)
{
	return credential_get(renew->stored, "refresh_token");
}

bool renew_is_good(const struct renew *renew)
{
	return lifetime_is_enough(renew->core, renew->stored, renew->min_valid);
}

/* ---- the provider ---- */

int renew_open_provider(struct renew *renew, struct astro_error *err)
{
	struct astro_core *core = renew->core;
	bool ignored;
	int status;

	if (renew->session != NULL)
		return ASTRO_OK;
	status = resolve_provider(core, &renew->provider, &ignored, err);
	if (status == ASTRO_OK && core->http == NULL)
		status = core_connect(core, renew->provider->name, err);
	if (status != ASTRO_OK)
		return status;
	renew->provider = trace_wrap(core, renew->provider);
	return provider_open(renew->provider, &core->host, &core->settings,
	                     &renew->session, err);
}

/* ---- what an earlier run has left ---- */

/* Its answer is here, whole, and was not put in its place. */
static int adopt(struct renew *renew, const struct journal_entry *entry,
                 struct astro_error *err)
{
	int status;

	log_write(ASTRO_INFO,
	          "%s: an earlier refresh was cut off before its answer was "
	          "saved; it is saved now",
	          renew->core->settings.name);
	status = renew_open_provider(renew, err);
	if (status == ASTRO_OK)
		status = renew_put_in_place(renew, entry->answer,
		                            entry->obtained, err);
	/* Not found: another program has been faster. */
	if (status != ASTRO_OK && status != ASTRO_NOT_FOUND)
		return status;
	state_drop_journal(&renew->state);
	return renew_reload(renew, err);
}

/* The lock is ours: whoever wrote the journal is gone. */
static int recover(struct renew *renew, struct astro_error *err)
{
	struct journal_entry entry;
	int status = journal_read(&renew->state, &entry, err);

	if (status != ASTRO_OK)
		goto out;
	if (!journal_is_about(&entry, renew_token(renew))) {
		/* Nothing, or somebody has logged in since. */
		state_drop_journal(&renew->state);
	} else if (entry.kind == JOURNAL_ANSWERED) {
		status = adopt(renew, &entry, err);
	} else {
		renew->was_cut_off = true;
		log_write(ASTRO_INFO,
		          "%s: an earlier refresh (process %ld) was cut off "
		          "before its answer came; asking again",
		          renew->core->settings.name, entry.process);
	}
out:
	journal_entry_clear(&entry);
	return status;
}

/* ---- asking ---- */

/* Nothing is asked unless the answer could be kept. */
static int prepare(struct renew *renew, struct astro_error *err)
{
	struct spend *spend = &renew->spend;
	const struct astro_core *core = renew->core;
	int status = config_check_writable(&core->paths, err);

	if (status == ASTRO_OK)
		status = config_check_login(&core->paths, core->config,
		                            context_key(core->settings.context),
		                            err);
	if (status == ASTRO_OK)
		status = store_probe(&renew->store, err);
	if (status == ASTRO_OK)
		status = spend_prepare(spend, renew->core, &renew->state, err);
	if (status != ASTRO_OK)
		return status;
	spend->may_keep_answer = renew->store.kind == STORE_FILE;
	spend->was_cut_off = renew->was_cut_off;
	return ASTRO_OK;
}

/*
 * The server takes SENT no more.  *GO_ON: somebody outside of our lock has
 * stored another one meanwhile, which may be asked with.
 */
static int give_up_token(struct renew *renew, const struct astro_secret *sent,
                         bool *go_on, struct astro_error *err)
{
	const struct renew_save what = {
		.store = &renew->store, .login = renew->stored, .spent = sent};
	struct astro_error refusal = *err;
	int status = renew_drop(renew->core, &what, err);

	*go_on = false;
	if (status == ASTRO_NOT_FOUND) {
		status = renew_reload(renew, err);
		*go_on = status == ASTRO_OK && renew_token(renew) != NULL;
		if (status != ASTRO_OK || *go_on || renew_is_good(renew))
			return status;
	} else if (status != ASTRO_OK) {
		log_write(ASTRO_WARNING,
		          "the dead refresh token is still stored: %s",
		          err->message);
	}
	*err = refusal;
	return refusal.status;
}

static int ask_once(struct renew *renew, bool *go_on, struct astro_error *err)
{
	struct astro_secret *sent = NULL;
	struct astro_credential *fresh = NULL;
	int status = secret_copy(renew_token(renew), &sent, err);

	*go_on = false;
	if (status != ASTRO_OK)
		return status;
	spend_watch(&renew->spend, sent);
	status = provider_refresh(renew->provider, renew->session,
	                          renew->stored, &fresh, err);
	if (status == ASTRO_OK) {
		status = renew_keep(renew, fresh, err);
	} else if (status == ASTRO_EXPIRED && renew->spend.guard.is_sent &&
	           !renew->spend.is_unsure) {
		spend_settle(&renew->spend, SPEND_DONE);
		status = give_up_token(renew, sent, go_on, err);
	} else {
		spend_settle(&renew->spend, SPEND_OPEN);
	}
	credential_free(fresh);
	secret_free(sent);
	return status;
}

static int check_provider(const struct renew *renew, struct astro_error *err)
{
	if (renew->provider->refresh != NULL)
		return ASTRO_OK;
	return error_set(err, ASTRO_EXPIRED, "run `astro login`",
	                 "%s: the login has expired, and %s refreshes none",
	                 renew->core->settings.name, renew->provider->title);
}

int renew_ask(struct renew *renew, struct astro_error *err)
{
	bool go_on = true;
	int status, tokens;

	status = recover(renew, err);
	for (tokens = 0; status == ASTRO_OK && go_on && tokens < TOKENS_MAX &&
	                 !renew_is_good(renew);
	     tokens++) {
		status = prepare(renew, err);
		if (status == ASTRO_OK)
			status = renew_open_provider(renew, err);
		if (status == ASTRO_OK)
			status = check_provider(renew, err);
		if (status == ASTRO_OK)
			status = ask_once(renew, &go_on, err);
		else
			spend_settle(&renew->spend, SPEND_OPEN);
		spend_close(&renew->spend);
	}
	close_provider(renew);
	if (status != ASTRO_OK || !go_on || renew_is_good(renew))
		return status;
	return error_set(err, ASTRO_EXPIRED, "run `astro login` again",
	                 "%s: other programs keep changing the login",
	                 renew->core->settings.name);
}
