/* SPDX-License-Identifier: Apache-2.0 */
/* A home folder of a test's own, and files in it. */
#include "config_home.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char home[64];
struct paths paths;

void home_make(void)
{
	struct astro_error err = {0};

	(void)snprintf(home, sizeof(home), "/tmp/astro-test-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(home));
	ck_assert_int_eq(setenv("ASTRO_HOME", home, 1), 0);
	ck_assert_int_eq(unsetenv("ASTRO_DOMAIN"), 0);
	ck_assert_int_eq(paths_find(&paths, &err), ASTRO_OK);
}

static int remove_entry(const char *path, const struct stat *info, int type,
                        struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return remove(path);
}

void home_remove(void)
{
	paths_clear(&paths);
	(void)nftw(home, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int give_away(const char *path, const struct stat *info, int type,
                     struct FTW *place)
{
	(void)info;
	(void)type;
	(void)place;
	return lchown(path, 65534, 65534);
}

void become_ordinary(void)
{
	if (geteuid() != 0)
		return;
	ck_assert_int_eq(nftw(home, give_away, 16, FTW_PHYS), 0);
	ck_assert_int_eq(setegid(65534), 0);
	ck_assert_int_eq(seteuid(65534), 0);
}

void stay_ordinary_no_more(void)
{
	if (getuid() != 0)
		return;
	ck_assert_int_eq(seteuid(0), 0);
	ck_assert_int_eq(setegid(0), 0);
}

static void join(char out[256], const char *name)
{
	(void)snprintf(out, 256, "%s/%s", home, name);
}

void put_bytes(const char *name, const char *bytes, size_t len)
{
	char path[256], *slash;
	int fd;

	join(path, name);
	slash = strrchr(path, '/');
	*slash = '\0';
	ck_assert(mkdir(path, 0700) == 0 || errno == EEXIST);
	*slash = '/';
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	ck_assert_int_ge(fd, 0);
	ck_assert_int_eq(write(fd, bytes, len), (ssize_t)len);
	ck_assert_int_eq(close(fd), 0);
}

void put_config(const char *text)
{
	put_bytes(".astro/config.yaml", text, strlen(text));
}

static char *read_fd(int fd, size_t *len)
{
	struct stat info;
	char *bytes;

	ck_assert_int_eq(fstat(fd, &info), 0);
	*len = (size_t)info.st_size;
	bytes = malloc(*len + 1);
	ck_assert_ptr_nonnull(bytes);
	ck_assert_int_eq(read(fd, bytes, *len), (ssize_t)*len);
	bytes[*len] = '\0';
	(void)close(fd);
	return bytes;
}

char *read_whole(const char *path, size_t *len)
{
	int fd = open(path, O_RDONLY);

	ck_assert_msg(fd >= 0, "%s: %s", path, strerror(errno));
	return read_fd(fd, len);
}

char *get_bytes(const char *name, size_t *len)
{
	char path[256];
	int fd;

	join(path, name);
	fd = open(path, O_RDONLY);
	return fd < 0 ? NULL : read_fd(fd, len);
}

char *get_config(void)
{
	size_t len;

	return get_bytes(".astro/config.yaml", &len);
}

mode_t mode_of(const char *name)
{
	struct stat info;
	char path[256];

	join(path, name);
	ck_assert_int_eq(lstat(path, &info), 0);
	return info.st_mode & 07777;
}

int count_temporaries(void)
{
	DIR *folder = opendir(paths.folder);
	const struct dirent *entry;
	int count = 0;

	ck_assert_ptr_nonnull(folder);
	while ((entry = readdir(folder)) != NULL)
		if (strncmp(entry->d_name, ".config.yaml.", 13) == 0)
			count++;
	(void)closedir(folder);
	return count;
}

struct config *parse_text(const char *text)
{
	struct astro_error err = {0};
	struct config *config = NULL;
	int status =
		config_parse(text, strlen(text), "config.yaml", &config, &err);

	ck_assert_msg(status == ASTRO_OK, "%s", err.message);
	return config;
}

void expect_refused(const char *bytes, size_t len, const char *message)
{
	struct astro_error err = {0};
	struct config *config = NULL;

	ck_assert_int_eq(config_parse(bytes, len, "config.yaml", &config, &err),
	                 ASTRO_BAD_CONFIG);
	ck_assert_str_eq(err.message, message);
	ck_assert_ptr_null(config);
}

int run_case(const char *name, void (*add)(TCase *))
{
	Suite *suite = suite_create(name);
	TCase *tcase = tcase_create(name);
	SRunner *runner;
	int failed;

	tcase_set_timeout(tcase, 120);
	add(tcase);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
