/* SPDX-License-Identifier: Apache-2.0 */
/* The grammar of tokens from the command line, a pipe, the environment. */
#include "token.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

#include "error.h"
#include "secret.h"

static const char header[] = "Authorization:";
static const char scheme[] = "Bearer ";

static bool is_blank(char character)
{
	return character == ' ' || character == '\t' || character == '\r';
}

void token_trim(const char **bytes, size_t *len)
{
	while (*len > 0 && is_blank((*bytes)[*len - 1]))
		(*len)--;
	while (*len > 0 && is_blank(**bytes)) {
		(*bytes)++;
		(*len)--;
	}
	if (*len < sizeof(header) - 1 ||
	    strncasecmp(*bytes, header, sizeof(header) - 1) != 0)
		return;
	*bytes += sizeof(header) - 1;
	*len -= sizeof(header) - 1;
	token_trim(bytes, len);
}

int token_clean(const char *bytes, size_t len, const char *what,
                enum astro_status status, struct astro_secret **out,
                struct astro_error *err)
{
	size_t i;

	*out = NULL;
	if (len >= sizeof(scheme) - 1 &&
	    strncasecmp(bytes, scheme, sizeof(scheme) - 1) == 0) {
		bytes += sizeof(scheme) - 1;
		len -= sizeof(scheme) - 1;
	}
	if (len == 0)
		return error_set(err, status, NULL, "%s: the token is empty",
		                 what);
	if (len > TOKEN_MAX_BYTES)
		return error_set(err, status, NULL,
		                 "%s: the token is longer than %d bytes", what,
		                 TOKEN_MAX_BYTES);
	/* RFC 6750, 2.1, widened to all of visible ASCII: other services'
	 * tokens are opaque. */
	for (i = 0; i < len; i++)
		if (bytes[i] <= 0x20 || bytes[i] >= 0x7F)
			return error_set(err, status,
			                 "copy the token alone, without "
			                 "blanks and line ends",
			                 "%s: this is no token: character %zu "
			                 "cannot be in one",
			                 what, i + 1);
	return secret_new(bytes, len, out, err);
}
