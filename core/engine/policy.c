/* SPDX-License-Identifier: Apache-2.0 */
/* The administrator's list of providers, and the hashes of their files. */
#include "policy.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "error.h"
#include "folder.h"
#include "provider_table.h"
#include "text.h"
#include "tree.h"

enum { FILE_MAX = 1024 * 1024, HASH_LEN = 32, HASH_TEXT = 2 * HASH_LEN };

struct policy {
	char file[PATH_MAX];
	char *bytes;
	struct tree *tree;
	const struct tree_node *allow;  /* a sequence, or NULL: any */
	const struct tree_node *sha256; /* a mapping, or NULL: none */
};

void policy_free(struct policy *policy)
{
	if (policy == NULL)
		return;
	tree_free(policy->tree);
	free(policy->bytes);
	free(policy);
}

static int refuse_owner(const char *path, struct astro_error *err)
{
	return error_set(err, ASTRO_UNSAFE,
	                 "make it root's, and writable by nobody else",
	                 "%s: somebody else than root could have written it",
	                 path);
}

/* folder_open() trusts the person as well; here only root decides. */
static int judge_roots(const struct stat *info, const char *path,
                       struct astro_error *err)
{
	if (info->st_uid == 0 &&
	    ((info->st_mode & (S_IWGRP | S_IWOTH)) == 0 ||
	     (S_ISDIR(info->st_mode) && (info->st_mode & S_ISVTX) != 0)))
		return ASTRO_OK;
	return refuse_owner(path, err);
}

/* *FD is -1 with ASTRO_OK where there is no such file. */
static int open_file(const char *file, int *fd, struct astro_error *err)
{
	char prefix[PATH_MAX];
	size_t len = strlen(file), i;
	struct stat info;

	*fd = -1;
	if (access(file, F_OK) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return ASTRO_OK;
	for (i = 1; i < len && len < sizeof(prefix); i++) {
		int status;

		if (file[i] != '/')
			continue;
		memcpy(prefix, file, i);
		prefix[i] = '\0';
		if (lstat(prefix, &info) != 0)
			return error_set_system(err, ASTRO_BAD_CONFIG, errno,
			                        NULL, "%s", prefix);
		status = judge_roots(&info, prefix, err);
		if (status != ASTRO_OK)
			return status;
	}
	*fd = open(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (*fd < 0 && errno == ELOOP)
		return error_set(err, ASTRO_UNSAFE, "put the file itself there",
		                 "%s is a symbolic link", file);
	if (*fd < 0 || fstat(*fd, &info) != 0)
		return error_set_system(err, ASTRO_BAD_CONFIG, errno, NULL,
		                        "%s", file);
	if (!S_ISREG(info.st_mode) || info.st_size > FILE_MAX)
		return error_set(err, ASTRO_BAD_CONFIG, NULL,
		                 "%s is no file of at most 1 MiB", file);
	return judge_roots(&info, file, err);
}

static int read_file(int fd, struct policy *policy, size_t *len,
                     struct astro_error *err)
{
	policy->bytes = malloc(FILE_MAX + 1);
	if (policy->bytes == NULL)
		return error_no_memory(err);
	*len = 0;
	for (;;) {
		ssize_t got =
			read(fd, policy->bytes + *len, FILE_MAX + 1 - *len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_set_system(err, ASTRO_BAD_CONFIG, errno,
			                        NULL, "%s", policy->file);
		if (got == 0)
			return ASTRO_OK;
		*len += (size_t)got;
		if (*len > FILE_MAX)
			return error_set(err, ASTRO_BAD_CONFIG, NULL,
			                 "%s is longer than 1 MiB",
			                 policy->file);
	}
}

static int senseless(const struct policy *policy, const struct tree_node *at,
                     const char *what, struct astro_error *err)
{
	return error_set(err, ASTRO_BAD_CONFIG,
	                 "mend it as root; until then no provider is loaded",
	                 "%s:%u:%u: %s", policy->file, (unsigned)at->line,
	                 (unsigned)at->column, what);
}

static bool is_hash(const struct tree_node *node)
{
	return node->kind == TREE_SCALAR && node->len == HASH_TEXT &&
	       strspn(node->text, "0123456789abcdefABCDEF") == HASH_TEXT;
}

static int check_allow(const struct policy *policy, struct astro_error *err)
{
	const struct tree_node *node;

	if (policy->allow->kind != TREE_SEQUENCE)
		return senseless(policy, policy->allow,
		                 "allow: expected a list of names", err);
	for (node = policy->allow->first; node != NULL; node = node->next)
		if (tree_target(node)->kind != TREE_SCALAR)
			return senseless(policy, node, "allow: expected a name",
			                 err);
	return ASTRO_OK;
}

/* A key that is no name would pin nothing, and say so to nobody. */
static int check_names(const struct policy *policy, struct astro_error *err)
{
	const struct tree_node *key, *twin;
	int status = tree_duplicate(policy->sha256, false, &twin, err);

	if (status == ASTRO_OK && twin != NULL)
		return senseless(policy, twin, "this key is there twice", err);
	for (key = policy->sha256->first; status == ASTRO_OK && key != NULL;
	     key = key->next->next)
		if (key->kind != TREE_SCALAR ||
		    !provider_name_is_plain(key->text))
			return senseless(policy, key,
			                 "sha256: expected a provider's name, "
			                 "which has 1 to 32 of a-z, 0-9, _ "
			                 "and -",
			                 err);
	return status;
}

static int check_hashes(const struct policy *policy, struct astro_error *err)
{
	const struct tree_node *key, *value, *node;
	int status;

	if (policy->sha256->kind != TREE_MAPPING)
		return senseless(policy, policy->sha256,
		                 "sha256: expected a hash for each name", err);
	status = check_names(policy, err);
	if (status != ASTRO_OK)
		return status;
	for (key = policy->sha256->first; key != NULL; key = key->next->next) {
		value = tree_target(key->next);
		if (value->kind == TREE_SEQUENCE) {
			for (node = value->first; node != NULL;
			     node = node->next)
				if (!is_hash(tree_target(node)))
					return senseless(policy, node,
					                 "sha256: expected 64 "
					                 "hexadecimal digits",
					                 err);
		} else if (!is_hash(value)) {
			return senseless(policy, key,
			                 "sha256: expected 64 hexadecimal "
			                 "digits",
			                 err);
		}
	}
	return ASTRO_OK;
}

/* A key that is not known may have been meant to forbid something. */
static int check(struct policy *policy, struct astro_error *err)
{
	const struct tree_node *root = policy->tree->root, *key, *twin;
	int status = ASTRO_OK;

	if (tree_is_null(root))
		return ASTRO_OK;
	if (root->kind != TREE_MAPPING)
		return senseless(policy, root, "expected a mapping", err);
	status = tree_duplicate(root, false, &twin, err);
	if (status == ASTRO_OK && twin != NULL)
		return senseless(policy, twin, "this key is there twice", err);
	for (key = root->first; status == ASTRO_OK && key != NULL;
	     key = key->next->next) {
		const struct tree_node *value = tree_target(key->next);

		if (key->kind != TREE_SCALAR)
			return senseless(policy, key, "expected a key", err);
		if (strcmp(key->text, "allow") == 0) {
			policy->allow = value;
			status = check_allow(policy, err);
		} else if (strcmp(key->text, "sha256") == 0) {
			policy->sha256 = value;
			status = check_hashes(policy, err);
		} else {
			status = senseless(policy, key,
			                   "unknown key; there are allow and "
			                   "sha256",
			                   err);
		}
	}
	return status;
}

int policy_load(const char *file, struct policy **out, struct astro_error *err)
{
	struct policy *policy = calloc(1, sizeof(*policy));
	size_t len = 0;
	int fd = -1, status;

	*out = NULL;
	if (policy == NULL)
		return error_no_memory(err);
	(void)snprintf(policy->file, sizeof(policy->file), "%s", file);
	status = open_file(file, &fd, err);
	if (status == ASTRO_OK && fd >= 0)
		status = read_file(fd, policy, &len, err);
	if (status == ASTRO_OK && fd >= 0)
		status = tree_read(policy->bytes, len, policy->file,
		                   &policy->tree, err);
	if (status == ASTRO_OK && fd >= 0)
		status = check(policy, err);
	if (fd >= 0)
		(void)close(fd);
	if (status != ASTRO_OK) {
		policy_free(policy);
		return status;
	}
	*out = policy;
	return ASTRO_OK;
}

bool policy_allows(const struct policy *policy, const char *name)
{
	const struct tree_node *node;

	if (policy->allow == NULL)
		return true;
	for (node = policy->allow->first; node != NULL; node = node->next)
		if (strcmp(tree_target(node)->text, name) == 0)
			return true;
	return false;
}

/* The file's hash, as text; read anew from its beginning. */
static int hash_file(int fd, const char *path, char out[HASH_TEXT + 1],
                     struct astro_error *err)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	unsigned char bytes[65536], hash[EVP_MAX_MD_SIZE];
	unsigned hash_len = 0, i;
	off_t at = 0;
	ssize_t got = -1;
	bool ok = context != NULL &&
	          EVP_DigestInit_ex(context, EVP_sha256(), NULL) == 1;

	while (ok && (got = pread(fd, bytes, sizeof(bytes), at)) != 0) {
		if (got < 0 && errno == EINTR)
			continue;
		ok = got > 0 &&
		     EVP_DigestUpdate(context, bytes, (size_t)got) == 1;
		at += got;
	}
	ok = ok && EVP_DigestFinal_ex(context, hash, &hash_len) == 1;
	EVP_MD_CTX_free(context);
	if (!ok)
		return error_set(err, ASTRO_BAD_PLUGIN, NULL,
		                 "%s cannot be read for its hash", path);
	for (i = 0; i < hash_len && i < HASH_LEN; i++)
		(void)snprintf(out + 2 * (size_t)i, 3, "%02x", hash[i]);
	return ASTRO_OK;
}

static bool is_pinned(const struct tree_node *pins, const char *hash)
{
	const struct tree_node *node;

	if (pins->kind == TREE_SCALAR)
		return text_compare_folded(pins->text, hash) == 0;
	for (node = pins->first; node != NULL; node = node->next)
		if (text_compare_folded(tree_target(node)->text, hash) == 0)
			return true;
	return false;
}

int policy_judge(const struct policy *policy, const char *name, int fd,
                 const char *path, struct astro_error *err)
{
	const struct tree_node *pins = NULL;
	char hash[HASH_TEXT + 1];
	int status;

	if (!policy_allows(policy, name))
		return error_set(err, ASTRO_UNSAFE,
		                 "ask the administrator of this machine",
		                 "%s does not allow the provider %s",
		                 policy->file, name);
	if (policy->sha256 != NULL)
		(void)tree_find(policy->sha256, name, &pins);
	pins = tree_target(pins);
	if (pins == NULL)
		return ASTRO_OK;
	status = hash_file(fd, path, hash, err);
	if (status != ASTRO_OK || is_pinned(pins, hash))
		return status;
	return error_set(err, ASTRO_UNSAFE,
	                 "ask the administrator of this machine",
	                 "%s is not the file that %s pins: its SHA-256 is %s",
	                 path, policy->file, hash);
}
