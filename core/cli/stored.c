/* SPDX-License-Identifier: Apache-2.0 */
/* A stored login, as far as the context file knows it. */
#include "stored.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "context.h"
#include "place.h"
#include "secret.h"

static int read_file(const struct context *context, struct stored *out,
                     struct astro_error *err)
{
	struct astro_secret *access = NULL, *refresh = NULL;
	int status;

	status = context_access_token(context, &access, err);
	if (status == ASTRO_OK)
		status = context_refresh_token(context, &refresh, err);
	/* The Go CLI's logout leaves the refresh token: it counts no more. */
	if (access != NULL) {
		out->place = "file";
		out->is_renewable = refresh != NULL;
	}
	secret_free(access);
	secret_free(refresh);
	return status;
}

/* What a login leaves in the file, and a logout takes away, wherever its tokens
 * are (forget.c). */
static bool says_who_or_when(const struct context *context)
{
	static const char *const keys[] = {"expiresin", "user_email",
	                                   "username", "subject"};
	size_t i;

	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		if (context_value(context, keys[i]) != NULL)
			return true;
	return false;
}

int stored_read(const struct context *context, struct stored *out,
                struct astro_error *err)
{
	const char *store = context_value(context, "store");
	int status;

	memset(out, 0, sizeof(*out));
	out->expiry = context_expiry(context);
	if (store == NULL || strcmp(store, "file") == 0)
		return read_file(context, out, err);
	status = place_check(store, err);
	if (status != ASTRO_OK || strcmp(store, "none") == 0)
		return status;
	out->is_elsewhere = true;
	if (context_value(context, "expiresin") == NULL)
		out->expiry = INT64_MAX;
	if (says_who_or_when(context))
		out->place = store;
	return ASTRO_OK;
}

bool stored_is_good(const struct stored *stored)
{
	return stored->place != NULL &&
	       (stored->expiry > clock_wall() || stored->is_renewable ||
	        stored->is_elsewhere);
}

void stored_describe(const struct stored *stored, char *out, size_t size)
{
	bool has_ended = stored->expiry <= clock_wall();

	if (stored->place == NULL)
		(void)snprintf(out, size, "not logged in");
	else if (has_ended && stored_is_good(stored))
		(void)snprintf(out, size, "renewed at the next use");
	else
		context_expiry_text(stored->expiry, out, size);
}
