/* SPDX-License-Identifier: Apache-2.0 */
/*
 * astro auth token: what scripts call all the time.  It finds the token, writes
 * it, and does nothing else.
 */
#include <stdint.h>
#include <string.h>

#include "access.h"
#include "command.h"
#include "files.h"
#include "json_out.h"
#include "output.h"

enum { MIN_VALID_MAX = 10 * 365 * 24 * 60 * 60 };

static const struct option options_token[] = {
	{"domain", 'd', OPTION_TEXT, "DOMAIN",
         "the context, instead of the current one"},
	{"min-valid", 0, OPTION_TEXT, "SECONDS",
         "renew it unless it is good that long, or fail (exit 3)"},
	{"header", 0, OPTION_SWITCH, NULL,
         "print it as an Authorization header"},
	{"json", 0, OPTION_SWITCH, NULL, "print one JSON document"},
};

static int print_token_json(const struct access *access,
                            struct astro_error *err)
{
	struct json_out json;
	int status;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_secret(&json, "token", access->token);
	json_out_string(&json, "domain",
	                access->domain[0] == '\0' ? NULL : access->domain);
	if (access->expiry == INT64_MAX)
		json_out_string(&json, "expires_at", NULL);
	else
		json_out_time(&json, "expires_at", access->expiry);
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

static int print_header(const struct access *access, struct astro_error *err)
{
	/* Houston takes the token as it is (protocol.md, 7.3). */
	bool is_bare = strcmp(access->provider, "software") == 0;

	return output_secret(is_bare ? "Authorization: "
	                             : "Authorization: Bearer ",
	                     access->token, err);
}

static int run_token(const struct options *options, struct astro_error *err)
{
	struct access_wish wish = {.typed = options_text(options, "domain")};
	struct access access;
	struct files files;
	int status;

	memset(&files, 0, sizeof(files));
	memset(&access, 0, sizeof(access));
	status = options_exclude(options, "header", "json", err);
	if (status == ASTRO_OK)
		status = options_number(options, "min-valid", 0, MIN_VALID_MAX,
		                        &wish.min_valid, err);
	if (status == ASTRO_OK)
		status = access_get(&files, &wish, &access, err);
	if (status != ASTRO_OK)
		goto out;
	if (options_has(options, "json"))
		status = print_token_json(&access, err);
	else if (options_has(options, "header"))
		status = print_header(&access, err);
	else
		status = output_secret("", access.token, err);
out:
	access_clear(&access);
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
		"standard error.  A stored\ntoken with less than 300 seconds "
		"left is renewed first, where it can be.  A set\n"
		"ASTRO_API_TOKEN is printed instead, unless -d is given.",
	.run = run_token,
};
