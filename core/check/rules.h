/* SPDX-License-Identifier: Apache-2.0 */
/* What is asked of a provider, and what to do where it is not kept. */
#ifndef CORE_CHECK_RULES_H
#define CORE_CHECK_RULES_H

enum rule_level { RULE_ERROR, RULE_WARNING, RULE_NOTE };

enum rule_number {
	/* The file. */
	RULE_FILE,
	RULE_OWNER,
	RULE_OBJECT,
	RULE_SYMBOL,
	RULE_EXPORTS,
	RULE_IMPORTS,
	RULE_RISKY_IMPORTS,
	RULE_RELOCATIONS,
	RULE_STACK,
	RULE_SEARCH_PATH,
	RULE_ORIGIN,
	RULE_CONSTRUCTORS,
	/* Loading. */
	RULE_LIBRARIES,
	RULE_TABLE,
	RULE_DOMAINS,
	RULE_LOADING,
	/* What an operation comes to. */
	RULE_CRASH,
	RULE_RETURNS,
	RULE_EXIT,
	RULE_STATUS,
	RULE_OUT,
	RULE_MESSAGE,
	RULE_CANCEL,
	RULE_PASSING_ON,
	RULE_TOKEN,
	RULE_STORE,
	RULE_LOGIN,
	/* What it does with the host. */
	RULE_ARGUMENTS,
	RULE_ADDRESS,
	RULE_LATE,
	RULE_BORROWED,
	RULE_FREED,
	RULE_ENDLESS,
	RULE_SECRETS,
	/* What it leaves. */
	RULE_MEMORY,
	RULE_CACHE,
	RULE_HEAP,
	RULE_DESCRIPTORS,
	RULE_STREAMS,
	RULE_SIGNALS,
	RULE_ENVIRONMENT,
	RULE_FOLDER,
	RULE_LOCALE,
	RULE_THREADS,
	RULE_PROCESSES,
	/* Of a program alone. */
	RULE_EXECUTABLE,
	RULE_INTERPRETER,
	RULE_START,
	RULE_DESCRIBE,
	RULE_LINES,
	RULE_REQUESTS,
	RULE_FAILURE,
	RULE_SILENCE,
	RULE_ENDS,
	RULE_ENDING,
	RULE_COUNT
};

struct rule {
	const char *name;
	enum rule_level level;
	const char *must;
	const char *fix;
};

const struct rule *rule_of(enum rule_number number);
/* In the terms of docs/exec-provider.md, where they differ. */
const struct rule *rule_of_program(enum rule_number number);
const char *rule_level_name(enum rule_level level);

#endif
