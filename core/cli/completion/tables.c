/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of commands and flags as functions of a shell. */
#include "completion.h"

#include <stdio.h>
#include <string.h>

enum { TITLE_SIZE = 64, KEY_SIZE = 128, WORDS_SIZE = 160 };

static const struct option option_version = {"version", 0, OPTION_SWITCH, NULL,
                                             "print the version"};

/* TEXT inside of '...', its line ends as blanks. */
static void print_quoted(const struct completion_shell *shell, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '\'')
			(void)fputs(shell->quote, stdout);
		else
			(void)putchar(*text == '\n' ? ' ' : *text);
	}
}

static void print_entry(const struct completion_shell *shell, const char *first,
                        const char *second)
{
	char key[KEY_SIZE];

	(void)snprintf(key, sizeof(key), "%s%s%s", first,
	               second == NULL ? "" : " ", second == NULL ? "" : second);
	(void)printf(shell->entry, key);
}

static void print_item(const struct completion_shell *shell, const char *name,
                       const char *summary)
{
	(void)printf(shell->item, name);
	(void)fputs(shell->between, stdout);
	print_quoted(shell, summary);
	(void)fputs("'", stdout);
}

static bool is_in(const struct command *command,
                  const struct command_group *group)
{
	if (group == NULL || command->group == NULL)
		return group == NULL && command->group == NULL;
	return strcmp(command->group, group->name) == 0;
}

/* ---- next ---- */

static void print_step(const struct completion_shell *shell, const char *from,
                       const char *word, const char *to)
{
	if (word == NULL)
		return;
	print_entry(shell, from, word);
	(void)printf(shell->set, to);
	(void)fputs(shell->leave, stdout);
}

static void print_next(const struct completion_shell *shell)
{
	char title[TITLE_SIZE];
	size_t i;

	for (i = 0; i < command_group_count; i++) {
		const struct command_group *group = &command_groups[i];

		print_step(shell, "", group->name, group->name);
		print_step(shell, "", group->alias, group->name);
	}
	for (i = 0; commands[i] != NULL; i++) {
		const struct command *command = commands[i];
		const char *from = command->group == NULL ? "" : command->group;

		command_title(command, title, sizeof(title));
		print_step(shell, from, command->name, title);
		print_step(shell, from, command->alias, title);
	}
}

/* ---- takes, value ---- */

/* Calls PRINT for both spellings of each flag that has a value. */
static void each_value(const struct completion_shell *shell,
                       void (*print)(const struct completion_shell *shell,
                                     const char *title, const char *flag,
                                     const struct option *option))
{
	char title[TITLE_SIZE], flag[TITLE_SIZE];
	size_t i, j;

	for (i = 0; commands[i] != NULL; i++) {
		command_title(commands[i], title, sizeof(title));
		for (j = 0; j < commands[i]->option_count; j++) {
			const struct option *option = &commands[i]->options[j];

			if (option->kind == OPTION_SWITCH)
				continue;
			(void)snprintf(flag, sizeof(flag), "--%s",
			               option->name == NULL ? ""
			                                    : option->name);
			if (option->name != NULL)
				print(shell, title, flag, option);
			(void)snprintf(flag, sizeof(flag), "-%c",
			               option->letter);
			if (option->letter != 0)
				print(shell, title, flag, option);
		}
	}
}

static void print_takes(const struct completion_shell *shell, const char *title,
                        const char *flag, const struct option *option)
{
	(void)option;
	print_entry(shell, title, flag);
	(void)fputs(shell->found, stdout);
	(void)fputs(shell->leave, stdout);
}

static void print_kind(const struct completion_shell *shell, const char *title,
                       const char *key, const struct completion *completion)
{
	static const char *const names[] = {
		[COMPLETION_WORDS] = "words",
		[COMPLETION_CONTEXTS] = "contexts",
		[COMPLETION_PROVIDERS] = "providers",
		[COMPLETION_FILES] = "files",
		[COMPLETION_FOLDERS] = "folders",
		[COMPLETION_COMMANDS] = "commands",
		[COMPLETION_PROGRAMS] = "programs",
	};
	char value[WORDS_SIZE];

	if (completion->kind == COMPLETION_NOTHING)
		return;
	print_entry(shell, title, key);
	(void)snprintf(value, sizeof(value), "%s%s%s", names[completion->kind],
	               completion->words[0] == '\0' ? "" : " ",
	               completion->words);
	(void)printf(shell->set, value);
	(void)fputs(shell->leave, stdout);
}

static void print_value(const struct completion_shell *shell, const char *title,
                        const char *flag, const struct option *option)
{
	struct completion completion;

	completion_of_option(option, &completion);
	print_kind(shell, title, flag, &completion);
}

static void print_operands(const struct completion_shell *shell)
{
	char title[TITLE_SIZE], number[24];
	struct completion completion;
	size_t i, j;

	for (i = 0; commands[i] != NULL; i++) {
		size_t count = commands[i]->operands_max;

		if (commands[i]->takes_program)
			count = 1;
		command_title(commands[i], title, sizeof(title));
		for (j = 0; j < count; j++) {
			(void)snprintf(number, sizeof(number), "%zu", j);
			completion_of_operand(commands[i], j, &completion);
			print_kind(shell, title, number, &completion);
		}
	}
}

/* ---- words, flags ---- */

static void print_words(const struct completion_shell *shell,
                        const struct command_group *group)
{
	size_t i;

	print_entry(shell, group == NULL ? "" : group->name, NULL);
	(void)fputs(shell->list, stdout);
	for (i = 0; commands[i] != NULL; i++)
		if (is_in(commands[i], group))
			print_item(shell, commands[i]->name,
			           commands[i]->summary);
	for (i = 0; group == NULL && i < command_group_count; i++)
		print_item(shell, command_groups[i].name,
		           command_groups[i].summary);
	(void)fputs(shell->closed, stdout);
}

static void print_flag(const struct completion_shell *shell,
                       const struct option *option)
{
	char name[TITLE_SIZE];

	if (option->name == NULL)
		(void)snprintf(name, sizeof(name), "-%c", option->letter);
	else
		(void)snprintf(name, sizeof(name), "--%s", option->name);
	print_item(shell, name, option->help);
}

/* Of COMMAND; NULL: those of the program and of a group. */
static void print_flags(const struct completion_shell *shell, const char *title,
                        const struct command *command)
{
	size_t i;

	print_entry(shell, title, NULL);
	(void)fputs(shell->list, stdout);
	for (i = 0; command != NULL && i < command->option_count; i++)
		print_flag(shell, &command->options[i]);
	for (i = 0; i < options_common_count; i++)
		print_flag(shell, &options_common[i]);
	if (title[0] == '\0')
		print_flag(shell, &option_version);
	(void)fputs(shell->closed, stdout);
}

static void print_all_flags(const struct completion_shell *shell)
{
	char title[TITLE_SIZE];
	size_t i;

	print_flags(shell, "", NULL);
	for (i = 0; i < command_group_count; i++)
		print_flags(shell, command_groups[i].name, NULL);
	for (i = 0; commands[i] != NULL; i++) {
		command_title(commands[i], title, sizeof(title));
		print_flags(shell, title, commands[i]);
	}
}

static void begin(const char *format, const char *prefix, const char *name)
{
	char function[TITLE_SIZE];

	(void)snprintf(function, sizeof(function), "%s_%s", prefix, name);
	(void)printf(format, function);
}

void completion_tables(const struct completion_shell *shell, const char *prefix)
{
	size_t i;

	begin(shell->begin, prefix, "next");
	print_next(shell);
	(void)fputs(shell->end, stdout);
	begin(shell->begin, prefix, "takes");
	each_value(shell, print_takes);
	(void)fputs(shell->end, stdout);
	begin(shell->begin, prefix, "value");
	each_value(shell, print_value);
	print_operands(shell);
	(void)fputs(shell->end, stdout);

	begin(shell->one, prefix, "words");
	print_words(shell, NULL);
	for (i = 0; i < command_group_count; i++)
		print_words(shell, &command_groups[i]);
	(void)fputs(shell->end, stdout);
	begin(shell->one, prefix, "flags");
	print_all_flags(shell);
	(void)fputs(shell->end, stdout);
}
