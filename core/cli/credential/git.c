/* SPDX-License-Identifier: Apache-2.0 */
/* astro credential git: git's credential helper protocol. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "error.h"
#include "git_request.h"
#include "handoff.h"
#include "input.h"
#include "output.h"
#include "secret.h"

enum { ANSWER_MAX = 256 * 1024 };

/* What services that take an access token for a password take for the name. */
static const char token_user[] = "oauth2";

static const struct option options_git[] = {
	{"domain", 'd', OPTION_TEXT, "DOMAIN",
         "that context, and no other that names the host"},
};

/* The context that may answer; *OUT NULL with ASTRO_OK: none. */
static int find_context(const struct files *files,
                        const struct options *options,
                        const struct git_request *request,
                        const struct context **out, struct astro_error *err)
{
	const char *typed = options_text(options, "domain"), *account;
	int status;

	*out = NULL;
	if (typed == NULL)
		status = handoff_pick(files, HOST_DOMAIN, request->host, out,
		                      err);
	else
		status = files_pick(files, typed, out, err);
	if (status != ASTRO_OK || *out == NULL)
		return status;
	if (typed != NULL && !host_is_of(*out, HOST_DOMAIN, request->host))
		*out = NULL;
	if (*out == NULL || request->username[0] == '\0' ||
	    strcmp(request->username, token_user) == 0)
		return ASTRO_OK;
	/* Somebody else's password is wanted. */
	account = context_value(*out, "user_email");
	if (account == NULL || strcmp(account, request->username) != 0)
		*out = NULL;
	return ASTRO_OK;
}

static bool add_lines(struct text *text, const struct git_request *request,
                      const struct access *access)
{
	bool with_type = request->takes_authtype;
	const char *bytes;
	size_t len;
	bool fits;

	bytes = secret_bytes(access->token, &len);
	if (with_type) {
		/* ephemeral: no other helper shall keep it. */
		fits = text_add_string(text, "capability[]=authtype\n"
		                             "authtype=Bearer\n"
		                             "credential=") &&
		       text_add(text, bytes, len) &&
		       text_add_string(text, "\nephemeral=1\n");
	} else {
		fits = text_addf(text, "username=%s\npassword=",
		                 request->username[0] == '\0'
		                         ? token_user
		                         : request->username) &&
		       text_add(text, bytes, len) && text_add(text, "\n", 1);
	}
	if (fits && access->expiry != INT64_MAX)
		fits = text_addf(text, "password_expiry_utc=%lld\n",
		                 (long long)access->expiry);
	return fits;
}

static int print_answer(const struct git_request *request,
                        const struct access *access, struct astro_error *err)
{
	struct text text;
	int status;

	text_init(&text, ANSWER_MAX);
	if (add_lines(&text, request, access))
		status = output_write(text.bytes, text.len, err);
	else
		status = error_no_memory(err);
	text_clear(&text);
	return status;
}

static int answer(const struct options *options,
                  const struct git_request *request, struct astro_error *err)
{
	const struct context *context;
	struct files files;
	struct access access;
	int status;

	memset(&access, 0, sizeof(access));
	status = files_open(&files, err);
	if (status == ASTRO_OK)
		status = find_context(&files, options, request, &context, err);
	/* Saying nothing lets git ask the next helper, or the person. */
	if (status != ASTRO_OK || context == NULL)
		goto out;
	if (!request->is_https) {
		status = error_set(
			err, ASTRO_UNSAFE, "use the repository's https address",
			"%s: a token is sent over https alone", request->host);
		goto out;
	}
	status = handoff_access(&files, context, &access, err);
	if (status == ASTRO_OK)
		status = print_answer(request, &access, err);
out:
	access_clear(&access);
	files_clear(&files);
	return status;
}

static int run_get(const struct options *options, struct astro_error *err)
{
	struct git_request request;
	struct text input;
	int status;

	status = input_read(INPUT_EMPTY_LINE, "git", &input, err);
	if (status == ASTRO_OK)
		status =
			git_request_read(input.bytes, input.len, &request, err);
	text_clear(&input);
	return status == ASTRO_OK ? answer(options, &request, err) : status;
}

/* What git offers to keep is kept already; what it rejects is not ours to
 * erase: a token that one host refuses may be good at another. */
static int drop_input(struct astro_error *err)
{
	struct text input;
	int status = input_read(INPUT_EMPTY_LINE, "git", &input, err);

	text_clear(&input);
	return status;
}

static int run_git(const struct options *options, struct astro_error *err)
{
	static const char capabilities[] = "version 0\ncapability authtype\n";
	const char *operation = options->operands[0];

	if (strcmp(operation, "get") == 0)
		return run_get(options, err);
	if (strcmp(operation, "store") == 0 || strcmp(operation, "erase") == 0)
		return drop_input(err);
	if (strcmp(operation, "capability") == 0)
		return output_write(capabilities, sizeof(capabilities) - 1,
		                    err);
	/* gitcredentials(7): an operation of a later git is left alone. */
	return ASTRO_OK;
}

const struct command command_credential_git = {
	.group = "credential",
	.name = "git",
	.summary = "Answer git's credential helper protocol",
	.operands = "get|store|erase|capability",
	.operands_min = 1,
	.operands_max = 1,
	.options = options_git,
	.option_count = sizeof(options_git) / sizeof(options_git[0]),
	.text = "Also called git-credential-astro.  A token is given over "
		"https alone, and only to\na host that a context names: its "
		"domain, or an entry under its `hosts:`, with the\nport if "
		"there is one.  The current context goes first.  For other "
		"hosts nothing is\nsaid, so that git asks its next helper.  "
		"store and erase change nothing.",
	.run = run_git,
};
