/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLI_LOGIN_REPORT_H
#define CORE_CLI_LOGIN_REPORT_H

#include <stdbool.h>

#include "report.h"

/* The last word of a login: account, workspace, how long it is good. */
void login_report_show(const struct report *report);
/* The token on standard output, where it is kept nowhere else (--store none).
 */
int login_report_token(const struct report *report, struct astro_error *err);
/* The last event of `login --json`, on standard output: how it ended. */
int login_report_event(const struct report *report, struct astro_error *err);
void login_report_failure(const struct astro_error *err);
/* "Workspace: NAME (ID)"; false when REPORT names none. */
bool login_report_workspace(const struct report *report);

#endif
