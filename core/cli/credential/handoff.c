/* SPDX-License-Identifier: Apache-2.0 */
/* The one place where it is decided who gets which token. */
#include "handoff.h"

#include <string.h>

#include "error.h"
#include "secret.h"
#include "stamp.h"
#include "text.h"

int handoff_pick(const struct files *files, enum host_own own, const char *host,
                 const struct context **out, struct astro_error *err)
{
	const struct context *found = NULL, *current;
	size_t i;
	int status;

	*out = NULL;
	status = files_current(files, &current, err);
	if (status != ASTRO_OK)
		return status;
	if (current != NULL && host_is_of(current, own, host)) {
		*out = current;
		return ASTRO_OK;
	}
	for (i = 0; i < config_count(files->config); i++) {
		const struct context *context = config_at(files->config, i);

		if (!host_is_of(context, own, host))
			continue;
		if (found != NULL)
			return error_set(err, ASTRO_NOT_FOUND,
			                 "switch to the one you mean with "
			                 "`astro context switch`",
			                 "%s: both %s and %s name this host",
			                 host, context_name(found),
			                 context_name(context));
		found = context;
	}
	*out = found;
	return ASTRO_OK;
}

/* A keyring, a helper program, an engine gave it: a line end in it would write
 * further lines into the answer (CVE-2020-5260). */
static int check_token(const struct access *access, const char *bytes,
                       size_t len, struct astro_error *err)
{
	if (len > 0 && text_is_visible(bytes, len) &&
	    memchr(bytes, ' ', len) == NULL)
		return ASTRO_OK;
	return error_set(err, ASTRO_STORE, "log in again",
	                 "the token for %s has characters that no token has",
	                 access->domain[0] == '\0' ? "ASTRO_API_TOKEN"
	                                           : access->domain);
}

int handoff_access(struct files *files, const struct context *context,
                   struct access *out, struct astro_error *err)
{
	struct access_wish wish = {.context = context};
	const struct context *current;
	int64_t own_end;
	const char *bytes;
	size_t len;
	int status;

	memset(out, 0, sizeof(*out));
	if (context != NULL) {
		status = files_current(files, &current, err);
		if (status != ASTRO_OK)
			return status;
		if (context == current)
			wish.context = NULL;
	}
	status = access_get(files, &wish, out, err);
	if (status != ASTRO_OK)
		return status;
	bytes = secret_bytes(out->token, &len);
	status = check_token(out, bytes, len, err);
	if (status != ASTRO_OK)
		return status;
	own_end = stamp_of_token(bytes, len, INT64_MAX);
	if (own_end < out->expiry)
		out->expiry = own_end;
	return ASTRO_OK;
}
