/* SPDX-License-Identifier: Apache-2.0 */
/* What an id_token says. */
#include "op_case_rows.h"

static const struct op_case rows[] = {
	BAD_ID_TOKEN("idt-23-iss-null",
                     "{'op_claims': {'iss': null}, 'op_claims_text':"
                     " '\\u0022iss\\u0022:null'}"),
	BAD_ID_TOKEN("idt-23-iss-array",
                     "{'op_claims': {'iss': ['{issuer}']}}"),
	BAD_ID_TOKEN("idt-24-aud-empty-array", "{'op_claims': {'aud': []}}"),
	BAD_ID_TOKEN("idt-24-aud-second-with-azp",
                     "{'op_claims': {'aud': ['{client}', 'evil'],"
                     " 'azp': '{client}'}}"),
	BAD_ID_TOKEN("idt-24-azp-another", "{'op_claims': {'azp': 'evil'}}"),
	HONEST("idt-24-azp-own", "{'op_claims': {'azp': '{client}'}}"),
	BAD_ID_TOKEN("idt-24-aud-number", "{'op_claims': {'aud': 7}}"),
	BAD_ID_TOKEN("idt-24-aud-of-numbers", "{'op_claims': {'aud': [7]}}"),
	BAD_ID_TOKEN("idt-24-aud-with-blank",
                     "{'op_claims': {'aud': '{client} '}}"),
	BAD_ID_TOKEN("idt-24-aud-other-case",
                     "{'op_claims': {'aud': 'Sandbox-Native'}}"),
	BAD_ID_TOKEN("idt-25-exp-text", "{'op_claims': {'exp': '4102444800'}}"),
	BAD_ID_TOKEN("idt-25-exp-zero", "{'op_claims': {'exp': 0}}"),
	BAD_ID_TOKEN("idt-25-exp-75-s-ago",
                     "{'op_claims': {'exp': '{now-75}'}}"),
	HONEST("idt-25-exp-40-s-ago", "{'op_claims': {'exp': '{now-40}'}}"),
	HONEST("idt-25-exp-now", "{'op_claims': {'exp': '{now}'}}"),
	BAD_ID_TOKEN("idt-25-exp-1e308", "{'op_claims': {'exp': 1e308}}"),
	BAD_ID_TOKEN("idt-25-exp-2-to-63",
                     "{'op_claims': {'exp': 9223372036854775808.0}}"),
	BAD_ID_TOKEN("idt-25-exp-nan",
                     "{'op_claims': {'exp': null}, 'op_claims_text':"
                     " '\\u0022exp\\u0022:NaN'}"),
	BAD_ID_TOKEN("idt-25-exp-negative", "{'op_claims': {'exp': -1}}"),
	HONEST("idt-25-exp-fractional",
               "{'op_claims': {'exp': '{now+600.5}'}}"),
	BAD_ID_TOKEN("idt-26-iat-in-an-hour",
                     "{'op_claims': {'iat': '{now+3600}', 'exp':"
                     " '{now+7200}'}}"),
	BAD_ID_TOKEN("idt-26-nbf-in-an-hour",
                     "{'op_claims': {'nbf': '{now+3600}'}}"),
	HONEST("idt-26-nbf-now", "{'op_claims': {'nbf': '{now}'}}"),
	BAD_ID_TOKEN("idt-27-nonce-array",
                     "{'op_claims': {'nonce': ['another']}}"),
	BAD_ID_TOKEN("idt-27-nonce-empty", "{'op_claims': {'nonce': ''}}"),
	BAD_ID_TOKEN("idt-27-nonce-twice",
                     "{'op_claims_text': '\\u0022nonce\\u0022:\\u0022x"
                     "\\u0022'}"),
	BAD_ID_TOKEN("idt-28-sub-empty", "{'op_claims': {'sub': ''}}"),
	BAD_ID_TOKEN("idt-28-sub-number", "{'op_claims': {'sub': 7}}"),
	BAD_ID_TOKEN("idt-28-sub-256-characters",
                     "{'op_claims': {'sub': '"
                     "0123456789012345678901234567890123456789012345678901"
                     "0123456789012345678901234567890123456789012345678901"
                     "0123456789012345678901234567890123456789012345678901"
                     "0123456789012345678901234567890123456789012345678901"
                     "012345678901234567890123456789012345678901234567'}}"),
	HONEST("idt-29-at-hash-missing", "{'op_claims': {'at_hash': null}}"),
	BAD_ID_TOKEN("idt-29-at-hash-number", "{'op_claims': {'at_hash': 7}}"),
	BAD_ID_TOKEN("idt-29-at-hash-empty", "{'op_claims': {'at_hash': ''}}"),
	BAD_ID_TOKEN("idt-36-server-an-hour-ahead", "{'clock_offset': 3600}"),
	BAD_ID_TOKEN("idt-36-server-two-hours-behind",
                     "{'clock_offset': -7200}"),
	HONEST("idt-36-server-40-s-ahead", "{'clock_offset': 40}"),
	BAD_ID_TOKEN("idt-36-server-75-s-ahead", "{'clock_offset': 75}"),
	{ROW("idt-24-id-token-missing", OP_LOGIN, OP_REFUSE, OP_AT_ID_TOKEN, -1,
             "{'op_id_token': false}")},
};

const struct op_case_table op_cases_claim = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
