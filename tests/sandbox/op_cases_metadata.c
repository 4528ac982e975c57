/* SPDX-License-Identifier: Apache-2.0 */
/* Metadata that is wrong, odd or somebody else's. */
#include "op_case_rows.h"

static const struct op_case rows[] = {
	UNTRUSTED("idt-01-issuer-other-case", OP_AT_DISCOVERY,
                  "{'metadata': {'issuer': '{origin}/OP'}}"),
	UNTRUSTED("idt-01-issuer-other-port", OP_AT_DISCOVERY,
                  "{'metadata': {'issuer': 'http://127.0.0.1:1/op'}}"),
	UNTRUSTED("idt-01-issuer-other-scheme", OP_AT_DISCOVERY,
                  "{'metadata': {'issuer': 'https://127.0.0.1:{port}/op'}}"),
	UNTRUSTED("idt-01-issuer-longer", OP_AT_DISCOVERY,
                  "{'metadata': {'issuer': '{issuer}x'}}"),
	UNTRUSTED("idt-01-issuer-shorter", OP_AT_DISCOVERY,
                  "{'metadata': {'issuer': '{origin}'}}"),
	UNTRUSTED("idt-01-issuer-other-host", OP_AT_DISCOVERY,
                  "{'metadata': {'issuer': 'http://localhost:{port}/op'}}"),
	UNTRUSTED("idt-01-issuer-with-query", OP_AT_DISCOVERY,
                  "{'metadata': {'issuer': '{issuer}?a=b'}}"),
	{ROW("idt-01-issuer-missing", OP_LOGIN, OP_REFUSE, OP_AT_DISCOVERY, -1,
             "{'metadata': {'issuer': null}}")},
	{ROW("idt-01-issuer-number", OP_LOGIN, OP_REFUSE, OP_AT_DISCOVERY, -1,
             "{'metadata': {'issuer': 7}}")},
	UNTRUSTED("idt-02-token-endpoint-plain-http", OP_AT_DISCOVERY,
                  "{'metadata': {'token_endpoint':"
                  " 'http://issuer.example/token'}}"),
	UNTRUSTED("idt-02-authorization-endpoint-plain-http", OP_AT_DISCOVERY,
                  "{'metadata': {'authorization_endpoint':"
                  " 'http://issuer.example/authorize'}}"),
	UNTRUSTED("idt-02-authorization-endpoint-javascript", OP_AT_DISCOVERY,
                  "{'metadata': {'authorization_endpoint':"
                  " 'javascript:alert(1)'}}"),
	UNTRUSTED("idt-02-jwks-uri-of-file", OP_AT_DISCOVERY,
                  "{'metadata': {'jwks_uri': 'file:///etc/passwd'}}"),
	{ROW("idt-02-token-endpoint-missing", OP_LOGIN, OP_REFUSE,
             OP_AT_DISCOVERY, -1, "{'metadata': {'token_endpoint': null}}")},
	{ROW("idt-02-authorization-endpoint-missing", OP_LOGIN, OP_REFUSE,
             OP_AT_DISCOVERY, -1,
             "{'metadata': {'authorization_endpoint': null}}")},
	{ROW("idt-02-jwks-uri-missing", OP_LOGIN, OP_REFUSE, OP_AT_ID_TOKEN, -1,
             "{'metadata': {'jwks_uri': null}}")},
	{ROW("idt-03-mix-up", OP_LOGIN, OP_REFUSE, OP_AT_AUTHORIZATION, -1,
             "{}"),
         .issuer = "/evil"},
	{ROW("idt-05-metadata-not-found", OP_LOGIN, OP_REFUSE, OP_AT_DISCOVERY,
             3,
             "{'faults': [{'path': 'metadata', 'kind': 'status',"
             " 'value': 404}]}")},
	{ROW("idt-05-metadata-html", OP_LOGIN, OP_REFUSE, OP_AT_DISCOVERY, 3,
             "{'faults': [{'path': 'metadata', 'kind': 'body', 'value':"
             " '<html>Welcome</html>', 'content_type': 'text/html'}]}")},
	{ROW("idt-05-metadata-too-long", OP_LOGIN, OP_REFUSE, OP_AT_DISCOVERY,
             3, "{'faults': [{'path': 'metadata', 'kind': 'oversize'}]}")},
	{ROW("idt-05-metadata-slow", OP_LOGIN, OP_REFUSE, OP_AT_DISCOVERY, 3,
             "{'faults': [{'path': 'metadata', 'kind': 'drip'}]}")},
	{ROW("idt-05-metadata-elsewhere", OP_LOGIN, OP_REFUSE, OP_AT_DISCOVERY,
             -1,
             "{'faults': [{'path': 'metadata', 'kind': 'redirect', 'value':"
             " 'http://localhost:{port}/evil/.well-known/openid-configuration'"
             "}]}")},
	HONEST("idt-06-oauth-form-alone",
               "{'faults': [{'path': '/op/.well-known/openid-configuration',"
               " 'kind': 'status', 'value': 404}]}"),
	HONEST("idt-06-openid-form-alone",
               "{'faults': [{'path':"
               " '/.well-known/oauth-authorization-server/op',"
               " 'kind': 'status', 'value': 404}]}"),
	/* The old address, or none: never the new one. */
	{ROW("idt-07-token-endpoint-moves", OP_REFRESH, OP_EITHER,
             OP_AT_REFRESH, -1,
             "{'later': {'metadata': {'token_endpoint':"
             " 'http://localhost:{port}/evil/token'}}}")},
	{ROW("idt-07-issuer-changes", OP_REFRESH, OP_EITHER, OP_AT_REFRESH, -1,
             "{'later': {'metadata': {'issuer': '{origin}/evil',"
             " 'token_endpoint':"
             " '{origin}/evil/token'}}}")},
	HONEST("idt-08-challenge-methods-absent",
               "{'metadata': {'code_challenge_methods_supported': null}}"),
	HONEST("idt-08-challenge-methods-plain",
               "{'metadata': {'code_challenge_methods_supported':"
               " ['plain']}}"),
	HONEST("idt-08-challenge-methods-text",
               "{'metadata': {'code_challenge_methods_supported': 'S256'}}"),
	HONEST("idt-08-challenge-methods-empty",
               "{'metadata': {'code_challenge_methods_supported': []}}"),
	/* Refused when it is read, or when the token comes. */
	BAD_ID_TOKEN("idt-09-none-announced",
                     "{'op_signature': 'none', 'metadata':"
                     " {'id_token_signing_alg_values_supported': ['none']}}"),
	BAD_ID_TOKEN("idt-09-hs256-announced",
                     "{'op_signature': 'hs256_client', 'metadata':"
                     " {'id_token_signing_alg_values_supported': ['HS256']}}"),
};

const struct op_case_table op_cases_metadata = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
