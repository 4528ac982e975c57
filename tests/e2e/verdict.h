/* SPDX-License-Identifier: Apache-2.0 */
/* What holds after every case of the hostile OpenID provider, whatever its
 * verdict.  What does not hold ends the test, naming the case. */
#ifndef TESTS_E2E_VERDICT_H
#define TESTS_E2E_VERDICT_H

#include "e2e.h"
#include "op_cases.h"

/* Of a failure: one line that says what and why, at most one that says what to
 * do, and these are the last ones. */
void verdict_one_clear_line(const struct op_case *played,
                            const struct pty_result *result);
/* No control character, no mark that turns the direction of writing. */
void verdict_clean(const struct op_case *played, const char *text);
/* Nothing was asked that a client that stops at STEP may not have asked, and
 * not for ever. */
void verdict_requests(const struct op_case *played, enum op_step step);
/* Beside the context file there is nothing that was not there: locks are no
 * loss. */
void verdict_folder(const struct op_case *played);

#endif
