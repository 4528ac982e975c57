/* SPDX-License-Identifier: Apache-2.0 */
/* A stored login, as far as the context file knows it. */
#include "stored.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "context.h"
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

int stored_read(const struct context *context, struct stored *out,
                struct astro_error *err)
{
	const char *store = context_value(context, "store");
	bool has_end = context_value(context, "expiresin") != NULL;

	memset(out, 0, sizeof(*out));
	out->expiry = context_expiry(context);
	if (store == NULL || strcmp(store, "file") == 0)
		return read_file(context, out, err);
	if (strcmp(store, "none") == 0)
		return ASTRO_OK;
	/* Beside such a login the file keeps its end and its account. */
	out->is_elsewhere = true;
	if (!has_end)
		out->expiry = INT64_MAX;
	if (has_end || context_value(context, "user_email") != NULL)
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
