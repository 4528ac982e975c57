/* SPDX-License-Identifier: Apache-2.0 */
/* astro provider new: a project to begin with. */
#include <stdio.h>

#include "command.h"
#include "project.h"
#include "terminal.h"

static const struct option options_new[] = {
	{"kind", 0, OPTION_TEXT, "KIND",
         "oauth (the usual one): a login in the browser,\n"
         "password: a user name and a password,\n"
         "token: a token that a page issues"},
	{"folder", 0, OPTION_TEXT, "DIR", "where to put it, instead of ./NAME"},
};

static int run_new(const struct options *options, struct astro_error *err)
{
	const char *kind = options_text(options, "kind");
	const char *folder = options_text(options, "folder");
	const struct project project = {
		.name = options->operands[0],
		.kind = kind != NULL ? kind : project_kinds[0],
		.folder = folder != NULL ? folder : options->operands[0],
	};
	int status = project_make(&project, err);

	if (status == ASTRO_OK)
		terminal_tell("Made the provider %s (%s): how to build and "
		              "test it is in %s/README.md",
		              project.name, project.kind, project.folder);
	return status;
}

const struct command command_provider_new = {
	.group = "provider",
	.name = "new",
	.summary = "Begin a provider of your own",
	.operands = "NAME",
	.operands_min = 1,
	.operands_max = 1,
	.options = options_new,
	.option_count = sizeof(options_new) / sizeof(options_new[0]),
	.text = "NAME has 1 to 32 of a-z, 0-9, _ and -.  What is written "
		"builds against the\ninstalled program, and logs in to "
		"astro-sandbox as it stands.  A file that is\nthere already "
		"is never touched.",
	.run = run_new,
};
