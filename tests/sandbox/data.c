/* SPDX-License-Identifier: Apache-2.0 */
/* The people, organizations and workspaces, and the settings beside them. */
#include "data.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "op_settings.h"
#include "sandbox.h"

/*
 * The number of workspaces of many@example.com, more than the page cap, so
 * that a client has to ask for several pages.
 */
enum { MANY = 45, TEXT_LEN = 16 * 1024 };

static const char settings_text[] =
	"{"
	"'client_id': 'astro-sandbox-cli',"
	"'audience': 'astronomer-ee',"
	"'redirect_uris': ['http://localhost:12345/callback'],"
	"'auth_flow': '',"
	"'clock_offset': 0,"
	"'code_lifetime': 600,"
	"'token_lifetime': 3600,"
	"'opaque_tokens': false,"
	"'offline_access': true,"
	"'rotate': true,"
	"'reuse_interval': 0,"
	"'id_token': true,"
	"'id_token_claims': {},"
	"'id_token_header': {},"
	"'id_token_signature': 'good',"
	"'jwks': true,"
	"'authorization_iss': true,"
	"'device_authorization': false,"
	"'device_interval': 5,"
	"'device_lifetime': 900,"
	"'device_script': [],"
	"'organizations_page_cap': 100,"
	"'workspaces_page_cap': 20,"
	"'houston_version': '0.37.2',"
	"'houston_local_enabled': true,"
	"'houston_public_signup': false,"
	"'houston_providers': [],"
	"'houston_feature_flags': {'byoUpdateRegistryEnabled': false},"
	"'houston_base_domain': 'localhost',"
	"'houston_token_lifetime': 86400"
	"}";

static const char users_text[] =
	"["
	"{'email': 'jane@example.com', 'password': 'sandbox-jane',"
	" 'sub': 'auth0|sandbox-jane', 'name': 'Jane Doe',"
	" 'organizations': ['clorgacme']},"
	"{'email': 'solo@example.com', 'password': 'sandbox-solo',"
	" 'sub': 'auth0|sandbox-solo', 'name': 'Han Solo',"
	" 'organizations': ['clorgsolo']},"
	"{'email': 'many@example.com', 'password': 'sandbox-many',"
	" 'sub': 'auth0|sandbox-many', 'name': 'Manon Many',"
	" 'organizations': ['clorgnorth', 'clorgsouth', 'clorgeast']},"
	"{'email': 'none@example.com', 'password': 'sandbox-none',"
	" 'sub': 'auth0|sandbox-none', 'name': 'Nona Nunez',"
	" 'organizations': []},"
	"{'email': 'empty@example.com', 'password': 'sandbox-empty',"
	" 'sub': 'auth0|sandbox-empty', 'name': 'Emmet Empty',"
	" 'organizations': ['clorgempty']}"
	"]";

/* clorgsouth has no product on purpose: it is optional. */
static const char organizations_text[] =
	"["
	"{'id': 'clorgacme', 'name': 'Acme', 'product': 'HOSTED',"
	" 'authServiceId': 'org_acme', 'workspaces': ["
	"  {'id': 'clwsstaging', 'name': 'Staging'},"
	"  {'id': 'clwsproduction', 'name': 'Production'}]},"
	"{'id': 'clorgsolo', 'name': 'Solo Records', 'product': 'HOSTED',"
	" 'authServiceId': 'org_solo', 'workspaces': ["
	"  {'id': 'clwsstage', 'name': 'Main Stage'}]},"
	"{'id': 'clorgnorth', 'name': 'North', 'product': 'HOSTED',"
	" 'authServiceId': 'org_north', 'workspaces': []},"
	"{'id': 'clorgsouth', 'name': 'South',"
	" 'authServiceId': 'org_south', 'workspaces': ["
	"  {'id': 'clwspole', 'name': 'Pole'}]},"
	"{'id': 'clorgeast', 'name': 'East', 'product': 'HYBRID',"
	" 'authServiceId': 'org_east', 'workspaces': ["
	"  {'id': 'clwssunrise', 'name': 'Sunrise'},"
	"  {'id': 'clwsnoon', 'name': 'Noon'}]},"
	"{'id': 'clorgempty', 'name': 'Empty Halls', 'product': 'HOSTED',"
	" 'authServiceId': 'org_empty', 'workspaces': []}"
	"]";

static const char houston_users_text[] =
	"["
	"{'username': 'jane', 'password': 'sandbox-jane', 'id': 'ckuserjane',"
	" 'fullName': 'Jane Doe', 'email': 'jane@example.com', 'workspaces': ["
	"  {'id': 'ckwsone', 'label': 'Workspace One'},"
	"  {'id': 'ckwstwo', 'label': 'Workspace Two'}]},"
	"{'username': 'solo', 'password': 'sandbox-solo', 'id': 'ckusersolo',"
	" 'fullName': 'Han Solo', 'email': 'solo@example.com', 'workspaces': ["
	"  {'id': 'ckwssolo', 'label': 'Only One'}]},"
	"{'username': 'many', 'password': 'sandbox-many', 'id': 'ckusermany',"
	" 'fullName': 'Manon Many', 'email': 'many@example.com',"
	" 'workspaces': []},"
	"{'username': 'none', 'password': 'sandbox-none', 'id': 'ckusernone',"
	" 'fullName': 'Nona Nunez', 'email': 'none@example.com',"
	" 'workspaces': []}"
	"]";

json_t *data_parse(const char *text)
{
	char plain[TEXT_LEN];
	size_t i;

	for (i = 0; text[i] != '\0' && i + 1 < sizeof(plain); i++)
		plain[i] = text[i] == '\'' ? '"' : text[i];
	plain[i] = '\0';
	return json_loads(plain, 0, NULL);
}

static json_t *by_key(const json_t *list, const char *key, const char *value)
{
	json_t *entry;
	size_t i;

	json_array_foreach(list, i, entry)
	{
		const char *own =
			json_string_value(json_object_get(entry, key));

		if (own != NULL && value != NULL && strcasecmp(own, value) == 0)
			return entry;
	}
	return NULL;
}

/* "Workspace 1" to "Workspace 45", under KEY ("name" or "label"). */
static void add_many(json_t *owner, const char *key, const char *prefix)
{
	json_t *list = json_object_get(owner, "workspaces");
	int i;

	for (i = 1; i <= MANY; i++) {
		char id[32], name[32];

		(void)snprintf(id, sizeof(id), "%s%02d", prefix, i);
		(void)snprintf(name, sizeof(name), "Workspace %02d", i);
		json_array_append_new(
			list, json_pack("{s:s, s:s}", "id", id, key, name));
	}
}

json_t *data_defaults(const char *base)
{
	json_t *all = data_parse(settings_text);
	json_t *organizations = data_parse(organizations_text);
	json_t *houston_users = data_parse(houston_users_text);

	add_many(by_key(organizations, "id", "clorgnorth"), "name", "clwsno");
	add_many(by_key(houston_users, "username", "many"), "label", "ckwsno");
	json_object_set_new(all, "users", data_parse(users_text));
	json_object_set_new(all, "organizations", organizations);
	json_object_set_new(all, "houston_users", houston_users);
	json_array_append_new(json_object_get(all, "houston_providers"),
	                      json_pack("{s:s, s:s, s:s+}", "name", "sandbox",
	                                "displayName", "Sandbox", "url", base,
	                                "/token"));
	op_settings_add(all);
	return all;
}

static bool same_type(const json_t *a, const json_t *b)
{
	if (json_is_boolean(a))
		return json_is_boolean(b);
	return json_typeof(a) == json_typeof(b);
}

bool data_change(struct sandbox *box, const json_t *changes, const char **wrong)
{
	json_t *defaults = data_defaults(box->base);
	const char *name;
	json_t *value;

	*wrong = NULL;
	json_object_foreach((json_t *)changes, name, value)
	{
		json_t *usual = json_object_get(defaults, name);

		if (usual == NULL ||
		    (!json_is_null(value) && !same_type(usual, value)))
			*wrong = name;
	}
	if (*wrong != NULL)
		goto out;
	json_object_foreach((json_t *)changes, name, value)
	{
		if (json_is_null(value))
			value = json_object_get(defaults, name);
		json_object_set_new(box->settings, name, json_deep_copy(value));
	}
out:
	json_decref(defaults);
	return *wrong == NULL;
}

json_t *setting(const struct sandbox *box, const char *name)
{
	return json_object_get(box->settings, name);
}

int64_t setting_number(const struct sandbox *box, const char *name)
{
	return json_integer_value(setting(box, name));
}

const char *setting_text(const struct sandbox *box, const char *name)
{
	return json_string_value(setting(box, name));
}

bool setting_true(const struct sandbox *box, const char *name)
{
	return json_is_true(setting(box, name));
}

json_t *data_user(const struct sandbox *box, const char *key, const char *value)
{
	return by_key(setting(box, "users"), key, value);
}

json_t *data_houston_user(const struct sandbox *box, const char *name)
{
	json_t *list = setting(box, "houston_users");
	json_t *user = by_key(list, "username", name);

	return user != NULL ? user : by_key(list, "email", name);
}

json_t *data_organization(const struct sandbox *box, const char *id)
{
	return by_key(setting(box, "organizations"), "id", id);
}

bool data_is_member(const json_t *user, const char *organization)
{
	json_t *own = json_object_get(user, "organizations");
	json_t *id;
	size_t i;

	json_array_foreach(own, i, id)
	{
		if (json_is_string(id) &&
		    strcmp(json_string_value(id), organization) == 0)
			return true;
	}
	return false;
}
