/* SPDX-License-Identifier: Apache-2.0 */
/* What the context file alone says of a login. */
#ifndef CORE_CLI_STORED_H
#define CORE_CLI_STORED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

struct context;

struct stored {
	/* "file", "keyring", "helper:pass", "session"; lent.  NULL: nobody is
	 * logged in. */
	const char *place;
	bool is_elsewhere; /* its tokens are not in the file */
	bool is_renewable; /* a refresh token is in the file */
	/* Of the access token, as context_expiry(); INT64_MAX where only the
	 * other place knows. */
	int64_t expiry;
};

/* The tokens of a place other than the file are not looked at.
 * ASTRO_BAD_CONFIG: the file's is none, or there is no such place. */
int stored_read(const struct context *context, struct stored *out,
                struct astro_error *err);

/* Whether a command would find a token, as far as the file can tell. */
bool stored_is_good(const struct stored *stored);
/* For people: "not logged in", "until 2026-11-25 16:16 UTC", "expired ...",
 * "renewed at the next use".  Into OUT. */
void stored_describe(const struct stored *stored, char *out, size_t size);

#endif
