/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of one command: its flags, declared in a table that the
 * help is made from too, and what was given.
 */
#ifndef CORE_CLI_OPTIONS_H
#define CORE_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

enum option_kind {
	OPTION_SWITCH, /* takes no value */
	OPTION_TEXT,
	OPTION_SECRET /* its value is wiped from the argument list */
};

struct option {
	const char *name; /* "token-login"; NULL when it has only a letter */
	char letter;      /* 't', or 0 */
	enum option_kind kind;
	const char *value; /* what the help calls its value */
	const char *help;  /* "\n" between lines */
};

enum { OPTIONS_MAX = 24, OPERANDS_MAX = 4 };

/* What was given; filled by options_parse(), given back by options_clear(). */
struct options {
	const char *command; /* "login", for messages; "" for the program */
	const struct option *known;
	size_t known_count;
	bool given[OPTIONS_MAX];
	const char *texts[OPTIONS_MAX];
	struct astro_secret *secrets[OPTIONS_MAX];
	const char *operands[OPERANDS_MAX];
	size_t operand_count;
	char **program; /* options_parse_front(): ends in NULL, or NULL */
	bool help;
	bool verbose;
};

/* Flags that every command has: -h, --help, -v, --verbose. */
extern const struct option options_common[];
extern const size_t options_common_count;

/*
 * Read ARGV.  "--name=value", "--name value", "-nvalue", "-n value", "-n=value"
 * and "-ab" are understood; "--" ends the flags; "-" is no flag.  ASTRO_USAGE:
 * an unknown flag, one given twice, a value that is missing, empty, not wanted
 * or looks like a flag, or more than OPERANDS_MAX operands.
 */
int options_parse(struct options *options, const char *command,
                  const struct option *known, size_t known_count, int argc,
                  char **argv, struct astro_error *err);
/* The same, but flags end at the first operand: it and all that follows are
 * `program`, of any number, and there are no operands. */
int options_parse_front(struct options *options, const char *command,
                        const struct option *known, size_t known_count,
                        int argc, char **argv, struct astro_error *err);
void options_clear(struct options *options);

/* By long name, or by letter ("u").  It must be a known one. */
bool options_has(const struct options *options, const char *name);
/* NULL when it was not given. */
const char *options_text(const struct options *options, const char *name);
const struct astro_secret *options_secret(const struct options *options,
                                          const char *name);
/* A whole number from LOW to HIGH; *OUT stays as it is when not given. */
int options_number(const struct options *options, const char *name, int64_t low,
                   int64_t high, int64_t *out, struct astro_error *err);
/* ASTRO_USAGE, naming both, when both were given. */
int options_exclude(const struct options *options, const char *a, const char *b,
                    struct astro_error *err);
/* "-t/--token-login" into OUT. */
void option_title(const struct option *option, char *out, size_t size);
/* ASTRO_USAGE, the command in front, with a hint at its help. */
int options_refuse(const struct options *options, struct astro_error *err,
                   const char *fmt, ...) ASTRO_PRINTF(3, 4);

#endif
