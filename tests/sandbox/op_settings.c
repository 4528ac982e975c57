/* SPDX-License-Identifier: Apache-2.0 */
/* How the OpenID provider behaves, and the clients that it knows. */
#include "op_settings.h"

#include "data.h"
#include "sandbox.h"

/* The third secret has everything that RFC 6749, 2.3.1 wants encoded. */
static const char clients_text[] =
	"["
	"{'client_id': 'sandbox-native',"
	" 'token_endpoint_auth_method': 'none',"
	" 'redirect_uris': ['http://127.0.0.1/callback',"
	"  'http://[::1]/callback', 'http://localhost/callback'],"
	" 'post_logout_redirect_uris': ['http://127.0.0.1/logged-out',"
	"  'http://localhost/logged-out']},"
	"{'client_id': 'sandbox-confidential',"
	" 'client_secret': 'sandbox-client-secret',"
	" 'token_endpoint_auth_method': 'client_secret_basic',"
	" 'redirect_uris': ['http://127.0.0.1/callback',"
	"  'http://[::1]/callback', 'http://localhost/callback']},"
	"{'client_id': 'sandbox:odd client',"
	" 'client_secret': 'a+b c:d%/\\u00e9&=',"
	" 'token_endpoint_auth_method': 'client_secret_basic',"
	" 'redirect_uris': ['http://127.0.0.1/callback',"
	"  'http://[::1]/callback', 'http://localhost/callback']},"
	"{'client_id': 'sandbox-post',"
	" 'client_secret': 'sandbox-client-secret',"
	" 'token_endpoint_auth_method': 'client_secret_post',"
	" 'redirect_uris': ['http://127.0.0.1/callback',"
	"  'http://[::1]/callback', 'http://localhost/callback']}"
	"]";

static const char settings_text[] = "{"
				    "'op_registration': false,"
				    "'op_pushed': true,"
				    "'op_pushed_required': false,"
				    "'op_pushed_status': 201,"
				    "'op_authorization_iss': true,"
				    "'op_device': true,"
				    "'op_device_interval': 5,"
				    "'op_device_lifetime': 600,"
				    "'op_device_script': [],"
				    "'op_dpop': true,"
				    "'op_dpop_required': false,"
				    "'op_dpop_nonce': 'never',"
				    "'op_algorithm': 'RS256',"
				    "'op_key': 'usual',"
				    "'op_key_rotation': 'never',"
				    "'op_jwks': 'usual',"
				    "'op_id_token': true,"
				    "'op_claims': {},"
				    "'op_claims_text': '',"
				    "'op_header': {},"
				    "'op_header_text': '',"
				    "'op_signature': 'good',"
				    "'op_form': 'usual',"
				    "'op_refresh_id_token': true,"
				    "'op_refresh_claims': {},"
				    "'op_access_token': 'opaque',"
				    "'op_userinfo_signed': false,"
				    "'op_code_lifetime': 60,"
				    "'op_token_lifetime': 3600,"
				    "'op_offline_access': true,"
				    "'op_rotate': true,"
				    "'op_reuse_interval': 0"
				    "}";

void op_settings_add(json_t *all)
{
	json_t *settings = data_parse(settings_text);

	json_object_update(all, settings);
	json_object_set_new(all, "op_clients", data_parse(clients_text));
	json_decref(settings);
}

void op_settings_reset(struct sandbox *box)
{
	op_settings_add(box->settings);
}
