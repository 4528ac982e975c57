/* SPDX-License-Identifier: Apache-2.0 */
/* astro logout: erase what a login stored, and say what was erased. */
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "error.h"
#include "files.h"
#include "secret.h"
#include "terminal.h"
#include "text.h"

static const struct option options_logout[] = {
	{"all", 0, OPTION_SWITCH, NULL, "log out of every context"},
	{"local", 0, OPTION_SWITCH, NULL,
         "erase the login here and tell no server"},
};

/* Organization and workspace stay: the next login offers them. */
static const struct {
	const char *key;
	const char *title;
} items[] = {
	{"token", "token"},
	{"access_token", "access token"},
	{"refreshtoken", "refresh token"},
	{"refresh_token", "refresh token"},
	{"id_token", "id token"},
	{"expiresin", "expiry time"},
	{"user_email", "account's e-mail"},
};

enum { ITEMS = sizeof(items) / sizeof(items[0]), LIST_MAX = 200 };

static bool context_has(const struct context *context, const char *key)
{
	struct astro_secret *secret = NULL;
	bool has;

	if (!context_key_is_secret(key))
		return context_value(context, key) != NULL;
	/* One that cannot be read is there, and must go. */
	has = context_secret(context, key, &secret, NULL) != ASTRO_OK ||
	      secret != NULL;
	secret_free(secret);
	return has;
}

static void tell_erased(const struct context *context, const bool *has,
                        const struct options *options)
{
	bool is_token = has[0] || has[1];
	struct text list;
	size_t i;

	text_init(&list, LIST_MAX);
	for (i = 0; i < ITEMS; i++)
		if (has[i])
			(void)text_addf(&list, "%s%s", list.len > 0 ? ", " : "",
			                items[i].title);
	terminal_tell("Logged out of %s", context_name(context));
	terminal_tell("Erased: %s", list.bytes);
	text_clear(&list);
	if (is_token && !options_has(options, "local"))
		terminal_tell("The server was not told: the token itself stays "
		              "valid there until it ends");
}

static int logout_of(const struct files *files, const struct context *context,
                     const struct options *options, struct astro_error *err)
{
	struct change changes[ITEMS + 1];
	bool has[ITEMS];
	size_t count = 0, i;
	int status;

	memset(changes, 0, sizeof(changes));
	for (i = 0; i < ITEMS; i++) {
		has[i] = context_has(context, items[i].key);
		if (!has[i])
			continue;
		changes[count].context = context_key(context);
		changes[count].key = items[i].key;
		changes[count].kind = CHANGE_REMOVE;
		count++;
	}
	if (count == 0) {
		terminal_tell("Already logged out of %s",
		              context_name(context));
		return ASTRO_OK;
	}
	if (files_selects(files, context)) {
		changes[count].key = "context";
		changes[count].kind = CHANGE_TEXT;
		changes[count].text = "";
		count++;
	}
	status = config_change(&files->paths, changes, count, err);
	if (status == ASTRO_OK)
		tell_erased(context, has, options);
	return status;
}

static int logout_of_all(const struct files *files,
                         const struct options *options, struct astro_error *err)
{
	size_t count = config_count(files->config), i;
	int status = ASTRO_OK;

	if (count == 0)
		terminal_tell("There is no context to log out of");
	for (i = 0; i < count && status == ASTRO_OK; i++)
		status = logout_of(files, config_at(files->config, i), options,
		                   err);
	return status;
}

static int run_logout(const struct options *options, struct astro_error *err)
{
	const char *typed = options->operands[0];
	const struct context *context;
	struct files files;
	int status;

	if (options_has(options, "all") && typed != NULL)
		return options_refuse(options, err,
		                      "--all and a domain exclude each "
		                      "other");
	status = files_open(&files, err);
	if (status != ASTRO_OK)
		goto out;
	if (options_has(options, "all")) {
		status = logout_of_all(&files, options, err);
		goto out;
	}
	status = files_pick(&files, typed, &context, err);
	if (status == ASTRO_OK)
		status = logout_of(&files, context, options, err);
out:
	files_clear(&files);
	return status;
}

static const char text_logout[] =
	"Without a domain: the current context.  Its token, refresh token and "
	"e-mail are\nerased from the context file; organization and workspace "
	"stay for the next login.\nThe current context is cleared only when it "
	"is the one logged out.";

const struct command command_logout = {
	.name = "logout",
	.summary = "Log out of Astronomer",
	.operands = "[DOMAIN]",
	.operands_max = 1,
	.options = options_logout,
	.option_count = sizeof(options_logout) / sizeof(options_logout[0]),
	.text = text_logout,
	.run = run_logout,
};

const struct command command_auth_logout = {
	.group = "auth",
	.name = "logout",
	.summary = "Log out of Astronomer",
	.operands = "[DOMAIN]",
	.operands_max = 1,
	.options = options_logout,
	.option_count = sizeof(options_logout) / sizeof(options_logout[0]),
	.text = text_logout,
	.run = run_logout,
};
