/* SPDX-License-Identifier: Apache-2.0 */
/* What is done around the requests that carry a refresh token. */
#include "spend.h"

#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>

#include "clock.h"
#include "core.h"
#include "error.h"
#include "interrupt.h"
#include "log.h"
#include "report.h"
#include "state.h"

int spend_prepare(struct spend *spend, struct astro_core *core,
                  const struct state *state, struct astro_error *err)
{
	memset(spend, 0, sizeof(*spend));
	spend->core = core;
	return journal_prepare(state, &spend->journal, err);
}

/* The last moment at which nothing has happened yet. */
static int before_request(void *data, struct astro_error *err)
{
	struct spend *spend = data;
	int status;

	if (spend->journal.is_pending)
		return ASTRO_OK;
	status = interrupt_check(err);
	if (status == ASTRO_OK)
		status = journal_pending(&spend->journal, spend->guard.secret,
		                         err);
	if (status != ASTRO_OK)
		return status;
	interrupt_hold();
	(void)prctl(PR_SET_PDEATHSIG, 0);
	report_stage(spend->core->report_fd, REPORT_SENT, NULL);
	return ASTRO_OK;
}

void spend_watch(struct spend *spend, const struct astro_secret *refresh_token)
{
	memset(&spend->guard, 0, sizeof(spend->guard));
	spend->guard.secret = refresh_token;
	spend->guard.before = before_request;
	spend->guard.data = spend;
	spend->journal.is_pending = false;
	spend->journal.is_answered = false;
	spend->is_resent = false;
	spend->is_void = false;
	spend->core->spend = spend;
	http_set_guard(spend->core->http, &spend->guard);
}

bool spend_is_lost(const struct spend *spend)
{
	return spend->guard.is_lost;
}

void spend_answer(struct spend *spend, const struct astro_credential *answer)
{
	struct astro_error why = {0};

	if (!spend->may_keep_answer || !spend->journal.is_pending ||
	    spend->journal.is_answered)
		return;
	if (journal_answer(&spend->journal, answer, clock_wall(), &why) !=
	    ASTRO_OK)
		log_write(ASTRO_DEBUG, "%s", why.message);
}

/* A server that said no has not spent the token; one that failed, or whose
 * answer made no sense, may have. */
static bool is_untouched(const struct spend *spend)
{
	const struct http_guard *guard = &spend->guard;

	return !guard->is_sent ||
	       (!guard->is_lost && guard->code >= 400 && guard->code < 500);
}

void spend_settle(struct spend *spend, enum spend_end end)
{
	bool is_over = end == SPEND_DONE || spend->is_void;

	if (spend->core == NULL)
		return;
	if (spend->core->http != NULL)
		http_set_guard(spend->core->http, NULL);
	spend->core->spend = NULL;
	if (end == SPEND_OPEN && !is_over)
		is_over = is_untouched(spend) && !spend->was_cut_off;
	if (is_over)
		state_drop_journal(spend->journal.state);
}

void spend_close(struct spend *spend)
{
	if (spend->core == NULL)
		return;
	journal_close(&spend->journal);
	interrupt_release();
	spend->core = NULL;
}
