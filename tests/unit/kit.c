/* SPDX-License-Identifier: Apache-2.0 */
/* Test homes: made, filled, and taken away. */
#include "kit.h"

#include <check.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char kit_home[KIT_PATH_MAX];

void kit_setup(void)
{
	const char *temporary = getenv("TMPDIR");

	(void)umask(022);
	(void)snprintf(kit_home, sizeof(kit_home), "%s/astro-test-XXXXXX",
	               temporary != NULL ? temporary : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(kit_home));
	(void)setenv("ASTRO_HOME", kit_home, 1);
	(void)unsetenv("ASTRO_PLUGIN_PATH");
	(void)unsetenv("ASTRO_DOMAIN");
}

static int remove_one(const char *path, const struct stat *status, int type,
                      struct FTW *where)
{
	(void)status;
	(void)type;
	(void)where;
	return remove(path);
}

void kit_teardown(void)
{
	ck_assert_int_eq(nftw(kit_home, remove_one, 16, FTW_DEPTH | FTW_PHYS),
	                 0);
}

const char *kit_path(const char *name)
{
	static char paths[8][KIT_PATH_MAX * 2];
	static unsigned next;
	char *path = paths[next++ % 8];

	(void)snprintf(path, sizeof(paths[0]), "%s/%s", kit_home, name);
	return path;
}

const char *kit_folder(const char *name)
{
	char path[KIT_PATH_MAX * 2];
	size_t i;

	(void)snprintf(path, sizeof(path), "%s", kit_path(name));
	for (i = strlen(kit_home) + 1; path[i] != '\0'; i++) {
		if (path[i] != '/')
			continue;
		path[i] = '\0';
		(void)mkdir(path, 0700);
		path[i] = '/';
	}
	(void)mkdir(path, 0700);
	return kit_path(name);
}

void kit_write(const char *name, const void *bytes, size_t len, mode_t mode)
{
	int fd = open(kit_path(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC,
	              0600);

	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	ck_assert_int_eq(fchmod(fd, mode), 0);
	ck_assert_int_eq(close(fd), 0);
}

static char *read_path(const char *path, size_t *len)
{
	struct stat status;
	char *bytes;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return NULL;
	ck_assert_int_eq(fstat(fd, &status), 0);
	bytes = malloc((size_t)status.st_size + 1);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_int_eq(read(fd, bytes, (size_t)status.st_size),
	                 status.st_size);
	bytes[status.st_size] = '\0';
	if (len != NULL)
		*len = (size_t)status.st_size;
	(void)close(fd);
	return bytes;
}

char *kit_read(const char *name, size_t *len)
{
	return read_path(kit_path(name), len);
}

static char *read_plugin(const char *from, size_t *len)
{
	char path[KIT_PATH_MAX];
	char *bytes;

	(void)snprintf(path, sizeof(path), "%s/%s.so", TEST_PLUGINS, from);
	bytes = read_path(path, len);
	ck_assert_msg(bytes != NULL, "%s has not been built", path);
	return bytes;
}

void kit_plugin(const char *folder, const char *from, const char *to)
{
	char name[KIT_PATH_MAX];
	size_t len;
	char *bytes = read_plugin(from, &len);

	(void)kit_folder(folder);
	(void)snprintf(name, sizeof(name), "%s/%s.so", folder, to);
	kit_write(name, bytes, len, 0755);
	free(bytes);
}

void kit_plugin_cut(const char *folder, const char *from, size_t len)
{
	char name[KIT_PATH_MAX];
	char *bytes = read_plugin(from, NULL);

	(void)kit_folder(folder);
	(void)snprintf(name, sizeof(name), "%s/%s.so", folder, from);
	kit_write(name, bytes, len, 0755);
	free(bytes);
}

size_t kit_plugin_size(const char *from)
{
	size_t len;

	free(read_plugin(from, &len));
	return len;
}
