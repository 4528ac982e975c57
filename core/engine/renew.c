/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The transaction, seen from outside: valid, done; lock, read again, decide
 * again; ask; and only after it is kept, and the lock given up, hand it out.
 */
#include "renew.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core.h"
#include "credential.h"
#include "interrupt.h"
#include "lifetime.h"
#include "renew_ask.h"
#include "report.h"
#include "secret.h"

/* RFC 6749, 5.2: the client or the scope, not the login, is refused. */
static int settle_refusal(int status, struct astro_error *err)
{
	if (status != ASTRO_DENIED)
		return status;
	err->status = ASTRO_UNSUPPORTED;
	return ASTRO_UNSUPPORTED;
}

static bool may_fall_back(int status)
{
	switch ((enum astro_status)status) {
	case ASTRO_UNREACHABLE:
	case ASTRO_BAD_ANSWER:
	case ASTRO_EXPIRED:
	case ASTRO_UNSUPPORTED:
	case ASTRO_STORE:
	case ASTRO_BAD_PLUGIN:
		return true;
	case ASTRO_OK:
	case ASTRO_CANCELLED:
	case ASTRO_BAD_CONFIG:
	case ASTRO_DENIED:
	case ASTRO_NOT_FOUND:
	case ASTRO_UNSAFE:
	case ASTRO_TIMED_OUT:
	case ASTRO_USAGE:
	case ASTRO_NO_MEMORY:
	case ASTRO_INTERNAL:
		break;
	}
	return false;
}

/* A refresh that failed does not spoil a token that is good for a while. */
static int fall_back(const struct renew *renew, int status, struct renewed *out,
                     struct astro_error *err)
{
	int64_t left = renew->stored == NULL ? 0 : lifetime_left(renew->stored);

	if (!may_fall_back(status) || left <= 0 || left < renew->min_valid)
		return status;
	(void)snprintf(out->note, sizeof(out->note),
	               "the token for %.200s is good for %" PRId64
	               " more seconds, and could not be refreshed: %.300s",
	               renew->core->settings.name, left, err->message);
	return ASTRO_OK;
}

/* There is no refresh token. */
static int settle_without(const struct renew *renew, struct renewed *out,
                          struct astro_error *err)
{
	const char *name = renew->core->settings.name;
	int64_t left = lifetime_left(renew->stored);

	if (left <= 0)
		return error_set(err, ASTRO_EXPIRED, "run `astro login`",
		                 "%s: the login has expired", name);
	if (left < renew->min_valid)
		return error_set(err, ASTRO_UNREACHABLE, "run `astro login`",
		                 "the token for %s is good for %" PRId64
		                 " more seconds, not %" PRId64
		                 ", and cannot be refreshed",
		                 name, left, renew->min_valid);
	(void)snprintf(out->note, sizeof(out->note),
	               "the token for %.200s is good for %" PRId64
	               " more seconds, and cannot be refreshed",
	               name, left);
	return ASTRO_OK;
}

/* A new token may be shorter than what was wished for. */
static int check_fresh(const struct renew *renew, struct astro_error *err)
{
	int64_t left = lifetime_left(renew->stored);

	/* Where nobody says when it ends, it is as good as it is. */
	if (left <= 0 && credential_expiry(renew->stored) != 0)
		return error_set(err, ASTRO_UNREACHABLE,
		                 "check this machine's clock, or run `astro "
		                 "login`",
		                 "the new token for %s has ended already",
		                 renew->core->settings.name);
	if (renew->min_valid == 0 || left >= renew->min_valid)
		return ASTRO_OK;
	return error_set(err, ASTRO_UNREACHABLE, NULL,
	                 "a new token for %s is good for %" PRId64
	                 " seconds only, not %" PRId64,
	                 renew->core->settings.name, left > 0 ? left : 0,
	                 renew->min_valid);
}

static int renew_locked(struct renew *renew, struct renewed *out,
                        struct astro_error *err)
{
	int status = renew_reload(renew, err);

	/* Logged out while we waited: that stays so. */
	if (status != ASTRO_OK || renew_is_good(renew))
		return status;
	if (renew_token(renew) == NULL)
		return settle_without(renew, out, err);
	status = settle_refusal(renew_ask(renew, err), err);
	if (status == ASTRO_OK)
		return check_fresh(renew, err);
	return fall_back(renew, status, out, err);
}

/* Somebody is refreshing, and does not come to an end. */
static int settle_busy(struct renew *renew, struct renewed *out,
                       struct astro_error *err)
{
	struct astro_error busy = *err;
	int status = renew_reload(renew, err);

	if (status != ASTRO_OK || renew_is_good(renew))
		return status;
	*err = busy;
	return fall_back(renew, busy.status, out, err);
}

int renew_login(struct astro_core *core, int64_t min_valid, struct renewed *out,
                struct astro_error *err)
{
	struct renew renew = {.core = core, .min_valid = min_valid};
	int status;

	memset(out, 0, sizeof(*out));
	status = renew_load(&renew, err);
	if (status != ASTRO_OK || renew_is_good(&renew))
		goto out;
	if (renew_token(&renew) == NULL) {
		status = settle_without(&renew, out, err);
		goto out;
	}
	status = state_lock(&core->paths, context_key(core->settings.context),
	                    STATE_REFRESH_WAIT_MS, &renew.state, err);
	if (status == ASTRO_OK) {
		status = renew_locked(&renew, out, err);
		state_unlock(&renew.state);
	} else if (status == ASTRO_STORE) {
		status = settle_busy(&renew, out, err);
	}
out:
	if (status == ASTRO_OK) {
		out->credential = renew.stored;
		renew.stored = NULL; /* handed over */
	}
	credential_free(renew.stored);
	return status;
}

int token_run(const struct engine_job *job, int report_fd,
              struct astro_error *err)
{
	struct astro_core core;
	struct renewed renewed = {.credential = NULL};
	char number[32];
	int64_t expiry;
	int status;

	status = core_open(&core, job, report_fd, err);
	if (status == ASTRO_OK)
		status = renew_login(&core, job->min_valid, &renewed, err);
	/* ^C came while it could not be heeded. */
	if (status == ASTRO_OK)
		status = interrupt_check(err);
	if (status != ASTRO_OK)
		goto out;
	expiry = credential_expiry(renewed.credential);
	report_value(
		report_fd, "token",
		secret_bytes(credential_get(renewed.credential, "access_token"),
	                     NULL));
	if (expiry != 0 && expiry != INT64_MAX) {
		(void)snprintf(number, sizeof(number), "%" PRId64, expiry);
		report_value(report_fd, "expiry", number);
	}
	if (renewed.note[0] != '\0')
		report_value(report_fd, "note", renewed.note);
out:
	credential_free(renewed.credential);
	core_close(&core);
	return status;
}
