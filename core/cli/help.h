/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLI_HELP_H
#define CORE_CLI_HELP_H

#include "command.h"

/* All on standard output. */
void help_program(void);
void help_group(const struct command_group *group);
void help_command(const struct command *command);
void help_match(const struct command_match *match);

#endif
