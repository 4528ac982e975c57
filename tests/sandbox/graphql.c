/* SPDX-License-Identifier: Apache-2.0 */
/* GraphQL (October 2021), section 2, as far as clients of Houston use it. */
#include "graphql.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

enum { DEPTH_MAX = 20 };

struct parser {
	const char *at;
	char *error;
	unsigned depth;
};

static void skip(struct parser *parser)
{
	for (;;) {
		parser->at += strspn(parser->at, " \t\r\n,");
		if (*parser->at != '#')
			return;
		parser->at += strcspn(parser->at, "\n");
	}
}

static bool wrong(struct parser *parser)
{
	if (parser->error[0] != '\0')
		return false;
	if (*parser->at == '\0')
		(void)snprintf(parser->error, GRAPHQL_ERROR_MAX,
		               "Syntax Error: Unexpected <EOF>.");
	else
		(void)snprintf(parser->error, GRAPHQL_ERROR_MAX,
		               "Syntax Error: Unexpected \"%.20s\".",
		               parser->at);
	return false;
}

static bool is_next(struct parser *parser, char c)
{
	skip(parser);
	return *parser->at == c;
}

static bool take(struct parser *parser, char c)
{
	if (!is_next(parser, c))
		return false;
	parser->at++;
	return true;
}

static bool expect(struct parser *parser, char c)
{
	return take(parser, c) || wrong(parser);
}

/* A copy of the name here; NULL when there is none. */
static char *take_name(struct parser *parser)
{
	static const char first[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz_";
	static const char rest[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "abcdefghijklmnopqrstuvwxyz_0123456789";
	size_t len;
	char *name;

	skip(parser);
	if (*parser->at == '\0' || strchr(first, *parser->at) == NULL)
		return NULL;
	len = strspn(parser->at, rest);
	name = strndup(parser->at, len);
	parser->at += len;
	return name;
}

static char *expect_name(struct parser *parser)
{
	char *name = take_name(parser);

	if (name == NULL)
		wrong(parser);
	return name;
}

/* A number or a string: both are written as JSON writes them. */
static json_t *take_scalar(struct parser *parser)
{
	json_error_t error;
	json_t *value = json_loads(
		parser->at, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &error);

	if (value == NULL)
		wrong(parser);
	else
		parser->at += error.position;
	return value;
}

static json_t *take_value(struct parser *parser);

static json_t *take_list(struct parser *parser)
{
	json_t *list = json_array();

	while (!take(parser, ']')) {
		json_t *value = take_value(parser);

		if (value == NULL) {
			json_decref(list);
			return NULL;
		}
		json_array_append_new(list, value);
	}
	return list;
}

static json_t *take_object(struct parser *parser)
{
	json_t *object = json_object();

	while (!take(parser, '}')) {
		char *name = expect_name(parser);
		json_t *value = NULL;

		if (name != NULL && expect(parser, ':'))
			value = take_value(parser);
		if (value != NULL)
			json_object_set_new(object, name, value);
		free(name);
		if (value == NULL) {
			json_decref(object);
			return NULL;
		}
	}
	return object;
}

static json_t *take_word(struct parser *parser)
{
	char *word = expect_name(parser);
	json_t *value;

	if (word == NULL)
		return NULL;
	if (strcmp(word, "true") == 0)
		value = json_true();
	else if (strcmp(word, "false") == 0)
		value = json_false();
	else if (strcmp(word, "null") == 0)
		value = json_null();
	else
		value = json_string(word);
	free(word);
	return value;
}

static json_t *take_value(struct parser *parser)
{
	json_t *value;

	if (++parser->depth > DEPTH_MAX) {
		wrong(parser);
		return NULL;
	}
	skip(parser);
	if (take(parser, '['))
		value = take_list(parser);
	else if (take(parser, '{'))
		value = take_object(parser);
	else if (*parser->at != '\0' &&
	         strchr("-0123456789\"", *parser->at) != NULL)
		value = take_scalar(parser);
	else
		value = take_word(parser);
	parser->depth--;
	return value;
}

/* {"variable": NAME} or {"literal": VALUE}. */
static json_t *take_argument(struct parser *parser)
{
	json_t *value;
	char *name;

	if (take(parser, '$')) {
		name = expect_name(parser);
		value = name == NULL ? NULL
		                     : json_pack("{s:s}", "variable", name);
		free(name);
		return value;
	}
	value = take_value(parser);
	return value == NULL ? NULL : json_pack("{s:o}", "literal", value);
}

static bool take_arguments(struct parser *parser, json_t *field)
{
	json_t *arguments = json_object();

	json_object_set_new(field, "arguments", arguments);
	if (!take(parser, '('))
		return true;
	while (!take(parser, ')')) {
		char *name = expect_name(parser);
		json_t *value = NULL;

		if (name != NULL && expect(parser, ':'))
			value = take_argument(parser);
		if (value != NULL)
			json_object_set_new(arguments, name, value);
		free(name);
		if (value == NULL)
			return false;
	}
	return true;
}

static json_t *take_fields(struct parser *parser);

static json_t *take_field(struct parser *parser)
{
	json_t *field = NULL, *inner;
	char *key = expect_name(parser), *name = NULL;

	if (key != NULL && take(parser, ':'))
		name = expect_name(parser);
	else if (key != NULL)
		name = strdup(key);
	if (name == NULL)
		goto out;
	field = json_pack("{s:s, s:s}", "key", key, "name", name);
	if (!take_arguments(parser, field)) {
		json_decref(field);
		field = NULL;
	} else if (take(parser, '{')) {
		inner = take_fields(parser);
		if (inner != NULL) {
			json_object_set_new(field, "fields", inner);
		} else {
			json_decref(field);
			field = NULL;
		}
	}
out:
	free(key);
	free(name);
	return field;
}

/* A selection set, after its "{". */
static json_t *take_fields(struct parser *parser)
{
	json_t *fields = json_array();

	if (++parser->depth > DEPTH_MAX)
		wrong(parser);
	while (parser->error[0] == '\0' && !take(parser, '}')) {
		json_t *field = take_field(parser);

		if (field != NULL)
			json_array_append_new(fields, field);
	}
	parser->depth--;
	if (parser->error[0] == '\0' && json_array_size(fields) > 0)
		return fields;
	wrong(parser);
	json_decref(fields);
	return NULL;
}

/* A type as it was written, such as "[String!]!". */
static bool take_type(struct parser *parser, struct text *type)
{
	char *name;
	bool fine;

	if (take(parser, '[')) {
		fine = text_add(type, "[", 1) && take_type(parser, type) &&
		       expect(parser, ']') && text_add(type, "]", 1);
	} else {
		name = expect_name(parser);
		fine = name != NULL && text_add_string(type, name);
		free(name);
	}
	if (fine && take(parser, '!'))
		fine = text_add(type, "!", 1);
	return fine;
}

static bool take_variables(struct parser *parser, json_t *variables)
{
	while (!take(parser, ')')) {
		struct text type;
		char *name = NULL;
		bool fine;

		text_init(&type, 200);
		fine = expect(parser, '$') &&
		       (name = expect_name(parser)) != NULL &&
		       expect(parser, ':') && take_type(parser, &type);
		if (fine)
			json_object_set_new(variables, name,
			                    json_string(type.bytes));
		if (fine && take(parser, '=')) {
			json_t *value = take_value(parser);

			fine = value != NULL;
			json_decref(value);
		}
		free(name);
		text_clear(&type);
		if (!fine)
			return wrong(parser);
	}
	return true;
}

static bool is_operation(const char *word)
{
	return word != NULL &&
	       (strcmp(word, "query") == 0 || strcmp(word, "mutation") == 0);
}

json_t *graphql_parse(const char *text, char error[GRAPHQL_ERROR_MAX])
{
	struct parser parser = {.at = text, .error = error};
	json_t *variables = json_object(), *fields = NULL, *out = NULL;
	char *type = NULL, *name = NULL;

	error[0] = '\0';
	if (!is_next(&parser, '{')) {
		type = take_name(&parser);
		if (!is_operation(type)) {
			wrong(&parser);
			goto out;
		}
		name = take_name(&parser);
		if (take(&parser, '(') && !take_variables(&parser, variables))
			goto out;
	}
	if (!expect(&parser, '{'))
		goto out;
	fields = take_fields(&parser);
	skip(&parser);
	if (fields == NULL || *parser.at != '\0') {
		wrong(&parser);
		goto out;
	}
	out = json_pack("{s:s, s:s*, s:O, s:O}", "type",
	                type == NULL ? "query" : type, "name", name,
	                "variables", variables, "fields", fields);
out:
	free(type);
	free(name);
	json_decref(variables);
	json_decref(fields);
	return out;
}
