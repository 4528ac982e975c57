/* SPDX-License-Identifier: Apache-2.0 */
/* A stored login goes from one store to another, and leaves nothing behind. */
#include "move.h"

#include <stdint.h>
#include <string.h>

#include "core.h"
#include "credential.h"
#include "error.h"
#include "fields.h"
#include "interrupt.h"
#include "report.h"
#include "secret.h"
#include "state.h"
#include "store.h"

enum { CHANGES_MAX = 16 };

struct move {
	struct astro_core core;
	struct store from, to;
	struct astro_credential *login; /* in a store's names */
};

static int prepare(struct move *move, const struct engine_job *job,
                   struct astro_error *err)
{
	struct astro_core *core = &move->core;
	int status;

	if (core->settings.context == NULL)
		return error_set(err, ASTRO_NOT_FOUND,
		                 "list the contexts with `astro context list`",
		                 "no context is named %s", job->name);
	status = store_of(core, &move->to, err);
	if (status == ASTRO_OK)
		status = store_of_context(core->settings.context, &move->from,
		                          err);
	if (status == ASTRO_OK && move->to.kind == STORE_NONE)
		status = error_set(err, ASTRO_USAGE,
		                   "end the login with `astro logout`",
		                   "the store none keeps no login");
	if (status == ASTRO_OK)
		status = config_check_writable(&core->paths, err);
	if (status == ASTRO_OK)
		status = store_probe(&move->to, err);
	return status;
}

static int load(struct move *move, struct astro_error *err)
{
	int status = store_load(&move->from, &move->core, &move->login, err);

	if (status == ASTRO_OK && move->login == NULL)
		status = error_set(err, ASTRO_EXPIRED, "run `astro login`",
		                   "not logged in to %s: there is no login to "
		                   "move",
		                   move->core.settings.name);
	return status;
}

/* The file's side: its secrets come or go, and `store` says where they are. */
static int write_file(struct move *move, struct astro_error *err)
{
	static const char *const keys[] = {"token",         "refreshtoken",
	                                   "access_token",  "refresh_token",
	                                   "client_secret", "dpop_key",
	                                   "id_token"};
	const struct context *context = move->core.settings.context;
	const char *key = context_key(context);
	struct change changes[CHANGES_MAX] = {{.context = key}};
	struct astro_credential *kept = NULL;
	int64_t expiry = credential_expiry(move->login);
	size_t count = 0, i;
	int status = ASTRO_OK;

	if (move->to.kind == STORE_FILE)
		status = fields_to_kept(move->login, context_provider(context),
		                        &kept, err);
	if (status != ASTRO_OK)
		return status;
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct astro_secret *secret =
			kept == NULL ? NULL : credential_get(kept, keys[i]);

		changes[count++] = (struct change){
			.context = key,
			.key = keys[i],
			.kind = secret == NULL ? CHANGE_REMOVE : CHANGE_TEXT,
			.secret = secret,
		};
	}
	if (expiry != 0 && expiry != INT64_MAX)
		changes[count++] = (struct change){.context = key,
		                                   .key = "expiresin",
		                                   .kind = CHANGE_TIME,
		                                   .time = expiry};
	changes[count++] = (struct change){
		.context = key,
		.key = "store",
		.kind = move->to.kind == STORE_FILE ? CHANGE_REMOVE
	                                            : CHANGE_TEXT,
		.text = move->to.name,
	};
	status = config_change(&move->core.paths, changes, count, err);
	credential_free(kept);
	return status;
}

/* Into the new place, then the file, and only then out of the old place. */
static int carry(struct move *move, struct astro_error *err)
{
	struct astro_secret *before = NULL;
	struct astro_error why = {0};
	int status;

	status = store_put(&move->to, &move->core, move->login, &before, err);
	if (status == ASTRO_OK) {
		status = write_file(move, err);
		if (status != ASTRO_OK)
			store_put_back(&move->to, &move->core, before);
	}
	secret_free(before);
	if (status != ASTRO_OK)
		return status;
	status = store_erase(&move->from, &move->core, &why);
	if (status == ASTRO_OK || status == ASTRO_NOT_FOUND)
		return ASTRO_OK;
	return error_set(err, (enum astro_status)status, why.hint,
	                 "the login is in the store %s now, but a copy stays "
	                 "in %s: %s",
	                 move->to.name, move->from.name, why.message);
}

static int move_locked(struct move *move, struct astro_error *err)
{
	struct state state;
	int status;

	status = state_lock(&move->core.paths,
	                    context_key(move->core.settings.context),
	                    STATE_WAIT_MS, &state, err);
	if (status != ASTRO_OK)
		return status;
	status = core_reload(&move->core, err);
	if (status == ASTRO_OK)
		status = prepare(move, move->core.job, err);
	if (status == ASTRO_OK)
		status = load(move, err);
	if (status == ASTRO_OK)
		status = interrupt_check(err);
	if (status == ASTRO_OK)
		status = carry(move, err);
	state_unlock(&state);
	return status;
}

int move_run(const struct engine_job *job, int report_fd,
             struct astro_error *err)
{
	struct move move;
	int status;

	memset(&move, 0, sizeof(move));
	status = core_open(&move.core, job, report_fd, err);
	if (status == ASTRO_OK)
		status = prepare(&move, job, err);
	if (status == ASTRO_OK && strcmp(move.from.name, move.to.name) != 0)
		status = move_locked(&move, err);
	if (status == ASTRO_OK) {
		report_value(report_fd, "from", move.from.name);
		report_value(report_fd, "to", move.to.name);
	}
	credential_free(move.login);
	core_close(&move.core);
	return status;
}
