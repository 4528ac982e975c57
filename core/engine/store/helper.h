/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_STORE_HELPER_H
#define CORE_ENGINE_STORE_HELPER_H

#include <astro/provider.h>

struct text;

/* One run of a credential helper: docker-credential-NAME VERB. */
struct helper_run {
	const char *name;
	const char *verb;         /* "get", "store", "erase" */
	const struct text *input; /* its standard input; may hold secrets */
	struct text *output;      /* initialized; its max is the limit */
};

/*
 * Run it to its end: found on absolute entries of PATH, without a shell, in a
 * session of its own, with an environment of named variables only, within 10
 * seconds, or 60 where a person may have to type a passphrase.  Nothing is left
 * running.  *OUT is its exit status; ASTRO_STORE when it was not found, was
 * ended by a signal, took too long or said too much; ASTRO_BAD_CONFIG for a
 * name that makes no sense; ASTRO_CANCELLED.  SIGPIPE must be ignored
 * (interrupt_install).
 */
int helper_run(const struct helper_run *run, int *out, struct astro_error *err);

#endif
