/* SPDX-License-Identifier: Apache-2.0 */
/* ASTRO_API_TOKEN: a token to use instead of a stored login. */
#ifndef CORE_CLI_API_TOKEN_H
#define CORE_CLI_API_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

struct api_token {
	struct astro_secret *token; /* without "Bearer "; NULL: it is not set */
	int64_t begins;             /* unix seconds, 0: at once */
	int64_t expiry;             /* INT64_MAX: it names none */
	bool is_odd;                /* it is one of Astro's, its permissions are
	                             * none */
};

/*
 * Take it out of the environment, where no child and nobody else will find it
 * again.  What it says of itself is not verified.  ASTRO_DENIED: it is no
 * token.
 */
int api_token_take(struct api_token *out, struct astro_error *err);
/* Accepts zeroed memory. */
void api_token_clear(struct api_token *token);
/* ASTRO_EXPIRED or ASTRO_DENIED where no server would take it at NOW
 * (clock_wall()). */
int api_token_check(const struct api_token *token, int64_t now,
                    struct astro_error *err);

/* Where api_token_take() found none: ASTRO_DENIED when one of the variables
 * that it has replaced is set, ASTRONOMER_KEY_ID or ASTRONOMER_KEY_SECRET. */
int api_token_refuse_retired(struct astro_error *err);

/* The organization that a token of Astro's is for; false when it names none
 * that fits OUT. */
bool api_token_organization(const struct astro_secret *token, char *out,
                            size_t size);

#endif
