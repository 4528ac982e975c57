/* SPDX-License-Identifier: Apache-2.0 */
/* From words to the command they name, and running it. */
#include "command.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "help.h"
#include "log.h"
#include "spelling.h"

enum { TITLE_MAX = 64 };

const struct command_group command_groups[] = {
	{"auth", NULL, "Manage authentication to Astronomer"},
	{"credential", NULL, "Hand the token to kubectl, git and docker"},
	{"context", "c", "Manage the contexts: where you log in"},
	{"provider", NULL, "Manage the providers: how to log in where"},
	{"workspace", "wo", "Manage the workspaces of the current context"},
};
const size_t command_group_count =
	sizeof(command_groups) / sizeof(command_groups[0]);

void command_title(const struct command *command, char *out, size_t size)
{
	const char *group = command->group == NULL ? "" : command->group;
	size_t len = strlen(group);

	/* Not snprintf(): every command comes by here, and a cached token's
	 * path pays for each of its pages. */
	assert(len + strlen(command->name) + 2 <= size);
	memcpy(out, group, len);
	if (len > 0)
		out[len++] = ' ';
	memcpy(out + len, command->name, strlen(command->name) + 1);
}

static bool is_called(const char *word, const char *name, const char *alias)
{
	return strcmp(word, name) == 0 ||
	       (alias != NULL && strcmp(word, alias) == 0);
}

static bool is_in(const struct command *command,
                  const struct command_group *group)
{
	if (group == NULL || command->group == NULL)
		return group == NULL && command->group == NULL;
	return strcmp(command->group, group->name) == 0;
}

static const struct command *command_in(const struct command_group *group,
                                        const char *word)
{
	size_t i;

	for (i = 0; commands[i] != NULL; i++)
		if (is_in(commands[i], group) &&
		    is_called(word, commands[i]->name, commands[i]->alias))
			return commands[i];
	return NULL;
}

static int refuse_word(const struct command_group *group, const char *word,
                       struct astro_error *err)
{
	const char *in = group == NULL ? "" : group->name;
	const char *blank = group == NULL ? "" : " ";
	char hint[128];
	size_t i;

	(void)snprintf(hint, sizeof(hint),
	               "list the commands with `astro help%s%s`", blank, in);
	for (i = 0; commands[i] != NULL; i++)
		if (is_in(commands[i], group) &&
		    spelling_is_near(word, commands[i]->name))
			(void)snprintf(hint, sizeof(hint),
			               "did you mean `astro %s%s%s`?", in,
			               blank, commands[i]->name);
	for (i = 0; group == NULL && i < command_group_count; i++)
		if (spelling_is_near(word, command_groups[i].name))
			(void)snprintf(hint, sizeof(hint),
			               "did you mean `astro %s`?",
			               command_groups[i].name);
	return error_set(err, ASTRO_USAGE, hint, "unknown command: %s%s%s", in,
	                 blank, word);
}

int command_find(int argc, char *const *argv, struct command_match *out,
                 struct astro_error *err)
{
	size_t i;

	memset(out, 0, sizeof(*out));
	if (argc == 0)
		return ASTRO_OK;
	out->words = 1;
	out->command = command_in(NULL, argv[0]);
	if (out->command != NULL)
		return ASTRO_OK;

	for (i = 0; i < command_group_count; i++)
		if (is_called(argv[0], command_groups[i].name,
		              command_groups[i].alias))
			out->group = &command_groups[i];
	if (out->group == NULL)
		return refuse_word(NULL, argv[0], err);
	if (argc == 1 || argv[1][0] == '-')
		return ASTRO_OK;

	out->words = 2;
	out->command = command_in(out->group, argv[1]);
	if (out->command == NULL)
		return refuse_word(out->group, argv[1], err);
	return ASTRO_OK;
}

static int check_operands(const struct command *command,
                          const struct options *options,
                          struct astro_error *err)
{
	if (command->takes_program && options->program == NULL)
		return options_refuse(options, err, "%s is missing",
		                      command->operands);
	if (options->operand_count < command->operands_min)
		return options_refuse(options, err, "%s is missing",
		                      command->operands);
	if (options->operand_count <= command->operands_max)
		return ASTRO_OK;
	if (command->operands_max == 0)
		return options_refuse(options, err, "takes no argument");
	return options_refuse(
		options, err, "takes at most %zu argument%s, not %zu",
		command->operands_max, command->operands_max == 1 ? "" : "s",
		options->operand_count);
}

static int run_one(const struct command *command, bool verbose, int argc,
                   char **argv, struct astro_error *err)
{
	char title[TITLE_MAX];
	struct options options;
	int status;

	command_title(command, title, sizeof(title));
	status = (command->takes_program ? options_parse_front : options_parse)(
		&options, title, command->options, command->option_count, argc,
		argv, err);
	if (status != ASTRO_OK)
		goto out;
	if (options.help) {
		help_command(command);
		goto out;
	}
	log_set_verbose(verbose || options.verbose);
	status = check_operands(command, &options, err);
	if (status == ASTRO_OK)
		status = command->run(&options, err);
out:
	options_clear(&options);
	return status;
}

/* Flags where a command is expected: those of the program. */
static int parse_program(const char *command, int *argc, char ***argv,
                         bool *help, bool *version, bool *verbose,
                         struct astro_error *err)
{
	static const struct option known[] = {
		{"version", 0, OPTION_SWITCH, NULL, "print the version"},
	};
	struct options options;
	int count = 0, status;

	while (count < *argc && (*argv)[count][0] == '-')
		count++;
	status = options_parse(&options, command, known, 1, count, *argv, err);
	if (status == ASTRO_OK && options.operand_count > 0)
		status = error_set(err, ASTRO_USAGE,
		                   "list the commands with `astro help`",
		                   "unknown command: %s", options.operands[0]);
	*help = options.help;
	*verbose = options.verbose;
	*version = options.given[0];
	options_clear(&options);
	*argc -= count;
	*argv += count;
	return status;
}

int command_of_program(const char *program, char *out[COMMAND_NAME_WORDS])
{
	static const char *const tools[] = {"kubectl", "git", "docker"};
	const char *slash = strrchr(program, '/');
	size_t i;

	program = slash == NULL ? program : slash + 1;
	for (i = 0; i < sizeof(tools) / sizeof(tools[0]); i++) {
		size_t len = strlen(tools[i]);

		if (strncmp(program, tools[i], len) != 0 ||
		    strcmp(program + len, "-credential-astro") != 0)
			continue;
		out[0] = (char *)(uintptr_t) "credential";
		out[1] = (char *)(uintptr_t)tools[i];
		return COMMAND_NAME_WORDS;
	}
	return 0;
}

int command_run(int argc, char **argv, struct astro_error *err)
{
	struct command_match match;
	bool help, version, verbose;
	int status;

	status =
		parse_program("", &argc, &argv, &help, &version, &verbose, err);
	if (status != ASTRO_OK)
		return status;
	if (version)
		return run_one(&command_version, verbose, 0, NULL, err);
	status = command_find(argc, argv, &match, err);
	if (status != ASTRO_OK)
		return status;
	argc -= match.words;
	argv += match.words;
	if (match.command != NULL && !help)
		return run_one(match.command, verbose, argc, argv, err);
	if (match.command == NULL && match.group != NULL) {
		/* `astro context --help`: no other flag makes sense here. */
		bool ignored;

		status = parse_program(match.group->name, &argc, &argv,
		                       &ignored, &ignored, &ignored, err);
		if (status != ASTRO_OK)
			return status;
	}
	help_match(&match);
	return ASTRO_OK;
}
