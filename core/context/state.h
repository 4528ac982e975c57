/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a context has beside the context file, in .astro/state: its own lock
 * (KEY.lock), held while its login changes, a refresh and its request
 * included, and the journal of a refresh (KEY.journal; core/engine/journal.h).
 * config.yaml.lock is another lock, held for the write alone.
 */
#ifndef CORE_CONTEXT_STATE_H
#define CORE_CONTEXT_STATE_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

#include "lock.h"

struct paths;

enum {
	STATE_WAIT_MS = 10 * 1000, /* for a login, a logout, a deletion */
	/* For a refresh: longer than the longest one takes. */
	STATE_REFRESH_WAIT_MS = 45 * 1000,
	STATE_NONCE_MAX = 63
};

/* A lock that is held. */
struct state {
	int folder;                 /* descriptor of .astro/state, or -1 */
	struct lock lock;           /* of KEY.lock */
	char journal[NAME_MAX + 1]; /* "KEY.journal", in that folder */
};

/*
 * Take the lock of the context KEY (context_key()), waiting up to WAIT_MS.
 * .astro and .astro/state are made, 0700, where they are missing; the lock
 * file is never removed.  ASTRO_STORE: somebody else keeps it (the message
 * names who), or there are no locks here; ASTRO_UNSAFE: somebody else could
 * have written there; ASTRO_CANCELLED.  OUT is given back with state_unlock()
 * after ASTRO_OK, and may be after an error.
 */
int state_lock(const struct paths *paths, const char *key, int64_t wait_ms,
               struct state *out, struct astro_error *err);
void state_unlock(struct state *state);

/* Prove, without making or waiting for anything, that state_lock() would find
 * a folder of ours: the same errors. */
int state_check(const struct paths *paths, struct astro_error *err);

/*
 * The lock of the credential helper NAME, +helper-NAME.lock in the same folder:
 * some bear no second call beside the first.  Opened and not yet taken
 * (lock_wait()); to read, there is no lock (its descriptor is -1) with ASTRO_OK
 * where nobody has written under it yet.  For state_unlock().
 */
int state_open_helper(const struct paths *paths, const char *name,
                      enum lock_kind kind, struct state *out,
                      struct astro_error *err);

/* How the context KEY stands, seen without taking its lock. */
enum { STATE_HOLDER_SIZE = 160 };
struct state_sight {
	bool is_held;                   /* somebody has the lock now */
	char holder[STATE_HOLDER_SIZE]; /* "astro (process 12)", or "" */
	bool has_journal;
};
void state_look(const struct paths *paths, const char *key,
                struct state_sight *out);

/* Wipe and remove the journal: what it was about has been decided otherwise.
 * It does not matter whether there is one. */
void state_drop_journal(const struct state *state);

/* What the first id_token of a login said, for those of its refreshes (OpenID
 * Connect Core, 12.2). */
struct state_origin {
	int64_t issued;                  /* iat */
	char nonce[STATE_NONCE_MAX + 1]; /* visible ASCII, no blank */
};

/*
 * Note in the lock file that the access token which ends at EXPIRES was
 * obtained at OBTAINED (unix seconds): an opaque token does not tell.  A note
 * that cannot be written is a note less.
 */
void state_note(const struct state *state, int64_t obtained, int64_t expires);
/* The same with the login's ORIGIN; NULL: there is none. */
void state_note_origin(const struct state *state, int64_t obtained,
                       int64_t expires, const struct state_origin *origin);
/* When the token of the context KEY that ends at EXPIRES was obtained; false
 * where that is not noted.  Takes no lock. */
bool state_noted(const struct paths *paths, const char *key, int64_t expires,
                 int64_t *obtained);
/* The same of the origin of that token's login. */
bool state_noted_origin(const struct paths *paths, const char *key,
                        int64_t expires, struct state_origin *out);

#endif
