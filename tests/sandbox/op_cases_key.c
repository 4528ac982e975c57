/* SPDX-License-Identifier: Apache-2.0 */
/* The keys that are published, and which one is meant. */
#include "op_case_rows.h"

static const struct op_case rows[] = {
	BAD_ID_TOKEN("idt-15-kid-unknown", "{'op_header': {'kid': 'nobody'}}"),
	BAD_ID_TOKEN("idt-15-kid-empty", "{'op_header': {'kid': ''}}"),
	BAD_ID_TOKEN("idt-15-kid-number", "{'op_header': {'kid': 7}}"),
	BAD_ID_TOKEN("idt-15-kid-a-path",
                     "{'op_header': {'kid': '../../etc/passwd'}}"),
	BAD_ID_TOKEN("idt-15-kid-a-query",
                     "{'op_header': {'kid': '\\u0027; drop table keys'}}"),
	BAD_ID_TOKEN("idt-15-kid-of-another-type", "{'op_jwks': 'no_fit'}"),
	BAD_ID_TOKEN("idt-15-kid-absent-none-fits",
                     "{'op_header': {'kid': null}, 'op_jwks': 'no_fit'}"),
	BAD_ID_TOKEN("idt-15-no-keys", "{'op_jwks': 'none'}"),
	EITHER_WAY("idt-15-kid-of-two-keys", "{'op_jwks': 'same_kid'}"),
	HONEST("idt-18-odd-keys-beside", "{'op_jwks': 'odd'}"),
	HONEST("idt-18-key-without-alg", "{'op_jwks': 'no_alg'}"),
	BAD_ID_TOKEN("idt-18-key-for-encryption", "{'op_jwks': 'encrypting'}"),
	BAD_ID_TOKEN("idt-18-key-for-another-alg", "{'op_jwks': 'other_alg'}"),
	BAD_ID_TOKEN("idt-18-key-for-another-operation",
                     "{'op_jwks': 'other_operation'}"),
	{ROW("idt-18-keys-not-found", OP_LOGIN, OP_REFUSE, OP_AT_ID_TOKEN, -1,
             "{'faults': [{'path': '/op/jwks', 'kind': 'status',"
             " 'value': 404}]}")},
	{ROW("idt-18-keys-too-long", OP_LOGIN, OP_REFUSE, OP_AT_ID_TOKEN, -1,
             "{'faults': [{'path': '/op/jwks', 'kind': 'oversize'}]}")},
	/* The right one is the 101st. */
	EITHER_WAY("idt-18-too-many-keys", "{'op_jwks': 'many'}"),
	BAD_ID_TOKEN("idt-19-rsa-512", "{'op_key': 'rsa512'}"),
	BAD_ID_TOKEN("idt-19-rsa-1024", "{'op_key': 'rsa1024'}"),
	BAD_ID_TOKEN("idt-19-rsa-2047", "{'op_key': 'rsa2047'}"),
	HONEST("idt-19-rsa-4096", "{'op_key': 'rsa4096'}"),
	HONEST("idt-19-rsa-8192", "{'op_key': 'rsa8192'}"),
	BAD_ID_TOKEN("idt-19-rsa-16384", "{'op_jwks': 'rsa_16384'}"),
	BAD_ID_TOKEN("idt-19-rsa-65536", "{'op_jwks': 'rsa_65536'}"),
	BAD_ID_TOKEN("idt-19-rsa-even", "{'op_jwks': 'rsa_even'}"),
	BAD_ID_TOKEN("idt-19-rsa-zero", "{'op_jwks': 'rsa_zero'}"),
	BAD_ID_TOKEN("idt-19-exponent-1",
                     "{'op_jwks': 'exponent_1', 'op_signature':"
                     " 'exponent_1'}"),
	BAD_ID_TOKEN("idt-19-exponent-2", "{'op_jwks': 'exponent_2'}"),
	BAD_ID_TOKEN("idt-19-exponent-even", "{'op_jwks': 'exponent_even'}"),
	HONEST("idt-19-exponent-3", "{'op_key': 'rsa_e3'}"),
	BAD_ID_TOKEN("idt-19-exponent-33-bits", "{'op_key': 'rsa_e33bits'}"),
};

const struct op_case_table op_cases_key = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
