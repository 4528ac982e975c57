/* SPDX-License-Identifier: Apache-2.0 */
/* Waits for one asynchronous call, no longer than it was allowed. */
#include "wait.h"

#include <stdlib.h>

#include "error.h"

enum {
	TICK_MS = 20,     /* ^C may go to another thread than the waiting one */
	FAREWELL_MS = 200 /* for a cancelled call to come back */
};

const char wait_hint[] = "unlock the keyring or start its service, or keep the "
			 "login in the context file with --store file";

/* GLib prints what it thinks of its callers: libsecret's own slip when a call
 * is cancelled with its dialog open, for one.  It means nothing to a person. */
static void say_nothing(const gchar *domain, GLogLevelFlags level,
                        const gchar *message, gpointer data)
{
	(void)domain;
	(void)level;
	(void)message;
	(void)data;
}

int wait_open(const struct keyring_call *call, struct wait **out,
              struct astro_error *err)
{
	struct wait *wait = calloc(1, sizeof(*wait));

	*out = NULL;
	if (wait == NULL)
		return error_no_memory(err);
	wait->call = call;
	wait->context = g_main_context_new();
	wait->cancellable = g_cancellable_new();
	g_main_context_push_thread_default(wait->context);
	(void)g_log_set_default_handler(say_nothing, NULL);
	wait_allow(wait, WAIT_QUICK_MS);
	*out = wait;
	return ASTRO_OK;
}

void wait_close(struct wait *wait)
{
	if (wait == NULL)
		return;
	g_main_context_pop_thread_default(wait->context);
	(void)g_log_set_default_handler(g_log_default_handler, NULL);
	/* Whatever is still under way has the wait's address and its context:
	 * they stay, this once, until the process ends. */
	if (wait->stuck)
		return;
	/* What the proxies leave to be freed when there is time. */
	while (g_main_context_iteration(wait->context, FALSE))
		;
	g_object_unref(wait->cancellable);
	g_main_context_unref(wait->context);
	free(wait);
}

void wait_allow(struct wait *wait, int limit)
{
	wait->limit = limit;
	wait->deadline = wait->call->clock() + limit;
}

void wait_ready(GObject *source, GAsyncResult *result, gpointer data)
{
	struct wait *wait = data;

	(void)source;
	wait->result = g_object_ref(result);
}

static gboolean tick(gpointer data)
{
	(void)data;
	return G_SOURCE_CONTINUE;
}

static int check_patience(const struct wait *wait, struct astro_error *err)
{
	if (wait->call->clock() >= wait->deadline)
		return error_set(err, ASTRO_STORE, wait_hint,
		                 "the keyring did not answer within %d seconds",
		                 wait->limit / 1000);
	return wait->call->interrupted(err);
}

static void say_farewell(struct wait *wait)
{
	int64_t end = g_get_monotonic_time() + (gint64)FAREWELL_MS * 1000;

	g_cancellable_cancel(wait->cancellable);
	while (wait->result == NULL && g_get_monotonic_time() < end)
		(void)g_main_context_iteration(wait->context, TRUE);
	wait->stuck = wait->result == NULL;
	g_clear_object(&wait->result);
}

int wait_for(struct wait *wait, GAsyncResult **out, struct astro_error *err)
{
	GSource *ticks = g_timeout_source_new(TICK_MS);
	int status = ASTRO_OK;

	*out = NULL;
	g_source_set_callback(ticks, tick, NULL, NULL);
	(void)g_source_attach(ticks, wait->context);
	while (wait->result == NULL && status == ASTRO_OK) {
		(void)g_main_context_iteration(wait->context, TRUE);
		if (wait->result == NULL)
			status = check_patience(wait, err);
	}
	if (status != ASTRO_OK)
		say_farewell(wait);
	g_source_destroy(ticks);
	g_source_unref(ticks);
	*out = wait->result;
	wait->result = NULL; /* handed over */
	return status;
}
