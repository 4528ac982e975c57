/* SPDX-License-Identifier: Apache-2.0 */
/* One trial: a child of its own, in which the provider is loaded (or started)
 * and played to, and which may do anything. */
#ifndef CORE_CHECK_TRIAL_H
#define CORE_CHECK_TRIAL_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

#include "findings.h"
#include "provider_file.h"
#include "stage.h"

enum trial_kind {
	TRIAL_FILE,   /* read it, run nothing */
	TRIAL_LOAD,   /* load it */
	TRIAL_UNLOAD, /* ... and unload it */
	TRIAL_CLOSE_NOTHING,
	TRIAL_OPEN,
	TRIAL_LOGIN,
	TRIAL_TWICE, /* two logins, one after the other */
	TRIAL_TWO    /* two at once */
};

struct trial {
	enum trial_kind kind;
	enum provider_kind provider_kind;
	const char *file;
	const struct script *script;
	struct host_plan plan;
	size_t fail_allocation; /* of the provider's own, 0: none */
	size_t kept_blocks;     /* that a login may leave: it keeps them */
	const char *when;       /* for people */
};

/* What became of it, besides the findings. */
struct trial_result {
	bool is_dead, is_hung; /* it did not come to its end */
	int status;            /* of the login */
	char message[FINDING_TEXT_MAX];
	char title[80];
	size_t calls, answers, allocations, blocks;
	bool wants_token; /* one may be given in advance */
};

/* Run it.  ASTRO_OK whatever the provider did; ASTRO_CANCELLED after ^C, or
 * what keeps a child from being had. */
int trial_run(const struct trial *trial, struct findings *findings,
              struct trial_result *out, struct astro_error *err);

#endif
