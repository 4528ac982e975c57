/* SPDX-License-Identifier: Apache-2.0 */
/* Types, fields and arguments of Houston, and the check of a query. */
#include "schema.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fields.h"

/* OF: the type of what it holds, NULL for a scalar.  SINCE and UNTIL: the
 * versions that have it (UNTIL excluded), NULL for all. */
struct field {
	const char *type, *name, *of, *since, *until;
};

static const struct field schema[] = {
	{"Query", "authConfig", "AuthConfig", NULL, NULL},
	{"Query", "workspaces", "Workspace", NULL, NULL},
	{"Query", "paginatedWorkspaces", "Workspace", "0.30.0", NULL},
	{"Query", "workspace", "Workspace", NULL, NULL},
	{"Query", "appConfig", "AppConfig", NULL, NULL},
	{"Mutation", "createToken", "AuthUser", NULL, NULL},
	{"AuthConfig", "localEnabled", NULL, NULL, NULL},
	{"AuthConfig", "publicSignup", NULL, NULL, NULL},
	{"AuthConfig", "initialSignup", NULL, NULL, NULL},
	{"AuthConfig", "providers", "AuthProvider", NULL, NULL},
	{"AuthProvider", "name", NULL, NULL, NULL},
	{"AuthProvider", "displayName", NULL, NULL, NULL},
	{"AuthProvider", "url", NULL, NULL, NULL},
	{"AuthUser", "user", "User", NULL, NULL},
	{"AuthUser", "token", "Token", NULL, NULL},
	{"Token", "value", NULL, NULL, NULL},
	{"User", "id", NULL, NULL, NULL},
	{"User", "fullName", NULL, NULL, NULL},
	{"User", "username", NULL, NULL, NULL},
	{"User", "status", NULL, NULL, NULL},
	{"User", "createdAt", NULL, NULL, NULL},
	{"User", "updatedAt", NULL, NULL, NULL},
	{"Workspace", "id", NULL, NULL, NULL},
	{"Workspace", "label", NULL, NULL, NULL},
	{"Workspace", "description", NULL, NULL, NULL},
	{"Workspace", "createdAt", NULL, NULL, NULL},
	{"Workspace", "updatedAt", NULL, NULL, NULL},
	{"Workspace", "roleBindings", "RoleBinding", NULL, NULL},
	{"RoleBinding", "role", NULL, NULL, NULL},
	{"RoleBinding", "user", "User", NULL, NULL},
	{"RoleBinding", "serviceAccount", "ServiceAccount", NULL, NULL},
	{"ServiceAccount", "id", NULL, NULL, NULL},
	{"ServiceAccount", "label", NULL, NULL, NULL},
	{"AppConfig", "version", NULL, NULL, NULL},
	{"AppConfig", "baseDomain", NULL, "0.25.0", NULL},
	{"AppConfig", "smtpConfigured", NULL, "0.25.0", NULL},
	{"AppConfig", "manualReleaseNames", NULL, "0.25.0", "2.0.0"},
	{"AppConfig", "configureDagDeployment", NULL, "0.25.0", "2.0.0"},
	{"AppConfig", "nfsMountDagDeployment", NULL, "0.25.0", "2.0.0"},
	{"AppConfig", "manualNamespaceNames", NULL, "0.25.0", "2.0.0"},
	{"AppConfig", "hardDeleteDeployment", NULL, "0.25.0", "2.0.0"},
	{"AppConfig", "triggererEnabled", NULL, "0.28.0", "2.0.0"},
	{"AppConfig", "featureFlags", NULL, "0.28.0", NULL},
	{"AppConfig", "byoUpdateRegistryHost", NULL, "0.29.2", NULL},
};

struct argument {
	const char *field, *name, *type, *since;
};

static const struct argument arguments[] = {
	{"authConfig", "redirect", "String", NULL},
	{"createToken", "identity", "String", NULL},
	{"createToken", "password", "String!", NULL},
	{"paginatedWorkspaces", "take", "Int", NULL},
	{"paginatedWorkspaces", "pageNumber", "Int", NULL},
	{"workspace", "workspaceUuid", "Uuid!", NULL},
	{"appConfig", "clusterId", "Uuid", "1.0.0"},
	{"appConfig", "workspaceUuid", "Uuid", "2.0.0"},
	{"appConfig", "deploymentUuid", "Uuid", "2.0.0"},
};

enum {
	FIELD_COUNT = sizeof(schema) / sizeof(schema[0]),
	ARGUMENT_COUNT = sizeof(arguments) / sizeof(arguments[0])
};

/* Of dotted numbers; "-rc1" and the like behind them do not count. */
static int version_compare(const char *a, const char *b)
{
	int i;

	for (i = 0; i < 3; i++) {
		char *a_end, *b_end;
		long left = strtol(a, &a_end, 10);
		long right = strtol(b, &b_end, 10);

		if (left != right)
			return left < right ? -1 : 1;
		a = *a_end == '.' ? a_end + 1 : "";
		b = *b_end == '.' ? b_end + 1 : "";
	}
	return 0;
}

static bool is_in(const char *version, const char *since, const char *until)
{
	return (since == NULL || version_compare(version, since) >= 0) &&
	       (until == NULL || version_compare(version, until) < 0);
}

static const struct field *field_find(const char *type, const char *name,
                                      const char *version)
{
	size_t i;

	for (i = 0; i < FIELD_COUNT; i++)
		if (strcmp(schema[i].type, type) == 0 &&
		    strcmp(schema[i].name, name) == 0 &&
		    is_in(version, schema[i].since, schema[i].until))
			return &schema[i];
	return NULL;
}

static const struct argument *argument_find(const char *field, const char *name,
                                            const char *version)
{
	size_t i;

	for (i = 0; i < ARGUMENT_COUNT; i++)
		if (strcmp(arguments[i].field, field) == 0 &&
		    strcmp(arguments[i].name, name) == 0 &&
		    is_in(version, arguments[i].since, NULL))
			return &arguments[i];
	return NULL;
}

/* Section 5.8.5: "String!" may stand where "String" is wanted. */
static bool type_fits(const char *given, const char *wanted)
{
	size_t len = strlen(wanted);

	return strncmp(given, wanted, len) == 0 &&
	       (given[len] == '\0' || strcmp(given + len, "!") == 0);
}

static bool check_argument(const json_t *operation, const char *field,
                           const char *name, const json_t *value,
                           const char *version, char *error)
{
	const struct argument *known = argument_find(field, name, version);
	const char *variable = fields_get(value, "variable");
	const char *type = NULL;

	if (known == NULL) {
		(void)snprintf(error, SCHEMA_ERROR_MAX,
		               "Unknown argument \"%s\" on field \"%s\".", name,
		               field);
		return false;
	}
	if (variable == NULL) {
		/* Credentials pasted into the text of a query end up in logs,
		 * and are an injection waiting for a quote. */
		if (strcmp(field, "createToken") != 0)
			return true;
		(void)snprintf(error, SCHEMA_ERROR_MAX,
		               "createToken takes \"%s\" from a variable only.",
		               name);
		return false;
	}
	type = fields_get(json_object_get(operation, "variables"), variable);
	if (type == NULL)
		(void)snprintf(error, SCHEMA_ERROR_MAX,
		               "Variable \"$%s\" is not defined.", variable);
	else if (!type_fits(type, known->type))
		(void)snprintf(error, SCHEMA_ERROR_MAX,
		               "Variable \"$%s\" of type \"%s\" used in "
		               "position expecting type \"%s\".",
		               variable, type, known->type);
	return error[0] == '\0';
}

static bool check_arguments(const json_t *operation, const json_t *field,
                            const char *version, char *error)
{
	json_t *given = json_object_get(field, "arguments"), *value;
	const char *field_name = fields_get(field, "name"), *name;
	size_t i;

	json_object_foreach(given, name, value)
	{
		if (!check_argument(operation, field_name, name, value, version,
		                    error))
			return false;
	}
	for (i = 0; i < ARGUMENT_COUNT; i++) {
		const struct argument *known = &arguments[i];

		if (strcmp(known->field, field_name) == 0 &&
		    strchr(known->type, '!') != NULL &&
		    json_object_get(given, known->name) == NULL) {
			(void)snprintf(error, SCHEMA_ERROR_MAX,
			               "Field \"%s\" argument \"%s\" of type "
			               "\"%s\" is required, but it was not "
			               "provided.",
			               field_name, known->name, known->type);
			return false;
		}
	}
	return true;
}

static bool check_fields(const json_t *operation, const json_t *list,
                         const char *type, const char *version, char *error)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const char *name = fields_get(entry, "name");
		const struct field *known = field_find(type, name, version);
		const json_t *inner = json_object_get(entry, "fields");

		if (known == NULL) {
			(void)snprintf(error, SCHEMA_ERROR_MAX,
			               "Cannot query field \"%s\" on type "
			               "\"%s\".",
			               name, type);
			return false;
		}
		if ((known->of == NULL) != (inner == NULL)) {
			(void)snprintf(error, SCHEMA_ERROR_MAX,
			               "Field \"%s\" %s a selection of "
			               "subfields.",
			               name,
			               inner == NULL ? "must have"
			                             : "must not have");
			return false;
		}
		if (!check_arguments(operation, entry, version, error))
			return false;
		if (inner != NULL &&
		    !check_fields(operation, inner, known->of, version, error))
			return false;
	}
	return true;
}

static bool value_fits(const json_t *value, const char *type)
{
	if (value == NULL || json_is_null(value))
		return strchr(type, '!') == NULL;
	if (strncmp(type, "Int", 3) == 0)
		return json_is_integer(value);
	return json_is_string(value);
}

static bool check_variables(const json_t *operation, const json_t *variables,
                            char *error)
{
	const char *name;
	json_t *type;

	json_object_foreach(json_object_get(operation, "variables"), name, type)
	{
		const char *wanted = json_string_value(type);

		if (!value_fits(json_object_get(variables, name), wanted)) {
			(void)snprintf(error, SCHEMA_ERROR_MAX,
			               "Variable \"$%s\" of required type "
			               "\"%s\" was not provided, or got an "
			               "invalid value.",
			               name, wanted);
			return false;
		}
	}
	return true;
}

bool schema_check(const json_t *operation, const json_t *variables,
                  const char *version, char error[SCHEMA_ERROR_MAX])
{
	const char *type = fields_get(operation, "type");

	error[0] = '\0';
	return check_fields(operation, json_object_get(operation, "fields"),
	                    strcmp(type, "mutation") == 0 ? "Mutation"
	                                                  : "Query",
	                    version, error) &&
	       check_variables(operation, variables, error);
}

static json_t *select_object(const json_t *value, const json_t *fields)
{
	json_t *out = json_object(), *field;
	size_t i;

	json_array_foreach(fields, i, field)
	{
		const json_t *member =
			json_object_get(value, fields_get(field, "name"));

		json_object_set_new(
			out, fields_get(field, "key"),
			schema_select(member,
		                      json_object_get(field, "fields")));
	}
	return out;
}

json_t *schema_select(const json_t *value, const json_t *fields)
{
	json_t *out, *entry;
	size_t i;

	if (value == NULL || json_is_null(value))
		return json_null();
	if (fields == NULL)
		return json_deep_copy(value);
	if (!json_is_array(value))
		return select_object(value, fields);
	out = json_array();
	json_array_foreach((json_t *)value, i, entry)
	{
		json_array_append_new(out, schema_select(entry, fields));
	}
	return out;
}
