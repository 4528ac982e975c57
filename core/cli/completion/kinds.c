/* SPDX-License-Identifier: Apache-2.0 */
/* What the words of the help ("DOMAIN", "[NAME]", "get|store") stand for. */
#include "completion.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* What the context file is not asked for is not completed: a list of
 * workspaces would be a request to a server at each key. */
static const struct {
	const char *of;   /* a flag's name, or a command; NULL: any */
	const char *word; /* as the help calls it */
	enum completion_kind kind;
	const char *words;
} rules[] = {
	{NULL, "DOMAIN", COMPLETION_CONTEXTS, NULL},
	{NULL, "BASEDOMAIN", COMPLETION_CONTEXTS, NULL},
	{NULL, "STORE", COMPLETION_WORDS, "file keyring helper: session none"},
	{NULL, "KIND", COMPLETION_WORDS, "oauth password token"},
	{NULL, "FILE", COMPLETION_FILES, NULL},
	{NULL, "SCRIPT", COMPLETION_FILES, NULL},
	{NULL, "DIR", COMPLETION_FOLDERS, NULL},
	{"provider", "NAME", COMPLETION_PROVIDERS, NULL}, /* --provider */
	{"info", "NAME", COMPLETION_PROVIDERS, NULL},
	{"help", "COMMAND", COMPLETION_COMMANDS, NULL},
	{"exec", "COMMAND", COMPLETION_PROGRAMS, NULL},
	{NULL, "NAME", COMPLETION_NOTHING, NULL},
	{NULL, "ID", COMPLETION_NOTHING, NULL},
	{NULL, "TOKEN", COMPLETION_NOTHING, NULL},
	{NULL, "SCOPES", COMPLETION_NOTHING, NULL},
	{NULL, "SECONDS", COMPLETION_NOTHING, NULL},
};

/* A word that nobody has thought of ends the build, which runs this. */
static void look_up(const char *of, const char *word, struct completion *out)
{
	size_t i = 0;

	while (i < sizeof(rules) / sizeof(rules[0]) &&
	       (strcmp(rules[i].word, word) != 0 ||
	        (rules[i].of != NULL && strcmp(rules[i].of, of) != 0)))
		i++;
	assert(i < sizeof(rules) / sizeof(rules[0]));
	out->kind = rules[i].kind;
	if (rules[i].words != NULL)
		(void)snprintf(out->words, sizeof(out->words), "%s",
		               rules[i].words);
}

void completion_of_option(const struct option *option, struct completion *out)
{
	memset(out, 0, sizeof(*out));
	if (option->value != NULL)
		look_up(option->name == NULL ? "" : option->name, option->value,
		        out);
}

/* "get|store|erase": these, and nothing else. */
static void split(const char *word, struct completion *out)
{
	char *at;

	out->kind = COMPLETION_WORDS;
	(void)snprintf(out->words, sizeof(out->words), "%s", word);
	for (at = out->words; *at != '\0'; at++)
		if (*at == '|')
			*at = ' ';
}

/* Behind the operand at AT: "[BASEDOMAIN or ISSUER]" is one. */
static const char *skip(const char *at)
{
	at += strcspn(at, *at == '[' ? "]" : " ");
	at += strspn(at, "] ");
	return at;
}

void completion_of_operand(const struct command *command, size_t index,
                           struct completion *out)
{
	const char *at = command->operands;
	char word[COMPLETION_WORDS_MAX];
	size_t len;

	memset(out, 0, sizeof(*out));
	/* A command takes more than one word of astro's own. */
	if (command == &command_help)
		index = 0;
	for (; index > 0; index--)
		at = skip(at);
	at += strspn(at, "[");
	/* Of two things that it may be the first is the one to complete. */
	len = strcspn(at, " ]");
	assert(len > 0 && len < sizeof(word));
	memcpy(word, at, len);
	word[len] = '\0';
	if (strchr(word, '|') != NULL)
		split(word, out);
	else
		look_up(command->name, word, out);
}
