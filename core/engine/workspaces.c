/* SPDX-License-Identifier: Apache-2.0 */
/* The workspaces of an account that is logged in already. */
#include "login.h"

#include <string.h>

#include "core.h"
#include "credential.h"
#include "domain.h"
#include "error.h"
#include "host.h"
#include "interrupt.h"
#include "provider_call.h"
#include "report.h"
#include "resolve.h"
#include "selection.h"
#include "trace.h"

/* The token that the command has found, and what the context knows of its
 * account, as a provider sees a credential. */
static int load_credential(const struct astro_core *core,
                           struct astro_credential **out,
                           struct astro_error *err)
{
	static const char *const texts[] = {"organization", "workspace",
	                                    "user_email", "subject"};
	const struct context *context = core->settings.context;
	const struct engine_answer *token = core_answer(core, "token");
	struct astro_credential *credential = NULL;
	size_t i;
	int status;

	*out = NULL;
	if (token == NULL || token->secret == NULL)
		return error_set(err, ASTRO_INTERNAL, "please report this",
		                 "no token was given to list workspaces with");
	status = credential_new(&credential, err);
	if (status == ASTRO_OK)
		status = credential_set(credential, "access_token",
		                        token->secret, err);
	for (i = 0; status == ASTRO_OK && i < sizeof(texts) / sizeof(texts[0]);
	     i++) {
		const struct engine_answer *given = core_answer(core, texts[i]);
		const char *text = context == NULL
		                           ? NULL
		                           : context_value(context, texts[i]);

		/* "workspace" is what is asked for, not what is current. */
		if (given != NULL && strcmp(texts[i], "organization") == 0)
			text = given->text;
		status = credential_set_text(credential, texts[i], text, err);
	}
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

/* A token from the environment needs no context: then one is made. */
static int keep_selected(const struct astro_core *core,
                         const struct listing_row *row, struct astro_error *err)
{
	char key[DOMAIN_NAME_MAX];
	const struct change changes[] = {
		{.context = key,
	         .key = "last_used_workspace",
	         .kind = CHANGE_TEXT,
	         .text = row->id},
		{.context = key,
	         .key = "workspace",
	         .kind = CHANGE_TEXT,
	         .text = row->id},
		{.context = key,
	         .key = "domain",
	         .kind = CHANGE_IF_ABSENT,
	         .text = core->settings.name},
	};
	size_t count = core->settings.context == NULL ? 3 : 2;
	int status;

	status = config_key_for(core->config, core->settings.name, key, err);
	if (status != ASTRO_OK)
		return status;
	return config_change(&core->paths, changes, count, err);
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
		const struct context *context = core.settings.context;
		const char *current =
			context == NULL ? NULL
					: context_value(context, "workspace");

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
