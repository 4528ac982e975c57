/* SPDX-License-Identifier: Apache-2.0 */
/* astro logout: of one context, or of all of them. */
#include <stdlib.h>

#include "command.h"
#include "error.h"
#include "files.h"
#include "log_out.h"
#include "terminal.h"

static const struct option options_logout[] = {
	{"all", 0, OPTION_SWITCH, NULL, "log out of every context"},
	{"local", 0, OPTION_SWITCH, NULL,
         "erase the login here and tell no server"},
	{"end-session", 0, OPTION_SWITCH, NULL,
         "an OpenID provider: have the browser end your session there"},
};

static void tell_failure(const struct context *context,
                         const struct astro_error *why)
{
	terminal_tell("Not complete: %s: %s", context_name(context),
	              why->message);
}

/* One that fails stops none of the others; the worst exit code is that of the
 * whole. */
static int log_out_of_all(const struct files *files, enum log_out_extent extent,
                          struct astro_error *err)
{
	size_t count = config_count(files->config), failed = 0, i;
	struct astro_error worst = {.status = ASTRO_OK};

	if (count == 0)
		terminal_tell("There is no context to log out of");
	for (i = 0; i < count; i++) {
		const struct context *context = config_at(files->config, i);
		struct astro_error why = {.status = ASTRO_OK};
		int status = log_out(files, context, extent, &why);

		if (status == ASTRO_CANCELLED) {
			*err = why;
			return status;
		}
		if (status == ASTRO_OK)
			continue;
		failed++;
		if (count > 1)
			tell_failure(context, &why);
		if (error_exit_code(status) > error_exit_code(worst.status))
			worst = why;
	}
	if (failed == 0)
		return ASTRO_OK;
	if (count == 1) {
		*err = worst;
		return worst.status;
	}
	return error_set(err, (enum astro_status)worst.status, worst.hint,
	                 "not complete: %zu of %zu logouts", failed, count);
}

static int run_logout(const struct options *options, struct astro_error *err)
{
	const char *typed = options->operands[0];
	enum log_out_extent extent = LOG_OUT_USUAL;
	const struct context *context;
	struct files files;
	int status;

	if (options_has(options, "all") && typed != NULL)
		return options_refuse(options, err,
		                      "--all and a domain exclude each "
		                      "other");
	status = options_exclude(options, "end-session", "all", err);
	if (status == ASTRO_OK)
		status = options_exclude(options, "end-session", "local", err);
	if (status != ASTRO_OK)
		return status;
	if (options_has(options, "local"))
		extent = LOG_OUT_LOCAL;
	else if (options_has(options, "end-session"))
		extent = LOG_OUT_SESSION;
	status = files_open(&files, err);
	if (status != ASTRO_OK)
		goto out;
	if (options_has(options, "all")) {
		status = log_out_of_all(&files, extent, err);
		goto out;
	}
	status = files_pick(&files, typed, &context, err);
	if (status == ASTRO_OK)
		status = log_out(&files, context, extent, err);
out:
	files_clear(&files);
	return status;
}

static const char text_logout[] =
	"Without a domain: the current context.  The server is asked to take "
	"its refresh\ntoken and its access token back, where it can; then "
	"every copy of them is erased\nhere, whatever it said: exit 3 when "
	"something could not be taken back.\nOrganization and workspace stay "
	"for the next login.  The current context is\ncleared only when it is "
	"the one logged out.";

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
