/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's one door.  libastro-engine.so holds everything that talks
 * (libcurl, the callback server, JOSE); the executable dlopens it in a
 * supervised child when a command needs it.
 */
#ifndef CORE_ENGINE_ENGINE_H
#define CORE_ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <astro/provider.h>

#define ENGINE_FILE "libastro-engine.so"
#define ENGINE_SYMBOL "astro_engine_v1"

enum engine_task {
	ENGINE_LOGIN, /* reports: see login.c */
	/* List them with the answer "token", of the answer "organization",
	 * else the context's.  Values "id", "name" in turn, "current". */
	ENGINE_WORKSPACES,
	/* The same, and select one (answer "workspace", else a menu), keep. */
	ENGINE_SELECT,
	/* A token that is good for min_valid: the stored one, else refreshed.
	 * Reports the values "token", "expiry" (unix seconds; absent when not
	 * known to end) and "note"s. */
	ENGINE_TOKEN,
	/* Revoke (unless `local`) and erase; reports: see logout.h. */
	ENGINE_LOGOUT,
	/* Move the login to `store`.  Reports "from" and "to". */
	ENGINE_MOVE,
	/* Describe the providers, or `provider`; reports: see catalogue.h. */
	ENGINE_PROVIDERS,
	/* Look at what a login needs; reports: see doctor/doctor.h. */
	ENGINE_DOCTOR
};

/* How an OAuth login reaches the person's browser. */
enum engine_flow {
	ENGINE_FLOW_AUTO,
	ENGINE_FLOW_LINK,
	ENGINE_FLOW_DEVICE,
	ENGINE_FLOW_TOKEN, /* `oauth` of software: ask for a token */
};

/* An answer given in advance: TEXT or SECRET under a question's key. */
struct engine_answer {
	const char *key;
	const char *text;
	const struct astro_secret *secret;
};

/* What to do.  Borrowed; the engine copies what it keeps. */
struct engine_job {
	enum engine_task task;
	enum engine_flow flow;
	const char *name; /* the context's canonical name */
	bool is_issuer;
	const char *provider; /* --provider, or NULL: find out */
	const char *store;    /* --store, or NULL: the context's, or the file */
	int64_t min_valid;    /* ENGINE_TOKEN: seconds, 0: the usual margin */
	bool local;           /* ENGINE_LOGOUT: tell no server */
	bool end_session;     /* ENGINE_LOGOUT: the browser's session, too */
	bool for_good; /* ENGINE_LOGOUT: the context itself will go, and its
	                * client's secret with it */
	bool replaced; /* ENGINE_DOCTOR: ASTRO_API_TOKEN is used instead of the
	                * stored login */
	const struct engine_answer *answers;
	size_t answer_count;
	int64_t deadline; /* for the person, on clock_boot() */
	bool no_input;
	bool json; /* events on standard output, answers from standard input */
	bool verbose;
	/* The engine's own: where the events of `json` go; 0: standard output.
	 */
	int events_fd;
	const char *library_folder; /* where libastro-engine.so lies */
};

/*
 * Do it, report on REPORT_FD (report.h), return the exit code for _exit().
 * Values reported by a login: "name", "provider", "account", "workspace",
 * "organization", "expiry" (unix seconds), "registry" (a line on what
 * Docker was given), and "note" lines.
 */
typedef int engine_main(const struct engine_job *job, int report_fd);
ASTRO_EXPORT engine_main astro_engine_v1;

#endif
