/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A place outside the context file that keeps the secrets of a login: one
 * record (record.h) under each entry.
 */
#ifndef CORE_ENGINE_STORE_BACKEND_H
#define CORE_ENGINE_STORE_BACKEND_H

#include <astro/provider.h>

/* Which login: a context of one person's folder. */
struct store_entry {
	/* $ASTRO_HOME/.astro, absolute: two homes never share a record. */
	const char *folder;
	const char *name;    /* the context's canonical name: "astronomer.io" */
	const char *account; /* for people who look into the store, or NULL */
};

/* ARGUMENT is what follows "helper:".  Every error is ASTRO_STORE, naming the
 * store and the choice, but for those named here. */
struct store_backend {
	const char *title; /* "the keyring", for messages */
	/* Prove that put() could work now: there, and unlocked (which may ask
	 * the person to unlock it). */
	int (*probe)(const char *argument, struct astro_error *err);
	/* ASTRO_NOT_FOUND: nothing is kept there.  A store that cannot be
	 * asked (locked, absent, hanging) is never taken for an empty one. */
	int (*get)(const char *argument, const struct store_entry *entry,
	           struct astro_secret **record, struct astro_error *err);
	int (*put)(const char *argument, const struct store_entry *entry,
	           const struct astro_secret *record, struct astro_error *err);
	/* ASTRO_NOT_FOUND: there was nothing. */
	int (*erase)(const char *argument, const struct store_entry *entry,
	             struct astro_error *err);
};

extern const struct store_backend store_keyring, store_helper, store_session;

#endif
