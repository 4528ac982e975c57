/* SPDX-License-Identifier: Apache-2.0 */
/* astro context: list, show, switch, delete. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "error.h"
#include "files.h"
#include "forget.h"
#include "json_out.h"
#include "log.h"
#include "log_out.h"
#include "output.h"
#include "state.h"
#include "stored.h"
#include "terminal.h"

enum { LINE_MAX_BYTES = 4096, LOGIN_MAX = 64 };

static const struct option options_json[] = {
	{"json", 0, OPTION_SWITCH, NULL, "print one JSON document"},
};

static const struct option options_delete[] = {
	{"force", 'f', OPTION_SWITCH, NULL,
         "do not ask before the current context goes"},
};

static int list_json(const struct files *files, const struct context *current,
                     struct astro_error *err)
{
	size_t count = config_count(files->config), i;
	struct json_out json;
	int status;

	json_out_init(&json);
	json_out_object(&json, NULL);
	json_out_array(&json, "contexts");
	for (i = 0; i < count; i++) {
		const struct context *context = config_at(files->config, i);

		json_out_object(&json, NULL);
		json_out_string(&json, "name", context_name(context));
		json_out_string(&json, "provider", context_provider(context));
		json_out_bool(&json, "isCurrent", context == current);
		json_out_close(&json);
	}
	json_out_close(&json);
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

static int list_table(const struct files *files, const struct context *current,
                      struct astro_error *err)
{
	static const char *const header[] = {"NAME"};
	size_t count = config_count(files->config), marked = SIZE_MAX, i;
	const char **cells = calloc(count + 1, sizeof(*cells));

	if (cells == NULL)
		return error_no_memory(err);
	for (i = 0; i < count; i++) {
		const struct context *context = config_at(files->config, i);

		cells[i] = context_name(context);
		if (context == current)
			marked = i;
	}
	terminal_table(stdout, header, 1, cells, count, marked);
	free(cells);
	return ASTRO_OK;
}

static int run_list(const struct options *options, struct astro_error *err)
{
	const struct context *current;
	struct files files;
	int status;

	status = files_open(&files, err);
	if (status == ASTRO_OK)
		status = files_current(&files, &current, err);
	if (status == ASTRO_OK)
		status = options_has(options, "json")
		                 ? list_json(&files, current, err)
		                 : list_table(&files, current, err);
	files_clear(&files);
	return status;
}

/* What `context show` tells, in its order. */
struct shown {
	const char *title;
	const char *key; /* in JSON */
	const char *value;
};

static int print_shown(const struct shown *shown, size_t count, bool as_json,
                       struct astro_error *err)
{
	struct json_out json;
	size_t i;
	int status = ASTRO_OK;

	json_out_init(&json);
	json_out_object(&json, NULL);
	for (i = 0; i < count; i++) {
		char line[LINE_MAX_BYTES];

		json_out_string(&json, shown[i].key, shown[i].value);
		if (as_json || shown[i].value == NULL)
			continue;
		text_escape(line, sizeof(line), shown[i].value,
		            strlen(shown[i].value));
		(void)printf("%-14s%s\n", shown[i].title, line);
	}
	json_out_close(&json);
	if (as_json)
		status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

static int show(const struct context *context, bool as_json,
                struct astro_error *err)
{
	struct stored stored;
	char login[LOGIN_MAX];
	const struct shown shown[] = {
		{"Name:", "name", context_name(context)},
		{"Provider:", "provider", context_provider(context)},
		{"Account:", "account", context_value(context, "user_email")},
		{"Organization:", "organization",
	         context_value(context, "organization")},
		{"Workspace:", "workspace",
	         context_value(context, "workspace")},
		{"Login:", "login", login},
	};
	int status;

	status = stored_read(context, &stored, err);
	if (status != ASTRO_OK)
		return status;
	stored_describe(&stored, login, sizeof(login));
	return print_shown(shown, sizeof(shown) / sizeof(shown[0]), as_json,
	                   err);
}

static int run_show(const struct options *options, struct astro_error *err)
{
	const struct context *context;
	struct files files;
	int status;

	status = files_open(&files, err);
	if (status == ASTRO_OK)
		status = files_pick(&files, NULL, &context, err);
	if (status == ASTRO_OK)
		status = show(context, options_has(options, "json"), err);
	files_clear(&files);
	return status;
}

/* Refuse a new NAME whose key another context has: the Go CLI, which knows
 * keys alone, would mix the two up. */
static int check_key(const struct files *files, const char *name,
                     const char *key, struct astro_error *err)
{
	size_t i;

	for (i = 0; i < config_count(files->config); i++) {
		const struct context *context = config_at(files->config, i);

		if (strcmp(context_key(context), key) == 0)
			return error_set(err, ASTRO_UNSAFE,
			                 "delete that one first",
			                 "%s: its key %s belongs to the "
			                 "context %s",
			                 name, key, context_name(context));
	}
	return ASTRO_OK;
}

/* Make NAME current; with KEY a context that is not there yet. */
static int select_name(const struct files *files, const char *name,
                       const char *key, const char *issuer,
                       struct astro_error *err)
{
	struct change changes[3];
	size_t count = 0;

	memset(changes, 0, sizeof(changes));
	changes[count].key = "context";
	changes[count].kind = CHANGE_TEXT;
	changes[count++].text = name;
	if (key != NULL) {
		changes[count].context = key;
		changes[count].key = "domain";
		changes[count].kind = CHANGE_IF_ABSENT;
		changes[count++].text = name;
	}
	if (issuer != NULL) {
		changes[count].context = key;
		changes[count].key = "issuer";
		changes[count].kind = CHANGE_IF_ABSENT;
		changes[count++].text = issuer;
	}
	return config_change(&files->paths, changes, count, err);
}

static void tell_selected(const char *name, const struct context *context)
{
	const char *workspace =
		context == NULL ? NULL : context_value(context, "workspace");
	const char *wanted = getenv("ASTRO_DOMAIN");

	terminal_tell("Switched to context %s", name);
	if (workspace != NULL)
		terminal_tell("Workspace: %s", workspace);
	if (context == NULL)
		terminal_tell("It is new; log in with `astro login`");
	if (wanted != NULL && wanted[0] != '\0')
		log_write(ASTRO_WARNING,
		          "ASTRO_DOMAIN is set to %s and goes before it",
		          wanted);
}

static int switch_to_typed(const struct files *files, const char *typed,
                           struct astro_error *err)
{
	char name[DOMAIN_NAME_MAX], key[DOMAIN_NAME_MAX];
	char issuer[DOMAIN_NAME_MAX + sizeof("https://")];
	const struct context *context;
	bool is_issuer;
	int status;

	status = files_pick(files, typed, &context, err);
	if (status == ASTRO_OK) {
		status = select_name(files, context_name(context), NULL, NULL,
		                     err);
		if (status == ASTRO_OK)
			tell_selected(context_name(context), context);
		return status;
	}
	if (status != ASTRO_NOT_FOUND)
		return status;

	status = domain_canonical(typed, name, &is_issuer, err);
	if (status != ASTRO_OK)
		return status;
	domain_key(name, key);
	status = check_key(files, name, key, err);
	if (status != ASTRO_OK)
		return status;
	(void)snprintf(issuer, sizeof(issuer), "https://%s", name);
	status = select_name(files, name, key, is_issuer ? issuer : NULL, err);
	if (status == ASTRO_OK)
		tell_selected(name, NULL);
	return status;
}

/* No argument: a menu of those that are there. */
static int switch_by_menu(const struct files *files, struct astro_error *err)
{
	size_t count = config_count(files->config), picked = 0, i;
	const struct context *current = NULL;
	struct astro_item *items = NULL;
	struct astro_menu menu;
	int status;

	if (count == 0)
		return error_set(err, ASTRO_NOT_FOUND,
		                 "log in with `astro login`",
		                 "there is no context to switch to");
	items = calloc(count, sizeof(*items));
	if (items == NULL)
		return error_no_memory(err);
	status = files_current(files, &current, err);
	if (status != ASTRO_OK)
		goto out;
	for (i = 0; i < count; i++) {
		items[i].id = context_name(config_at(files->config, i));
		items[i].name = items[i].id;
	}
	memset(&menu, 0, sizeof(menu));
	menu.size = sizeof(menu);
	menu.key = "context";
	menu.label = "Choose a context";
	menu.items = items;
	menu.count = count;
	menu.current = current == NULL ? NULL : context_name(current);
	status = terminal_choose(&menu, 0, &picked, err);
	if (status == ASTRO_OK)
		status = switch_to_typed(files, items[picked].id, err);
out:
	free(items);
	return status;
}

static int run_switch(const struct options *options, struct astro_error *err)
{
	struct files files;
	int status;

	if (options->operand_count == 0 && !terminal_can_ask())
		return options_refuse(options, err,
		                      "no domain specified, and no terminal "
		                      "to ask on");
	status = files_open(&files, err);
	if (status == ASTRO_OK)
		status = options->operand_count == 0
		                 ? switch_by_menu(&files, err)
		                 : switch_to_typed(&files, options->operands[0],
		                                   err);
	files_clear(&files);
	return status;
}

static int confirm_delete(const struct context *context,
                          struct astro_error *err)
{
	char label[DOMAIN_NAME_MAX + 80];
	bool yes = false;
	int status;

	if (!terminal_can_ask())
		return error_set(err, ASTRO_DENIED, "use --force",
		                 "%s is the current context, and there is no "
		                 "terminal to ask on",
		                 context_name(context));
	(void)snprintf(label, sizeof(label),
	               "Are you sure you want to delete currently used "
	               "context: %s",
	               context_name(context));
	status = terminal_confirm(label, &yes, err);
	if (status == ASTRO_OK && !yes)
		status = error_set(err, ASTRO_DENIED, NULL,
		                   "context %s was not deleted",
		                   context_name(context));
	return status;
}

static void tell_deleted(const struct files *files,
                         const struct context *context)
{
	struct forget forget;

	forget_find(files->config, context, &forget);
	terminal_tell("Deleted context %s", context_name(context));
	if (forget.has_token)
		terminal_tell("The server was not told: the token stays valid "
		              "there until it ends");
}

/* Under the context's own lock: a refresh under way must not find the context
 * gone after it has asked, nor leave its journal behind. */
static int delete_locked(const struct files *files, const char *key,
                         const struct change *changes, size_t count,
                         struct astro_error *err)
{
	struct state state;
	int status;

	status = state_lock(&files->paths, key, STATE_WAIT_MS, &state, err);
	if (status != ASTRO_OK)
		return status;
	status = config_change(&files->paths, changes, count, err);
	if (status == ASTRO_OK)
		state_drop_journal(&state);
	state_unlock(&state);
	return status;
}

static int run_delete(const struct options *options, struct astro_error *err)
{
	const struct context *context, *current;
	struct change changes[2];
	size_t count = 0;
	struct files files;
	bool is_selected;
	int status;

	memset(changes, 0, sizeof(changes));
	status = files_open(&files, err);
	if (status == ASTRO_OK)
		status =
			files_pick(&files, options->operands[0], &context, err);
	if (status == ASTRO_OK)
		status = files_current(&files, &current, err);
	if (status != ASTRO_OK)
		goto out;
	is_selected = files_selects(&files, context);
	if ((is_selected || context == current) &&
	    !options_has(options, "force"))
		status = confirm_delete(context, err);
	if (status != ASTRO_OK)
		goto out;

	changes[count].context = context_key(context);
	changes[count++].kind = CHANGE_REMOVE;
	if (is_selected) {
		changes[count].key = "context";
		changes[count].kind = CHANGE_TEXT;
		changes[count++].text = "";
	}
	status = log_out_elsewhere(context, err);
	if (status == ASTRO_OK)
		status = delete_locked(&files, context_key(context), changes,
		                       count, err);
	if (status == ASTRO_OK)
		tell_deleted(&files, context);
out:
	files_clear(&files);
	return status;
}

const struct command command_context_list = {
	.group = "context",
	.name = "list",
	.alias = "ls",
	.summary = "List the contexts, the current one marked",
	.operands = "",
	.options = options_json,
	.option_count = sizeof(options_json) / sizeof(options_json[0]),
	.run = run_list,
};

const struct command command_context_show = {
	.group = "context",
	.name = "show",
	.summary = "Show the current context",
	.operands = "",
	.options = options_json,
	.option_count = sizeof(options_json) / sizeof(options_json[0]),
	.run = run_show,
};

const struct command command_context_switch = {
	.group = "context",
	.name = "switch",
	.alias = "sw",
	.summary = "Make a context the current one",
	.operands = "[DOMAIN]",
	.operands_max = 1,
	.text = "A context that does not exist is made.  Without a domain: a "
		"menu.",
	.run = run_switch,
};

const struct command command_context_delete = {
	.group = "context",
	.name = "delete",
	.alias = "de",
	.summary = "Delete a context and its login from the context file",
	.operands = "DOMAIN",
	.operands_min = 1,
	.operands_max = 1,
	.options = options_delete,
	.option_count = sizeof(options_delete) / sizeof(options_delete[0]),
	.run = run_delete,
};
