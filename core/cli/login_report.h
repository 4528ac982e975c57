/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_CLI_LOGIN_REPORT_H
#define CORE_CLI_LOGIN_REPORT_H

#include "report.h"

/* The last word of a login: account, workspace, how long it is good. */
void login_report_show(const struct report *report);
/* "Workspace: NAME (ID)"; false when REPORT names none. */
bool login_report_workspace(const struct report *report);

#endif
