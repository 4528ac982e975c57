/* SPDX-License-Identifier: Apache-2.0 */
/* All cases in a row, and what a client may ask for on the way. */
#include "op_cases.h"

#include <string.h>

#include "op_case_rows.h"

static const struct op_case_table *const tables[] = {
	&op_cases_suite, &op_cases_metadata, &op_cases_signature, &op_cases_key,
	&op_cases_claim, &op_cases_answer,   &op_cases_device,
};

const struct op_case *op_case_at(size_t index)
{
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		if (index < tables[i]->count)
			return &tables[i]->rows[index];
		index -= tables[i]->count;
	}
	return NULL;
}

const struct op_case *op_case_find(const char *name)
{
	const struct op_case *found;
	size_t i;

	for (i = 0; (found = op_case_at(i)) != NULL; i++)
		if (strcmp(found->name, name) == 0)
			return found;
	return NULL;
}

/* The first step of a login at which PATH is in its place.  A star stands for
 * the rest. */
struct place {
	const char *path;
	enum op_step first;
};

static const struct place places[] = {
	{"/op/.well-known/openid-configuration", OP_AT_DISCOVERY},
	{"/.well-known/oauth-authorization-server/op", OP_AT_DISCOVERY},
	{"/evil/.well-known/openid-configuration", OP_AT_DISCOVERY},
	{"/.well-known/oauth-authorization-server/evil", OP_AT_DISCOVERY},
	{"/op/register", OP_AT_REGISTRATION},
	{"/op/par", OP_AT_PUSH},
	{"/op/device", OP_AT_DEVICE},
	{"/op/activate", OP_AT_DEVICE},
	{"/op/authorize", OP_AT_AUTHORIZATION},
	{"/op/login", OP_AT_AUTHORIZATION},
	/* The keys may be fetched while the person is busy. */
	{"/op/jwks*", OP_AT_PUSH},
	{"/op/token", OP_AT_TOKEN},
	{"/op/userinfo", OP_AT_USERINFO},
	/* What came with a wrong subject is given back. */
	{"/op/revoke", OP_AT_USERINFO},
	{"/op/logout", OP_AT_LOGOUT},
};

bool op_step_allows(enum op_step step, const char *path, bool with_token)
{
	size_t i;

	if (!with_token && strcmp(path, "/op/userinfo") == 0)
		return step >= OP_AT_PUSH;

	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		size_t len = strcspn(places[i].path, "*");
		bool fits = places[i].path[len] == '*'
		                    ? strncmp(places[i].path, path, len) == 0
		                    : strcmp(places[i].path, path) == 0;

		if (fits)
			return step >= places[i].first;
	}
	return false;
}

const char *op_flow_name(enum op_flow flow)
{
	switch (flow) {
	case OP_LOGIN:
		return "login";
	case OP_LOGIN_TWICE:
		return "login_twice";
	case OP_REFRESH:
		return "refresh";
	case OP_LOGOUT:
		return "logout";
	case OP_DEVICE:
		return "device";
	}
	return "";
}

const char *op_verdict_name(enum op_verdict verdict)
{
	switch (verdict) {
	case OP_ACCEPT:
		return "accept";
	case OP_REFUSE:
		return "refuse";
	case OP_EITHER:
		return "either";
	}
	return "";
}

const char *op_step_name(enum op_step step)
{
	switch (step) {
	case OP_AT_DISCOVERY:
		return "discovery";
	case OP_AT_REGISTRATION:
		return "registration";
	case OP_AT_PUSH:
		return "push";
	case OP_AT_DEVICE:
		return "device";
	case OP_AT_AUTHORIZATION:
		return "authorization";
	case OP_AT_TOKEN:
		return "token";
	case OP_AT_ID_TOKEN:
		return "id_token";
	case OP_AT_USERINFO:
		return "userinfo";
	case OP_AT_REFRESH:
		return "refresh";
	case OP_AT_LOGOUT:
		return "logout";
	case OP_AT_END:
		return "end";
	}
	return "";
}
