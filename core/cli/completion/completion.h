/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `astro completion`: a script for a shell, made of the tables that the parser
 * and the help are made of.  Each script has the tables, as functions of its
 * shell, and a driver, which is the shell's own.
 */
#ifndef CORE_CLI_COMPLETION_COMPLETION_H
#define CORE_CLI_COMPLETION_COMPLETION_H

#include "command.h"

/* What a value or an operand may be. */
enum completion_kind {
	COMPLETION_NOTHING, /* nobody but the person knows */
	COMPLETION_WORDS,
	COMPLETION_CONTEXTS,  /* asked of `astro context list` */
	COMPLETION_PROVIDERS, /* asked of `astro provider list` */
	COMPLETION_FILES,
	COMPLETION_FOLDERS,
	COMPLETION_COMMANDS, /* of astro */
	COMPLETION_PROGRAMS  /* any, with its own arguments */
};

enum { COMPLETION_WORDS_MAX = 128 };

struct completion {
	enum completion_kind kind;
	char words[COMPLETION_WORDS_MAX]; /* with blanks between */
};

/* What the value of OPTION is. */
void completion_of_option(const struct option *option, struct completion *out);
/* What the operand at INDEX, from 0, is. */
void completion_of_operand(const struct command *command, size_t index,
                           struct completion *out);

/* A shell's way of writing a function that looks something up. */
struct completion_shell {
	const char *begin;   /* a function: %s its name, %s what it looks at */
	const char *one;     /* the same, looking at its first argument alone */
	const char *entry;   /* one case: %s */
	const char *set;     /* gives back the word %s */
	const char *found;   /* says yes */
	const char *list;    /* begins a list, */
	const char *item;    /* ... each %s with its %s, quoted */
	const char *between; /* name and summary */
	const char *leave;   /* ends an entry */
	const char *closed;  /* the same of a list */
	const char *end;     /* ends the function: nothing was found */
	const char *quote;   /* how "'" is written inside of '...' */
};

/*
 * The tables on standard output, as functions PREFIX_NAME:
 *     next COMMAND WORD   the command that WORD makes of COMMAND
 *     takes COMMAND FLAG  does FLAG want a value?
 *     words COMMAND       what may follow, with a summary each
 *     flags COMMAND       the same of flags
 *     value COMMAND FLAG  what is a flag's value, or COMMAND N the Nth operand:
 *                         "words a b", "contexts", "files"...
 */
void completion_tables(const struct completion_shell *shell,
                       const char *prefix);

void completion_bash(void);
void completion_zsh(void);
void completion_fish(void);

#endif
