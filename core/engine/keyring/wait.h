/* SPDX-License-Identifier: Apache-2.0 */
/* GLib's asynchronous calls, waited for one by one: with a deadline and ^C. */
#ifndef CORE_ENGINE_KEYRING_WAIT_H
#define CORE_ENGINE_KEYRING_WAIT_H

#include <gio/gio.h>

#include "keyring_module.h"

enum {
	WAIT_QUICK_MS = 3 * 1000,
	/* While a dialog is open that somebody can answer. */
	WAIT_PERSON_MS = 60 * 1000
};

struct wait {
	const struct keyring_call *call;
	GMainContext *context; /* our own, this thread's default meanwhile */
	GCancellable *cancellable;
	GAsyncResult *result;
	int64_t deadline;
	int limit;  /* milliseconds, for the message */
	bool stuck; /* something never came back */
};

int wait_open(const struct keyring_call *call, struct wait **out,
              struct astro_error *err);
/* Accepts NULL. */
void wait_close(struct wait *wait);

/* From now on, LIMIT milliseconds for all that is waited for. */
void wait_allow(struct wait *wait, int limit);

/* What to give to the asynchronous call, with the wait as its data. */
void wait_ready(GObject *source, GAsyncResult *result, gpointer wait);
/*
 * *OUT is the call's result, for its _finish() and then g_object_unref().
 * ASTRO_STORE past the deadline, ASTRO_CANCELLED after ^C: then the call has
 * been cancelled, and nothing more may be asked of this wait.
 */
int wait_for(struct wait *wait, GAsyncResult **out, struct astro_error *err);

extern const char wait_hint[];

#endif
