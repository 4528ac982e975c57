/* SPDX-License-Identifier: Apache-2.0 */
/* The file: whose it is, and what the loader would say of it. */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_file.h"
#include "error.h"
#include "findings.h"
#include "folder.h"
#include "object.h"
#include "program_file.h"

static void tell_why_not_open(const char *file, int number, int report_fd)
{
	struct stat info;

	if (number == ELOOP)
		finding_tell(report_fd, RULE_FILE, "it is a symbolic link");
	/* A socket cannot be opened. */
	else if (lstat(file, &info) == 0 && !S_ISREG(info.st_mode))
		finding_tell(report_fd, RULE_FILE, "it is no regular file");
	else
		finding_tell(report_fd, RULE_FILE, "it cannot be opened: %s",
		             strerror(number));
}

static int open_file(const char *file, struct stat *info, int report_fd)
{
	int fd = open(file, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0) {
		tell_why_not_open(file, errno, report_fd);
		return -1;
	}
	if (fstat(fd, info) == 0 && S_ISREG(info->st_mode))
		return fd;
	finding_tell(report_fd, RULE_FILE, "it is no regular file");
	(void)close(fd);
	return -1;
}

/* elf_judge()'s reasons, as rules. */
static enum rule_number rule_of_reason(const char *why)
{
	if (strstr(why, "executable stack") != NULL)
		return RULE_STACK;
	if (strstr(why, "relocations") != NULL)
		return RULE_RELOCATIONS;
	if (strstr(why, "working directory") != NULL)
		return RULE_SEARCH_PATH;
	if (strstr(why, "does not define") != NULL)
		return RULE_SYMBOL;
	return RULE_OBJECT;
}

static void judge_owner(const struct stat *info, int report_fd)
{
	struct astro_error err = {0};

	if (folder_judge_owner(info, "it", &err) != ASTRO_OK)
		finding_tell(report_fd, RULE_OWNER, "%s", err.message);
	if ((info->st_mode & (S_ISUID | S_ISGID)) != 0)
		finding_tell(report_fd, RULE_OWNER,
		             "it is set-user-id or set-group-id (mode %04o)",
		             (unsigned)info->st_mode & 07777u);
}

static void judge_object(int fd, const struct stat *info, int report_fd)
{
	char why[ELF_REASON_MAX];
	struct object object;

	if (elf_judge(fd, (uint64_t)info->st_size, ASTRO_PROVIDER_SYMBOL, why) >
	    0) {
		if (object_open(fd, (size_t)info->st_size, &object))
			object_judge(&object, report_fd);
		else
			finding_tell(report_fd, RULE_EXPORTS,
			             "its sections are stripped: what it "
			             "exports and imports cannot be seen");
	} else if (rule_of_reason(why) == RULE_SYMBOL &&
	           object_open(fd, (size_t)info->st_size, &object)) {
		object_judge_symbol(&object, report_fd);
	} else {
		finding_tell(report_fd, rule_of_reason(why), "it %s", why);
	}
}

void file_judge(const char *file, enum provider_kind kind, int report_fd)
{
	struct stat info;
	int fd = open_file(file, &info, report_fd);

	if (fd < 0)
		return;
	judge_owner(&info, report_fd);
	if (kind == PROVIDER_LIBRARY)
		judge_object(fd, &info, report_fd);
	else
		program_file_judge(fd, &info, report_fd);
	(void)close(fd);
}
