/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider that stands in front of another.  Names, statuses and durations
 * are logged, never arguments: the trace may be pasted into a bug report.  And
 * the parent is told when it is the provider's turn.
 */
#include "trace.h"

#include <inttypes.h>
#include <stdlib.h>

#include "clock.h"
#include "core.h"
#include "error.h"
#include "log.h"
#include "turn.h"

/* The session of the trace: the provider's own, and whose it is. */
struct astro_session {
	struct astro_core *core;
	const struct astro_provider *provider;
	struct astro_session *inner;
};

static const char *status_name(int status)
{
	switch ((enum astro_status)status) {
	case ASTRO_OK:
		return "ok";
	case ASTRO_CANCELLED:
		return "cancelled";
	case ASTRO_BAD_CONFIG:
		return "bad config";
	case ASTRO_BAD_PLUGIN:
		return "bad plugin";
	case ASTRO_DENIED:
		return "denied";
	case ASTRO_EXPIRED:
		return "expired";
	case ASTRO_UNREACHABLE:
		return "unreachable";
	case ASTRO_BAD_ANSWER:
		return "bad answer";
	case ASTRO_NOT_FOUND:
		return "not found";
	case ASTRO_UNSUPPORTED:
		return "unsupported";
	case ASTRO_UNSAFE:
		return "unsafe";
	case ASTRO_TIMED_OUT:
		return "timed out";
	case ASTRO_STORE:
		return "store";
	case ASTRO_USAGE:
		return "usage";
	case ASTRO_NO_MEMORY:
		return "no memory";
	case ASTRO_INTERNAL:
		return "internal";
	}
	return "no status";
}

static int64_t enter(const struct astro_session *session, const char *operation)
{
	log_write(ASTRO_DEBUG, "%s: %s", session->provider->name, operation);
	turn_of_provider(session->core);
	return clock_boot();
}

static int leave(const struct astro_session *session, const char *operation,
                 int64_t since, int status)
{
	turn_of_host(session->core);
	log_write(ASTRO_DEBUG, "%s: %s: %s after %" PRId64 " ms",
	          session->provider->name, operation, status_name(status),
	          clock_boot() - since);
	return status;
}

static int trace_open(const struct astro_host *host,
                      const struct astro_settings *settings,
                      struct astro_session **out, struct astro_error *err)
{
	const struct astro_provider *provider = host->core->traced;
	struct astro_session *session;
	int64_t since;
	int status;

	*out = NULL;
	session = calloc(1, sizeof(*session));
	if (session == NULL)
		return error_no_memory(err);
	session->core = host->core;
	session->provider = provider;
	since = enter(session, "open");
	status = provider->open(host, settings, &session->inner, err);
	if (leave(session, "open", since, status) != ASTRO_OK ||
	    session->inner == NULL) {
		free(session);
		return status;
	}
	*out = session;
	return ASTRO_OK;
}

static void trace_close(struct astro_session *session)
{
	int64_t since;

	if (session == NULL)
		return;
	since = enter(session, "close");
	session->provider->close(session->inner);
	(void)leave(session, "close", since, ASTRO_OK);
	free(session);
}

static int trace_prompt(struct astro_session *session, struct astro_error *err)
{
	int64_t since = enter(session, "prompt");

	return leave(session, "prompt", since,
	             session->provider->prompt(session->inner, err));
}

static int trace_authenticate(struct astro_session *session,
                              struct astro_credential **out,
                              struct astro_error *err)
{
	int64_t since = enter(session, "authenticate");

	return leave(session, "authenticate", since,
	             session->provider->authenticate(session->inner, out, err));
}

static int trace_workspaces(struct astro_session *session,
                            const struct astro_credential *credential,
                            struct astro_listing *listing,
                            struct astro_error *err)
{
	int64_t since = enter(session, "workspaces");

	return leave(session, "workspaces", since,
	             session->provider->workspaces(session->inner, credential,
	                                           listing, err));
}

static int trace_store(struct astro_session *session,
                       const struct astro_credential *credential,
                       struct astro_error *err)
{
	int64_t since = enter(session, "store");

	return leave(session, "store", since,
	             session->provider->store(session->inner, credential, err));
}

static int trace_refresh(struct astro_session *session,
                         const struct astro_credential *old,
                         struct astro_credential **out, struct astro_error *err)
{
	int64_t since = enter(session, "refresh");

	return leave(session, "refresh", since,
	             session->provider->refresh(session->inner, old, out, err));
}

static int trace_revoke(struct astro_session *session,
                        const struct astro_credential *credential,
                        struct astro_error *err)
{
	int64_t since = enter(session, "revoke");

	return leave(
		session, "revoke", since,
		session->provider->revoke(session->inner, credential, err));
}

static int trace_end_session(struct astro_session *session,
                             struct astro_error *err)
{
	int64_t since = enter(session, "end_session");

	return leave(session, "end_session", since,
	             session->provider->end_session(session->inner, err));
}

const struct astro_provider *trace_wrap(struct astro_core *core,
                                        const struct astro_provider *provider)
{
	struct astro_provider *table = &core->trace_table;

	*table = *provider;
	table->open = trace_open;
	table->close = trace_close;
	table->authenticate = trace_authenticate;
	if (provider->prompt != NULL)
		table->prompt = trace_prompt;
	if (provider->workspaces != NULL)
		table->workspaces = trace_workspaces;
	if (provider->store != NULL)
		table->store = trace_store;
	if (provider->refresh != NULL)
		table->refresh = trace_refresh;
	if (provider->revoke != NULL)
		table->revoke = trace_revoke;
	if (provider->end_session != NULL)
		table->end_session = trace_end_session;
	core->traced = provider;
	turn_watch(core);
	return table;
}
