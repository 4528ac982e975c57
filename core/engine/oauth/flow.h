/* SPDX-License-Identifier: Apache-2.0 */
/* Which way an OAuth login reaches the person: a decision from facts alone. */
#ifndef CORE_ENGINE_OAUTH_FLOW_H
#define CORE_ENGINE_OAUTH_FLOW_H

#include <stdbool.h>

#include <astro/provider.h>

#include "engine.h"

enum flow {
	FLOW_BROWSER,
	FLOW_LINK,  /* print the link; callback or pasted address finishes */
	FLOW_DEVICE /* a code for another device (RFC 8628) */
};

/* What is known of the surroundings. */
struct flow_facts {
	enum engine_flow asked;
	bool terminal; /* somebody can be asked */
	bool no_input;
	bool driven;          /* by another program: login --json */
	bool device_offered;  /* the server has the device grant */
	bool browser_named;   /* ASTRO_BROWSER or BROWSER */
	bool browser_refused; /* ... is "none" */
	bool editor;          /* inside VS Code, which opens addresses */
	bool display;         /* DISPLAY or WAYLAND_DISPLAY */
	bool ssh;             /* SSH_CONNECTION */
	bool container;
	bool wsl;
	bool ci;
};

/* What was decided, and why it is no browser ("over SSH"); WHY is NULL where
 * it goes without saying. */
struct flow_choice {
	enum flow flow;
	const char *why;
};

/* All but device_offered, which is false. */
void flow_facts_gather(struct flow_facts *facts, const struct engine_job *job);
/*
 * ASTRO_EXPIRED, at once, where nobody could finish it: the hint names
 * --token-login -, ASTRO_API_TOKEN and --device.  ASTRO_UNSUPPORTED: a device
 * code was asked for, and the server has none.
 */
int flow_select(const struct flow_facts *facts, struct flow_choice *out,
                struct astro_error *err);

#endif
