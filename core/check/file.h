/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said of a provider's file without running any of it. */
#ifndef CORE_CHECK_FILE_H
#define CORE_CHECK_FILE_H

#include "provider_file.h"

/* Tell on REPORT_FD what is wrong with FILE, which should be of KIND.  Reads
 * what may be hostile: for a child of its own. */
void file_judge(const char *file, enum provider_kind kind, int report_fd);

#endif
