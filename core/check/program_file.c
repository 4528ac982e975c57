/* SPDX-License-Identifier: Apache-2.0 */
/* Whether the kernel would start it: mode, and what its first line names. */
#include "program_file.h"

#include <elf.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "findings.h"
#include "program.h"
#include "text.h"

/* The kernel reads no more of a first line (BINPRM_BUF_SIZE). */
enum { HEAD_SIZE = 256 };

static const char mark[] = "\xef\xbb\xbf";

/* "#! /usr/bin/env NAME", whose NAME is looked for along PATH. */
static void judge_env(const char *rest, int report_fd)
{
	char name[HEAD_SIZE], found[PATH_MAX];
	const char *path = getenv("PATH");
	size_t len;

	rest += strspn(rest, " \t");
	len = strcspn(rest, " \t");
	(void)snprintf(name, sizeof(name), "%.*s", (int)len, rest);
	if (name[0] == '\0' || name[0] == '-' || strchr(name, '=') != NULL)
		return;
	if (path == NULL ||
	    program_search(path, name, found, sizeof(found)) != PROGRAM_USABLE)
		finding_tell(report_fd, RULE_INTERPRETER,
		             "env finds no %s in the absolute folders of PATH",
		             name);
}

static void judge_interpreter(char *line, int report_fd)
{
	char *path = line + strspn(line, " \t"), *rest;
	char shown[HEAD_SIZE * 2];

	rest = path + strcspn(path, " \t");
	if (*rest != '\0')
		*rest++ = '\0';
	text_escape(shown, sizeof(shown), path, strlen(path));
	if (path[0] != '/')
		finding_tell(report_fd, RULE_INTERPRETER,
		             "its interpreter \"%s\" is no absolute path: it "
		             "would be looked for in the folder /",
		             shown);
	else if (path[strlen(path) - 1] == '\r')
		finding_tell(report_fd, RULE_INTERPRETER,
		             "its first line ends with a carriage return, "
		             "which is taken for a part of \"%s\"",
		             shown);
	else if (program_judge(path) == PROGRAM_ABSENT)
		finding_tell(report_fd, RULE_INTERPRETER,
		             "its interpreter %s is not there", shown);
	else if (program_judge(path) == PROGRAM_UNUSABLE)
		finding_tell(report_fd, RULE_INTERPRETER,
		             "its interpreter %s cannot be executed", shown);
	else if (strcmp(path, "/usr/bin/env") == 0)
		judge_env(rest, report_fd);
}

static void judge_head(char *head, size_t len, int report_fd)
{
	char *end;

	if (len >= SELFMAG && memcmp(head, ELFMAG, SELFMAG) == 0)
		return;
	if (strncmp(head, mark, strlen(mark)) == 0) {
		finding_tell(report_fd, RULE_INTERPRETER,
		             "it begins with a byte order mark, so that the "
		             "kernel sees no #!");
		return;
	}
	if (strncmp(head, "#!", 2) != 0) {
		finding_tell(report_fd, RULE_INTERPRETER,
		             "it is neither a script that begins with #! nor "
		             "an ELF program");
		return;
	}
	end = memchr(head, '\n', len);
	if (end == NULL && len == HEAD_SIZE) {
		finding_tell(report_fd, RULE_INTERPRETER,
		             "its first line has more than %d bytes",
		             HEAD_SIZE - 1);
		return;
	}
	if (end != NULL)
		*end = '\0';
	judge_interpreter(head + 2, report_fd);
}

void program_file_judge(int fd, const struct stat *info, int report_fd)
{
	char head[HEAD_SIZE + 1];
	ssize_t len = pread(fd, head, HEAD_SIZE, 0);

	if ((info->st_mode & S_IXUSR) == 0)
		finding_tell(report_fd, RULE_EXECUTABLE,
		             "it is not executable (mode %04o)",
		             (unsigned)info->st_mode & 07777u);
	if (len < 0)
		len = 0;
	head[len] = '\0';
	judge_head(head, (size_t)len, report_fd);
}
