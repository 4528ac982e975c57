/* SPDX-License-Identifier: Apache-2.0 */
/* Flags and operands of a command, by its table. */
#include "options.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "error.h"
#include "secret.h"
#include "spelling.h"

const struct option options_common[] = {
	{"help", 'h', OPTION_SWITCH, NULL, "show this help"},
	{"verbose", 'v', OPTION_SWITCH, NULL,
         "trace to standard error, every secret masked"},
};
const size_t options_common_count =
	sizeof(options_common) / sizeof(options_common[0]);

/* Where the parser stands in the arguments. */
struct cursor {
	int at;
	int argc;
	char **argv;
};

static int refuse(const struct options *options, const char *hint,
                  struct astro_error *err, const char *message)
{
	const char *colon = options->command[0] == '\0' ? "" : ": ";

	return error_set(err, ASTRO_USAGE, hint, "%s%s%s", options->command,
	                 colon, message);
}

int options_refuse(const struct options *options, struct astro_error *err,
                   const char *fmt, ...)
{
	const char *blank = options->command[0] == '\0' ? "" : " ";
	char message[ERROR_MESSAGE_MAX], hint[128];
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(message, sizeof(message), fmt, args);
	va_end(args);
	(void)snprintf(hint, sizeof(hint), "see `astro%s%s --help`", blank,
	               options->command);
	return refuse(options, hint, err, message);
}

void option_title(const struct option *option, char *out, size_t size)
{
	if (option->name == NULL)
		(void)snprintf(out, size, "-%c", option->letter);
	else if (option->letter == 0)
		(void)snprintf(out, size, "--%s", option->name);
	else
		(void)snprintf(out, size, "-%c/--%s", option->letter,
		               option->name);
}

static bool option_is(const struct option *option, const char *name)
{
	if (option->name != NULL && strcmp(option->name, name) == 0)
		return true;
	return name[0] != '\0' && name[0] == option->letter && name[1] == '\0';
}

static size_t index_of(const struct options *options, const char *name)
{
	size_t i = 0;

	while (i < options->known_count && !option_is(&options->known[i], name))
		i++;
	assert(i < options->known_count); /* one that its command declares */
	return i;
}

static int refuse_unknown(const struct options *options, const char *typed,
                          size_t len, struct astro_error *err)
{
	char message[96], hint[128];
	size_t i;

	/* What follows a "=" may be a secret, so it is not repeated. */
	(void)snprintf(message, sizeof(message), "unknown flag %.*s",
	               len < 64 ? (int)len : 64, typed);
	for (i = 0; i < options->known_count + options_common_count; i++) {
		const struct option *option =
			i < options->known_count
				? &options->known[i]
				: &options_common[i - options->known_count];
		char name[64];

		(void)snprintf(name, sizeof(name), "--%s",
		               option->name == NULL ? "" : option->name);
		if (len < 4 ||
		    !spelling_is_near(message + strlen("unknown flag "), name))
			continue;
		(void)snprintf(hint, sizeof(hint), "did you mean `%s`?", name);
		return refuse(options, hint, err, message);
	}
	return options_refuse(options, err, "%s", message);
}

/* The value of OPTION: ATTACHED, or the next argument. */
static int take_value(struct options *options, const struct option *option,
                      char *attached, struct cursor *cursor, char **value,
                      struct astro_error *err)
{
	char title[64];

	option_title(option, title, sizeof(title));
	*value = attached;
	if (attached == NULL) {
		if (cursor->at == cursor->argc)
			return options_refuse(options, err, "%s needs a value",
			                      title);
		*value = cursor->argv[cursor->at++];
		/* More likely a forgotten value than one with a dash. */
		if ((*value)[0] == '-' && (*value)[1] != '\0')
			return options_refuse(
				options, err,
				"%s needs a value; one that begins with "
				"\"-\" is written after \"=\"",
				title);
	}
	if (**value == '\0')
		return options_refuse(options, err,
		                      "%s needs a value, not an empty one",
		                      title);
	return ASTRO_OK;
}

static int keep_value(struct options *options, size_t index, char *attached,
                      struct cursor *cursor, struct astro_error *err)
{
	const struct option *option = &options->known[index];
	char title[64];
	char *value;
	int status;

	option_title(option, title, sizeof(title));
	if (option->kind == OPTION_SWITCH) {
		if (attached != NULL)
			return options_refuse(options, err, "%s takes no value",
			                      title);
		options->given[index] = true;
		return ASTRO_OK;
	}

	status = take_value(options, option, attached, cursor, &value, err);
	if (status != ASTRO_OK || value == NULL)
		return status;
	if (option->kind == OPTION_SECRET) {
		struct astro_secret *secret;

		/* Everyone on the machine may read the argument list. */
		status = secret_new(value, strlen(value), &secret, err);
		explicit_bzero(value, strlen(value));
		if (status != ASTRO_OK)
			return status;
		if (!options->given[index])
			options->secrets[index] = secret;
		else
			secret_free(secret);
	}
	if (options->given[index])
		return options_refuse(options, err, "%s is given twice", title);
	options->given[index] = true;
	options->texts[index] = option->kind == OPTION_TEXT ? value : NULL;
	return ASTRO_OK;
}

/* -h and -v, which have no place in the command's table. */
static bool keep_common(struct options *options, const char *name)
{
	bool is_help = option_is(&options_common[0], name);

	options->help = options->help || is_help;
	options->verbose =
		options->verbose || option_is(&options_common[1], name);
	return is_help || option_is(&options_common[1], name);
}

static int parse_long(struct options *options, char *argument,
                      struct cursor *cursor, struct astro_error *err)
{
	char *equals = strchr(argument, '=');
	size_t len =
		equals == NULL ? strlen(argument) : (size_t)(equals - argument);
	char *attached = equals == NULL ? NULL : equals + 1;
	char name[48];
	size_t i;

	if (len - 2 < sizeof(name)) {
		memcpy(name, argument + 2, len - 2);
		name[len - 2] = '\0';
		for (i = 0; i < options->known_count; i++)
			if (options->known[i].name != NULL &&
			    strcmp(options->known[i].name, name) == 0)
				return keep_value(options, i, attached, cursor,
				                  err);
		/* Of one letter it would be the short flag's name. */
		if (len > 3 && keep_common(options, name)) {
			if (attached == NULL)
				return ASTRO_OK;
			return options_refuse(options, err,
			                      "--%s takes no value", name);
		}
	}
	return refuse_unknown(options, argument, len, err);
}

static int parse_letters(struct options *options, char *argument,
                         struct cursor *cursor, struct astro_error *err)
{
	char *letter;

	for (letter = argument + 1; *letter != '\0'; letter++) {
		char name[2] = {*letter, '\0'};
		char shown[3] = {'-', *letter, '\0'};
		char *attached = NULL;
		size_t i;
		int status;

		if (keep_common(options, name))
			continue;
		for (i = 0; i < options->known_count; i++)
			if (options->known[i].letter == *letter)
				break;
		if (i == options->known_count)
			return refuse_unknown(options, shown, 2, err);
		if (options->known[i].kind == OPTION_SWITCH) {
			if (letter[1] == '=')
				attached = letter + 2;
			status = keep_value(options, i, attached, cursor, err);
			if (status != ASTRO_OK)
				return status;
			continue;
		}
		if (letter[1] != '\0')
			attached = letter + (letter[1] == '=' ? 2 : 1);
		return keep_value(options, i, attached, cursor, err);
	}
	return ASTRO_OK;
}

static void begin(struct options *options, const char *command,
                  const struct option *known, size_t known_count)
{
	assert(known_count <= OPTIONS_MAX);
	memset(options, 0, sizeof(*options));
	options->command = command;
	options->known = known;
	options->known_count = known_count;
}

static bool is_operand(const char *argument)
{
	return argument[0] != '-' || argument[1] == '\0';
}

static int parse_flag(struct options *options, char *argument,
                      struct cursor *cursor, struct astro_error *err)
{
	if (argument[1] == '-')
		return parse_long(options, argument, cursor, err);
	return parse_letters(options, argument, cursor, err);
}

int options_parse(struct options *options, const char *command,
                  const struct option *known, size_t known_count, int argc,
                  char **argv, struct astro_error *err)
{
	struct cursor cursor = {0, argc, argv};
	bool flags_ended = false;

	begin(options, command, known, known_count);
	while (cursor.at < argc) {
		char *argument = argv[cursor.at++];
		int status = ASTRO_OK;

		if (flags_ended || is_operand(argument)) {
			if (options->operand_count == OPERANDS_MAX)
				return options_refuse(options, err,
				                      "too many arguments");
			options->operands[options->operand_count++] = argument;
		} else if (strcmp(argument, "--") == 0) {
			flags_ended = true;
		} else {
			status = parse_flag(options, argument, &cursor, err);
		}
		if (status != ASTRO_OK)
			return status;
	}
	return ASTRO_OK;
}

int options_parse_front(struct options *options, const char *command,
                        const struct option *known, size_t known_count,
                        int argc, char **argv, struct astro_error *err)
{
	struct cursor cursor = {0, argc, argv};
	bool flags_ended = false;
	int status = ASTRO_OK;

	begin(options, command, known, known_count);
	while (status == ASTRO_OK && cursor.at < argc && !flags_ended) {
		char *argument = argv[cursor.at];

		if (is_operand(argument))
			break;
		cursor.at++;
		flags_ended = strcmp(argument, "--") == 0;
		if (!flags_ended)
			status = parse_flag(options, argument, &cursor, err);
	}
	if (cursor.at < argc)
		options->program = argv + cursor.at;
	return status;
}

void options_clear(struct options *options)
{
	size_t i;

	for (i = 0; i < OPTIONS_MAX; i++)
		secret_free(options->secrets[i]);
	memset(options, 0, sizeof(*options));
}

bool options_has(const struct options *options, const char *name)
{
	return options->given[index_of(options, name)];
}

const char *options_text(const struct options *options, const char *name)
{
	return options->texts[index_of(options, name)];
}

const struct astro_secret *options_secret(const struct options *options,
                                          const char *name)
{
	return options->secrets[index_of(options, name)];
}

int options_number(const struct options *options, const char *name, int64_t low,
                   int64_t high, int64_t *out, struct astro_error *err)
{
	const char *text = options_text(options, name);
	int64_t value = 0;
	size_t i;

	if (text == NULL)
		return ASTRO_OK;
	for (i = 0; text[i] >= '0' && text[i] <= '9' && i < 16; i++)
		value = value * 10 + (text[i] - '0');
	if (i == 0 || text[i] != '\0' || value < low || value > high)
		return options_refuse(
			options, err,
			"--%s is a whole number from %lld to %lld, not "
			"\"%s\"",
			name, (long long)low, (long long)high, text);
	*out = value;
	return ASTRO_OK;
}

int options_exclude(const struct options *options, const char *a, const char *b,
                    struct astro_error *err)
{
	char first[64], second[64];

	if (!options_has(options, a) || !options_has(options, b))
		return ASTRO_OK;
	option_title(&options->known[index_of(options, a)], first,
	             sizeof(first));
	option_title(&options->known[index_of(options, b)], second,
	             sizeof(second));
	return options_refuse(options, err, "%s and %s exclude each other",
	                      first, second);
}
