/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of the host that stand in front of those that wait. */
#include "turn.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core.h"
#include "host.h"
#include "log.h"
#include "report.h"
#include "terminal.h"

enum { LINES_MAX = 1000, LINE_SIZE = 4096 };

void turn_of_provider(struct astro_core *core)
{
	if (core->report_fd >= 0)
		report_turn(core->report_fd, REPORT_TURN_PROVIDER);
}

void turn_of_host(struct astro_core *core)
{
	if (core->report_fd >= 0)
		report_turn(core->report_fd, REPORT_TURN_HOST);
}

static int back(struct astro_core *core, int status)
{
	turn_of_provider(core);
	return status;
}

/* True when one more line may be shown. */
static bool take_line(struct astro_core *core)
{
	if (core->line_count > LINES_MAX)
		return false;
	turn_of_host(core);
	if (core->line_count++ == LINES_MAX) {
		terminal_tell("The provider says too much: the rest of it is "
		              "left out");
		(void)back(core, ASTRO_OK);
		return false;
	}
	return true;
}

static void turn_tell(struct astro_core *core, const char *fmt, ...)
{
	char line[LINE_SIZE];
	va_list args;

	if (core == NULL || fmt == NULL || !take_line(core))
		return;
	va_start(args, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	core->waiting.tell(core, "%s", line);
	explicit_bzero(line, sizeof(line));
	turn_of_provider(core);
}

static void turn_log(struct astro_core *core, enum astro_level level,
                     const char *fmt, ...)
{
	char line[LINE_SIZE];
	va_list args;

	if (core == NULL || fmt == NULL ||
	    (!log_is_verbose() && level != ASTRO_WARNING) || !take_line(core))
		return;
	va_start(args, fmt);
	(void)vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	core->waiting.log(core, level, "%s", line);
	explicit_bzero(line, sizeof(line));
	turn_of_provider(core);
}

static int turn_ask(struct astro_core *core,
                    const struct astro_question *question,
                    struct astro_secret **answer, struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "ask", NULL);
	turn_of_host(core);
	return back(core, core->waiting.ask(core, question, answer, err));
}

static int turn_choose(struct astro_core *core, const struct astro_menu *menu,
                       size_t *picked, struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "choose", NULL);
	turn_of_host(core);
	return back(core, core->waiting.choose(core, menu, picked, err));
}

static int turn_browse(struct astro_core *core, const char *url,
                       struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "browse", NULL);
	turn_of_host(core);
	return back(core, core->waiting.browse(core, url, err));
}

static int turn_http(struct astro_core *core,
                     const struct astro_request *request,
                     struct astro_response **out, struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "http", NULL);
	turn_of_host(core);
	return back(core, core->waiting.http(core, request, out, err));
}

static int turn_http_all(struct astro_core *core,
                         const struct astro_request *const *requests,
                         size_t count, struct astro_response **outs,
                         struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "http_all", NULL);
	turn_of_host(core);
	return back(core,
	            core->waiting.http_all(core, requests, count, outs, err));
}

static int turn_wait(struct astro_core *core, uint32_t ms,
                     struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "wait", NULL);
	turn_of_host(core);
	return back(core, core->waiting.wait(core, ms, err));
}

static int turn_can_authorize(struct astro_core *core, struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "can_authorize", NULL);
	turn_of_host(core);
	return back(core, core->waiting.can_authorize(core, err));
}

static int turn_authorize(struct astro_core *core,
                          const struct astro_authorization *request,
                          struct astro_credential **out,
                          struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "authorize", NULL);
	turn_of_host(core);
	return back(core, core->waiting.authorize(core, request, out, err));
}

static int turn_refresh(struct astro_core *core,
                        const struct astro_refresh *request,
                        const struct astro_credential *old,
                        struct astro_credential **out, struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "refresh", NULL);
	turn_of_host(core);
	return back(core, core->waiting.refresh(core, request, old, out, err));
}

static int turn_revoke(struct astro_core *core,
                       const struct astro_server *server,
                       const struct astro_client *client,
                       const struct astro_credential *credential,
                       struct astro_error *err)
{
	if (core == NULL)
		return host_misuse(err, "revoke", NULL);
	turn_of_host(core);
	return back(core, core->waiting.revoke(core, server, client, credential,
	                                       err));
}

void turn_watch(struct astro_core *core)
{
	struct astro_host *host = &core->host;

	if (host->ask == turn_ask)
		return;
	core->waiting = *host;
	host->log = turn_log;
	host->tell = turn_tell;
	host->ask = turn_ask;
	host->choose = turn_choose;
	host->browse = turn_browse;
	host->http = turn_http;
	host->http_all = turn_http_all;
	host->wait = turn_wait;
	host->can_authorize = turn_can_authorize;
	host->authorize = turn_authorize;
	host->refresh = turn_refresh;
	host->revoke = turn_revoke;
}
