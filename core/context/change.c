/* SPDX-License-Identifier: Apache-2.0 */
/* The one way in which the context file changes. */
#include "context.h"

#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "domain.h"
#include "edit.h"
#include "file.h"
#include "lock.h"
#include "log.h"
#include "secret.h"
#include "stamp.h"
#include "text.h"

static const char contexts_key[] = "contexts";

/* What a login, a refresh and a logout change of a context. */
static const char *const login_keys[] = {"token",        "access_token",
                                         "refreshtoken", "refresh_token",
                                         "expiresin",    "dpop_key"};
enum { LOGIN_KEYS = sizeof(login_keys) / sizeof(login_keys[0]) };

struct work {
	const struct config *before;
	struct edit *edits;
	size_t count;
	char (*stamps)[STAMP_SIZE];
};

/* The node that CHANGE is about, NULL when it is not there yet. */
static const struct tree_node *find_target(const struct config *config,
                                           const struct change *change)
{
	const struct tree_node *node = config->tree->root;

	if (change->context != NULL) {
		(void)tree_find(node, contexts_key, &node);
		(void)tree_find(node, change->context, &node);
	}
	if (change->key != NULL)
		(void)tree_find(node, change->key, &node);
	return node;
}

/* Two names may make one key: the context there is somebody else's. */
static int check_domain(const struct config *config,
                        const struct change *change, struct astro_error *err)
{
	const struct context *context;
	char name[DOMAIN_NAME_MAX];

	if (change->context == NULL || change->key == NULL ||
	    text_compare_folded(change->key, "domain") != 0 ||
	    change->text == NULL || change->text[0] == '\0')
		return ASTRO_OK;
	context = config_by_key(config, change->context);
	if (context == NULL || context_value(context, "domain") == NULL)
		return ASTRO_OK;
	config_canonical(change->text, name);
	if (strcmp(name, context->name) == 0)
		return ASTRO_OK;
	return error_set(err, ASTRO_UNSAFE, "delete that context first",
	                 "%s: its key %s is that of the context %s", name,
	                 change->context, context->name);
}

static bool is_scalar_text(const struct tree_node *node, const char *text,
                           size_t len)
{
	if (len == 0)
		return tree_is_null(node) ||
		       (node->kind == TREE_SCALAR && node->len == 0);
	return !tree_is_null(node) && node->kind == TREE_SCALAR &&
	       node->len == len && memcmp(node->text, text, len) == 0;
}

static void set_path(struct edit *edit, const struct change *change)
{
	size_t len = 0;

	if (change->context != NULL) {
		edit->path[len++] = contexts_key;
		edit->path[len++] = change->context;
	}
	if (change->key != NULL)
		edit->path[len++] = change->key;
	edit->path[len] = NULL;
}

/* The value of a change, lent. */
static const char *bytes_of(const struct change *change, size_t *len)
{
	const char *text = change->text == NULL ? "" : change->text;

	if (change->secret != NULL)
		return secret_bytes(change->secret, len);
	*len = strlen(text);
	return text;
}

/* Somebody has logged in or out since the caller looked: theirs counts. */
static int check_expected(const struct change *change,
                          const struct tree_node *value,
                          struct astro_error *err)
{
	size_t len;
	const char *bytes = bytes_of(change, &len);

	if (is_scalar_text(value, bytes, len))
		return ASTRO_OK;
	return error_set(err, ASTRO_NOT_FOUND, NULL,
	                 "the login has been changed by another program "
	                 "meanwhile");
}

/* Turn a change into an edit, unless it changes nothing. */
static int add_edit(struct work *work, const struct change *change,
                    struct astro_error *err)
{
	const struct tree_node *node = find_target(work->before, change);
	const struct tree_node *value = tree_target(node);
	struct edit *edit = &work->edits[work->count];
	int64_t seconds;
	int status = check_domain(work->before, change, err);

	if (status != ASTRO_OK)
		return status;
	if (change->context == NULL && change->key == NULL)
		return error_set(err, ASTRO_INTERNAL, NULL,
		                 "a change of nothing");
	set_path(edit, change);
	edit->kind = EDIT_TEXT;
	switch (change->kind) {
	case CHANGE_EXPECT:
		return check_expected(change, value, err);
	case CHANGE_REMOVE:
		edit->kind = EDIT_REMOVE;
		if (node != NULL)
			work->count++;
		return ASTRO_OK;
	case CHANGE_TIME:
		if (!tree_is_null(value) && value->kind == TREE_SCALAR &&
		    stamp_parse(value->text, &seconds) &&
		    seconds == change->time)
			return ASTRO_OK;
		edit->kind = EDIT_PLAIN;
		stamp_format(change->time, work->stamps[work->count]);
		edit->value = work->stamps[work->count];
		edit->len = strlen(edit->value);
		work->count++;
		return ASTRO_OK;
	case CHANGE_IF_ABSENT:
		if (!is_scalar_text(value, "", 0))
			return ASTRO_OK;
		break;
	case CHANGE_TEXT:
		break;
	}
	edit->value = bytes_of(change, &edit->len);
	if (!is_scalar_text(value, edit->value, edit->len))
		work->count++;
	return ASTRO_OK;
}

/* Is KEY of `contexts` removed as a whole? */
static bool is_context_removed(const struct work *work, const char *key)
{
	size_t i;

	for (i = 0; i < work->count; i++) {
		const struct edit *edit = &work->edits[i];

		if (edit->kind == EDIT_REMOVE && edit->path[1] != NULL &&
		    edit->path[2] == NULL &&
		    text_compare_folded(edit->path[1], key) == 0)
			return true;
	}
	return false;
}

/* Without its last context `contexts` goes too, as the Go CLI has it. */
static void remove_empty_contexts(struct work *work)
{
	const struct tree_node *contexts, *key;
	size_t i;

	(void)tree_find(work->before->tree->root, contexts_key, &contexts);
	contexts = tree_target(contexts);
	if (work->count == 0 || tree_is_null(contexts) ||
	    contexts->first == NULL)
		return;
	for (key = contexts->first; key != NULL; key = key->next->next)
		if (!is_context_removed(work, key->text))
			return;
	for (i = 0; i < work->count; i++)
		if (work->edits[i].kind != EDIT_REMOVE &&
		    work->edits[i].path[1] != NULL)
			return;
	work->edits[work->count].path[0] = contexts_key;
	work->edits[work->count].path[1] = NULL;
	work->edits[work->count++].kind = EDIT_REMOVE;
}

static int collect(struct work *work, const struct change *changes,
                   size_t count, struct astro_error *err)
{
	size_t i;
	int status = ASTRO_OK;

	/* One more for `contexts` itself. */
	work->edits = calloc(count + 1, sizeof(*work->edits));
	work->stamps = calloc(count + 1, sizeof(*work->stamps));
	if (work->edits == NULL || work->stamps == NULL)
		return error_no_memory(err);
	for (i = 0; i < count && status == ASTRO_OK; i++)
		status = add_edit(work, &changes[i], err);
	if (status == ASTRO_OK)
		remove_empty_contexts(work);
	return status;
}

/* The changed bytes must read as what was asked for, and as nothing else. */
static int prove(const struct work *work, const struct text *bytes,
                 struct astro_error *err)
{
	struct astro_error why = {0};
	struct config *after = NULL;
	int status;

	status = config_parse(bytes->bytes, bytes->len, work->before->label,
	                      &after, &why);
	if (status == ASTRO_OK &&
	    !edit_is_exact(work->before->tree, after->tree, work->edits,
	                   work->count))
		status = error_set(&why, ASTRO_INTERNAL, NULL,
		                   "it would not read as meant");
	config_free(after);
	if (status == ASTRO_OK)
		return ASTRO_OK;
	log_write(ASTRO_DEBUG, "the changed file: %s", why.message);
	return error_set(err, ASTRO_INTERNAL,
	                 "make the change by hand, and report this",
	                 "%s: it cannot be changed safely; nothing was written",
	                 work->before->label);
}

/* What becomes of work->before, into BYTES; of no edit there is nothing. */
static int plan(struct work *work, const struct change *changes, size_t count,
                struct text *bytes, struct astro_error *err)
{
	int status = collect(work, changes, count, err);

	if (status != ASTRO_OK || work->count == 0)
		return status;
	status = edit_apply(work->before->tree, work->before->label,
	                    work->edits, &work->count, bytes, err);
	return status == ASTRO_OK ? prove(work, bytes, err) : status;
}

static void work_clear(struct work *work)
{
	free(work->edits);
	free(work->stamps);
}

static int change_file(struct file *file, const struct paths *paths,
                       const struct change *changes, size_t count,
                       struct astro_error *err)
{
	struct work work = {0};
	struct config *before = NULL;
	struct text bytes;
	int status;

	text_init(&bytes, TREE_BYTES_MAX);
	status = file_read(paths, file, err);
	if (status == ASTRO_OK)
		status = config_parse(file->bytes == NULL ? "" : file->bytes,
		                      file->len, "config.yaml", &before, err);
	if (status != ASTRO_OK)
		goto out;
	work.before = before;
	status = plan(&work, changes, count, &bytes, err);
	if (status == ASTRO_OK && work.count > 0)
		status = file_replace(file, bytes.bytes, bytes.len, err);
out:
	work_clear(&work);
	text_clear(&bytes);
	config_free(before);
	return status;
}

int config_change(const struct paths *paths, const struct change *changes,
                  size_t count, struct astro_error *err)
{
	struct lock lock = LOCK_NONE;
	struct file file;
	int status;

	status = file_open(paths, FILE_MAKE_FOLDER, &file, err);
	if (status == ASTRO_OK)
		status = lock_take(file.home, "config.yaml.lock", LOCK_TO_WRITE,
		                   &lock, err);
	if (status == ASTRO_OK && lock.is_held)
		log_write(ASTRO_WARNING,
		          "%s: this file system has no locks; %s.held stands "
		          "for one, which other programs do not know",
		          paths->folder, lock.name);
	if (status == ASTRO_OK)
		status = change_file(&file, paths, changes, count, err);
	lock_release(&lock);
	file_close(&file);
	return status == ASTRO_BAD_CONFIG ? config_refuse(paths, err) : status;
}

int config_check_writable(const struct paths *paths, struct astro_error *err)
{
	struct config *config = NULL;
	struct file file;
	int status;

	status = config_load(paths, &config, err);
	config_free(config);
	if (status != ASTRO_OK)
		return status;
	status = file_open(paths, FILE_MAY_BE_MISSING, &file, err);
	if (status == ASTRO_OK)
		status = file_read(paths, &file, err);
	if (status == ASTRO_OK)
		status = file_try(paths, &file, err);
	file_close(&file);
	return status;
}

/* Replaced where they are there; the first is made where it is not. */
static size_t list_login(const struct config *config, const char *context,
                         struct change changes[LOGIN_KEYS])
{
	size_t count = 0, i;

	for (i = 0; i < LOGIN_KEYS; i++) {
		const struct change change = {
			.context = context,
			.key = login_keys[i],
			.text = "x",
		};

		if (i == 0 || find_target(config, &change) != NULL)
			changes[count++] = change;
	}
	return count;
}

int config_check_login(const struct paths *paths, const struct config *config,
                       const char *context, struct astro_error *err)
{
	struct change changes[LOGIN_KEYS];
	struct work work = {0};
	struct config *before = NULL;
	struct text bytes;
	int status;

	text_init(&bytes, TREE_BYTES_MAX);
	/* As a change reads it: where the bytes of each value are. */
	status = config_parse(config->bytes, config->len, config->label,
	                      &before, err);
	if (status == ASTRO_OK) {
		work.before = before;
		status =
			plan(&work, changes,
		             list_login(before, context, changes), &bytes, err);
	}
	work_clear(&work);
	text_clear(&bytes);
	config_free(before);
	return status == ASTRO_BAD_CONFIG ? config_refuse(paths, err) : status;
}
