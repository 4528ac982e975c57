/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a command is: one entry of main's table, from which dispatch, usage
 * errors and help are all made.
 */
#ifndef CORE_CLI_COMMAND_H
#define CORE_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

#include "options.h"

struct command {
	const char *group; /* "context", or NULL */
	const char *name;  /* "list" */
	const char *alias; /* "ls", or NULL */
	const char *summary;
	const char *operands; /* "[DOMAIN]", or "" */
	size_t operands_min, operands_max;
	bool takes_program; /* its operands are one, with its arguments */
	const struct option *options;
	size_t option_count;
	const char *text; /* more for the help, or NULL */
	/* Prints its data; says in ERR why it did not work. */
	int (*run)(const struct options *options, struct astro_error *err);
};

extern const struct command command_login, command_logout, command_auth_login,
	command_auth_logout, command_auth_token, command_auth_status,
	command_auth_doctor, command_context_list, command_context_switch,
	command_context_delete, command_context_show,
	command_context_move_store, command_workspace_list,
	command_workspace_switch, command_exec, command_version, command_help,
	command_credential_kubectl, command_credential_git,
	command_credential_docker, command_credential_setup,
	command_provider_list, command_provider_info, command_provider_new,
	command_provider_check, command_completion;

/* main's table, ended by NULL. */
extern const struct command *const commands[];

/* A word under which commands stand together. */
struct command_group {
	const char *name;
	const char *alias; /* or NULL */
	const char *summary;
};
extern const struct command_group command_groups[];
extern const size_t command_group_count;

/* What the first words of a command line name. */
struct command_match {
	const struct command *command;     /* or NULL: */
	const struct command_group *group; /* a group alone, or NULL: nothing */
	int words;                         /* how many of them did */
};

/* ASTRO_USAGE, with a suggestion, for words that name nothing. */
int command_find(int argc, char *const *argv, struct command_match *out,
                 struct astro_error *err);
/* "context list" into OUT. */
void command_title(const struct command *command, char *out, size_t size);
/*
 * The words that the program's own name PROGRAM stands for, as a tool calls it:
 * "docker-credential-astro" is "credential docker".  Into OUT; how many.
 */
enum { COMMAND_NAME_WORDS = 2 };
int command_of_program(const char *program, char *out[COMMAND_NAME_WORDS]);
/* The whole command line, without the program's name. */
int command_run(int argc, char **argv, struct astro_error *err);

#endif
