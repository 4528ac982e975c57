/* SPDX-License-Identifier: Apache-2.0 */
/* Trust in a file, and what can be read off it. */
#include "provider_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_file.h"
#include "error.h"
#include "exec.h"
#include "folder.h"
#include "policy.h"
#include "provider_table.h"

enum {
	PATH_TEXT_MAX = 8192,
	FILE_SIZE_MAX = 64 * 1024 * 1024,
	MAJOR_MAX = 15 /* versions of the contract that are told apart */
};

void provider_file_name(enum provider_kind kind, const char *name,
                        char out[PROVIDER_FILE_NAME_SIZE])
{
	(void)snprintf(out, PROVIDER_FILE_NAME_SIZE,
	               kind == PROVIDER_LIBRARY ? "%.*s.so"
	                                        : EXEC_PREFIX "%.*s",
	               PROVIDER_NAME_MAX, name);
}

void provider_file_init(struct provider_file *file, enum provider_kind kind)
{
	file->kind = kind;
	file->fd = -1;
	file->object_size = 0;
	text_init(&file->path, PATH_TEXT_MAX);
}

static void shut(struct provider_file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd);
	file->fd = -1;
}

void provider_file_clear(struct provider_file *file)
{
	shut(file);
	text_clear(&file->path);
}

int provider_file_open(struct provider_file *file, const char *folder,
                       const char *name, struct astro_error *err)
{
	char own[PROVIDER_FILE_NAME_SIZE];
	int at, status;

	provider_file_clear(file);
	provider_file_name(file->kind, name, own);
	if (!text_addf(&file->path, "%s/%s", folder, own))
		return error_no_memory(err);
	/* Nothing there, nothing to judge: a folder of others matters only
	 * when something would be loaded from it. */
	if (faccessat(AT_FDCWD, file->path.bytes, F_OK, AT_SYMLINK_NOFOLLOW) !=
	            0 &&
	    (errno == ENOENT || errno == ENOTDIR))
		return ASTRO_OK;
	status = folder_open(folder, &at, err);
	if (status != ASTRO_OK || at < 0)
		return status;

	file->fd =
		openat(at, own, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file->fd < 0 && errno == ELOOP)
		status = error_set(err, ASTRO_UNSAFE,
		                   "copy the file itself into the folder",
		                   "%s is a symbolic link", file->path.bytes);
	else if (file->fd < 0 && errno != ENOENT)
		status = error_set_system(err, ASTRO_BAD_PLUGIN, errno, NULL,
		                          "%s", file->path.bytes);
	(void)close(at);
	return status;
}

/* WHY is what is wrong with a file that does not have our symbol. */
static int refuse_symbol(int fd, uint64_t size, const char *path,
                         const char *why, struct astro_error *err)
{
	char symbol[sizeof(ASTRO_PROVIDER_SYMBOL) + 16],
		ignored[ELF_REASON_MAX];
	unsigned major;

	for (major = 0; major <= MAJOR_MAX; major++) {
		(void)snprintf(symbol, sizeof(symbol), "astro_provider_v%u",
		               major);
		if (elf_judge(fd, size, symbol, ignored) > 0)
			return provider_table_refuse_major(path, major, err);
	}
	return error_set(err, ASTRO_BAD_PLUGIN, NULL, "%s %s", path, why);
}

static int judge_trust(int fd, const char *path, struct stat *status,
                       struct astro_error *err)
{
	int result;

	if (fstat(fd, status) != 0)
		return error_set_system(err, ASTRO_BAD_PLUGIN, errno, NULL,
		                        "%s", path);
	if (!S_ISREG(status->st_mode))
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s is no regular file", path);
	result = folder_judge_owner(status, path, err);
	if (result != ASTRO_OK)
		return result;
	if ((status->st_mode & (S_ISUID | S_ISGID)) != 0)
		return error_set(err, ASTRO_UNSAFE,
		                 "take the bit away with `chmod ug-s`",
		                 "%s is set-user-id or set-group-id (mode "
		                 "%04o), which no provider needs",
		                 path, (unsigned)status->st_mode & 07777u);
	return ASTRO_OK;
}

static int judge_object(struct provider_file *file, off_t size,
                        struct astro_error *err)
{
	const char *path = file->path.bytes;
	char why[ELF_REASON_MAX];

	if (size > FILE_SIZE_MAX)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s is larger than 64 MiB", path);
	file->object_size =
		elf_judge(file->fd, (uint64_t)size, ASTRO_PROVIDER_SYMBOL, why);
	if (file->object_size == 0)
		return refuse_symbol(file->fd, (uint64_t)size, path, why, err);
	return ASTRO_OK;
}

/* Of a program's bytes nothing is said: what they are the kernel knows. */
int provider_file_judge(struct provider_file *file, const char *name,
                        const struct policy *policy, struct astro_error *err)
{
	const char *path = file->path.bytes;
	struct stat info;
	int status = judge_trust(file->fd, path, &info, err);

	file->object_size = 0;
	if (status == ASTRO_OK && file->kind == PROVIDER_LIBRARY)
		status = judge_object(file, info.st_size, err);
	if (status == ASTRO_OK && policy != NULL)
		status = policy_judge(policy, name, file->fd, path, err);
	return status;
}
