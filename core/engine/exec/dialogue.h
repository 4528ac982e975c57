/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The talk with a provider's program: an operation goes out, the program's
 * requests are served one after the other, its result comes back.
 */
#ifndef CORE_ENGINE_EXEC_DIALOGUE_H
#define CORE_ENGINE_EXEC_DIALOGUE_H

#include <stdbool.h>

#include <astro/provider.h>

#include "channel.h"
#include "error.h"
#include "json_out.h"
#include "shelf.h"

struct json;

struct dialogue {
	struct channel channel;
	const char *provider; /* its name, lent */
	/* Whose parent is to be told that waiting for the program is the
	 * host's turn, which has a patience of its own; or NULL. */
	struct astro_core *core;
	/* NULL before open(): nothing can be asked for yet. */
	const struct astro_host *host;
	const struct astro_settings *settings;
	struct shelf shelf;
	struct astro_listing *listing; /* of the running workspaces() */
	/* Of the last request; status ASTRO_OK: it did not fail. */
	struct astro_error failure;
	bool is_broken; /* what comes next cannot be understood any more */
};

/* Begin the message of an operation; members may follow. */
void dialogue_begin(struct json_out *message, const char *operation);
/*
 * Send MESSAGE, which is cleared, and serve the program until *RESULT, the
 * object that it answers OPERATION with; for json_free().  A failure is the
 * program's own, or what it passes on of its last request.
 */
int dialogue_run(struct dialogue *dialogue, const char *operation,
                 struct json_out *message, struct json **result,
                 struct astro_error *err);
/*
 * ASTRO_BAD_PLUGIN: "the program of the provider NAME ...", and the dialogue is
 * over: one that is misunderstood once is not asked again.
 */
int dialogue_misuse(struct dialogue *dialogue, struct astro_error *err,
                    const char *fmt, ...) ASTRO_PRINTF(3, 4);

/*
 * For whoever serves a request: the answer fails, as ERR says, but can have
 * members all the same.
 */
void dialogue_refuse(struct dialogue *dialogue, struct json_out *answer,
                     const struct astro_error *err);

#endif
