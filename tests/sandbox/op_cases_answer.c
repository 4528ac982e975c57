/* SPDX-License-Identifier: Apache-2.0 */
/* Userinfo, refreshes, pushed requests, DPoP, token answers. */
#include "op_case_rows.h"

static const struct op_case rows[] = {
	UNTRUSTED("idt-30-userinfo-sub-missing", OP_AT_USERINFO,
                  "{'userinfo': {'sub': null}}"),
	EITHER_WAY("idt-30-userinfo-401",
                   "{'faults': [{'path': '/op/userinfo', 'kind': 'status',"
                   " 'value': 401}]}"),
	EITHER_WAY("idt-30-userinfo-html",
                   "{'faults': [{'path': '/op/userinfo', 'kind': 'body',"
                   " 'value': '<html>', 'content_type': 'text/html'}]}"),
	HONEST("idt-30-email-with-escape",
               "{'userinfo': {'email': 'a\\u001b[31m\\u202eb@example.com'},"
               " 'op_claims': {'email': 'a\\u001b[31m\\u202eb@example.com'"
               "}}"),
	HONEST("idt-30-email-missing",
               "{'userinfo': {'email': null}, 'op_claims': {'email': null}}"),
	BAD_REFRESH("idt-31-aud-changes",
                    "{'op_refresh_claims': {'aud': 'another-client'}}"),
	BAD_REFRESH("idt-31-nonce-changes",
                    "{'op_refresh_claims': {'nonce': 'another'}}"),
	BAD_REFRESH("idt-31-iat-goes-back",
                    "{'op_refresh_claims': {'iat': '{now-7200}'}}"),
	{ROW("idt-31-auth-time-moves", OP_REFRESH, OP_EITHER, OP_AT_REFRESH, -1,
             "{'op_refresh_claims': {'auth_time': '{now+1000}'}}")},
	{ROW("idt-31-id-token-missing", OP_REFRESH, OP_ACCEPT, OP_AT_END, 0,
             "{'op_refresh_id_token': false}")},
	{ROW("idt-31-refresh-token-stays", OP_REFRESH, OP_ACCEPT, OP_AT_END, 0,
             "{'op_rotate': false}")},
	UNTRUSTED("idt-32-access-token-of-another", OP_AT_USERINFO,
                  "{'op_claims': {'at_hash': null}, 'userinfo':"
                  " {'sub': 'auth0|sandbox-solo',"
                  " 'email': 'solo@example.com'}}"),
	HONEST("idt-33-access-token-jwt", "{'op_access_token': 'jwt'}"),
	HONEST("idt-33-access-token-alg-none",
               "{'op_access_token': 'jwt_none'}"),
	HONEST("idt-34-push-required", "{'op_pushed_required': true}"),
	{ROW("idt-34-push-500", OP_LOGIN, OP_REFUSE, OP_AT_PUSH, 3,
             "{'op_pushed_required': true, 'faults': [{'path': '/op/par',"
             " 'kind': 'status', 'value': 500}]}")},
	{ROW("idt-34-push-200", OP_LOGIN, OP_REFUSE, OP_AT_PUSH, 3,
             "{'op_pushed_required': true, 'op_pushed_status': 200}")},
	{ROW("idt-34-push-without-request-uri", OP_LOGIN, OP_REFUSE, OP_AT_PUSH,
             3,
             "{'op_pushed_required': true, 'pushed': {'request_uri': null}}")},
	EITHER_WAY("idt-34-push-for-a-second",
                   "{'op_pushed_required': true, 'pushed':"
                   " {'expires_in': 1}}"),
	{ROW("idt-34-push-refused", OP_LOGIN, OP_REFUSE, OP_AT_PUSH, 4,
             "{'op_pushed_required': true, 'faults': [{'path': '/op/par',"
             " 'kind': 'body', 'status': 400, 'value':"
             " {'error': 'invalid_request'}}]}")},
	{ROW("idt-35-bearer-instead", OP_LOGIN, OP_REFUSE, OP_AT_TOKEN, 7,
             "{'token': {'token_type': 'Bearer'}}"),
         .dpop = true},
	{ROW("idt-35-nonce-once", OP_LOGIN, OP_ACCEPT, OP_AT_END, 0,
             "{'op_dpop_nonce': 'once'}"),
         .dpop = true},
	{ROW("idt-35-nonce-each-time", OP_LOGIN, OP_ACCEPT, OP_AT_END, 0,
             "{'op_dpop_nonce': 'each'}"),
         .dpop = true},
	{ROW("idt-35-nonce-never-right", OP_LOGIN, OP_REFUSE, OP_AT_TOKEN, 4,
             "{'op_dpop_nonce': 'unsatisfied'}"),
         .dpop = true},
	{ROW("token-type-unknown", OP_LOGIN, OP_REFUSE, OP_AT_TOKEN, -1,
             "{'token': {'token_type': 'mac'}}")},
	{ROW("token-type-dpop-unasked", OP_LOGIN, OP_REFUSE, OP_AT_TOKEN, -1,
             "{'token': {'token_type': 'DPoP'}}")},
	{ROW("token-missing", OP_LOGIN, OP_REFUSE, OP_AT_TOKEN, 3,
             "{'token': {'access_token': null}}")},
	{ROW("token-with-error", OP_LOGIN, OP_REFUSE, OP_AT_TOKEN, 4,
             "{'token': {'error': 'invalid_grant'}}")},
	{ROW("token-with-newline", OP_LOGIN, OP_REFUSE, OP_AT_TOKEN, 3,
             "{'token': {'access_token': 'a\\nAuthorization: b'}}")},
	HONEST("token-expires-in-text", "{'token': {'expires_in': '3600'}}"),
	HONEST("refresh-token-missing", "{'op_offline_access': false}"),
	{ROW("secret-with-every-character", OP_LOGIN, OP_ACCEPT, OP_AT_END, 0,
             "{}"),
         .client = "sandbox:odd client"},
	{ROW("secret-by-post", OP_LOGIN, OP_ACCEPT, OP_AT_END, 0, "{}"),
         .client = "sandbox-post"},
	{ROW("registration-refused", OP_LOGIN, OP_REFUSE, OP_AT_REGISTRATION, 4,
             "{'op_registration': true, 'faults': [{'path': '/op/register',"
             " 'kind': 'body', 'status': 400, 'value':"
             " {'error': 'invalid_client_metadata'}}]}"),
         .client = ""},
	{ROW("registration-without-client-id", OP_LOGIN, OP_REFUSE,
             OP_AT_REGISTRATION, 3,
             "{'op_registration': true, 'registration': {'client_id': null}}"),
         .client = ""},
};

const struct op_case_table op_cases_answer = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
