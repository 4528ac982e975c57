/* SPDX-License-Identifier: Apache-2.0 */
/* Requests that have to do with the person: questions, messages, settings. */
#include <stdlib.h>
#include <string.h>

#include "dialogue.h"
#include "error.h"
#include "json.h"
#include "request_table.h"
#include "value.h"

int request_ask(struct dialogue *dialogue, const struct json *request,
                struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	struct astro_question question = {.size = sizeof(question)};
	struct thing thing = {.name = ""};
	const char *keep = NULL;
	int status, echo = 1;

	status = value_text(dialogue, request, "key", true, &question.key, err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, request, "label", true,
		                    &question.label, err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, request, "fallback", false,
		                    &question.fallback, err);
	if (status == ASTRO_OK)
		status = value_flag(dialogue, request, "echo", 1, &echo, err);
	if (status == ASTRO_OK)
		status = value_keep(dialogue, request, &keep, err);
	if (status == ASTRO_OK && !echo && keep == NULL)
		status = dialogue_misuse(dialogue, err,
		                         "asks for \"%s\" without echo and "
		                         "gives the answer no name (keep)",
		                         question.key);
	if (status != ASTRO_OK)
		return status;

	question.echo = echo ? ASTRO_ECHO_ON : ASTRO_ECHO_OFF;
	status = host->ask(host->core, &question, &thing.secret, err);
	if (status != ASTRO_OK)
		return status;
	if (keep != NULL) {
		memcpy(thing.name, keep, strlen(keep) + 1);
		return shelf_put(&dialogue->shelf, &thing, err);
	}
	json_out_string(answer, "value",
	                host->secret_bytes(thing.secret, NULL));
	host->secret_free(thing.secret);
	return ASTRO_OK;
}

/* ---- menus ---- */

struct rows {
	struct dialogue *dialogue;
	struct astro_item *items;
	size_t count;
	struct astro_error *err;
};

static int add_row(void *data, const char *name, const struct json *json)
{
	struct rows *rows = data;
	struct astro_item *item = &rows->items[rows->count++];
	int status;

	(void)name;
	status = value_text(rows->dialogue, json, "id", true, &item->id,
	                    rows->err);
	if (status == ASTRO_OK)
		status = value_text(rows->dialogue, json, "name", false,
		                    &item->name, rows->err);
	if (item->name == NULL)
		item->name = item->id;
	return status;
}

static int read_rows(struct dialogue *dialogue, const struct json *json,
                     struct rows *rows, struct astro_error *err)
{
	int64_t count = json_count(json, "");

	*rows = (struct rows){.dialogue = dialogue, .err = err};
	if (count < 1)
		return dialogue_misuse(dialogue, err,
		                       "offers a choice without a list of "
		                       "items");
	rows->items = calloc((size_t)count, sizeof(*rows->items));
	if (rows->items == NULL)
		return error_no_memory(err);
	return json_each(json, add_row, rows);
}

int request_choose(struct dialogue *dialogue, const struct json *request,
                   struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	struct astro_menu menu = {.size = sizeof(menu)};
	struct json items = json_at(request, "items");
	struct rows rows = {.items = NULL};
	size_t picked;
	int status;

	status = value_text(dialogue, request, "key", true, &menu.key, err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, request, "label", true,
		                    &menu.label, err);
	if (status == ASTRO_OK)
		status = value_text(dialogue, request, "current", false,
		                    &menu.current, err);
	if (status == ASTRO_OK)
		status = read_rows(dialogue, &items, &rows, err);
	if (status != ASTRO_OK || rows.items == NULL)
		goto out;
	menu.items = rows.items;
	menu.count = rows.count;
	status = host->choose(host->core, &menu, &picked, err);
	if (status == ASTRO_OK && picked < rows.count) {
		json_out_string(answer, "value", menu.items[picked].id);
		json_out_number(answer, "index", (int64_t)picked);
	}
out:
	free(rows.items);
	return status;
}

/* ---- the rest ---- */

int request_browse(struct dialogue *dialogue, const struct json *request,
                   struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	const char *url;
	int status = value_text(dialogue, request, "url", true, &url, err);

	(void)answer;
	return status == ASTRO_OK ? host->browse(host->core, url, err) : status;
}

int request_has_answer(struct dialogue *dialogue, const struct json *request,
                       struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	const char *key;
	int status = value_text(dialogue, request, "key", true, &key, err);

	if (status == ASTRO_OK)
		json_out_bool(answer, "value",
		              host->has_answer(host->core, key) != 0);
	return status;
}

int request_can_ask(struct dialogue *dialogue, const struct json *request,
                    struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;

	(void)request;
	(void)err;
	json_out_bool(answer, "value", host->can_ask(host->core) != 0);
	return ASTRO_OK;
}

int request_setting(struct dialogue *dialogue, const struct json *request,
                    struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	const char *key;
	int status = value_text(dialogue, request, "key", true, &key, err);

	if (status == ASTRO_OK)
		json_out_string(answer, "value",
		                host->setting(dialogue->settings, key));
	return status;
}

int request_tell(struct dialogue *dialogue, const struct json *request,
                 struct json_out *answer, struct astro_error *err)
{
	const struct astro_host *host = dialogue->host;
	const char *text;
	int status = value_text(dialogue, request, "text", true, &text, err);

	(void)answer;
	if (status == ASTRO_OK)
		host->tell(host->core, "%s", text);
	return status;
}

int request_log(struct dialogue *dialogue, const struct json *request,
                struct json_out *answer, struct astro_error *err)
{
	static const char *const levels[] = {
		[ASTRO_DEBUG] = "debug",
		[ASTRO_INFO] = "info",
		[ASTRO_WARNING] = "warning",
	};
	const struct astro_host *host = dialogue->host;
	const char *text, *word;
	size_t level = ASTRO_DEBUG;
	int status = value_text(dialogue, request, "text", true, &text, err);

	(void)answer;
	if (status == ASTRO_OK)
		status = value_text(dialogue, request, "level", false, &word,
		                    err);
	if (status != ASTRO_OK)
		return status;
	while (word != NULL && level <= ASTRO_WARNING &&
	       strcmp(levels[level], word) != 0)
		level++;
	if (level > ASTRO_WARNING)
		return dialogue_misuse(dialogue, err,
		                       "logs with the level \"%s\"; there are "
		                       "debug, info and warning",
		                       word);
	host->log(host->core, (enum astro_level)level, "%s: %s",
	          dialogue->provider, text);
	return ASTRO_OK;
}
