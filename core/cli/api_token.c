/* SPDX-License-Identifier: Apache-2.0 */
/* The token of the environment: taken once, judged by what it says. */
#include "api_token.h"

#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "environment.h"
#include "error.h"
#include "jwt.h"
#include "secret.h"
#include "stamp.h"
#include "token.h"

static const char variable[] = "ASTRO_API_TOKEN";

/* RFC 7519, 4.1.5: a small leeway for clocks that differ. */
enum { LEEWAY_SECONDS = 60 };

/* "kind:id", of characters that need no escape. */
static bool is_permission(void *data, const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);

	(void)data;
	return colon != NULL && colon > text && colon < text + len - 1 &&
	       memchr(text, '\\', len) == NULL;
}

static void read_claims(struct api_token *out)
{
	const char *bytes;
	struct jwt jwt;
	size_t len;

	bytes = secret_bytes(out->token, &len);
	if (!jwt_open(&jwt, bytes, len))
		return;
	if (!jwt_time(&jwt, "exp", &out->expiry))
		out->expiry = INT64_MAX;
	if (!jwt_time(&jwt, "nbf", &out->begins))
		out->begins = 0;
	/* Another service's token may call anything a permission. */
	out->is_odd = jwt_has(&jwt, "apiTokenId") &&
	              !jwt_each(&jwt, "permissions", is_permission, NULL);
	jwt_close(&jwt);
}

int api_token_take(struct api_token *out, struct astro_error *err)
{
	const char *value = getenv(variable);
	int status;

	memset(out, 0, sizeof(*out));
	out->expiry = INT64_MAX;
	if (value == NULL || value[0] == '\0')
		return ASTRO_OK;
	status = token_clean(value, strlen(value), variable, ASTRO_DENIED,
	                     &out->token, err);
	environment_forget(variable);
	if (status == ASTRO_OK)
		read_claims(out);
	return status;
}

void api_token_clear(struct api_token *token)
{
	secret_free(token->token);
	memset(token, 0, sizeof(*token));
}

int api_token_check(const struct api_token *token, int64_t now,
                    struct astro_error *err)
{
	static const char hint[] = "set ASTRO_API_TOKEN anew";
	char shown[64], stamp[STAMP_SIZE];

	if (token->expiry <= now) {
		context_expiry_text(token->expiry, shown, sizeof(shown));
		return error_set(err, ASTRO_EXPIRED, hint,
		                 "the token in ASTRO_API_TOKEN has ended: %s",
		                 shown);
	}
	if (token->begins > now + LEEWAY_SECONDS) {
		stamp_format(token->begins, stamp);
		return error_set(err, ASTRO_DENIED,
		                 "check this machine's clock",
		                 "the token in ASTRO_API_TOKEN is good from %s "
		                 "on, not yet",
		                 stamp);
	}
	if (token->is_odd)
		return error_set(err, ASTRO_DENIED, hint,
		                 "the token in ASTRO_API_TOKEN names "
		                 "permissions that make no sense");
	return ASTRO_OK;
}

int api_token_refuse_retired(struct astro_error *err)
{
	static const char *const retired[] = {"ASTRONOMER_KEY_ID",
	                                      "ASTRONOMER_KEY_SECRET"};
	const char *value;
	size_t i;

	for (i = 0; i < sizeof(retired) / sizeof(retired[0]); i++) {
		value = getenv(retired[i]);
		if (value != NULL && value[0] != '\0')
			return error_set(err, ASTRO_DENIED,
			                 "create an API token, set "
			                 "ASTRO_API_TOKEN to it, and unset "
			                 "ASTRONOMER_KEY_ID and "
			                 "ASTRONOMER_KEY_SECRET",
			                 "%s is set: API keys have been "
			                 "retired, ASTRO_API_TOKEN has "
			                 "replaced them",
			                 retired[i]);
	}
	return ASTRO_OK;
}

/* Where a found id goes. */
struct room {
	char *out;
	size_t size;
	bool is_found;
};

static bool take_organization(void *data, const char *text, size_t len)
{
	static const char kind[] = "organizationId:";
	const size_t kind_len = sizeof(kind) - 1;
	struct room *room = data;

	if (len <= kind_len || memcmp(text, kind, kind_len) != 0)
		return true;
	text += kind_len;
	len -= kind_len;
	if (len >= room->size || memchr(text, '\\', len) != NULL)
		return false;
	memcpy(room->out, text, len);
	room->out[len] = '\0';
	room->is_found = true;
	return false;
}

bool api_token_organization(const struct astro_secret *token, char *out,
                            size_t size)
{
	struct room room = {out, size, false};
	const char *bytes;
	struct jwt jwt;
	size_t len;

	bytes = secret_bytes(token, &len);
	if (!jwt_open(&jwt, bytes, len))
		return false;
	(void)jwt_each(&jwt, "permissions", take_organization, &room);
	jwt_close(&jwt);
	return room.is_found;
}
