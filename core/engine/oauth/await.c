/* SPDX-License-Identifier: Apache-2.0 */
/* Shows the way to the login page, and serves everything that may happen until
 * its answer is there. */
#include "await.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "browser.h"
#include "callback.h"
#include "clock.h"
#include "core.h"
#include "drive.h"
#include "error.h"
#include "interrupt.h"
#include "paste.h"
#include "secret.h"
#include "terminal.h"

enum {
	TURN_MS = 1000,        /* the callback wants its turn */
	WARM_AGAIN_MS = 45000, /* servers close what is idle for a minute */
	PROMPT_SIZE = 160
};

/* What a driving program answers with the address that was ended on. */
static const struct astro_question question = {
	.size = sizeof(question),
	.echo = ASTRO_ECHO_OFF,
	.key = "callback",
	.label = "The address that the browser ends on, if it cannot come back",
};

/* The hosts that will be asked next: the shake of hands is over when the
 * person comes back. */
static void warm(struct grant *grant, bool is_first)
{
	const struct astro_authorization *asked = grant->asked;
	struct http *http = grant->core->http;
	size_t i;

	grant->warmed = clock_boot();
	if (asked->server->jwks_uri != NULL && is_first)
		http_prefetch(http, asked->server->jwks_uri);
	else if (asked->server->jwks_uri != NULL)
		http_warm(http, asked->server->jwks_uri);
	for (i = 0; i < asked->warm_count; i++)
		http_warm(http, asked->warm[i]);
}

/* Whole, on a line of its own, as it must be copied: terminal_tell() would
 * mask what looks like a secret.  authorize_url_make() left only visible
 * ASCII. */
static void show_url(const struct grant *grant)
{
	(void)fprintf(stderr, "%s\n", grant->url.bytes);
}

/* 0 when there is no end. */
static int64_t time_left(const struct grant *grant)
{
	int64_t deadline = grant->core->job->deadline, left;

	if (deadline == 0)
		return 0;
	left = deadline - clock_boot();
	return left > 0 ? left : 1;
}

/* With the time that is left, and in fewer words where a line is short: one
 * that wraps cannot be drawn over. */
static void word_prompt(const struct grant *grant, char *out, size_t size)
{
	static const struct {
		const char *before, *after;
	} words[] = {
		{"Waiting for the browser",
	         "; or paste the address it ends on: "},
		{"Waiting", "; or paste address: "},
		{"Paste the address that the browser ends on", ": "},
		{"Paste its address", ": "},
	};
	size_t i = grant->callback == NULL ? 2 : 0;
	char left[64] = "";

	if (time_left(grant) > 0) {
		(void)snprintf(left, sizeof(left), ", ");
		terminal_time_left(time_left(grant), left + 2,
		                   sizeof(left) - 2);
	}
	if (strlen(words[i].before) + strlen(left) + strlen(words[i].after) >=
	    terminal_width(stderr))
		i++;
	(void)snprintf(out, size, "%s%s%s", words[i].before, left,
	               words[i].after);
}

static int open_line(struct grant *grant, struct astro_error *err)
{
	char prompt[PROMPT_SIZE];

	if (grant->core->drive != NULL)
		return ASTRO_OK;
	word_prompt(grant, prompt, sizeof(prompt));
	if (grant->may_paste)
		return terminal_line_open(prompt, &grant->line, err);
	terminal_tell("Waiting for the browser to come back");
	return ASTRO_OK;
}

/* A clock that stands still says that nothing goes on. */
static void show_time(struct grant *grant)
{
	char prompt[PROMPT_SIZE];

	if (grant->core->drive != NULL) {
		drive_waiting(grant->core->drive, "browser", time_left(grant));
	} else if (grant->line != NULL && time_left(grant) > 0) {
		word_prompt(grant, prompt, sizeof(prompt));
		terminal_line_reword(grant->line, prompt);
	}
}

static void tell_link(const struct grant *grant)
{
	const char *why = grant->choice.why;

	if (why == NULL)
		terminal_tell("Open this link in a browser to log in:");
	else
		terminal_tell("%c%s: open this link on any device:",
		              toupper((unsigned char)why[0]), why + 1);
}

/* Where the browser looks for us and does not find us. */
static void tell_paste(const struct grant *grant)
{
	if (grant->choice.flow != FLOW_LINK || !grant->may_paste)
		return;
	terminal_tell(grant->callback != NULL
	                      ? "On another device it ends on a page that does "
	                        "not open: paste its address here."
	                      : "It ends on a page that does not open: paste "
	                        "its address here.");
}

/* The driving program opens it, or shows it. */
static int show_to_driver(struct grant *grant)
{
	const struct drive_member url = {.name = "url",
	                                 .text = grant->url.bytes};

	drive_event(grant->core->drive, "open_url", &url, 1);
	drive_announce(grant->core->drive, &question);
	return ASTRO_OK;
}

static int show(struct grant *grant, struct astro_error *err)
{
	struct astro_error why = {0};

	if (grant->core->drive != NULL)
		return show_to_driver(grant);
	if (grant->choice.flow == FLOW_BROWSER &&
	    browser_start(grant->url.bytes, &grant->browser, &why) == ASTRO_OK)
		terminal_tell("Opening your browser to log in. If it does not "
		              "open, visit:");
	else if (grant->choice.flow == FLOW_BROWSER)
		terminal_tell("%c%s: open this link on any device:",
		              toupper((unsigned char)why.message[0]),
		              why.message + 1);
	else
		tell_link(grant);
	show_url(grant);
	tell_paste(grant);
	return open_line(grant, err);
}

/* A line for the person while the prompt stands there; a driving program is
 * asked once more. */
static int interject(struct grant *grant, const char *text,
                     struct astro_error *err)
{
	if (grant->core->drive != NULL) {
		terminal_tell("%s", text);
		drive_announce(grant->core->drive, &question);
		return ASTRO_OK;
	}
	terminal_line_close(grant->line);
	grant->line = NULL;
	terminal_tell("%s", text);
	return grant->may_paste ? open_line(grant, err) : ASTRO_OK;
}

static int take_browser(struct grant *grant, struct astro_error *err)
{
	struct astro_error why = {0};
	char text[ERROR_MESSAGE_MAX + 64];
	int status = browser_result(grant->browser, &why);

	grant->browser = -1;
	if (status == ASTRO_OK)
		return ASTRO_OK;
	(void)snprintf(text, sizeof(text),
	               "%s: open the link above on any device", why.message);
	text[0] = (char)toupper((unsigned char)text[0]);
	return interject(grant, text, err);
}

/* From the terminal, or from the driving program. */
static int read_line(struct grant *grant, struct astro_secret **line,
                     bool *ended, struct astro_error *err)
{
	if (grant->core->drive != NULL)
		return drive_take(grant->core->drive, question.key, line, ended,
		                  err);
	return terminal_line_read(grant->line, line, ended, err);
}

static int take_line(struct grant *grant, struct astro_error *err)
{
	const struct paste_expected expected = {.redirect = &grant->redirect,
	                                        .answer = grant->expected};
	struct astro_secret *line = NULL;
	bool ended = false;
	int status = read_line(grant, &line, &ended, err);

	/* What a program writes wrong it would write wrong again. */
	if (status != ASTRO_OK && grant->core->drive != NULL)
		return status;
	if (status == ASTRO_OK && line != NULL)
		status = paste_read(line, &expected, &grant->query, err);
	secret_free(line);
	/* Not usable: said, and the wait goes on. */
	if (status == ASTRO_DENIED || status == ASTRO_NOT_FOUND)
		return interject(grant, err->message, err);
	/* A driving program may have nothing more to say, and the browser come
	 * back all the same. */
	if (status == ASTRO_OK && ended && grant->query == NULL &&
	    (grant->core->drive == NULL || grant->callback == NULL))
		return error_set(err, ASTRO_DENIED, "run `astro login` again",
		                 "end of input before the login was finished");
	return status;
}

static int take_callback(struct grant *grant, struct astro_error *err)
{
	const char *query;

	callback_run(grant->callback);
	query = callback_query(grant->callback);
	if (query == NULL)
		return ASTRO_OK;
	return secret_new(query, strlen(query), &grant->query, err);
}

static int check_time(const struct grant *grant, struct astro_error *err)
{
	int64_t deadline = grant->core->job->deadline;

	if (deadline == 0 || clock_boot() < deadline)
		return ASTRO_OK;
	return error_set(err, ASTRO_TIMED_OUT,
	                 "run `astro login` again; --timeout SECONDS gives "
	                 "more time",
	                 "nobody finished the login within %lld s",
	                 (long long)((deadline - grant->begun + 999) / 1000));
}

static int turn_length(const struct grant *grant)
{
	int64_t deadline = grant->core->job->deadline, left;

	if (deadline == 0)
		return TURN_MS;
	left = deadline - clock_boot();
	return left < TURN_MS ? (int)(left > 0 ? left : 0) : TURN_MS;
}

/* One look at everything that may happen. */
static int wait_turn(struct grant *grant, struct astro_error *err)
{
	struct http_watch watches[3], *line = NULL, *browser = NULL;
	size_t count = 0;
	int status;

	memset(watches, 0, sizeof(watches));
	if (grant->callback != NULL)
		watches[count++].fd = callback_fd(grant->callback);
	if (grant->line != NULL ||
	    (grant->core->drive != NULL && drive_fd(grant->core->drive) >= 0)) {
		line = &watches[count++];
		line->fd = grant->line != NULL ? terminal_line_fd(grant->line)
		                               : drive_fd(grant->core->drive);
	}
	if (grant->browser >= 0) {
		browser = &watches[count++];
		browser->fd = grant->browser;
	}
	status = http_wait(grant->core->http, watches, count,
	                   turn_length(grant), err);
	if (status == ASTRO_OK)
		status = interrupt_check(err);
	if (status == ASTRO_OK && grant->core->drive != NULL)
		status = drive_check(grant->core->drive, err);
	if (status == ASTRO_OK && grant->callback != NULL)
		status = take_callback(grant, err);
	if (status == ASTRO_OK && grant->query == NULL && line != NULL &&
	    line->readable)
		status = take_line(grant, err);
	if (status == ASTRO_OK && grant->query == NULL && browser != NULL &&
	    browser->readable)
		status = take_browser(grant, err);
	return status;
}

int await_answer(struct grant *grant, struct astro_error *err)
{
	int status;

	warm(grant, true);
	status = show(grant, err);

	while (status == ASTRO_OK && grant->query == NULL) {
		status = check_time(grant, err);
		if (status == ASTRO_OK)
			status = wait_turn(grant, err);
		show_time(grant);
		if (clock_boot() - grant->warmed >= WARM_AGAIN_MS)
			warm(grant, false);
	}
	terminal_line_close(grant->line);
	grant->line = NULL;
	return status;
}
