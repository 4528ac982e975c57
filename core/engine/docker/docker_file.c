/* SPDX-License-Identifier: Apache-2.0 */
/* Docker's config.json found, read, and one entry of it changed. */
#include "docker_file.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "file.h"
#include "json.h"
#include "json_edit.h"
#include "program.h"
#include "secret.h"

enum { BYTES_MAX = 1024 * 1024, PAIR_MAX = 128 * 1024 };

/* ---- finding and reading ---- */

static bool find_path(char *out, size_t size)
{
	const char *folder = getenv("DOCKER_CONFIG");
	const char *home = getenv("HOME");

	if (folder != NULL && folder[0] == '/')
		return (size_t)snprintf(out, size, "%s/config.json", folder) <
		       size;
	/* Relative, it would mean what lies in the working directory. */
	if ((folder != NULL && folder[0] != '\0') || home == NULL ||
	    home[0] != '/')
		return false;
	return (size_t)snprintf(out, size, "%s/.docker/config.json", home) <
	       size;
}

static bool has_program(void)
{
	char program[PATH_MAX];

	return program_find("docker", program, sizeof(program));
}

bool docker_is_there(void)
{
	char path[PATH_MAX];

	return find_path(path, sizeof(path)) &&
	       (access(path, F_OK) == 0 || has_program());
}

static int read_bytes(struct docker_file *out, int fd, struct astro_error *err)
{
	char chunk[4096];
	ssize_t got;

	while ((got = read(fd, chunk, sizeof(chunk))) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_system(err, ASTRO_STORE, errno, NULL,
			                        "%s", out->path);
		if (!text_add(&out->bytes, chunk, (size_t)got)) {
			explicit_bzero(chunk, sizeof(chunk));
			return error_set(err, ASTRO_BAD_CONFIG, NULL,
			                 "%s: larger than 1 MiB", out->path);
		}
	}
	explicit_bzero(chunk, sizeof(chunk));
	return ASTRO_OK;
}

static int read_file(struct docker_file *out, int fd, struct astro_error *err)
{
	struct astro_error why;
	struct stat info;
	int status;

	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
		return error_set(err, ASTRO_STORE, NULL,
		                 "%s: it is no regular file", out->path);
	status = read_bytes(out, fd, err);
	if (status != ASTRO_OK)
		return status;
	out->exists = true;
	status = json_parse(out->bytes.bytes, out->bytes.len, &out->json, &why);
	if (status == ASTRO_OK && json_kind(out->json, "") == JSON_KIND_OBJECT)
		return ASTRO_OK;
	return error_set(err, ASTRO_BAD_CONFIG, NULL, "%s: %s", out->path,
	                 status == ASTRO_OK ? "it is no JSON object"
	                                    : why.message);
}

int docker_file_read(struct docker_file *out, struct astro_error *err)
{
	int fd, status;

	memset(out, 0, sizeof(*out));
	text_init(&out->bytes, BYTES_MAX);
	if (!find_path(out->path, sizeof(out->path)))
		return error_set(err, ASTRO_NOT_FOUND, NULL,
		                 "no folder of Docker's");
	fd = open(out->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0) {
		status = read_file(out, fd, err);
		(void)close(fd);
		return status;
	}
	if (errno != ENOENT && errno != ENOTDIR)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        out->path);
	if (has_program())
		return ASTRO_OK;
	return error_set(err, ASTRO_NOT_FOUND, NULL, "no Docker");
}

void docker_file_clear(struct docker_file *config)
{
	json_free(config->json);
	text_clear(&config->bytes);
	memset(config, 0, sizeof(*config));
}

/* ---- what it says ---- */

const char *docker_file_helper(const struct docker_file *config,
                               const char *registry)
{
	char path[PATH_MAX];
	const char *name;

	(void)snprintf(path, sizeof(path), "credHelpers.%s", registry);
	name = json_text(config->json, path);
	/* As Docker has it: an entry of its own wins, an empty one too. */
	if (name == NULL)
		name = json_text(config->json, "credsStore");
	return name == NULL || name[0] == '\0' ? NULL : name;
}

static struct json_document document_of(const struct docker_file *config)
{
	if (!config->exists)
		return (struct json_document){"{}", 2};
	return (struct json_document){config->bytes.bytes, config->bytes.len};
}

bool docker_file_has(const struct docker_file *config, const char *registry)
{
	const char *const path[] = {"auths", registry, "auth", NULL};
	struct json_document document = document_of(config);
	const char *value;
	size_t len;

	/* "" is what Docker leaves where a helper has the rest. */
	return json_edit_find(&document, path, &value, &len) && len > 2 &&
	       value[0] == '"';
}

/* "base64 of USER:SECRET", as JSON, into OUT. */
static int make_value(const char *user, const struct astro_secret *secret,
                      struct text *out, struct astro_error *err)
{
	struct text pair;
	const char *bytes;
	unsigned char *encoded = NULL;
	size_t len, size = 0;
	int status = ASTRO_OK, count;

	bytes = secret_bytes(secret, &len);
	text_init(&pair, PAIR_MAX);
	if (!text_addf(&pair, "%s:", user) || !text_add(&pair, bytes, len)) {
		status = error_no_memory(err);
		goto out;
	}
	size = pair.len / 3 * 4 + 5;
	encoded = malloc(size);
	if (encoded == NULL) {
		status = error_no_memory(err);
		goto out;
	}
	count = EVP_EncodeBlock(encoded, (const unsigned char *)pair.bytes,
	                        (int)pair.len);
	if (!text_add(out, "\"", 1) || !text_add(out, encoded, (size_t)count) ||
	    !text_add(out, "\"", 1))
		status = error_no_memory(err);
out:
	if (encoded != NULL)
		explicit_bzero(encoded, size);
	free(encoded);
	text_clear(&pair);
	return status;
}

bool docker_file_holds(const struct docker_file *config, const char *registry,
                       const char *user, const struct astro_secret *secret)
{
	const char *const path[] = {"auths", registry, "auth", NULL};
	struct json_document document = document_of(config);
	const char *value;
	struct text wanted;
	size_t len;
	bool same;

	text_init(&wanted, BYTES_MAX);
	same = make_value(user, secret, &wanted, NULL) == ASTRO_OK &&
	       json_edit_find(&document, path, &value, &len) &&
	       secret_equal(value, len, wanted.bytes, wanted.len);
	text_clear(&wanted);
	return same;
}

/* ---- changing it ---- */

/* The entry is made anew, as Docker does: what else it had (an identity token)
 * belongs to the credentials that go. */
static int edit(const struct docker_file *config, const char *registry,
                const char *value, struct text *out, struct astro_error *err)
{
	const char *const entry[] = {"auths", registry, NULL};
	const char *const auth[] = {"auths", registry, "auth", NULL};
	struct json_document document = document_of(config);
	struct json *proof = NULL;
	struct text without;
	int status;

	text_init(&without, BYTES_MAX);
	status = json_edit_remove(&document, entry, &without, err);
	document = (struct json_document){without.bytes, without.len};
	if (status == ASTRO_OK && value != NULL)
		status = json_edit_set(&document, auth, value, out, err);
	else if (status == ASTRO_OK &&
	         !text_add(out, without.bytes, without.len))
		status = error_no_memory(err);
	if (status == ASTRO_OK && !config->exists && !text_add(out, "\n", 1))
		status = error_no_memory(err);
	/* What is written must be JSON again. */
	if (status == ASTRO_OK)
		status = json_parse(out->bytes, out->len, &proof, err);
	json_free(proof);
	text_clear(&without);
	return status;
}

/* The folder that the file itself lies in, made where it is missing. */
static int open_folder(const struct docker_file *config, struct file *file,
                       struct astro_error *err)
{
	char real[PATH_MAX], *slash;

	(void)snprintf(real, sizeof(real), "%s", config->path);
	if (config->exists && realpath(config->path, real) == NULL)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        config->path);
	slash = strrchr(real, '/');
	*slash = '\0';
	if (strlen(slash + 1) >= sizeof(file->name))
		return error_set(err, ASTRO_STORE, NULL,
		                 "%s: its name is too long", config->path);
	memcpy(file->name, slash + 1, strlen(slash + 1) + 1);
	if (!config->exists && mkdir(real, 0700) != 0 && errno != EEXIST)
		return error_set_system(err, ASTRO_STORE, errno, NULL,
		                        "%s: cannot make it", real);
	file->folder = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (file->folder < 0)
		return error_set_system(err, ASTRO_STORE, errno, NULL, "%s",
		                        real);
	return ASTRO_OK;
}

/* With sudo and the person's HOME, the file would become root's. */
static int check_owner(const struct docker_file *config,
                       const struct file *file, struct astro_error *err)
{
	struct stat folder, info;

	if (fstat(file->folder, &folder) == 0 && folder.st_uid == geteuid() &&
	    (!config->exists ||
	     (fstatat(file->folder, file->name, &info, AT_SYMLINK_NOFOLLOW) ==
	              0 &&
	      info.st_uid == geteuid() && S_ISREG(info.st_mode))))
		return ASTRO_OK;
	return error_set(err, ASTRO_UNSAFE, NULL,
	                 "%s: it belongs to another user", config->path);
}

static int replace(const struct docker_file *config, const struct text *bytes,
                   struct astro_error *err)
{
	struct file file;
	int status;

	memset(&file, 0, sizeof(file));
	file.home = file.folder = -1;
	status = open_folder(config, &file, err);
	if (status == ASTRO_OK)
		status = check_owner(config, &file, err);
	if (status == ASTRO_OK)
		status = file_replace(&file, bytes->bytes, bytes->len, err);
	if (file.folder >= 0)
		(void)close(file.folder);
	return status;
}

int docker_file_put(const struct docker_file *config, const char *registry,
                    const char *user, const struct astro_secret *secret,
                    struct astro_error *err)
{
	struct text value, bytes;
	int status = ASTRO_OK;

	text_init(&value, BYTES_MAX);
	text_init(&bytes, BYTES_MAX);
	if (user != NULL)
		status = make_value(user, secret, &value, err);
	if (status == ASTRO_OK)
		status = edit(config, registry,
		              user != NULL ? value.bytes : NULL, &bytes, err);
	if (status == ASTRO_OK)
		status = replace(config, &bytes, err);
	text_clear(&value);
	text_clear(&bytes);
	return status;
}
