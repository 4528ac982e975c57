/* SPDX-License-Identifier: Apache-2.0 */
/* Help, made from the tables that the parser uses. */
#include "help.h"

#include <stdio.h>
#include <string.h>

static void print_row(const char *name, const char *summary)
{
	(void)printf("  %-18s  %s\n", name, summary);
}

/* Commands of GROUP (NULL: those that stand alone). */
static void print_commands(const struct command_group *group)
{
	size_t i;

	for (i = 0; commands[i] != NULL; i++) {
		const struct command *command = commands[i];
		char name[64];

		if ((group == NULL) != (command->group == NULL))
			continue;
		if (group != NULL && strcmp(command->group, group->name) != 0)
			continue;
		(void)snprintf(name, sizeof(name), "%s%s%s", command->name,
		               command->alias == NULL ? "" : ", ",
		               command->alias == NULL ? "" : command->alias);
		print_row(name, command->summary);
	}
}

void help_program(void)
{
	size_t i;

	(void)printf("Log in to Astro and to APC (Astronomer Software).\n\n"
	             "Usage:\n  astro COMMAND [FLAGS]\n\nCommands:\n");
	print_commands(NULL);
	for (i = 0; i < command_group_count; i++) {
		const struct command_group *group = &command_groups[i];
		char name[64];

		(void)snprintf(name, sizeof(name), "%s%s%s", group->name,
		               group->alias == NULL ? "" : ", ",
		               group->alias == NULL ? "" : group->alias);
		print_row(name, group->summary);
	}
	(void)printf(
		"\nFlags:\n"
		"  -h, --help          show this help, or a command's\n"
		"  -v, --verbose       trace to standard error, with every "
		"secret masked\n"
		"      --version       print the version\n"
		"\nEnvironment:\n"
		"  ASTRO_HOME          the folder that holds .astro/ (your "
		"home folder)\n"
		"  ASTRO_DOMAIN        the context to use instead of the "
		"current one\n"
		"  ASTRO_API_TOKEN     a token to use instead of the stored "
		"login\n"
		"\nExit codes: 0 done, 1 failed, 2 wrong usage, 3 network or "
		"server,\n4 not logged in or denied, 5 context file, 6 "
		"provider, 7 refused as unsafe,\n124 timed out, 130 "
		"interrupted.\n"
		"\nMore with `astro help COMMAND` and `man astro`.\n");
}

void help_group(const struct command_group *group)
{
	(void)printf("%s.\n\nUsage:\n  astro %s COMMAND [FLAGS]\n",
	             group->summary, group->name);
	if (group->alias != NULL)
		(void)printf("\nAlias: astro %s\n", group->alias);
	(void)printf("\nCommands:\n");
	print_commands(group);
	(void)printf("\nMore with `astro help %s COMMAND`.\n", group->name);
}

static void print_option(const struct option *option)
{
	const char *line = option->help;
	char name[64];

	(void)snprintf(name, sizeof(name), "%c%c%s%s%s%s",
	               option->letter == 0 ? ' ' : '-',
	               option->letter == 0 ? ' ' : option->letter,
	               option->name == NULL  ? ""
	               : option->letter == 0 ? "  --"
	                                     : ", --",
	               option->name == NULL ? "" : option->name,
	               option->value == NULL ? "" : " ",
	               option->value == NULL ? "" : option->value);
	(void)printf("  %-23s  ", name);
	for (;;) {
		int len = (int)strcspn(line, "\n");

		(void)printf("%.*s\n", len, line);
		if (line[len] == '\0')
			break;
		line += len + 1;
		(void)printf("  %-23s  ", "");
	}
}

void help_command(const struct command *command)
{
	char title[64];
	size_t i;

	command_title(command, title, sizeof(title));
	(void)printf("%s.\n\nUsage:\n  astro %s", command->summary, title);
	if (command->takes_program)
		(void)printf(" [FLAGS] [--] %s\n", command->operands);
	else
		(void)printf("%s%s [FLAGS]\n",
		             command->operands[0] == '\0' ? "" : " ",
		             command->operands);
	if (command->alias != NULL)
		(void)printf("\nAlias: astro %s %s\n", command->group,
		             command->alias);
	if (command->text != NULL)
		(void)printf("\n%s\n", command->text);
	(void)printf("\nFlags:\n");
	for (i = 0; i < command->option_count; i++)
		print_option(&command->options[i]);
	for (i = 0; i < options_common_count; i++)
		print_option(&options_common[i]);
}

void help_match(const struct command_match *match)
{
	if (match->command != NULL)
		help_command(match->command);
	else if (match->group != NULL)
		help_group(match->group);
	else
		help_program();
}
