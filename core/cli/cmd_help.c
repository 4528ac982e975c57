/* SPDX-License-Identifier: Apache-2.0 */
/* astro help, astro version */
#include <stdio.h>

#include "command.h"
#include "help.h"

static int run_help(const struct options *options, struct astro_error *err)
{
	struct command_match match;
	char *words[OPERANDS_MAX] = {NULL};
	int count = (int)options->operand_count, i, status;

	for (i = 0; i < count; i++)
		words[i] = (char *)(uintptr_t)options->operands[i];
	status = command_find(count, words, &match, err);
	if (status != ASTRO_OK)
		return status;
	if (count > 0 && match.words != count)
		return options_refuse(options, err, "too many arguments");
	help_match(&match);
	return ASTRO_OK;
}

static int run_version(const struct options *options, struct astro_error *err)
{
	(void)options;
	(void)err;
	(void)printf("astro %s\n", ASTRO_VERSION);
	return ASTRO_OK;
}

const struct command command_help = {
	.name = "help",
	.summary = "Show help for the program or a command",
	.operands = "[COMMAND]",
	.operands_max = 2,
	.run = run_help,
};

const struct command command_version = {
	.name = "version",
	.summary = "Print the version",
	.operands = "",
	.run = run_version,
};
