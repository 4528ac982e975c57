/* SPDX-License-Identifier: Apache-2.0 */
/* Which way an OAuth login reaches the person: a decision from facts alone. */
#ifndef CORE_ENGINE_OAUTH_FLOW_H
#define CORE_ENGINE_OAUTH_FLOW_H

#include <stdbool.h>

#include <astro/provider.h>

#include "engine.h"

enum flow {
	FLOW_BROWSER,
	FLOW_LINK /* print the link; callback or pasted address finishes */
};

/* What is known of the surroundings. */
struct flow_facts {
	enum engine_flow asked;
	bool terminal; /* somebody can be asked */
	bool no_input;
	bool browser_named;   /* ASTRO_BROWSER or BROWSER */
	bool browser_refused; /* ... is "none" */
	bool display;         /* DISPLAY or WAYLAND_DISPLAY */
	bool ssh;             /* SSH_CONNECTION */
	bool container;
	bool wsl;
	bool ci;
};

void flow_facts_gather(struct flow_facts *facts, enum engine_flow asked,
                       bool no_input);
/*
 * *WHY is the half line to show ("over SSH: open this link on any device"), or
 * NULL.  ASTRO_EXPIRED, at once, where nobody could finish it: the hint names
 * --token-login -, ASTRO_API_TOKEN and --device.
 */
int flow_select(const struct flow_facts *facts, enum flow *out,
                const char **why, struct astro_error *err);

#endif
