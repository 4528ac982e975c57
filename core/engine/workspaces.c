/* SPDX-License-Identifier: Apache-2.0 */
/* The workspaces of an account that is logged in already. */
#include "login.h"

#include <string.h>

#include "clock.h"
#include "core.h"
#include "credential.h"
#include "error.h"
#include "host.h"
#include "interrupt.h"
#include "log.h"
#include "provider_call.h"
#include "report.h"
#include "resolve.h"
#include "selection.h"
#include "store.h"
#include "trace.h"

static int not_logged_in(const char *name, const char *how,
                         struct astro_error *err)
{
	return error_set(err, ASTRO_EXPIRED, "run `astro login`", "%s: %s",
	                 name, how);
}

/* The stored login, as a provider sees a credential. */
static int load_credential(const struct astro_core *core,
                           struct astro_credential **out,
                           struct astro_error *err)
{
	struct astro_credential *credential = NULL;
	struct store store;
	int status;

	*out = NULL;
	status = store_of(core, &store, err);
	if (status == ASTRO_OK)
		status = store_load(&store, core, &credential, err);
	if (status == ASTRO_OK && credential == NULL)
		status = not_logged_in(core->settings.name, "not logged in",
		                       err);
	if (status == ASTRO_OK && credential_expiry(credential) <= clock_wall())
		status = not_logged_in(core->settings.name,
		                       "the login has expired", err);
	if (status == ASTRO_OK) {
		*out = credential;
		credential = NULL; /* handed over */
	}
	credential_free(credential);
	return status;
}

/* Everything between open() and close(). */
static int list(struct astro_core *core, const struct astro_provider *provider,
                const struct astro_credential *credential,
                struct astro_listing *listing, struct astro_error *err)
{
	struct astro_session *session = NULL;
	int status;

	status = provider_open(provider, &core->host, &core->settings, &session,
	                       err);
	if (status == ASTRO_OK)
		status = provider_workspaces(provider, session, credential,
		                             listing, err);
	provider_close(provider, session);
	return status;
}

static int ask_server(struct astro_core *core, struct astro_listing *listing,
                      struct astro_error *err)
{
	const struct astro_provider *provider;
	struct astro_credential *credential = NULL;
	bool ignored;
	int status;

	status = load_credential(core, &credential, err);
	if (status == ASTRO_OK)
		status = resolve_provider(core, &provider, &ignored, err);
	if (status != ASTRO_OK)
		goto out;
	if (provider->workspaces == NULL) {
		status = error_set(err, ASTRO_UNSUPPORTED, NULL,
		                   "%s has no workspaces", provider->title);
		goto out;
	}
	status = core_connect(core, provider->name, err);
	if (status != ASTRO_OK)
		goto out;
	if (log_is_verbose())
		provider = trace_wrap(core, provider);
	status = list(core, provider, credential, listing, err);
out:
	credential_free(credential);
	return status;
}

static void report_rows(const struct astro_listing *listing,
                        const char *current, int fd)
{
	size_t i;

	for (i = 0; i < listing->count; i++) {
		report_value(fd, "id", listing->rows[i].id);
		report_value(fd, "name", listing->rows[i].name);
	}
	if (current != NULL)
		report_value(fd, "current", current);
}

static int keep_selected(const struct astro_core *core,
                         const struct listing_row *row, struct astro_error *err)
{
	const char *key = context_key(core->settings.context);
	const struct change changes[] = {
		{.context = key,
	         .key = "last_used_workspace",
	         .kind = CHANGE_TEXT,
	         .text = row->id},
		{.context = key,
	         .key = "workspace",
	         .kind = CHANGE_TEXT,
	         .text = row->id},
	};

	return config_change(&core->paths, changes,
	                     sizeof(changes) / sizeof(changes[0]), err);
}

static int select_one(struct astro_core *core,
                      const struct astro_listing *listing, const char *current,
                      int fd, struct astro_error *err)
{
	const struct listing_row *row;
	int status;

	status = selection_pick(core, listing, current, &row, err);
	if (status == ASTRO_OK)
		status = interrupt_check(err);
	if (status == ASTRO_OK)
		status = keep_selected(core, row, err);
	if (status != ASTRO_OK)
		return status;
	report_value(fd, "context", core->settings.name);
	report_value(fd, "workspace", row->id);
	report_value(fd, "workspace_name", row->name);
	return ASTRO_OK;
}

int workspaces_run(const struct engine_job *job, int report_fd,
                   struct astro_error *err)
{
	struct astro_core core;
	struct astro_listing listing = {.rows = NULL};
	int status;

	status = core_open(&core, job, report_fd, err);
	if (status == ASTRO_OK && job->task == ENGINE_SELECT)
		status = config_check_writable(&core.paths, err);
	if (status == ASTRO_OK)
		status = ask_server(&core, &listing, err);
	if (status == ASTRO_OK) {
		const char *current =
			context_value(core.settings.context, "workspace");

		if (job->task == ENGINE_SELECT)
			status = select_one(&core, &listing, current, report_fd,
			                    err);
		else
			report_rows(&listing, current, report_fd);
	}
	listing_clear(&listing);
	core_close(&core);
	return status;
}
