/* SPDX-License-Identifier: Apache-2.0 */
/* What a client reads before it begins. */
#include "handlers.h"

#include <stdio.h>

#include "data.h"
#include "device.h"
#include "exchange.h"
#include "sandbox.h"

static void set_address(json_t *into, const char *name, const char *base,
                        const char *path)
{
	json_object_set_new(into, name, json_sprintf("%s%s", base, path));
}

/* OpenID Connect Discovery 1.0, 3. */
void discovery_document(struct sandbox *box, const struct request *request,
                        struct reply *reply)
{
	json_t *document = json_pack(
		"{s:[s], s:[s], s:[s, s], s:[s], s:[s], s:[s], s:[s, s, s, s],"
		" s:[s]}",
		"response_types_supported", "code", "response_modes_supported",
		"query", "grant_types_supported", "authorization_code",
		"refresh_token", "code_challenge_methods_supported", "S256",
		"subject_types_supported", "public",
		"id_token_signing_alg_values_supported", "RS256",
		"scopes_supported", "openid", "profile", "email",
		"offline_access", "token_endpoint_auth_methods_supported",
		"none");

	(void)request;
	set_address(document, "issuer", box->base, "/");
	set_address(document, "authorization_endpoint", box->base,
	            "/authorize");
	set_address(document, "token_endpoint", box->base, "/oauth/token");
	set_address(document, "userinfo_endpoint", box->base, "/userinfo");
	set_address(document, "revocation_endpoint", box->base,
	            "/oauth/revoke");
	if (setting_true(box, "device_authorization")) {
		set_address(document, "device_authorization_endpoint",
		            box->base, "/oauth/device/code");
		json_array_append_new(
			json_object_get(document, "grant_types_supported"),
			json_string(DEVICE_GRANT_TYPE));
	}
	if (setting_true(box, "jwks"))
		set_address(document, "jwks_uri", box->base,
		            "/.well-known/jwks.json");
	json_object_set_new(
		document, "authorization_response_iss_parameter_supported",
		json_boolean(setting_true(box, "authorization_iss")));
	reply_json(reply, 200, document);
}

void discovery_keys(struct sandbox *box, const struct request *request,
                    struct reply *reply)
{
	(void)request;
	if (setting_true(box, "jwks"))
		reply_json(reply, 200, keys_published(&box->keys));
	else
		reply_message(reply, 404, "Not Found");
}

/* protocol: the first thing that `astro login` asks of Astro. */
void discovery_auth_config(struct sandbox *box, const struct request *request,
                           struct reply *reply)
{
	const char *flow = setting_text(box, "auth_flow");
	json_t *answer = json_pack("{s:s, s:s}", "clientId",
	                           setting_text(box, "client_id"), "audience",
	                           setting_text(box, "audience"));

	(void)request;
	set_address(answer, "domainUrl", box->base, "/");
	if (flow != NULL && flow[0] != '\0')
		json_object_set_new(answer, "authFlow", json_string(flow));
	reply_json(reply, 200, answer);
}
