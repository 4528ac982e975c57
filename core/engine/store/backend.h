/* SPDX-License-Identifier: Apache-2.0 */
/* Places outside of the context file that keep a login: one interface. */
#ifndef CORE_ENGINE_STORE_BACKEND_H
#define CORE_ENGINE_STORE_BACKEND_H

#include <astro/provider.h>

struct paths;

/* Which login: a context of one person's folder. */
struct store_entry {
	/* $ASTRO_HOME/.astro, absolute: two homes never share a record. */
	const char *folder;
	const char *name;    /* the context's canonical name: "astronomer.io" */
	const char *account; /* for people looking into the keyring, or NULL */
	/* Of the same folder, for a lock; NULL: none is taken. */
	const struct paths *paths;
};

/*
 * A place that keeps one record (record.h) under each entry.  ARGUMENT is what
 * follows "helper:"; the others do not look at it.
 *
 * Whatever fails is ASTRO_STORE and names the store and the way out; no
 * function falls back to another store.  ASTRO_CANCELLED after ^C;
 * ASTRO_UNSAFE where the place is in somebody else's hands; ASTRO_BAD_CONFIG
 * for an ARGUMENT that makes no sense.
 */
struct store_backend {
	const char *title; /* "the keyring", for messages */
	/* Proves that put() could work now: reachable, unlocked.  It may ask
	 * the person to unlock, and leaves nothing behind. */
	int (*probe)(const char *argument, struct astro_error *err);
	/* *RECORD is the caller's.  ASTRO_NOT_FOUND when there is none;
	 * ASTRO_STORE when the place cannot be asked (locked, absent, hanging):
	 * never taken for "not logged in". */
	int (*get)(const char *argument, const struct store_entry *entry,
	           struct astro_secret **record, struct astro_error *err);
	/* In the place of what was there. */
	int (*put)(const char *argument, const struct store_entry *entry,
	           const struct astro_secret *record, struct astro_error *err);
	/* ASTRO_NOT_FOUND when there was none. */
	int (*erase)(const char *argument, const struct store_entry *entry,
	             struct astro_error *err);
};

/* The Secret Service on the session's bus (libsecret). */
extern const struct store_backend store_keyring;
/* A program docker-credential-NAME; ARGUMENT is NAME. */
extern const struct store_backend store_helper;
/* The kernel's keyring: nothing on disk, gone at a reboot. */
extern const struct store_backend store_session;

#endif
