/* SPDX-License-Identifier: Apache-2.0 */
/* What an answer means: which of them a provider gets to see. */
#ifndef CORE_ENGINE_RESPONSE_H
#define CORE_ENGINE_RESPONSE_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

struct text;

/* A complete answer as it came. */
struct answer {
	const char *host;
	int status;
	const char *content_type; /* or NULL */
	const char *redirect;     /* the host it points to, or NULL */
	const char *nonce;        /* DPoP-Nonce, or NULL */
	int64_t retry_after;      /* seconds, 0 when not said */
	int64_t date;             /* unix seconds, 0 when not said */
	const struct text *body;
	bool ignores_body; /* of a success: ASTRO_REQUEST_IGNORES_BODY */
};

/* The rules of astro_host.http. */
int response_new(const struct answer *answer, struct astro_response **out,
                 struct astro_error *err);

#endif
