/* SPDX-License-Identifier: Apache-2.0 */
/* The wait for the person's browser to come back, by whatever way. */
#ifndef CORE_ENGINE_OAUTH_AWAIT_H
#define CORE_ENGINE_OAUTH_AWAIT_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

#include "address.h"
#include "answer.h"
#include "flow.h"
#include "http.h"
#include "pkce.h"
#include "text.h"

/* One attempt. */
struct grant {
	struct astro_core *core;
	const struct astro_authorization *asked;
	struct flow_choice choice;
	struct url_parts redirect;
	struct text redirect_uri, url;
	char state[PKCE_LEN + 1], nonce[PKCE_LEN + 1];
	struct answer_expected expected; /* lends state */
	struct astro_secret *verifier;
	struct callback *callback; /* NULL: its port was taken */
	struct terminal_line *line;
	bool may_paste;
	int browser; /* browser_start()'s, or -1 */
	int64_t begun, warmed;
	struct astro_secret *query; /* the answer, pasted or called back */
};

/*
 * Send the person to grant->url, by the browser or by a link, and wait for the
 * answer: a callback, a pasted address, what a driving program sends, ^C or
 * the end of the time, whichever comes first.  ASTRO_OK: grant->query has it.
 */
int await_answer(struct grant *grant, struct astro_error *err);

#endif
