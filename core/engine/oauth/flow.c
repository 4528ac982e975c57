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
#include "opener.h"
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

void flow_facts_gather(struct flow_facts *facts, const struct engine_job *job)
{
	memset(facts, 0, sizeof(*facts));
	facts->asked = job->flow;
	facts->no_input = job->no_input;
	facts->driven = job->json;
	facts->terminal = terminal_can_ask();
	facts->browser_named = opener_is_named();
	facts->browser_refused = opener_is_refused();
	facts->editor = opener_is_editor();
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
		return "no browser wanted";
	/* Its window is where the person is, however far from here. */
	if (facts->editor)
		return NULL;
	if (facts->ssh)
		return "over SSH";
	if (facts->container)
		return "in a container";
	if (facts->ci)
		return "in CI";
	if (!facts->display && !facts->wsl)
		return "no display here";
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

/* Nobody said how: the surroundings decide. */
static int select_by_surroundings(const struct flow_facts *facts,
                                  struct flow_choice *out,
                                  struct astro_error *err)
{
	if (facts->browser_named)
		return ASTRO_OK;
	if (!facts->terminal && !facts->driven)
		return refuse("there is no terminal", err);
	out->why = why_not(facts);
	if (out->why != NULL)
		out->flow = facts->device_offered ? FLOW_DEVICE : FLOW_LINK;
	return ASTRO_OK;
}

int flow_select(const struct flow_facts *facts, struct flow_choice *out,
                struct astro_error *err)
{
	out->flow = FLOW_BROWSER;
	out->why = NULL;
	if (facts->no_input)
		return refuse("--no-input says that nobody is to be asked",
		              err);
	switch (facts->asked) {
	case ENGINE_FLOW_DEVICE:
		out->flow = FLOW_DEVICE;
		if (facts->device_offered)
			return ASTRO_OK;
		return error_set(err, ASTRO_UNSUPPORTED,
		                 "use --login-link instead",
		                 "the server has no login by device code");
	case ENGINE_FLOW_LINK:
		out->flow = FLOW_LINK;
		return ASTRO_OK;
	case ENGINE_FLOW_AUTO:
	case ENGINE_FLOW_TOKEN:
		break;
	}
	return select_by_surroundings(facts, out, err);
}
