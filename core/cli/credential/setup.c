/* SPDX-License-Identifier: Apache-2.0 */
/* astro credential setup: telling the tools to ask astro. */
#include "setup.h"

#include <stdio.h>
#include <string.h>

#include "command.h"
#include "error.h"
#include "output.h"
#include "terminal.h"

static const struct option options_setup[] = {
	{"domain", 'd', OPTION_TEXT, "DOMAIN",
         "the context, instead of the current one"},
	{"dry-run", 0, OPTION_SWITCH, NULL,
         "print what would be written, and change nothing"},
};

static const struct {
	const char *tool;
	int (*plan)(struct setup *setup, struct astro_error *err);
	int (*apply)(struct setup *setup, struct astro_error *err);
} tools[] = {
	{"kubectl", setup_kubectl_plan, setup_kubectl_apply},
	{"git", setup_git_plan, setup_git_apply},
	{"docker", setup_docker_plan, setup_docker_apply},
};

int setup_refuse(struct setup *setup, const char *hint, const char *fault,
                 struct astro_error *err)
{
	/* What can be written by hand is better than nothing. */
	int status = output_write(setup->plan.bytes, setup->plan.len, err);

	if (status != ASTRO_OK)
		return status;
	return error_set(err, ASTRO_UNSUPPORTED, hint, "%s", fault);
}

static int set_up(struct setup *setup, size_t tool, struct astro_error *err)
{
	const char *typed = options_text(setup->options, "domain");
	int status;

	status = tool_self(setup->self, err);
	if (status == ASTRO_OK)
		status = files_open(&setup->files, err);
	if (status == ASTRO_OK)
		status = files_pick(&setup->files, typed, &setup->context, err);
	if (status == ASTRO_OK)
		status = tools[tool].plan(setup, err);
	if (status != ASTRO_OK)
		return status;
	if (!options_has(setup->options, "dry-run"))
		return tools[tool].apply(setup, err);
	terminal_tell("astro: nothing was changed; without --dry-run this "
	              "would be written");
	return output_write(setup->plan.bytes, setup->plan.len, err);
}

static int run_setup(const struct options *options, struct astro_error *err)
{
	const char *tool = options->operands[0];
	struct setup setup;
	size_t i;
	int status;

	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (strcmp(tools[i].tool, tool) == 0)
			break;
	if (i == sizeof(tools) / sizeof(tools[0]))
		return options_refuse(options, err,
		                      "the tool is kubectl, git or docker, not "
		                      "%s",
		                      tool);
	memset(&setup, 0, sizeof(setup));
	setup.options = options;
	text_init(&setup.plan, SETUP_PLAN_MAX);
	status = set_up(&setup, i, err);
	text_clear(&setup.plan);
	files_clear(&setup.files);
	return status;
}

const struct command command_credential_setup = {
	.group = "credential",
	.name = "setup",
	.summary = "Write a tool's configuration so that it asks astro",
	.operands = "kubectl|git|docker",
	.operands_min = 1,
	.operands_max = 1,
	.options = options_setup,
	.option_count = sizeof(options_setup) / sizeof(options_setup[0]),
	.text = "kubectl: the user astro-DOMAIN of the kubeconfig, by `kubectl "
		"config`.\ngit: a credential helper for each host of the "
		"context, by `git config --global`.\ndocker: credHelpers in "
		"config.json (DOCKER_CONFIG, or ~/.docker).",
	.run = run_setup,
};
