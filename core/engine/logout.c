/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The story of a logout.  The server comes first, while there is something to
 * show it; what it says, or a provider that cannot be loaded, keeps nothing
 * from being erased.
 */
#include "logout.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "core.h"
#include "credential.h"
#include "docker_file.h"
#include "domain.h"
#include "error.h"
#include "forget.h"
#include "http.h"
#include "interrupt.h"
#include "provider_call.h"
#include "registry.h"
#include "report.h"
#include "resolve.h"
#include "secret.h"
#include "state.h"
#include "store.h"
#include "text.h"
#include "trace.h"

/* For all that the server is asked: offline must not hang. */
enum { SERVER_MS = 10 * 1000, LINE_MAX_BYTES = ERROR_MESSAGE_MAX + 100 };

struct logout {
	struct astro_core core;
	struct state state;
	struct store store;
	struct forget forget;
	struct astro_credential *credential; /* NULL: nothing to show */
	struct astro_error left;             /* why something was not revoked */
	struct astro_error kept;   /* why Docker still has the token */
	struct astro_error stored; /* why the store still has the login */
	struct astro_error open;   /* why the browser's session goes on */
};

static void done(const struct logout *logout, const char *line, const char *why)
{
	struct text text;

	text_init(&text, LINE_MAX_BYTES);
	if (text_addf(&text, "%s%s%s", line, why != NULL ? ": " : "",
	              why != NULL ? why : ""))
		report_value(logout->core.report_fd, "done", text.bytes);
	text_clear(&text);
}

/* ---- what there is to take back ---- */

static int add(struct astro_credential *credential, const char *field,
               int (*read)(const struct context *, struct astro_secret **,
                           struct astro_error *),
               const struct context *context, struct astro_error *err)
{
	struct astro_secret *secret = NULL;
	struct astro_error ignored;
	int status = ASTRO_OK;

	if (read(context, &secret, &ignored) == ASTRO_OK && secret != NULL)
		status = credential_set(credential, field, secret, err);
	secret_free(secret);
	return status;
}

/*
 * What can be read of the tokens in the file, where they are no whole login:
 * one of them is damaged, or the Go CLI's logout has left the refresh token,
 * which is still good at the server.
 */
static int load_rest(struct logout *logout, struct astro_error *err)
{
	const struct context *context = logout->core.settings.context;
	struct astro_credential *credential;
	int status = credential_new(&credential, err);

	if (status == ASTRO_OK)
		status = add(credential, "refresh_token", context_refresh_token,
		             context, err);
	if (status == ASTRO_OK)
		status = add(credential, "access_token", context_access_token,
		             context, err);
	if (status == ASTRO_OK && credential_field_at(credential, 0) != NULL) {
		logout->credential = credential;
		credential = NULL; /* handed over */
	}
	credential_free(credential);
	return status;
}

/* A login that makes no sense is one to get rid of: no reason to stop. */
static int load(struct logout *logout, struct astro_error *err)
{
	int status;

	status = store_load(&logout->store, &logout->core, &logout->credential,
	                    &logout->left);
	if (status == ASTRO_CANCELLED || status == ASTRO_NO_MEMORY) {
		*err = logout->left;
		return status;
	}
	status = core_learn_login(&logout->core, logout->credential, err);
	if (status != ASTRO_OK)
		return status;
	if (logout->credential == NULL && logout->store.kind == STORE_FILE)
		return load_rest(logout, err);
	return ASTRO_OK;
}

/* ---- at the server ---- */

static void end_session(struct logout *logout,
                        const struct astro_provider *provider,
                        struct astro_session *session)
{
	struct astro_error why = {.status = ASTRO_OK};

	if (provider_end_session(provider, session, &why) == ASTRO_OK)
		logout->open.status = ASTRO_OK;
	else
		logout->open = why;
}

/* Everything between open() and close(). */
static int converse(struct logout *logout,
                    const struct astro_provider *provider,
                    struct astro_error *err)
{
	struct astro_core *core = &logout->core;
	struct astro_session *session = NULL;
	int status = core_connect(core, provider->name, err);

	if (status != ASTRO_OK)
		return status;
	http_end_at(core->http, clock_boot() + SERVER_MS);
	provider = trace_wrap(core, provider);
	status = provider_open(provider, &core->host, &core->settings, &session,
	                       err);
	if (status == ASTRO_OK && logout->credential != NULL)
		status = provider_revoke(provider, session, logout->credential,
		                         err);
	/* A server that is not to be trusted is asked nothing more. */
	if (session != NULL && core->job->end_session &&
	    status != ASTRO_CANCELLED && status != ASTRO_UNSAFE)
		end_session(logout, provider, session);
	provider_close(provider, session);
	return status;
}

static int revoke(struct logout *logout, struct astro_error *err)
{
	const struct astro_provider *provider;
	bool ignored;
	int status = resolve_provider(&logout->core, &provider, &ignored, err);

	if (status != ASTRO_OK)
		return status;
	if (provider->revoke == NULL && !logout->core.job->end_session)
		return error_set(err, ASTRO_UNSUPPORTED, NULL,
		                 "%s takes no token back", provider->title);
	return converse(logout, provider, err);
}

static void settle_revocation(struct logout *logout, int status,
                              const struct astro_error *why)
{
	if (status == ASTRO_UNSUPPORTED) {
		/* Nothing could have been done: no failure. */
		logout->left.status = ASTRO_OK;
		done(logout,
		     "The server takes no token back: it stays valid there "
		     "until it ends",
		     NULL);
		return;
	}
	if (status != ASTRO_OK)
		logout->left = *why;
	if (logout->core.revocations_told > 0)
		return;
	if (status == ASTRO_OK)
		done(logout, "Revoked the login at the server", NULL);
	else
		done(logout, "Could not revoke the login at the server",
		     why->message);
}

/* WHY: where it did not even come to be asked for. */
static void settle_session(struct logout *logout, const struct astro_error *why)
{
	if (logout->open.status == ASTRO_OK)
		return;
	if (logout->open.message[0] == '\0')
		logout->open = *why;
	done(logout, "Could not end the session in the browser",
	     logout->open.message);
}

/* Only ^C stops a logout here. */
static int tell_server(struct logout *logout, struct astro_error *err)
{
	struct astro_error why = {.status = ASTRO_OK};
	int status;

	if (logout->credential == NULL && logout->left.status != ASTRO_OK)
		done(logout, "Could not revoke the login at the server",
		     logout->left.message);
	if (logout->core.job->end_session)
		logout->open.status = ASTRO_UNREACHABLE; /* until it is */
	else if (logout->credential == NULL)
		return ASTRO_OK;
	status = revoke(logout, &why);
	if (status == ASTRO_CANCELLED) {
		*err = why;
		return status;
	}
	if (logout->credential != NULL)
		settle_revocation(logout, status, &why);
	settle_session(logout, &why);
	return ASTRO_OK;
}

/* ---- here ---- */

/* A login to Software has given the token to Docker.  Before it is forgotten
 * here: without it, Docker's copy would not be known. */
static void erase_from_docker(struct logout *logout)
{
	const struct context *context = logout->core.settings.context;
	const struct astro_secret *token =
		credential_get(logout->credential, "access_token");
	char name[sizeof(REGISTRY_OF_SOFTWARE) + DOMAIN_NAME_MAX];
	struct registry *registry;

	if (token == NULL || !docker_is_there() ||
	    strcmp(context_provider(context), "software") != 0)
		return;
	(void)snprintf(name, sizeof(name), REGISTRY_OF_SOFTWARE "%s",
	               context_name(context));
	/* A context that is named by no domain has no registry. */
	if (registry_new(name, REGISTRY_USER, token, &registry, NULL) !=
	    ASTRO_OK)
		return;
	if (registry_log_out(registry, logout->core.report_fd, &logout->kept) !=
	    ASTRO_OK)
		done(logout, "Could not erase Docker's credentials",
		     logout->kept.message);
	registry_free(registry);
}

static void erase_from_store(struct logout *logout)
{
	char line[STORE_NAME_MAX + 64];
	const struct astro_secret *client_secret =
		logout->core.job->for_good
			? NULL
			: credential_get(logout->credential, "client_secret");
	int status = store_leave(&logout->store, &logout->core, client_secret,
	                         &logout->stored);

	if (status == ASTRO_OK) {
		(void)snprintf(line, sizeof(line),
		               "Erased the login from the store %s",
		               logout->store.name);
		done(logout, line, NULL);
	}
	if (status == ASTRO_NOT_FOUND)
		logout->stored.status = ASTRO_OK;
}

/* What the file says of a login leads to it the next time. */
static int check_store(const struct logout *logout, struct astro_error *err)
{
	if (logout->stored.status == ASTRO_OK)
		return interrupt_check(err);
	if (logout->stored.status == ASTRO_CANCELLED) {
		*err = logout->stored;
		return err->status;
	}
	return error_set(err, (enum astro_status)logout->stored.status,
	                 "mend that, and log out again",
	                 "not logged out of %s, for the store %s still has the "
	                 "login: %s",
	                 logout->core.settings.name, logout->store.name,
	                 logout->stored.message);
}

static int erase(struct logout *logout, struct astro_error *err)
{
	int status;

	erase_from_docker(logout);
	erase_from_store(logout);
	status = check_store(logout, err);
	if (status == ASTRO_OK)
		status = forget_login(&logout->core.paths, logout->core.config,
		                      &logout->forget, err);
	if (status == ASTRO_OK) {
		state_drop_journal(&logout->state);
		report_value(logout->core.report_fd, "erased",
		             logout->forget.list);
	}
	return status;
}

/* What is left after all, the worst of it. */
static int conclude(const struct logout *logout, struct astro_error *err)
{
	const char *name = logout->core.settings.name;

	if (logout->kept.status != ASTRO_OK)
		return error_set(err, ASTRO_STORE,
		                 "run `docker logout` for the registry",
		                 "logged out of %s, but Docker still has the "
		                 "token: %s",
		                 name, logout->kept.message);
	/* Nobody should try again where asking is not safe. */
	if (logout->left.status != ASTRO_OK && !logout->core.job->local)
		return error_set(
			err,
			logout->left.status == ASTRO_UNSAFE ? ASTRO_UNSAFE
							    : ASTRO_UNREACHABLE,
			"revoke it in the account's settings; else it stays "
			"valid there until it ends",
			"logged out of %s here, but not at the server: %s",
			name, logout->left.message);
	if (logout->open.status != ASTRO_OK)
		return error_set(err, (enum astro_status)logout->open.status,
		                 logout->open.hint,
		                 "logged out of %s, but the session in the "
		                 "browser goes on: %s",
		                 name, logout->open.message);
	return ASTRO_OK;
}

static int find(struct logout *logout, struct astro_error *err)
{
	const struct astro_core *core = &logout->core;

	int status = store_of(core, &logout->store, err);

	forget_find(core->config, core->settings.context, &logout->forget);
	/* Before the server is told what this file could not follow. */
	if (status == ASTRO_OK && logout->forget.count > 0)
		status = config_check_login(&core->paths, core->config,
		                            context_key(core->settings.context),
		                            err);
	return status;
}

static int check_context(const struct astro_core *core, struct astro_error *err)
{
	if (core->settings.context != NULL)
		return ASTRO_OK;
	return error_set(err, ASTRO_NOT_FOUND,
	                 "list the contexts with `astro context list`",
	                 "no context is named %s", core->settings.name);
}

/* A refresh that is under way ends first: what it wins is what is taken back
 * and erased then. */
static int lock(struct logout *logout, struct astro_error *err)
{
	struct astro_core *core = &logout->core;
	int status = check_context(core, err);

	if (status == ASTRO_OK)
		status = state_lock(&core->paths,
		                    context_key(core->settings.context),
		                    STATE_WAIT_MS, &logout->state, err);
	if (status == ASTRO_OK)
		status = core_reload(core, err);
	return status == ASTRO_OK ? check_context(core, err) : status;
}

static int log_out(struct logout *logout, struct astro_error *err)
{
	const struct engine_job *job = logout->core.job;
	int status = load(logout, err);
	bool already;

	if (status != ASTRO_OK)
		return status;
	already = logout->forget.count == 0 && logout->credential == NULL &&
	          logout->left.status == ASTRO_OK && !job->for_good;
	if (!job->local && (!already || job->end_session))
		status = tell_server(logout, err);
	if (status == ASTRO_OK && already)
		report_value(logout->core.report_fd, "already", "yes");
	else if (status == ASTRO_OK)
		status = erase(logout, err);
	return status == ASTRO_OK ? conclude(logout, err) : status;
}

int logout_run(const struct engine_job *job, int report_fd,
               struct astro_error *err)
{
	struct logout logout;
	int status;

	memset(&logout, 0, sizeof(logout));
	logout.state.folder = -1;
	logout.state.lock = LOCK_NONE;
	status = core_open(&logout.core, job, report_fd, err);
	if (status == ASTRO_OK)
		status = lock(&logout, err);
	if (status == ASTRO_OK)
		status = find(&logout, err);
	if (status == ASTRO_OK)
		status = log_out(&logout, err);
	state_unlock(&logout.state);
	credential_free(logout.credential);
	core_close(&logout.core);
	return status;
}
