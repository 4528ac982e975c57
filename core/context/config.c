/* SPDX-License-Identifier: Apache-2.0 */
/* The file as a whole: what it must look like, and which contexts it has. */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canonical.h"
#include "domain.h"
#include "file.h"
#include "lock.h"
#include "secret.h"
#include "text.h"

enum { READ_WAIT_MS = 1000 };

/* ---- what it must look like ---- */

/* Keys of a context that are one value each. */
static const char *const scalar_keys[] = {"access_token",
                                          "client_id",
                                          "client_secret",
                                          "domain",
                                          "dpop_key",
                                          "expiresin",
                                          "id_token",
                                          "issuer",
                                          "last_used_workspace",
                                          "organization",
                                          "organization_product",
                                          "provider",
                                          "refresh_token",
                                          "refreshtoken",
                                          "store",
                                          "subject",
                                          "token",
                                          "user_email",
                                          "workspace"};

static int refuse(const struct config *config, const struct tree_node *at,
                  struct astro_error *err, const char *what, const char *found)
{
	return error_set(err, ASTRO_BAD_CONFIG, NULL, "%s:%u:%u: %.64s%s%s",
	                 config->label, (unsigned)at->line,
	                 (unsigned)at->column,
	                 at->kind == TREE_SCALAR ? at->text : "", what, found);
}

static int check_keys(const struct config *config,
                      const struct tree_node *mapping, struct astro_error *err)
{
	const struct tree_node *key, *twin;
	int status;

	for (key = mapping->first; key != NULL; key = key->next->next) {
		if (key->kind != TREE_SCALAR || key->len == 0)
			return refuse(config, key, err, "",
			              "a key must be a word");
		if (key->style == TREE_PLAIN && strcmp(key->text, "<<") == 0)
			return refuse(config, key, err,
			              ": merge keys are not read here", "");
	}
	status = tree_duplicate(mapping, true, &twin, err);
	if (status == ASTRO_OK && twin != NULL)
		return refuse(config, twin, err, ": this key is there twice",
		              "");
	return status;
}

/* VALUE of KEY, which is nothing or a mapping with proper keys. */
static int check_mapping(const struct config *config,
                         const struct tree_node *key,
                         const struct tree_node *value, struct astro_error *err)
{
	value = tree_target(value);
	if (tree_is_null(value))
		return ASTRO_OK;
	if (value->kind != TREE_MAPPING)
		return refuse(config, key, err, ": expected a mapping, found ",
		              tree_kind_name(value));
	return check_keys(config, value, err);
}

static int check_scalar(const struct config *config,
                        const struct tree_node *mapping, const char *name,
                        struct astro_error *err)
{
	const struct tree_node *value;
	const struct tree_node *key = tree_find(mapping, name, &value);

	value = tree_target(value);
	if (key == NULL || value->kind == TREE_SCALAR)
		return ASTRO_OK;
	return refuse(config, key, err, ": expected a plain value, found ",
	              tree_kind_name(value));
}

static int check_context(const struct config *config,
                         const struct tree_node *key, struct astro_error *err)
{
	const struct tree_node *mapping = tree_target(key->next);
	int status = check_mapping(config, key, mapping, err);
	size_t i;

	for (i = 0; status == ASTRO_OK &&
	            i < sizeof(scalar_keys) / sizeof(*scalar_keys);
	     i++)
		status = check_scalar(config, mapping, scalar_keys[i], err);
	return status;
}

/* ---- its contexts ---- */

static void copy_name(char out[DOMAIN_NAME_MAX], const char *text)
{
	size_t len = strnlen(text, DOMAIN_NAME_MAX - 1);

	memcpy(out, text, len);
	out[len] = '\0';
}

/* What is left of an issuer without its "https://".  Apart, for its buffer: a
 * cached token's path pays for each page of stack. */
static __attribute__((noinline)) bool canonical_rest(const char *text,
                                                     char *out)
{
	char issuer[DOMAIN_NAME_MAX];
	bool is_issuer;

	(void)snprintf(issuer, sizeof(issuer), "https://%s", text);
	return domain_canonical(issuer, out, &is_issuer, NULL) == ASTRO_OK;
}

void config_canonical(const char *text, char *out)
{
	bool is_issuer;

	if ((strchr(text, '/') != NULL || strchr(text, ':') != NULL) &&
	    strstr(text, "://") == NULL && canonical_rest(text, out))
		return;
	if (domain_canonical(text, out, &is_issuer, NULL) == ASTRO_OK)
		return;
	copy_name(out, text);
}

const struct tree_node *config_scalar(const struct tree_node *mapping,
                                      const char *key)
{
	const struct tree_node *value;

	(void)tree_find(mapping, key, &value);
	value = tree_target(value);
	if (tree_is_null(value) || value->kind != TREE_SCALAR ||
	    value->len == 0)
		return NULL;
	return value;
}

/* The domain that a key was made of, as far as it tells. */
static void name_of_key(const char *key, char *out)
{
	char text[DOMAIN_NAME_MAX], *at;

	copy_name(text, key);
	for (at = text; *at != '\0'; at++)
		if (*at == '_')
			*at = '.';
	config_canonical(text, out);
}

static int add_context(struct config *config, const struct tree_node *key,
                       struct astro_error *err)
{
	struct context *context = &config->contexts[config->count];
	char name[DOMAIN_NAME_MAX], *copy;
	const struct tree_node *domain;
	int status = check_context(config, key, err);

	if (status != ASTRO_OK)
		return status;
	domain = config_scalar(key->next, "domain");
	if (domain != NULL)
		config_canonical(domain->text, name);
	else
		name_of_key(key->text, name);
	copy = tree_alloc(config->tree, strlen(name) + 1);
	if (copy == NULL)
		return error_no_memory(err);
	memcpy(copy, name, strlen(name) + 1);
	context->config = config;
	context->key = key;
	context->node = tree_target(key->next);
	context->name = copy;
	config->count++;
	return ASTRO_OK;
}

static int compare_contexts(const void *a, const void *b)
{
	const struct context *left = a, *right = b;
	int order = strcmp(left->name, right->name);

	return order != 0 ? order : strcmp(left->key->text, right->key->text);
}

static int find_contexts(struct config *config, struct astro_error *err)
{
	const struct tree_node *contexts, *key, *node;
	size_t count = 0;
	int status;

	key = tree_find(config->tree->root, "contexts", &contexts);
	if (key == NULL)
		return ASTRO_OK;
	status = check_mapping(config, key, contexts, err);
	contexts = tree_target(contexts);
	if (status != ASTRO_OK || tree_is_null(contexts))
		return status;
	for (node = contexts->first; node != NULL; node = node->next->next)
		count++;
	if (count > CONFIG_CONTEXTS_MAX)
		return refuse(config, key, err, ": more than 10000 of them",
		              "");
	config->contexts = calloc(count + 1, sizeof(*config->contexts));
	if (config->contexts == NULL)
		return error_no_memory(err);
	for (node = contexts->first; node != NULL && status == ASTRO_OK;
	     node = node->next->next)
		status = add_context(config, node, err);
	if (config->count > 1)
		qsort(config->contexts, config->count,
		      sizeof(*config->contexts), compare_contexts);
	return status;
}

/* ---- the one to use ---- */

static int keep_current(struct config *config, const char *name,
                        struct astro_error *err)
{
	char *copy = tree_alloc(config->tree, strlen(name) + 1);

	if (copy == NULL)
		return error_no_memory(err);
	memcpy(copy, name, strlen(name) + 1);
	config->current_name = copy;
	return ASTRO_OK;
}

/* WANTED, which is no key and no name as it stands.  Apart, for its buffers. */
static __attribute__((noinline)) int find_canonical(struct config *config,
                                                    const char *wanted,
                                                    bool is_variable,
                                                    struct astro_error *err)
{
	char name[DOMAIN_NAME_MAX];
	struct astro_error why = {0};
	bool is_issuer;

	if (!is_variable) {
		config_canonical(wanted, name);
	} else if (domain_canonical(wanted, name, &is_issuer, &why) !=
	           ASTRO_OK) {
		/* Kept for config_current(): a login may do without it. */
		(void)error_set(&config->current_error,
		                (enum astro_status)why.status, why.hint,
		                "ASTRO_DOMAIN: %s", why.message);
		return ASTRO_OK;
	}
	config->current = config_find(config, name);
	if (config->current == NULL && strchr(name, '_') != NULL)
		name_of_key(wanted, name);
	return keep_current(config, name, err);
}

static int find_current(struct config *config, struct astro_error *err)
{
	const char *variable = getenv("ASTRO_DOMAIN"), *wanted = variable;
	const struct tree_node *node;

	if (variable == NULL || variable[0] == '\0') {
		variable = NULL;
		node = config_scalar(config->tree->root, "context");
		if (node == NULL)
			return ASTRO_OK;
		wanted = node->text;
	}
	config->current = config_by_key(config, wanted);
	if (config->current == NULL)
		config->current = config_find(config, wanted);
	if (config->current != NULL) {
		config->current_name = config->current->name;
		return ASTRO_OK;
	}
	return find_canonical(config, wanted, variable != NULL, err);
}

static void list_contexts(const struct config *config, struct text *out)
{
	size_t i;

	for (i = 0; i < config->count; i++)
		(void)text_addf(out, "%s%s", i == 0 ? "" : ", ",
		                config->contexts[i].name);
}

int config_current(const struct config *config, const struct context **out,
                   struct astro_error *err)
{
	struct text known;
	int status;

	*out = NULL;
	if (config->current_error.status != ASTRO_OK) {
		if (err != NULL)
			*err = config->current_error;
		return config->current_error.status;
	}
	if (config->current_name == NULL || config->current != NULL) {
		*out = config->current;
		return ASTRO_OK;
	}
	text_init(&known, ERROR_HINT_MAX / 2);
	list_contexts(config, &known);
	status = error_set(
		err, ASTRO_EXPIRED,
		known.len == 0 ? "run `astro login` for it"
			       : "run `astro login` for it, or `astro context "
				 "switch` to one of these",
		"no context named %s%s%s", config->current_name,
		known.len == 0 ? "" : "; there are: ", known.bytes);
	text_clear(&known);
	return status;
}

const char *config_current_name(const struct config *config)
{
	return config->current_name;
}

/* ---- looking up ---- */

const struct context *config_by_key(const struct config *config,
                                    const char *key)
{
	size_t i;

	for (i = 0; i < config->count; i++)
		if (text_compare_folded(config->contexts[i].key->text, key) ==
		    0)
			return &config->contexts[i];
	return NULL;
}

/* The same name but for one "/" at the end, which people leave out. */
static bool is_name(const char *have, const char *wanted)
{
	size_t len = strlen(wanted);

	return strncmp(have, wanted, len) == 0 && have[len] == '/' &&
	       have[len + 1] == '\0';
}

const struct context *config_find(const struct config *config, const char *name)
{
	size_t i;

	for (i = 0; i < config->count; i++)
		if (strcmp(config->contexts[i].name, name) == 0)
			return &config->contexts[i];
	for (i = 0; i < config->count; i++)
		if (is_name(config->contexts[i].name, name))
			return &config->contexts[i];
	return NULL;
}

int config_key_for(const struct config *config, const char *name, char *out,
                   struct astro_error *err)
{
	const struct context *context;
	size_t i;

	for (i = 0; i < config->count; i++) {
		const char *key = config->contexts[i].key->text;

		if (strcmp(config->contexts[i].name, name) != 0 ||
		    strlen(key) >= DOMAIN_NAME_MAX)
			continue;
		memcpy(out, key, strlen(key) + 1);
		return ASTRO_OK;
	}
	domain_key(name, out);
	context = config_by_key(config, out);
	if (context == NULL)
		return ASTRO_OK;
	return error_set(err, ASTRO_UNSAFE,
	                 "delete that context first, or rename its key",
	                 "%s: its key %s is that of the context %s", name, out,
	                 context->name);
}

size_t config_count(const struct config *config)
{
	return config->count;
}

const struct context *config_at(const struct config *config, size_t index)
{
	return &config->contexts[index];
}

const char *config_value(const struct config *config, const char *path)
{
	const struct tree_node *node = config->tree->root;
	char key[128];

	for (;;) {
		size_t len = strcspn(path, ".");

		if (len >= sizeof(key))
			return NULL;
		memcpy(key, path, len);
		key[len] = '\0';
		if (path[len] == '\0')
			break;
		(void)tree_find(node, key, &node);
		if (node == NULL)
			return NULL;
		path += len + 1;
	}
	node = config_scalar(node, key);
	return node == NULL ? NULL : node->text;
}

/* ---- one reading ---- */

/* What a change is judged by is libyaml's reading; to look something up, one
 * that comes to the same will do. */
enum reading { READ_AS_YAML, READ_QUICKLY };

static int parse(struct config *config, enum reading reading,
                 struct astro_error *err)
{
	const struct tree_node *root;
	int status = ASTRO_OK;

	if (reading == READ_QUICKLY)
		config->tree = canonical_read(config->bytes, config->len);
	if (config->tree == NULL)
		status = tree_read(config->bytes, config->len, config->label,
		                   &config->tree, err);
	if (status != ASTRO_OK)
		return status;
	root = config->tree->root;
	if (!tree_is_null(root)) {
		if (root->kind != TREE_MAPPING)
			return error_set(err, ASTRO_BAD_CONFIG, NULL,
			                 "%s:%u:%u: expected a mapping, found "
			                 "%s",
			                 config->label, (unsigned)root->line,
			                 (unsigned)root->column,
			                 tree_kind_name(root));
		status = check_keys(config, root, err);
		if (status == ASTRO_OK)
			status = check_scalar(config, root, "context", err);
	}
	if (status == ASTRO_OK)
		status = find_contexts(config, err);
	if (status == ASTRO_OK)
		status = find_current(config, err);
	return status;
}

/* As config_parse(), but takes over BYTES (LEN of them and a NUL), whatever
 * happens. */
static int take_bytes(char *bytes, size_t len, enum reading reading,
                      const char *label, struct config **out,
                      struct astro_error *err)
{
	struct config *config = calloc(1, sizeof(*config));
	int status;

	*out = NULL;
	if (config == NULL) {
		explicit_bzero(bytes, len);
		free(bytes);
		return error_no_memory(err);
	}
	config->bytes = bytes;
	config->len = len;
	config->label = text_copy(label);
	status = config->label == NULL ? error_no_memory(err)
	                               : parse(config, reading, err);
	if (status != ASTRO_OK) {
		config_free(config);
		return status;
	}
	*out = config;
	return ASTRO_OK;
}

int config_parse(const char *bytes, size_t len, const char *name,
                 struct config **out, struct astro_error *err)
{
	char *copy = malloc(len + 1);

	*out = NULL;
	if (copy == NULL)
		return error_no_memory(err);
	memcpy(copy, bytes, len);
	copy[len] = '\0';
	return take_bytes(copy, len, READ_AS_YAML, name, out, err);
}

void config_free(struct config *config)
{
	if (config == NULL)
		return;
	tree_free(config->tree);
	if (config->bytes != NULL) {
		secret_wipe(config->bytes, config->len);
		free(config->bytes);
	}
	free(config->label);
	free(config->contexts);
	free(config);
}

int64_t config_written(const struct config *config)
{
	return config->written;
}

static int read_and_parse(const struct paths *paths, struct file *file,
                          struct config **out, struct astro_error *err)
{
	int status = file_read(paths, file, err);
	char *bytes = file->bytes;
	size_t len = file->len;

	if (status != ASTRO_OK)
		return status;
	if (bytes == NULL)
		return config_parse("", 0, file->name, out, err);
	file->bytes = NULL; /* handed over */
	file->len = 0;
	status = take_bytes(bytes, len, READ_QUICKLY, "config.yaml", out, err);
	if (status == ASTRO_OK && *out != NULL)
		(*out)->written = file->written;
	return status;
}

int config_refuse(const struct paths *paths, struct astro_error *err)
{
	char hint[ERROR_HINT_MAX];

	if (err == NULL || err->hint[0] != '\0')
		return ASTRO_BAD_CONFIG;
	(void)snprintf(hint, sizeof(hint), "edit %s by hand", paths->file);
	return error_set(err, ASTRO_BAD_CONFIG, hint, "%s", err->message);
}

/* The Go CLI empties the file before it writes it, without asking readers.
 * CONFIG is NULL unless the file could be read. */
static bool is_doubtful(const struct file *file, int status,
                        const struct config *config)
{
	if (!file->exists)
		return false;
	if (file->is_torn || status == ASTRO_BAD_CONFIG)
		return true;
	return config != NULL &&
	       (config->count == 0 ||
	        (config->current_name != NULL && config->current == NULL));
}

/*
 * Once more, when whoever writes has finished.  Nobody writes for a second: if
 * the lock is kept for longer, a file that makes sense is believed without it,
 * since reading needs none; one that is empty or cut off is not.
 */
static int read_again(const struct paths *paths, struct file *file,
                      bool makes_sense, struct config **out,
                      struct astro_error *err)
{
	struct lock lock = LOCK_NONE;
	int status = lock_open(file->home, "config.yaml.lock", LOCK_TO_READ,
	                       &lock, err);

	if (status == ASTRO_OK && lock.fd >= 0)
		status = lock_wait(
			&lock, makes_sense ? READ_WAIT_MS : LOCK_WAIT_MS, err);
	if (status == ASTRO_OK || (status == ASTRO_STORE && makes_sense))
		status = read_and_parse(paths, file, out, err);
	lock_release(&lock);
	return status;
}

int config_load(const struct paths *paths, struct config **out,
                struct astro_error *err)
{
	struct file file;
	int status;

	*out = NULL;
	status = file_open(paths, FILE_MAY_BE_MISSING, &file, err);
	if (status == ASTRO_OK)
		status = read_and_parse(paths, &file, out, err);
	if (is_doubtful(&file, status, *out)) {
		bool makes_sense = *out != NULL && !file.is_torn &&
		                   !tree_is_null((*out)->tree->root);

		config_free(*out);
		*out = NULL;
		status = read_again(paths, &file, makes_sense, out, err);
	}
	file_close(&file);
	return status == ASTRO_BAD_CONFIG ? config_refuse(paths, err) : status;
}
