/* SPDX-License-Identifier: Apache-2.0 */
/* What a person pasted: the address that a browser elsewhere ended on. */
#ifndef CORE_ENGINE_OAUTH_PASTE_H
#define CORE_ENGINE_OAUTH_PASTE_H

#include <astro/provider.h>

#include "answer.h"

struct url_parts;

/* What belongs to the login that waits. */
struct paste_expected {
	const struct url_parts *redirect;
	struct answer_expected answer;
};

/*
 * LINE is the whole address, its query or its code alone.  ASTRO_OK: *QUERY has
 * the answer, by the callback's own rules.  ASTRO_NOT_FOUND: there is nothing
 * to use in it, the wait may go on.  ASTRO_UNSAFE: an answer to another login.
 */
int paste_read(const struct astro_secret *line,
               const struct paste_expected *expected,
               struct astro_secret **query, struct astro_error *err);

#endif
