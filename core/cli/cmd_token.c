/* SPDX-License-Identifier: Apache-2.0 */
/*
 * astro auth token: what scripts call all the time.  It reads the context file,
 * writes the token, and does nothing else.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "clock.h"
#include "command.h"
#include "error.h"
#include "files.h"
#include "json_out.h"
#include "output.h"
#include "secret.h"
#include "terminal.h"

enum {
	MARGIN_SECONDS = 300, /* a token with less left is worth a note */
	MIN_VALID_MAX = 10 * 365 * 24 * 60 * 60
};

static const struct option options_token[] = {
	{"domain", 'd', OPTION_TEXT, "DOMAIN",
         "the context, instead of the current one"},
	{"min-valid", 0, OPTION_TEXT, "SECONDS",
         "fail (exit 3) unless the token is good that long"},
	{"header", 0, OPTION_SWITCH, NULL,
         "print it as an Authorization header"},
	{"json", 0, OPTION_SWITCH, NULL, "print one JSON document"},
};

/* A token to hand out and what is known of it. */
struct found {
	struct astro_secret *token;
	const char *domain; /* or NULL */
	const char *header;
	int64_t expiry; /* INT64_MAX: not known to end */
};

/* What the messages call it. */
static void describe(const struct found *found, char *out, size_t size)
{
	if (found->domain == NULL)
		(void)snprintf(out, size, "the token in ASTRO_API_TOKEN");
	else
		(void)snprintf(out, size, "the token for %s", found->domain);
}

static int check_end(const struct found *found, const char *hint,
                     struct astro_error *err)
{
	char what[DOMAIN_NAME_MAX + 32], shown[64];

	if (found->expiry > clock_wall())
		return ASTRO_OK;
	describe(found, what, sizeof(what));
	if (found->expiry <= 0)
		return error_set(err, ASTRO_EXPIRED, hint, "%s has ended",
		                 what);
	context_expiry_text(found->expiry, shown, sizeof(shown));
	return error_set(err, ASTRO_EXPIRED, hint, "%s has ended: %s", what,
	                 shown);
}

static int find_stored(const struct files *files, const char *typed,
                       struct found *found, struct astro_error *err)
{
	const struct context *context;
	char hint[DOMAIN_NAME_MAX + 32];
	int status;

	status = files_pick(files, typed, &context, err);
	if (status == ASTRO_OK)
		status = context_access_token(context, &found->token, err);
	if (status != ASTRO_OK)
		return status;
	found->domain = context_name(context);
	/* Houston takes the token as it is (protocol.md, 7.3). */
	if (strcmp(context_provider(context), "software") == 0)
		found->header = "Authorization: ";
	found->expiry = context_expiry(context);
	if (found->token != NULL && found->expiry > clock_wall())
		return ASTRO_OK;
	(void)snprintf(hint, sizeof(hint), "run `astro login %s`",
	               found->domain);
	if (found->token == NULL)
		return error_set(err, ASTRO_EXPIRED, hint,
		                 "not logged in to %s", found->domain);
	return check_end(found, hint, err);
}

/* Without -d, ASTRO_API_TOKEN goes before anything stored. */
static int find_token(struct files *files, const struct options *options,
                      struct found *found, struct astro_error *err)
{
	const char *typed = options_text(options, "domain");
	int status = ASTRO_OK;

	found->header = "Authorization: Bearer ";
	if (typed == NULL)
		status = files_environment_token(&found->token, &found->expiry,
		                                 err);
	if (status != ASTRO_OK)
		return status;
	if (found->token != NULL) {
		terminal_tell("astro: using ASTRO_API_TOKEN");
		return check_end(found, "set ASTRO_API_TOKEN anew", err);
	}
	status = files_open(files, err);
	if (status != ASTRO_OK)
		return status;
	return find_stored(files, typed, found, err);
}

/* Is enough of it left?  FOUND is good now. */
static int check_left(const struct found *found, int64_t min_valid,
                      struct astro_error *err)
{
	char what[DOMAIN_NAME_MAX + 32];
	int64_t left;

	if (found->expiry == INT64_MAX)
		return ASTRO_OK;
	left = found->expiry - clock_wall();
	if (left >= min_valid && left >= MARGIN_SECONDS)
		return ASTRO_OK;
	describe(found, what, sizeof(what));
	if (left < min_valid)
		return error_set(err, ASTRO_UNREACHABLE,
		                 "run `astro login` again",
		                 "%s is good for %lld more seconds, not %lld",
		                 what, (long long)left, (long long)min_valid);
	terminal_tell("astro: %s ends in %lld seconds", what, (long long)left);
	return ASTRO_OK;
}

static int print_token_json(const struct found *found, struct astro_error *err)
{
	struct json_out json;
	int status;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_secret(&json, "token", found->token);
	json_out_string(&json, "domain", found->domain);
	if (found->expiry == INT64_MAX)
		json_out_string(&json, "expires_at", NULL);
	else
		json_out_time(&json, "expires_at", found->expiry);
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

static int run_token(const struct options *options, struct astro_error *err)
{
	struct files files;
	struct found found;
	int64_t min_valid = 0;
	int status;

	memset(&files, 0, sizeof(files));
	memset(&found, 0, sizeof(found));
	status = options_exclude(options, "header", "json", err);
	if (status == ASTRO_OK)
		status = options_number(options, "min-valid", 0, MIN_VALID_MAX,
		                        &min_valid, err);
	if (status == ASTRO_OK)
		status = find_token(&files, options, &found, err);
	if (status == ASTRO_OK)
		status = check_left(&found, min_valid, err);
	if (status != ASTRO_OK)
		goto out;
	if (options_has(options, "json"))
		status = print_token_json(&found, err);
	else
		status = output_secret(
			options_has(options, "header") ? found.header : "",
			found.token, err);
out:
	secret_free(found.token);
	files_clear(&files);
	return status;
}

const struct command command_auth_token = {
	.group = "auth",
	.name = "token",
	.summary = "Print the current authentication token",
	.operands = "",
	.options = options_token,
	.option_count = sizeof(options_token) / sizeof(options_token[0]),
	.text = "The token and a line end go to standard output, notes to "
		"standard error.  A set\nASTRO_API_TOKEN is printed instead "
		"of a stored token, unless -d is given.",
	.run = run_token,
};
