/* SPDX-License-Identifier: Apache-2.0 */
/* What the OpenID provider says of itself. */
#include <stdlib.h>

#include "data.h"
#include "device.h"
#include "exchange.h"
#include "handlers.h"
#include "op.h"
#include "op_keys.h"
#include "sandbox.h"

static void set_address(const struct sandbox *box, json_t *document,
                        const char *name, const char *path)
{
	char address[OP_ADDRESS_MAX];

	json_object_set_new(document, name,
	                    json_string(op_address(box, path, address)));
}

static void add_endpoints(const struct sandbox *box, json_t *document)
{
	set_address(box, document, "issuer", "");
	set_address(box, document, "authorization_endpoint", "/authorize");
	set_address(box, document, "token_endpoint", "/token");
	set_address(box, document, "userinfo_endpoint", "/userinfo");
	set_address(box, document, "jwks_uri", "/jwks");
	set_address(box, document, "revocation_endpoint", "/revoke");
	set_address(box, document, "end_session_endpoint", "/logout");
	if (setting_true(box, "op_device"))
		set_address(box, document, "device_authorization_endpoint",
		            "/device");
	if (setting_true(box, "op_registration"))
		set_address(box, document, "registration_endpoint",
		            "/register");
	if (setting_true(box, "op_pushed"))
		set_address(box, document,
		            "pushed_authorization_request_endpoint", "/par");
}

static void add_abilities(const struct sandbox *box, json_t *document)
{
	json_t *grants =
		json_pack("[s, s]", "authorization_code", "refresh_token");

	if (setting_true(box, "op_device"))
		json_array_append_new(grants, json_string(DEVICE_GRANT_TYPE));
	json_object_set_new(document, "grant_types_supported", grants);
	json_object_set_new(
		document, "authorization_response_iss_parameter_supported",
		json_boolean(setting_true(box, "op_authorization_iss")));
	if (setting_true(box, "op_pushed"))
		json_object_set_new(
			document, "require_pushed_authorization_requests",
			json_boolean(setting_true(box, "op_pushed_required")));
	if (setting_true(box, "op_dpop"))
		json_object_set_new(document,
		                    "dpop_signing_alg_values_supported",
		                    json_pack("[s, s, s, s]", "ES256", "PS256",
		                              "RS256", "EdDSA"));
}

/* OpenID Connect Discovery 1.0, 3, and RFC 8414, 2: one document. */
void op_metadata(struct sandbox *box, const struct request *request,
                 struct reply *reply)
{
	json_t *document = json_pack(
		"{s:[s], s:[s], s:[s], s:[s], s:[s], s:[s, s, s, s],"
		" s:[s, s, s]}",
		"response_types_supported", "code", "response_modes_supported",
		"query", "code_challenge_methods_supported", "S256",
		"subject_types_supported", "public",
		"id_token_signing_alg_values_supported",
		setting_text(box, "op_algorithm"), "scopes_supported", "openid",
		"profile", "email", "offline_access",
		"token_endpoint_auth_methods_supported", "none",
		"client_secret_basic", "client_secret_post");

	(void)request;
	add_endpoints(box, document);
	add_abilities(box, document);
	reply_json(reply, 200, document);
}

/* A provider that is none: it sends the browser to the honest one and wants
 * the code for itself (RFC 9700, 4.4, mix-up). */
void op_evil_metadata(struct sandbox *box, const struct request *request,
                      struct reply *reply)
{
	char origin[OP_ADDRESS_MAX];
	json_t *document = json_object();

	(void)request;
	add_endpoints(box, document);
	add_abilities(box, document);
	op_origin(box, origin);
	json_object_set_new(document, "issuer",
	                    json_sprintf("%s/evil", origin));
	json_object_set_new(document, "token_endpoint",
	                    json_sprintf("%s/evil/token", origin));
	json_object_set_new(document, "id_token_signing_alg_values_supported",
	                    json_pack("[s]", "RS256"));
	json_object_set_new(document, "response_types_supported",
	                    json_pack("[s]", "code"));
	json_object_set_new(document, "subject_types_supported",
	                    json_pack("[s]", "public"));
	/* It would rather not be asked to push, nor be found out. */
	json_object_del(document, "pushed_authorization_request_endpoint");
	json_object_del(document, "require_pushed_authorization_requests");
	reply_json(reply, 200, document);
}

void op_show_keys(struct sandbox *box, const struct request *request,
                  struct reply *reply)
{
	json_t *set = op_keys_published(box);

	(void)request;
	if (set == NULL)
		reply_message(reply, 500, "there is no such op_jwks");
	else
		reply_json(reply, 200, set);
}
