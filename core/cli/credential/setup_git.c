/* SPDX-License-Identifier: Apache-2.0 */
/* git's own configuration, written by git. */
#include "setup.h"

#include <stdio.h>
#include <string.h>

#include "error.h"
#include "program.h"
#include "terminal.h"

/* The value of credential.helper: gitcredentials(7) gives one that is an
 * absolute path, or begins with "!", to a shell. */
static int helper_value(const struct setup *setup, struct text *out,
                        struct astro_error *err)
{
	const char *typed = options_text(setup->options, "domain");
	bool fits;

	text_init(out, SETUP_PLAN_MAX);
	fits = tool_add_word(out, setup->self) &&
	       text_add_string(out, " credential git");
	/* Without -d any context that names the host may answer. */
	if (fits && typed != NULL)
		fits = text_add_string(out, " -d ") &&
		       tool_add_word(out, context_name(setup->context));
	if (fits && out->bytes[0] == '\'') {
		struct text plain = *out;

		text_init(out, SETUP_PLAN_MAX);
		fits = text_add_string(out, "!") &&
		       text_add(out, plain.bytes, plain.len);
		text_clear(&plain);
	}
	return fits ? ASTRO_OK : error_no_memory(err);
}

/* VALUE as git's file has it. */
static bool add_value(struct text *text, const char *value)
{
	const char *at;
	bool fits = text_add_string(text, "\"");

	for (at = value; fits && *at != '\0'; at++) {
		if (*at == '"' || *at == '\\')
			fits = text_add_string(text, "\\");
		fits = fits && text_add(text, at, 1);
	}
	return fits && text_add_string(text, "\"");
}

int setup_git_plan(struct setup *setup, struct astro_error *err)
{
	struct host_list list;
	struct text value;
	char host[HOST_SIZE];
	int status;

	status = helper_value(setup, &value, err);
	host_list(setup->context, HOST_DOMAIN, &list);
	while (status == ASTRO_OK && host_list_next(&list, host)) {
		/* The empty one forgets the helpers before it: no other shall
		 * be given the token to keep. */
		if (!text_addf(&setup->plan,
		               "[credential \"https://%s\"]\n\thelper =\n"
		               "\thelper = ",
		               host) ||
		    !add_value(&setup->plan, value.bytes) ||
		    !text_add_string(&setup->plan, "\n"))
			status = error_no_memory(err);
	}
	text_clear(&value);
	if (status == ASTRO_OK && setup->plan.len == 0)
		status = error_set(err, ASTRO_NOT_FOUND,
		                   "add the host to its `hosts:`",
		                   "the context %s names no host",
		                   context_name(setup->context));
	return status;
}

/* git config --global WORDS, which must end with 0 or with ALLOWED. */
static int run_git(const char *const *argv, int allowed, struct text *output,
                   struct astro_error *err)
{
	int code, status = tool_run(argv, output, &code, err);

	if (status != ASTRO_OK || code == 0 || code == allowed)
		return status;
	return error_set(err, ASTRO_STORE, NULL, "git config %s: exit %d: %.*s",
	                 argv[3], code, (int)strcspn(output->bytes, "\n"),
	                 output->bytes);
}

static int set_helper(const char *git, const char *host, const char *value,
                      struct astro_error *err)
{
	char key[HOST_SIZE + 32], wanted[PATH_MAX * 2];
	const char *look[] = {git,         "config", "--global",
	                      "--get-all", key,      NULL};
	const char *forget[] = {git, "config", "--global", "--replace-all",
	                        key, "",       NULL};
	const char *add[] = {git, "config", "--global", "--add",
	                     key, value,    NULL};
	struct text output;
	int status;

	(void)snprintf(key, sizeof(key), "credential.https://%s.helper", host);
	(void)snprintf(wanted, sizeof(wanted), "\n%s\n", value);
	/* 1: there is none. */
	status = run_git(look, 1, &output, err);
	if (status != ASTRO_OK || strcmp(output.bytes, wanted) == 0)
		goto out;
	text_clear(&output);
	status = run_git(forget, 0, &output, err);
	if (status != ASTRO_OK)
		goto out;
	text_clear(&output);
	status = run_git(add, 0, &output, err);
out:
	text_clear(&output);
	if (status == ASTRO_OK)
		terminal_tell("astro: git asks astro for https://%s", host);
	return status;
}

int setup_git_apply(struct setup *setup, struct astro_error *err)
{
	char git[PATH_MAX], host[HOST_SIZE];
	struct host_list list;
	struct text value;
	int status;

	if (!program_find("git", git, sizeof(git)))
		return setup_refuse(setup,
		                    "install git, or put these lines into "
		                    "~/.gitconfig",
		                    "git is not installed: nothing was changed",
		                    err);
	status = helper_value(setup, &value, err);
	host_list(setup->context, HOST_DOMAIN, &list);
	while (status == ASTRO_OK && host_list_next(&list, host))
		status = set_helper(git, host, value.bytes, err);
	text_clear(&value);
	return status;
}
