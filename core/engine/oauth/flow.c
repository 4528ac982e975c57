/* SPDX-License-Identifier: Apache-2.0 */
/* Decides how an OAuth login reaches the person, and gathers what decides it.
 */
#include "flow.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "browser.h"
#include "error.h"
#include "terminal.h"

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

/* CI=false is what some people set to be rid of it. */
static bool is_true(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0' &&
	       strcmp(value, "false") != 0 && strcmp(value, "0") != 0;
}

/* Windows around this Linux: a browser there is as good as one here. */
static bool is_wsl(void)
{
	return is_set("WSL_DISTRO_NAME") || is_set("WSL_INTEROP");
}

void flow_facts_gather(struct flow_facts *facts, enum engine_flow asked,
                       bool no_input)
{
	memset(facts, 0, sizeof(*facts));
	facts->asked = asked;
	facts->no_input = no_input;
	facts->terminal = terminal_can_ask();
	facts->browser_named = browser_is_named();
	facts->browser_refused = browser_is_refused();
	facts->display = is_set("DISPLAY") || is_set("WAYLAND_DISPLAY");
	facts->ssh = is_set("SSH_CONNECTION");
	facts->container = is_set("container") ||
	                   access("/.dockerenv", F_OK) == 0 ||
	                   access("/run/.containerenv", F_OK) == 0;
	facts->wsl = is_wsl() && browser_is_there();
	facts->ci = is_true("CI");
}

/* Why there is no browser to open here, or NULL. */
static const char *why_not(const struct flow_facts *facts)
{
	if (facts->browser_refused)
		return "no browser wanted: open this link on any device";
	if (facts->ssh)
		return "over SSH: open this link on any device";
	if (facts->container)
		return "in a container: open this link on any device";
	if (facts->ci)
		return "in CI: open this link on any device";
	if (!facts->display && !facts->wsl)
		return "no display here: open this link on any device";
	return NULL;
}

static int refuse(const char *why, struct astro_error *err)
{
	return error_set(
		err, ASTRO_EXPIRED,
		"give a token with --token-login - or ASTRO_API_TOKEN, or use "
		"--device",
		"a login needs a person, and %s", why);
}

int flow_select(const struct flow_facts *facts, enum flow *out,
                const char **why, struct astro_error *err)
{
	*out = FLOW_LINK;
	*why = NULL;
	if (facts->no_input)
		return refuse("--no-input says that nobody is to be asked",
		              err);
	switch (facts->asked) {
	case ENGINE_FLOW_DEVICE:
		return error_set(err, ASTRO_UNSUPPORTED,
		                 "use --login-link instead",
		                 "this version has no login by device code");
	case ENGINE_FLOW_LINK:
		return ASTRO_OK;
	case ENGINE_FLOW_AUTO:
	case ENGINE_FLOW_TOKEN:
		break;
	}
	if (facts->browser_named) {
		*out = FLOW_BROWSER;
		return ASTRO_OK;
	}
	if (!facts->terminal)
		return refuse("there is no terminal", err);
	*why = why_not(facts);
	if (*why == NULL)
		*out = FLOW_BROWSER;
	return ASTRO_OK;
}
