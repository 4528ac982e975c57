/* SPDX-License-Identifier: Apache-2.0 */
/* What the engine reported of a login, for the person. */
#include "login_report.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "context.h"
#include "error.h"
#include "interrupt.h"
#include "json_out.h"
#include "output.h"
#include "secret.h"
#include "terminal.h"

static void show_expiry(const struct report *report)
{
	const char *value = report_get(report, "expiry", 0);
	char shown[64], *end;
	long long expiry;

	if (value == NULL)
		return;
	expiry = strtoll(value, &end, 10);
	/* INT64_MAX is a token without an end: nothing to say. */
	if (*end != '\0' || expiry <= 0 || expiry == INT64_MAX)
		return;
	context_expiry_text(expiry, shown, sizeof(shown));
	terminal_tell("This login is good %s", shown);
}

bool login_report_workspace(const struct report *report)
{
	const char *id = report_get(report, "workspace", 0);
	const char *name = report_get(report, "workspace_name", 0);

	if (id == NULL || id[0] == '\0')
		return false;
	if (name == NULL || name[0] == '\0' || strcmp(name, id) == 0)
		terminal_tell("Workspace: %s", id);
	else
		terminal_tell("Workspace: %s (%s)", name, id);
	return true;
}

void login_report_show(const struct report *report)
{
	const char *name = report_get(report, "name", 0);
	const char *account = report_get(report, "account", 0);
	const char *provider = report_get(report, "provider", 0);
	const char *registry = report_get(report, "registry", 0);
	const char *note;
	size_t i;

	if (account != NULL && account[0] != '\0')
		terminal_tell("Logged in to %s as %s", name == NULL ? "" : name,
		              account);
	else
		terminal_tell("Logged in to %s", name == NULL ? "" : name);
	for (i = 0; (note = report_get(report, "note", i)) != NULL; i++)
		terminal_tell("%s", note);
	/* Only these two services have workspaces; a note has said why there
	 * is none. */
	if (!login_report_workspace(report) && i == 0 && provider != NULL &&
	    (strcmp(provider, "astro") == 0 ||
	     strcmp(provider, "software") == 0))
		terminal_tell("No default workspace detected; list them with "
		              "`astro workspace list`, select one with `astro "
		              "workspace switch`");
	if (registry != NULL)
		terminal_tell("%s", registry);
	show_expiry(report);
}

int login_report_token(const struct report *report, struct astro_error *err)
{
	const char *token = report_get(report, "token", 0);
	struct astro_secret *secret;
	int status;

	if (token == NULL)
		return ASTRO_OK;
	status = secret_new(token, strlen(token), &secret, err);
	if (status != ASTRO_OK)
		return status;
	status = output_secret("", secret, err);
	secret_free(secret);
	return status;
}

int login_report_event(const struct report *report, struct astro_error *err)
{
	static const char *const keys[][2] = {
		{"domain", "name"},         {"account", "account"},
		{"provider", "provider"},   {"organization", "organization"},
		{"workspace", "workspace"},
	};
	struct json_out json;
	size_t i;
	int status;

	json_out_init_line(&json);
	json_out_object(&json, NULL);
	json_out_string(&json, "event", "logged_in");
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		json_out_string(&json, keys[i][0],
		                report_get(report, keys[i][1], 0));
	/* With --store none it is kept nowhere else. */
	if (report_get(report, "token", 0) != NULL)
		json_out_string(&json, "token", report_get(report, "token", 0));
	json_out_close(&json);
	status = json_out_print(&json, err);
	json_out_clear(&json);
	return status;
}

void login_report_failure(const struct astro_error *err)
{
	struct json_out json;

	json_out_init_line(&json);
	json_out_object(&json, NULL);
	json_out_string(&json, "event", "error");
	json_out_number(&json, "code", interrupt_exit_code(err->status));
	json_out_string(&json, "message", err->message);
	json_out_string(&json, "hint", err->hint[0] == '\0' ? NULL : err->hint);
	json_out_close(&json);
	/* The exit code says it as well. */
	(void)json_out_print(&json, NULL);
	json_out_clear(&json);
}
