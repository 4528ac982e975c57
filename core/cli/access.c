/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access token that a command works with.  A cached one is what scripts ask
 * for all the time: its way touches the context file and nothing else.
 */
#include "access.h"

#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "error.h"
#include "files.h"
#include "secret.h"
#include "terminal.h"

enum { MARGIN_SECONDS = 300 }; /* a token with less left is worth a note */

/* Not snprintf(): a cached token's path pays for each of its pages. */
static void copy_text(char *out, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size)
		len = size - 1;
	memcpy(out, text, len);
	out[len] = '\0';
}

/* What the messages call it. */
static void describe(const struct access *access, char *out, size_t size)
{
	if (access->source == ACCESS_ENVIRONMENT)
		(void)snprintf(out, size, "the token in ASTRO_API_TOKEN");
	else
		(void)snprintf(out, size, "the token for %s", access->domain);
}

static int refuse_ended(const struct access *access, const char *hint,
                        struct astro_error *err)
{
	char what[DOMAIN_NAME_MAX + 32], shown[64];

	describe(access, what, sizeof(what));
	if (access->expiry <= 0)
		return error_set(err, ASTRO_EXPIRED, hint, "%s has ended",
		                 what);
	context_expiry_text(access->expiry, shown, sizeof(shown));
	return error_set(err, ASTRO_EXPIRED, hint, "%s has ended: %s", what,
	                 shown);
}

/* It is good now; is enough of it left? */
static int check_left(const struct access *access, int64_t min_valid,
                      struct astro_error *err)
{
	char what[DOMAIN_NAME_MAX + 32];
	int64_t left;

	if (access->expiry == INT64_MAX)
		return ASTRO_OK;
	left = access->expiry - clock_wall();
	if (left >= min_valid && left >= MARGIN_SECONDS)
		return ASTRO_OK;
	describe(access, what, sizeof(what));
	if (left < min_valid)
		return error_set(err, ASTRO_UNREACHABLE,
		                 "run `astro login` again",
		                 "%s is good for %lld more seconds, not %lld",
		                 what, (long long)left, (long long)min_valid);
	terminal_tell("astro: %s ends in %lld seconds", what, (long long)left);
	return ASTRO_OK;
}

static int check_environment(struct access *access, int64_t min_valid,
                             struct astro_error *err)
{
	access->source = ACCESS_ENVIRONMENT;
	copy_text(access->provider, sizeof(access->provider), "astro");
	terminal_tell("astro: using ASTRO_API_TOKEN");
	if (access->expiry <= clock_wall())
		return refuse_ended(access, "set ASTRO_API_TOKEN anew", err);
	return check_left(access, min_valid, err);
}

static int read_stored(const struct context *context, int64_t min_valid,
                       struct access *access, struct astro_error *err)
{
	char hint[DOMAIN_NAME_MAX + 32];
	int status;

	access->source = ACCESS_STORED;
	copy_text(access->domain, sizeof(access->domain),
	          context_name(context));
	copy_text(access->provider, sizeof(access->provider),
	          context_provider(context));
	status = context_access_token(context, &access->token, err);
	if (status != ASTRO_OK)
		return status;
	access->expiry = context_expiry(context);
	if (access->token != NULL && access->expiry > clock_wall())
		return check_left(access, min_valid, err);
	(void)snprintf(hint, sizeof(hint), "run `astro login %s`",
	               access->domain);
	if (access->token == NULL)
		return error_set(err, ASTRO_EXPIRED, hint,
		                 "not logged in to %s", access->domain);
	return refuse_ended(access, hint, err);
}

static int find_access(struct files *files, const struct access_wish *wish,
                       struct access *out, struct astro_error *err)
{
	const struct context *context = wish->context;
	int status = ASTRO_OK;

	if (context == NULL && wish->typed == NULL)
		status =
			files_environment_token(&out->token, &out->expiry, err);
	if (status != ASTRO_OK)
		return status;
	if (out->token != NULL)
		return check_environment(out, wish->min_valid, err);

	if (context == NULL && files->config == NULL)
		status = files_open(files, err);
	if (status == ASTRO_OK && context == NULL)
		status = files_pick(files, wish->typed, &context, err);
	if (status != ASTRO_OK)
		return status;
	return read_stored(context, wish->min_valid, out, err);
}

int access_get(struct files *files, const struct access_wish *wish,
               struct access *out, struct astro_error *err)
{
	int status;

	memset(out, 0, sizeof(*out));
	status = find_access(files, wish, out, err);
	if (status != ASTRO_OK)
		access_clear(out);
	return status;
}

void access_clear(struct access *access)
{
	secret_free(access->token);
	memset(access, 0, sizeof(*access));
}
