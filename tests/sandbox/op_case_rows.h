/* SPDX-License-Identifier: Apache-2.0 */
/* How the rows of the cases are written, and the tables that they make up. */
#ifndef SANDBOX_OP_CASE_ROWS_H
#define SANDBOX_OP_CASE_ROWS_H

#include "op_cases.h"

#define ROW(name_, flow_, verdict_, step_, code_, recipe_)                     \
	.name = name_, .flow = flow_, .verdict = verdict_, .step = step_,      \
	.exit_code = code_, .recipe = recipe_

/* The rows that there are most of. */
#define HONEST(name_, recipe_)                                                 \
	{                                                                      \
		ROW(name_, OP_LOGIN, OP_ACCEPT, OP_AT_END, 0, recipe_)         \
	}
#define EITHER_WAY(name_, recipe_)                                             \
	{                                                                      \
		ROW(name_, OP_LOGIN, OP_EITHER, OP_AT_END, -1, recipe_)        \
	}
#define UNTRUSTED(name_, step_, recipe_)                                       \
	{                                                                      \
		ROW(name_, OP_LOGIN, OP_REFUSE, step_, 7, recipe_)             \
	}
#define BAD_ID_TOKEN(name_, recipe_) UNTRUSTED(name_, OP_AT_ID_TOKEN, recipe_)
#define BAD_REFRESH(name_, recipe_)                                            \
	{                                                                      \
		ROW(name_, OP_REFRESH, OP_REFUSE, OP_AT_REFRESH, 7, recipe_)   \
	}
#define DEVICE(name_, recipe_)                                                 \
	{                                                                      \
		ROW(name_, OP_DEVICE, OP_ACCEPT, OP_AT_END, 0, recipe_)        \
	}
#define BAD_DEVICE(name_, code_, recipe_)                                      \
	{                                                                      \
		ROW(name_, OP_DEVICE, OP_REFUSE, OP_AT_DEVICE, code_, recipe_) \
	}
#define BAD_POLL(name_, code_, recipe_)                                        \
	{                                                                      \
		ROW(name_, OP_DEVICE, OP_REFUSE, OP_AT_TOKEN, code_, recipe_)  \
	}

struct op_case_table {
	const struct op_case *rows;
	size_t count;
};

extern const struct op_case_table op_cases_suite, op_cases_metadata,
	op_cases_signature, op_cases_key, op_cases_claim, op_cases_answer,
	op_cases_device;

#endif
