/* SPDX-License-Identifier: Apache-2.0 */
/* Houston's GraphQL interface. */
#include "houston.h"

#include <stdlib.h>
#include <string.h>

#include "access.h"
#include "data.h"
#include "exchange.h"
#include "fields.h"
#include "grants.h"
#include "graphql.h"
#include "handlers.h"
#include "mint.h"
#include "sandbox.h"
#include "schema.h"

static const char made_at[] = "2026-01-02T03:04:05.000Z";
static const char no_permission[] =
	"You do not have the appropriate permissions for that";

/* What a resolver gets, and what it gives: VALUE, or the text of an ERROR. */
struct call {
	struct sandbox *box;
	const json_t *user; /* who asks; NULL: nobody known */
	const json_t *arguments;
	json_t *value;
	const char *error;
};

static json_t *user_shown(const json_t *user)
{
	return json_pack("{s:s*, s:s*, s:s*, s:s, s:s, s:s}", "id",
	                 fields_get(user, "id"), "fullName",
	                 fields_get(user, "fullName"), "username",
	                 fields_get(user, "email"), "status", "active",
	                 "createdAt", made_at, "updatedAt", made_at);
}

static json_t *workspace_shown(const json_t *workspace, const json_t *user)
{
	return json_pack("{s:s*, s:s*, s:s, s:s, s:s, s:[{s:s, s:o, s:n}]}",
	                 "id", fields_get(workspace, "id"), "label",
	                 fields_get(workspace, "label"), "description", "",
	                 "createdAt", made_at, "updatedAt", made_at,
	                 "roleBindings", "role", "WORKSPACE_ADMIN", "user",
	                 user_shown(user), "serviceAccount");
}

static void resolve_auth_config(struct call *call)
{
	const struct sandbox *box = call->box;

	call->value = json_pack(
		"{s:b, s:b, s:b, s:O}", "localEnabled",
		setting_true(box, "houston_local_enabled"), "publicSignup",
		setting_true(box, "houston_public_signup"), "initialSignup", 0,
		"providers", setting(box, "houston_providers"));
}

static void resolve_create_token(struct call *call)
{
	struct sandbox *box = call->box;
	const char *identity = fields_get(call->arguments, "identity");
	const char *password = fields_get(call->arguments, "password");
	json_t *user = data_houston_user(box, identity);
	const char *right = fields_get(user, "password");
	struct mint mint = {
		.user = user,
		.lifetime = setting_number(box, "houston_token_lifetime"),
	};
	char *token;

	if (!setting_true(box, "houston_local_enabled")) {
		call->error = "Local authentication is disabled";
		return;
	}
	if (password == NULL || right == NULL || strcmp(password, right) != 0) {
		call->error = "Invalid username or password";
		return;
	}
	token = mint_houston(box, &mint);
	call->value = json_pack("{s:o, s:{s:s}}", "user", user_shown(user),
	                        "token", "value", token);
	free(token);
}

static void list_workspaces(struct call *call, size_t skip, size_t most)
{
	json_t *own = json_object_get(call->user, "workspaces"), *workspace;
	size_t i;

	call->value = json_array();
	json_array_foreach(own, i, workspace)
	{
		if (i >= skip && i - skip < most)
			json_array_append_new(
				call->value,
				workspace_shown(workspace, call->user));
	}
}

static void resolve_workspaces(struct call *call)
{
	list_workspaces(call, 0, SIZE_MAX);
}

static void resolve_paginated(struct call *call)
{
	json_t *take = json_object_get(call->arguments, "take");
	json_t *number = json_object_get(call->arguments, "pageNumber");
	json_int_t most = take == NULL ? 20 : json_integer_value(take);
	json_int_t page = json_integer_value(number);

	if (most < 1 || most > 100 || page < 0 || page > 1000000)
		call->error = "take or pageNumber is out of range";
	else
		list_workspaces(call, (size_t)(most * page), (size_t)most);
}

static void resolve_workspace(struct call *call)
{
	const char *wanted = fields_get(call->arguments, "workspaceUuid");
	json_t *own = json_object_get(call->user, "workspaces"), *workspace;
	size_t i;

	json_array_foreach(own, i, workspace)
	{
		const char *id = fields_get(workspace, "id");

		if (id != NULL && wanted != NULL && strcmp(id, wanted) == 0) {
			call->value = workspace_shown(workspace, call->user);
			return;
		}
	}
	call->value = json_null();
}

static void resolve_app_config(struct call *call)
{
	const struct sandbox *box = call->box;
	const char *domain = setting_text(box, "houston_base_domain");

	call->value = json_pack(
		"{s:s, s:s, s:o, s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:O}",
		"version", setting_text(box, "houston_version"), "baseDomain",
		domain, "byoUpdateRegistryHost",
		json_sprintf("registry.%s", domain), "smtpConfigured", 0,
		"manualReleaseNames", 0, "configureDagDeployment", 0,
		"nfsMountDagDeployment", 0, "manualNamespaceNames", 0,
		"hardDeleteDeployment", 0, "triggererEnabled", 1,
		"featureFlags", setting(box, "houston_feature_flags"));
}

struct operation {
	const char *name;
	void (*resolve)(struct call *);
	bool open; /* to people without a token */
};

static const struct operation operations[] = {
	{"authConfig", resolve_auth_config, true},
	{"createToken", resolve_create_token, true},
	{"workspaces", resolve_workspaces, false},
	{"paginatedWorkspaces", resolve_paginated, false},
	{"workspace", resolve_workspace, false},
	{"appConfig", resolve_app_config, false},
};

static const struct operation *operation_find(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(operations) / sizeof(operations[0]); i++)
		if (strcmp(operations[i].name, name) == 0)
			return &operations[i];
	return NULL;
}

/* An answer as Apollo gives it. */
static void refuse(struct reply *reply, unsigned status, const char *message,
                   const char *code)
{
	reply_json(reply, status,
	           json_pack("{s:[{s:s, s:s, s:{s:s}}], s:n}", "errors",
	                     "message", message, "name", code, "extensions",
	                     "code", code, "data"));
}

/* The values of the arguments of FIELD. */
static json_t *arguments_of(const json_t *field, const json_t *variables)
{
	json_t *out = json_object(), *argument, *value;
	const char *name;

	json_object_foreach(json_object_get(field, "arguments"), name, argument)
	{
		const char *variable = fields_get(argument, "variable");

		value = variable == NULL ? json_object_get(argument, "literal")
		                         : json_object_get(variables, variable);
		if (value != NULL && !json_is_null(value))
			json_object_set(out, name, value);
	}
	return out;
}

/* False after a refusal. */
static bool run_field(struct sandbox *box, const struct request *request,
                      const json_t *field, const json_t *variables,
                      json_t *data, struct reply *reply)
{
	const struct operation *operation =
		operation_find(fields_get(field, "name"));
	struct call call = {.box = box};
	json_t *arguments = arguments_of(field, variables);

	call.user = access_houston_user(box, request);
	call.arguments = arguments;
	if (operation == NULL)
		call.error = "There is no such operation";
	else if (!operation->open && call.user == NULL)
		call.error = no_permission;
	else
		operation->resolve(&call);
	if (call.error != NULL) {
		refuse(reply, 200, call.error,
		       call.error == no_permission ? "FORBIDDEN"
		                                   : "BAD_USER_INPUT");
	} else {
		json_object_set_new(
			data, fields_get(field, "key"),
			schema_select(call.value,
		                      json_object_get(field, "fields")));
	}
	json_decref(call.value);
	json_decref(arguments);
	return call.error == NULL;
}

static void run(struct sandbox *box, const struct request *request,
                const json_t *operation, const json_t *variables,
                struct reply *reply)
{
	json_t *data = json_object(), *field;
	size_t i;

	json_array_foreach(json_object_get(operation, "fields"), i, field)
	{
		if (!run_field(box, request, field, variables, data, reply)) {
			json_decref(data);
			return;
		}
	}
	reply_json(reply, 200, json_pack("{s:o}", "data", data));
}

void houston_graphql(struct sandbox *box, const struct request *request,
                     struct reply *reply)
{
	json_t *body = request_json(request), *operation = NULL, *variables;
	char error[SCHEMA_ERROR_MAX];

	variables = json_object_get(body, "variables");
	if (fields_get(body, "query") == NULL) {
		refuse(reply, 400, "Must provide query string.", "BAD_REQUEST");
		goto out;
	}
	if (variables != NULL && !json_is_object(variables) &&
	    !json_is_null(variables)) {
		refuse(reply, 400, "Variables must be an object.",
		       "BAD_REQUEST");
		goto out;
	}
	operation = graphql_parse(fields_get(body, "query"), error);
	if (operation == NULL)
		refuse(reply, 400, error, "GRAPHQL_PARSE_FAILED");
	else if (!schema_check(operation, variables,
	                       setting_text(box, "houston_version"), error))
		refuse(reply, 400, error, "GRAPHQL_VALIDATION_FAILED");
	else
		run(box, request, operation, variables, reply);
out:
	json_decref(operation);
	json_decref(body);
}

char *houston_operation(const struct request *request)
{
	json_t *body = request_json(request), *operation = NULL, *first;
	char error[GRAPHQL_ERROR_MAX];
	char *name = NULL;

	if (fields_get(body, "query") != NULL)
		operation = graphql_parse(fields_get(body, "query"), error);
	first = json_array_get(json_object_get(operation, "fields"), 0);
	if (first != NULL)
		name = text_copy(fields_get(first, "name"));
	json_decref(operation);
	json_decref(body);
	return name;
}
