/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A refresh token being spent: from its first byte on the wire until the
 * answer is saved nothing may come in between, and whatever does is found in
 * the journal by the next run.
 */
#ifndef CORE_ENGINE_SPEND_H
#define CORE_ENGINE_SPEND_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

#include "http.h"
#include "journal.h"

struct astro_core;
struct state;

struct spend {
	struct astro_core *core;
	struct journal journal;
	struct http_guard guard;
	/* The context file is the store: the answer may lie beside it. */
	bool may_keep_answer;
	/* An earlier run was cut off as it sent the same token. */
	bool was_cut_off;
	bool is_resent; /* the second attempt was made */
	bool is_void;   /* the answer is not to be kept */
	/* It was refused, without saying that it is dead: it is not forgotten.
	 */
	bool is_unsure;
};

/* Make the journal, before any request of the run.  STATE is lent. */
int spend_prepare(struct spend *spend, struct astro_core *core,
                  const struct state *state, struct astro_error *err);
/*
 * From now on requests of core->http that carry REFRESH_TOKEN (lent) are noted
 * in the journal before they leave; as the first does, ^C is held up, the
 * parent is told, and its death is survived.  core->http is there.
 */
void spend_watch(struct spend *spend, const struct astro_secret *refresh_token);
/* Whether a request has been sent and has had no complete answer. */
bool spend_is_lost(const struct spend *spend);
/* Note the checked answer, on the disk, where that may be.  When it cannot be
 * noted, it is saved without. */
void spend_answer(struct spend *spend, const struct astro_credential *answer);

enum spend_end {
	SPEND_DONE, /* what was to be saved is; or the token is dead */
	SPEND_OPEN, /* it failed: what the journal should say depends on how far
	             * it got */
	SPEND_KEPT  /* the journal alone has the answer, or must say so */
};
/* The watch ends, and the journal goes where nothing is to be found in it. */
void spend_settle(struct spend *spend, enum spend_end end);
/* Let ^C through again, close the journal.  Accepts zeroed memory. */
void spend_close(struct spend *spend);

#endif
