/* SPDX-License-Identifier: Apache-2.0 */
/* What can be said of a program's file without running any of it. */
#ifndef CORE_CHECK_PROGRAM_FILE_H
#define CORE_CHECK_PROGRAM_FILE_H

#include <sys/stat.h>

/* Tell on REPORT_FD what is wrong with the file that is open as FD. */
void program_file_judge(int fd, const struct stat *info, int report_fd);

#endif
