/* SPDX-License-Identifier: Apache-2.0 */
/* config.json found, read, and written whole with one member changed: Docker's
 * other tools keep more in it than is known here. */
#include "docker_config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "json_edit.h"
#include "json_in.h"
#include "random.h"

enum { HELPER_SIZE = 256 };

static const char helpers_name[] = "credHelpers";

/* ---- finding and reading ---- */

static int find_path(struct docker_config *config, struct astro_error *err)
{
	const char *folder = getenv("DOCKER_CONFIG"), *home = getenv("HOME");
	char *real;
	int len;

	if (folder != NULL && folder[0] != '\0')
		len = snprintf(config->folder, PATH_MAX, "%s", folder);
	else if (home != NULL && home[0] == '/')
		len = snprintf(config->folder, PATH_MAX, "%s/.docker", home);
	else
		return error_set(err, ASTRO_STORE, "set DOCKER_CONFIG or HOME",
		                 "there is no home folder for Docker's "
		                 "config.json");
	if (len >= PATH_MAX)
		return error_set(err, ASTRO_STORE, NULL,
		                 "%s: the path is too long", config->folder);
	(void)snprintf(config->path, sizeof(config->path), "%s/config.json",
	               config->folder);
	/* A link (to a folder of dotfiles) stays one. */
	real = realpath(config->path, NULL);
	if (real != NULL)
		(void)snprintf(config->path, sizeof(config->path), "%s", real);
	free(real);
	return ASTRO_OK;
}

static int read_open(struct docker_config *config, int fd,
                     struct astro_error *err)
{
	char chunk[4096];
	struct stat info;
	ssize_t got = 0;

	if (fstat(fd, &info) != 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        config->path);
	if (!S_ISREG(info.st_mode))
		return error_set(err, ASTRO_STORE, NULL,
		                 "%s: it is no regular file", config->path);
	if (info.st_uid != geteuid())
		return error_set(err, ASTRO_UNSAFE, NULL,
		                 "%s: it belongs to another user (uid %lu)",
		                 config->path, (unsigned long)info.st_uid);
	config->exists = true;
	config->mode = info.st_mode & 0777;
	while ((got = read(fd, chunk, sizeof(chunk))) > 0)
		if (!text_add(&config->text, chunk, (size_t)got)) {
			explicit_bzero(chunk, sizeof(chunk));
			return error_set(err, ASTRO_BAD_CONFIG, NULL,
			                 "%s: longer than 1 MiB", config->path);
		}
	explicit_bzero(chunk, sizeof(chunk));
	if (got < 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        config->path);
	return ASTRO_OK;
}

int docker_config_read(struct docker_config *config, struct astro_error *err)
{
	int fd, status;

	memset(config, 0, sizeof(*config));
	text_init(&config->text, JSON_IN_BYTES_MAX);
	status = find_path(config, err);
	if (status != ASTRO_OK)
		return status;
	fd = open(config->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT)
		return ASTRO_OK;
	if (fd < 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        config->path);
	status = read_open(config, fd, err);
	(void)close(fd);
	return status;
}

void docker_config_clear(struct docker_config *config)
{
	text_clear(&config->text);
}

/* ---- editing ---- */

static int refuse(const struct docker_config *config, const char *fault,
                  struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_CONFIG, NULL, "%s: %s", config->path,
	                 fault);
}

static int edit(struct docker_config *config, const struct json_in_value *root,
                const char *host, const char *helper, struct astro_error *err)
{
	const char *const path[] = {helpers_name, host, NULL};
	const struct json_document document = {config->text.bytes,
	                                       config->text.len};
	const struct json_in_value *helpers =
		json_in_member(root, helpers_name);
	char value[HELPER_SIZE];
	struct text result;
	int status;

	if (root->kind != JSON_IN_OBJECT)
		return refuse(config, "it is no JSON object", err);
	if (helpers != NULL && helpers->kind != JSON_IN_OBJECT)
		return refuse(config, "its credHelpers is no object", err);
	(void)snprintf(value, sizeof(value), "\"%s\"", helper);
	text_init(&result, config->text.max);
	status = json_edit_set(&document, path, value, &result, err);
	if (status != ASTRO_OK) {
		text_clear(&result);
		return status;
	}
	text_clear(&config->text);
	config->text = result;
	return ASTRO_OK;
}

/* *JSON is the document, *IS_SET whether HELPER is what it has for HOST. */
static int look(const struct docker_config *config, const char *host,
                const char *helper, struct json_in **json, bool *is_set,
                struct astro_error *err)
{
	const struct json_in_value *helpers;
	const char *text;
	int status = json_in_read(config->text.bytes, config->text.len,
	                          config->path, json, err);

	if (status != ASTRO_OK)
		return status;
	helpers = json_in_member(json_in_root(*json), helpers_name);
	text = json_in_text(helpers, host);
	*is_set = text != NULL && strcmp(text, helper) == 0;
	return ASTRO_OK;
}

int docker_config_set(struct docker_config *config, const char *host,
                      const char *helper, bool *is_changed,
                      struct astro_error *err)
{
	struct json_in *json = NULL;
	bool is_set;
	int status;

	*is_changed = false;
	if (config->text.len == 0 && !text_add_string(&config->text, "{}\n"))
		return error_no_memory(err);
	status = look(config, host, helper, &json, &is_set, err);
	if (status != ASTRO_OK || is_set)
		goto out;
	status = edit(config, json_in_root(json), host, helper, err);
	if (status != ASTRO_OK)
		goto out;
	*is_changed = true;
	json_in_free(json);
	json = NULL;
	status = look(config, host, helper, &json, &is_set, err);
	if (status == ASTRO_OK && !is_set)
		status = error_set(err, ASTRO_INTERNAL, NULL,
		                   "%s: the edit does not read as meant",
		                   config->path);
out:
	json_in_free(json);
	return status;
}

/* ---- writing ---- */

/* 0, or the number of the error. */
static int write_all(int fd, const struct docker_config *config)
{
	const char *bytes = config->text.bytes;
	size_t len = config->text.len;

	while (len > 0) {
		ssize_t done = write(fd, bytes, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return errno;
		bytes += done;
		len -= (size_t)done;
	}
	if (fchmod(fd, config->exists ? config->mode : 0600) != 0 ||
	    fsync(fd) != 0)
		return errno;
	return 0;
}

/* FOLDER and NAME are the two parts of the path. */
static int replace(const struct docker_config *config, int folder,
                   const char *name)
{
	char temporary[64];
	unsigned salt;
	int fd, number;

	if (random_fill(&salt, sizeof(salt), NULL) != ASTRO_OK)
		return EIO;
	(void)snprintf(temporary, sizeof(temporary), ".config.json.%ld.%08x",
	               (long)getpid(), salt);
	fd = openat(folder, temporary,
	            O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return errno;
	number = write_all(fd, config);
	if (close(fd) != 0 && number == 0)
		number = errno;
	if (number == 0 && renameat(folder, temporary, folder, name) != 0)
		number = errno;
	if (number != 0)
		(void)unlinkat(folder, temporary, 0);
	else
		(void)fsync(folder);
	return number;
}

int docker_config_write(const struct docker_config *config,
                        struct astro_error *err)
{
	char folder[sizeof(config->path)];
	char *slash;
	int fd, number;

	(void)snprintf(folder, sizeof(folder), "%s", config->path);
	slash = strrchr(folder, '/');
	*slash = '\0';
	if (!config->exists)
		(void)mkdir(folder, 0700);
	fd = open(slash == folder ? "/" : folder,
	          O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	number = fd < 0 ? errno : replace(config, fd, slash + 1);
	if (fd >= 0)
		(void)close(fd);
	if (number == 0)
		return ASTRO_OK;
	return error_set_system(err, ASTRO_STORE, number, NULL, "%s",
	                        config->path);
}
