/* SPDX-License-Identifier: Apache-2.0 */
/* The device grant. */
#include "op_case_rows.h"

static const struct op_case rows[] = {
	DEVICE("dev-00-honest", "{'op_device_script': ['approve']}"),
	BAD_DEVICE("dev-01-no-device-code", 3,
                   "{'device': {'device_code': null}}"),
	BAD_DEVICE("dev-01-no-user-code", 3, "{'device': {'user_code': null}}"),
	BAD_DEVICE("dev-01-no-verification-uri", 3,
                   "{'device': {'verification_uri': null}}"),
	BAD_DEVICE("dev-01-no-expires-in", 3,
                   "{'device': {'expires_in': null}}"),
	BAD_DEVICE("dev-01-user-code-number", 3,
                   "{'device': {'user_code': 12345678}}"),
	BAD_DEVICE("dev-01-expires-in-word", 3,
                   "{'device': {'expires_in': 'soon'}}"),
	DEVICE("dev-01-verification-url",
               "{'op_device_script': ['approve'], 'device':"
               " {'verification_uri': null, 'verification_url':"
               " '{issuer}/activate'}}"),
	DEVICE("dev-02-interval-absent", "{'op_device_script': ['approve'],"
                                         " 'device': {'interval': null}}"),
	DEVICE("dev-02-interval-zero",
               "{'op_device_script': ['approve'], 'device': {'interval': 0}}"),
	DEVICE("dev-02-interval-negative", "{'op_device_script': ['approve'],"
                                           " 'device': {'interval': -1}}"),
	DEVICE("dev-02-interval-huge", "{'op_device_script': ['approve'],"
                                       " 'device': {'interval': 1000000000}}"),
	DEVICE("dev-02-interval-text", "{'op_device_script': ['approve'],"
                                       " 'device': {'interval': '5'}}"),
	DEVICE("dev-03-pending-three-times",
               "{'op_device_interval': 1, 'op_device_script':"
               " ['authorization_pending', 'authorization_pending',"
               " 'authorization_pending', 'approve']}"),
	DEVICE("dev-04-slow-down-twice",
               "{'op_device_script': ['slow_down', 'slow_down',"
               " 'authorization_pending', 'approve']}"),
	BAD_POLL("dev-05-access-denied", 4,
                 "{'op_device_script': ['access_denied']}"),
	BAD_POLL("dev-05-expired-token", 124,
                 "{'op_device_script': ['expired_token']}"),
	BAD_POLL("dev-05-invalid-grant", 4,
                 "{'op_device_script': ['invalid_grant']}"),
	BAD_POLL("dev-05-unknown-error", 4,
                 "{'op_device_script': ['frobnicate']}"),
	BAD_POLL("dev-06-own-clock", 124, "{'device': {'expires_in': 3}}"),
	DEVICE("dev-07-poll-500",
               "{'op_device_script': ['approve'], 'faults': [{'path':"
               " '/op/token', 'kind': 'status', 'value': 500,"
               " 'times': 1}]}"),
	DEVICE("dev-07-poll-dropped",
               "{'op_device_script': ['approve'], 'faults': [{'path':"
               " '/op/token', 'kind': 'drop', 'times': 1}]}"),
	DEVICE("dev-07-poll-429",
               "{'op_device_script': ['approve'], 'faults': [{'path':"
               " '/op/token', 'kind': 'status', 'value': 429, 'times': 1,"
               " 'headers': {'Retry-After': '7'}}]}"),
	/* Shown escaped, or refused. */
	{ROW("dev-09-user-code-with-escape", OP_DEVICE, OP_EITHER, OP_AT_END,
             -1,
             "{'op_device_script': ['approve'], 'device':"
             " {'user_code': 'AB\\u001b[31mCD'}}")},
	{ROW("dev-09-user-code-with-newline", OP_DEVICE, OP_EITHER, OP_AT_END,
             -1,
             "{'op_device_script': ['approve'], 'device':"
             " {'user_code': 'AB\\nastro: done'}}")},
	{ROW("dev-09-user-code-with-bidi", OP_DEVICE, OP_EITHER, OP_AT_END, -1,
             "{'op_device_script': ['approve'], 'device':"
             " {'user_code': 'AB\\u202eCD'}}")},
	BAD_DEVICE("dev-09-verification-uri-plain-http", 7,
                   "{'device': {'verification_uri':"
                   " 'http://device.example/activate'}}"),
	BAD_DEVICE("dev-09-verification-uri-javascript", 7,
                   "{'device': {'verification_uri': 'javascript:alert(1)'}}"),
	{ROW("dev-09-complete-uri-plain-http", OP_DEVICE, OP_EITHER, OP_AT_END,
             -1,
             "{'op_device_script': ['approve'], 'device':"
             " {'verification_uri_complete': 'http://device.example/?c=1'}}")},
	{ROW("dev-09-verification-uri-elsewhere", OP_DEVICE, OP_EITHER,
             OP_AT_END, -1,
             "{'op_device_script': ['approve'], 'device':"
             " {'verification_uri': 'https://device.example/activate',"
             " 'verification_uri_complete': null}}")},
	DEVICE("dev-09-no-complete-uri",
               "{'op_device_script': ['approve'], 'device':"
               " {'verification_uri_complete': null}}"),
	DEVICE("dev-13-approved-by-another",
               "{'op_device_script': ['approve:solo@example.com']}"),
	{ROW("dev-14-id-token-of-another-issuer", OP_DEVICE, OP_REFUSE,
             OP_AT_ID_TOKEN, 7,
             "{'op_device_script': ['approve'], 'op_claims':"
             " {'iss': '{origin}/other'}}")},
	{ROW("dev-15-poll-too-long", OP_DEVICE, OP_EITHER, OP_AT_TOKEN, -1,
             "{'op_device_script': ['approve'], 'faults': [{'path':"
             " '/op/token', 'kind': 'oversize'}]}")},
	{ROW("dev-15-poll-slow", OP_DEVICE, OP_EITHER, OP_AT_TOKEN, -1,
             "{'op_device_script': ['approve'], 'faults': [{'path':"
             " '/op/token', 'kind': 'drip'}]}")},
	BAD_DEVICE("dev-16-refused", 4,
                   "{'faults': [{'path': '/op/device', 'kind': 'body',"
                   " 'status': 400, 'value':"
                   " {'error': 'unauthorized_client'}}]}"),
};

const struct op_case_table op_cases_device = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
