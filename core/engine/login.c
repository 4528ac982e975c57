/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story of a login.  Nothing is written before its end, and that it can be
 * written is proven before its beginning: nobody should type a password for
 * nothing.
 */
#include "login.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "core.h"
#include "credential.h"
#include "domain.h"
#include "error.h"
#include "host.h"
#include "interrupt.h"
#include "keep.h"
#include "provider_call.h"
#include "registry.h"
#include "report.h"
#include "resolve.h"
#include "secret.h"
#include "selection.h"
#include "state.h"
#include "store.h"
#include "trace.h"

struct login {
	struct astro_core core;
	char key[DOMAIN_NAME_MAX];
	struct keep keep;
	const struct astro_provider *provider;
	struct astro_session *session;
	struct astro_credential *credential;
	struct astro_listing listing;
	const struct listing_row *workspace; /* of the listing, or NULL */
	const char *note;
};

/* Nobody should go through a login that cannot be kept. */
static int prepare_store(struct login *login, struct astro_error *err)
{
	struct astro_core *core = &login->core;
	struct astro_secret *secret = NULL;
	struct store old;
	int status = store_of(core, &login->keep.store, err);

	if (status == ASTRO_OK && login->keep.store.kind != STORE_NONE)
		status = config_check_writable(&core->paths, err);
	if (status == ASTRO_OK && login->keep.store.kind != STORE_NONE)
		status = config_check_login(&core->paths, core->config,
		                            login->key, err);
	if (status == ASTRO_OK)
		status = store_probe(&login->keep.store, err);
	if (status != ASTRO_OK)
		return status;
	/* The client's own secret is kept with the tokens; one that was written
	 * into the file since is newer. */
	if (core_answer(core, "client_secret") == NULL &&
	    store_of_context(core->settings.context, &old, NULL) == ASTRO_OK &&
	    store_client_secret(&old, core, &secret, NULL) == ASTRO_OK)
		core_know_client_secret(core, secret);
	return ASTRO_OK;
}

static int prepare(struct login *login, const struct engine_job *job,
                   int report_fd, struct astro_error *err)
{
	struct astro_core *core = &login->core;
	int status;

	status = core_open(core, job, report_fd, err);
	if (status == ASTRO_OK)
		status = config_key_for(core->config, job->name, login->key,
		                        err);
	if (status == ASTRO_OK)
		status = prepare_store(login, err);
	if (status == ASTRO_OK)
		status = state_check(&core->paths, err);
	if (status == ASTRO_OK)
		status = resolve_provider(core, &login->provider,
		                          &login->keep.provider_written_down,
		                          err);
	if (status != ASTRO_OK)
		return status;

	login->keep.key = login->key;
	login->keep.provider = login->provider->name;
	if (login->provider->workspaces == NULL &&
	    core_answer(core, "workspace") != NULL)
		return error_set(
			err, ASTRO_UNSUPPORTED, "leave --workspace out",
			"%s has no workspaces", login->provider->title);
	return core_connect(core, login->provider->name, err);
}

static int select_workspace(struct login *login, struct astro_error *err)
{
	int status;

	if (login->provider->workspaces == NULL)
		return ASTRO_OK;
	status = provider_workspaces(login->provider, login->session,
	                             login->credential, &login->listing, err);
	if (status == ASTRO_OK)
		status = selection_settle(&login->core, &login->listing,
		                          &login->workspace, &login->note, err);
	if (status != ASTRO_OK || login->workspace == NULL)
		return status;
	status = credential_set_text(login->credential, "workspace",
	                             login->workspace->id, err);
	if (status == ASTRO_OK)
		status = credential_set_text(login->credential,
		                             "last_used_workspace",
		                             login->workspace->id, err);
	return status;
}

static int store(struct login *login, struct astro_error *err)
{
	int status;

	if (login->provider->store == NULL)
		status = keep_collect(&login->core, login->credential, err);
	else
		status = provider_store(login->provider, login->session,
		                        login->credential, err);
	if (status == ASTRO_OK)
		status = keep_judge(&login->core, &login->keep, err);
	return status;
}

/* Of the id_token; NULL where there was none. */
static const struct state_origin *
find_origin(const struct astro_credential *credential, struct state_origin *out)
{
	const char *nonce = credential_claim(credential, "nonce");

	if (nonce == NULL || strlen(nonce) > STATE_NONCE_MAX)
		return NULL;
	(void)snprintf(out->nonce, sizeof(out->nonce), "%s", nonce);
	out->issued = credential_claim_number(credential, "iat", 0);
	return out;
}

/* Under the context's lock: a refresh under way ends first, and finds this
 * login afterwards.  What its journal may hold is of the login before. */
static int keep(const struct login *login, struct astro_error *err)
{
	int64_t expiry = credential_expiry(login->core.kept);
	struct state_origin origin;
	struct state state;
	int status;

	status = state_lock(&login->core.paths, login->key, STATE_WAIT_MS,
	                    &state, err);
	if (status != ASTRO_OK)
		return status;
	status = keep_write(&login->core, &login->keep, err);
	if (status == ASTRO_OK) {
		state_drop_journal(&state);
		state_note_origin(&state, clock_wall(), expiry,
		                  find_origin(login->credential, &origin));
	}
	state_unlock(&state);
	return status;
}

/* Everything between open() and close(). */
static int converse(struct login *login, struct astro_error *err)
{
	int status;

	status = provider_open(login->provider, &login->core.host,
	                       &login->core.settings, &login->session, err);
	if (status == ASTRO_OK)
		status = provider_prompt(login->provider, login->session, err);
	if (status == ASTRO_OK)
		status = provider_authenticate(login->provider, login->session,
		                               &login->credential, err);
	if (status == ASTRO_OK)
		status = select_workspace(login, err);
	if (status == ASTRO_OK)
		status = store(login, err);
	provider_close(login->provider, login->session);
	login->session = NULL;
	return status;
}

static const char *account(const struct login *login)
{
	const struct astro_credential *credential = login->credential;
	const char *name = credential_text(credential, "user_email");

	if (name == NULL)
		name = credential_text(credential, "username");
	if (name == NULL)
		name = credential_claim(credential, "email");
	return name;
}

static void report_text(int fd, const char *key, const char *value)
{
	if (value != NULL && value[0] != '\0')
		report_value(fd, key, value);
}

static void report_login(const struct login *login, int fd)
{
	int64_t expiry = credential_expiry(login->core.kept);
	char number[32];

	report_text(fd, "name", login->core.settings.name);
	report_text(fd, "provider", login->keep.provider);
	report_text(fd, "account", account(login));
	report_text(fd, "organization",
	            credential_text(login->credential, "organization"));
	if (login->workspace != NULL) {
		report_text(fd, "workspace", login->workspace->id);
		report_text(fd, "workspace_name", login->workspace->name);
	}
	if (expiry != 0 && expiry != INT64_MAX) {
		(void)snprintf(number, sizeof(number), "%" PRId64, expiry);
		report_value(fd, "expiry", number);
	}
	report_text(fd, "store", login->keep.store.name);
	/* Kept nowhere else. */
	if (login->keep.store.kind == STORE_NONE &&
	    credential_get(login->credential, "access_token") != NULL)
		report_value(fd, "token",
		             secret_bytes(credential_get(login->credential,
		                                         "access_token"),
		                          NULL));
	report_text(fd, "note", login->note);
}

/* The login is kept by now: nothing of this fails it. */
static void settle_registry(const struct astro_core *core, int fd)
{
	struct store store;
	bool plain;

	if (core->registry == NULL)
		return;
	/* Who keeps the token out of files gets no copy of it into one. */
	plain = store_of(core, &store, NULL) == ASTRO_OK &&
	        store.kind == STORE_FILE;
	registry_log_in(core->registry, plain, fd);
}

/* Nobody would hear that the login was kept, and what is not heard of has
 * failed. */
static int check_heard(const struct login *login, struct astro_error *err)
{
	int fd = login->core.report_fd;

	if (fd < 0 || report_is_heard(fd))
		return ASTRO_OK;
	return error_set(err, ASTRO_BAD_PLUGIN, NULL,
	                 "the provider %s closed files that are not its own",
	                 login->provider->name);
}

int login_run(const struct engine_job *job, int report_fd,
              struct astro_error *err)
{
	struct login login;
	int status;

	memset(&login, 0, sizeof(login));
	status = prepare(&login, job, report_fd, err);
	if (status == ASTRO_OK)
		login.provider = trace_wrap(&login.core, login.provider);
	if (status == ASTRO_OK)
		status = converse(&login, err);
	if (status == ASTRO_OK)
		status = interrupt_check(err);
	if (status == ASTRO_OK)
		status = check_heard(&login, err);
	if (status == ASTRO_OK && login.keep.store.kind != STORE_NONE)
		status = keep(&login, err);
	if (status == ASTRO_OK) {
		settle_registry(&login.core, report_fd);
		report_login(&login, report_fd);
	}

	listing_clear(&login.listing);
	credential_free(login.credential);
	core_close(&login.core);
	return status;
}
