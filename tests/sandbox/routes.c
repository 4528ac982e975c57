/* SPDX-License-Identifier: Apache-2.0 */
/* The table of what the sandbox plays. */
#include <string.h>

#include "exchange.h"
#include "handlers.h"
#include "page.h"

struct route {
	const char *method;
	const char *path; /* a segment may be "*" */
	void (*handle)(struct sandbox *, const struct request *,
	               struct reply *);
};

static void show_front(struct sandbox *box, const struct request *request,
                       struct reply *reply)
{
	(void)box;
	(void)request;
	page_message(&reply->body, "astro-sandbox",
	             "This is a stand-in for Astro, for Houston and for an "
	             "OpenID provider, to log in to. Its users are on the "
	             "terminal where it was started.");
	reply_page(reply, 200);
}

static const struct route routes[] = {
	{"GET", "/", show_front},
	{"GET", "/private/v1alpha1/cli/auth-config", discovery_auth_config},
	{"GET", "/.well-known/openid-configuration", discovery_document},
	{"GET", "/.well-known/jwks.json", discovery_keys},
	{"GET", "/authorize", oauth_authorize},
	{"GET", "/login", oauth_show_login},
	{"POST", "/login", oauth_login},
	{"POST", "/oauth/token", token_issue},
	{"POST", "/oauth/revoke", token_revoke},
	{"GET", "/userinfo", token_userinfo},
	{"POST", "/oauth/device/code", activate_begin},
	{"GET", "/activate", activate_show},
	{"POST", "/activate", activate_submit},
	{"GET", "/v1/users/self", astro_self},
	{"GET", "/v1/organizations", astro_organizations},
	{"GET", "/v1/organizations/*", astro_organization},
	{"GET", "/v1/organizations/*/workspaces", astro_workspaces},
	{"POST", "/organization-lookup", astro_lookup},
	{"POST", "/hub/organization-lookup", astro_lookup},
	{"POST", "/v1", houston_graphql},
	{"GET", "/token", houston_show_token},
	{"POST", "/token", houston_token},
	{"GET", "/v1/token", houston_show_token},
	{"POST", "/v1/token", houston_token},
	{"GET", "/op/.well-known/openid-configuration", op_metadata},
	{"GET", "/.well-known/oauth-authorization-server/op", op_metadata},
	{"GET", "/op/jwks", op_show_keys},
	{"GET", "/op/jwks/*", op_show_keys},
	{"POST", "/op/register", op_register},
	{"POST", "/op/par", op_push},
	{"GET", "/op/authorize", op_authorize},
	{"GET", "/op/login", op_show_login},
	{"POST", "/op/login", op_login},
	{"POST", "/op/device", op_device_begin},
	{"GET", "/op/activate", op_device_show},
	{"POST", "/op/activate", op_device_submit},
	{"POST", "/op/token", op_token},
	{"GET", "/op/userinfo", op_userinfo},
	{"POST", "/op/userinfo", op_userinfo},
	{"POST", "/op/revoke", op_revoke},
	{"GET", "/op/logout", op_end_session},
	{"POST", "/op/logout", op_end_session},
	{"GET", "/evil/.well-known/openid-configuration", op_evil_metadata},
	{"GET", "/.well-known/oauth-authorization-server/evil",
         op_evil_metadata},
};

static bool path_fits(const char *pattern, const char *path)
{
	while (*pattern != '\0') {
		if (*pattern == '*') {
			size_t len = strcspn(path, "/");

			if (len == 0)
				return false;
			path += len;
			pattern++;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return *path == '\0';
}

void routes_handle(struct sandbox *box, const struct request *request,
                   struct reply *reply)
{
	bool known = false;
	size_t i;

	for (i = 0; i < sizeof(routes) / sizeof(routes[0]); i++) {
		if (!path_fits(routes[i].path, request->path))
			continue;
		known = true;
		if (strcmp(routes[i].method, request->method) == 0) {
			routes[i].handle(box, request, reply);
			return;
		}
	}
	if (known)
		reply_message(reply, 405, "Method Not Allowed");
	else
		reply_message(reply, 404, "Not Found");
}
