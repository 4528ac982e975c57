/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal of a refresh, .astro/state/KEY.journal: what a run that comes
 * after a crash must know.  Written ahead: that a refresh token is being spent,
 * before the request leaves, and the answer, before the context file changes.
 * All of it under the context's lock.
 */
#ifndef CORE_ENGINE_JOURNAL_H
#define CORE_ENGINE_JOURNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

struct state;

enum { JOURNAL_HASH_LEN = 32 };

/* What was found. */
enum journal_kind {
	JOURNAL_NONE,    /* nothing, or nothing that makes sense */
	JOURNAL_PENDING, /* a request may have left; its answer is not here */
	JOURNAL_ANSWERED /* the answer is here, whole */
};

struct journal_entry {
	enum journal_kind kind;
	unsigned char spent[JOURNAL_HASH_LEN]; /* SHA-256 of the token */
	long process;
	int64_t since; /* unix seconds */
	/* JOURNAL_ANSWERED: "access_token", "refresh_token", the expiry. */
	struct astro_credential *answer;
	int64_t obtained;
};

/* A torn answer is none: JOURNAL_PENDING.  ASTRO_NO_MEMORY, and ASTRO_STORE
 * for a journal that cannot be read. */
int journal_read(const struct state *state, struct journal_entry *out,
                 struct astro_error *err);
/* Is ENTRY about the spending of this token? */
bool journal_is_about(const struct journal_entry *entry,
                      const struct astro_secret *refresh_token);
/* Accepts zeroed memory. */
void journal_entry_clear(struct journal_entry *entry);

/* One being written. */
struct journal {
	const struct state *state; /* lent */
	int fd;                    /* or -1 */
	bool is_pending, is_answered;
	unsigned char spent[JOURNAL_HASH_LEN];
};

/*
 * Make the file, with room on the disk for any answer: that it is full must
 * come out before a token is spent.  What an earlier run left stays until
 * journal_pending().  ASTRO_STORE.
 */
int journal_prepare(const struct state *state, struct journal *out,
                    struct astro_error *err);
/* On the disk before it returns. */
int journal_pending(struct journal *journal,
                    const struct astro_secret *refresh_token,
                    struct astro_error *err);
/* On the disk before it returns: both tokens and the expiry of ANSWER. */
int journal_answer(struct journal *journal,
                   const struct astro_credential *answer, int64_t obtained,
                   struct astro_error *err);
/* Leave the file for the next run.  Accepts a closed one. */
void journal_close(struct journal *journal);

#endif
