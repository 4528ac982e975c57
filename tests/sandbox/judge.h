/* SPDX-License-Identifier: Apache-2.0 */
/* A client by the letter, that meets a case and says where it stops. */
#ifndef SANDBOX_JUDGE_H
#define SANDBOX_JUDGE_H

#include "op_cases.h"

struct judgement {
	enum op_step step;     /* where it stopped; OP_AT_END: nowhere */
	const char *complaint; /* why, "" at the end */
};

/* The case has been ordered from the sandbox. */
struct judgement judge(const struct op_case *played);

#endif
