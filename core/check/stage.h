/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The host of a trial: one table for each session, the servers and the person
 * made up, everything counted that is lent out.  What is asked of a provider
 * and shows here is told at once.
 */
#ifndef CORE_CHECK_STAGE_H
#define CORE_CHECK_STAGE_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

#include "server.h"

struct stage;

/* How the person answers. */
enum host_person {
	PERSON_WILLING,
	PERSON_SILENT, /* just Enter */
	PERSON_ODD,    /* control characters, and text that is not ASCII */
	PERSON_WORDY   /* 4 KiB */
};

/* What a trial plays to the provider. */
struct host_plan {
	const char *name;  /* the provider's */
	const char *given; /* the key that is answered in advance, or NULL */
	bool nobody;       /* can be asked */
	enum host_person person;
	size_t fail_call; /* this fallible call fails, 0: none */
	int fail_status;
	enum server_lie lie;
	size_t lie_answer; /* in this answer, 0: in every one */
};

struct exec_program;

struct host_row {
	char *id, *name;
};
struct astro_listing {
	struct stage *stage;
	size_t count;
};
struct astro_settings {
	struct stage *stage;
};
/* The one first argument: a session's own. */
struct astro_core {
	struct stage *stage;
	struct astro_host table;
	bool is_closed;
};

enum { STAGE_CORES = 4, STAGE_OBJECTS = 512 };

enum stage_kind { STAGE_SECRET, STAGE_RESPONSE, STAGE_CREDENTIAL };

/* Everything that the sessions of one trial share. */
struct stage {
	const struct host_plan *plan;
	const struct script *script;
	int report_fd;
	/* The provider is a program: this one, once it has been started. */
	bool is_program;
	struct exec_program *program;
	bool is_faulty;       /* what is wrong with it has been told */
	bool has_failed;      /* an operation has ended with a failure */
	bool was_killed;      /* a run of it did not end by itself */
	char last_words[160]; /* of its standard error, to be shown */
	struct astro_core cores[STAGE_CORES];
	size_t core_count;
	struct astro_settings settings;
	char domain[80];
	int64_t now;

	/* The operation under way, and calls so far. */
	const char *operation;
	size_t calls, answers, questions, requests, lines, rows;
	bool wants_token; /* the person may give one in advance */
	/* What plan->fail_call was, once it has failed. */
	const char *failed;
	bool failure_may_pass; /* it is no reason to stop */

	struct {
		enum stage_kind kind;
		const void *object;
		/* Handed to the caller: he gives it back. */
		bool is_callers;
	} objects[STAGE_OBJECTS];
	size_t object_count;
	/* What store_put() was given last. */
	struct astro_credential *kept;
};

/* "timed out", for people. */
const char *status_name(int status);

/* There is one in a process: some of the host's functions have no argument to
 * find it by. */
void stage_open(struct stage *stage, const struct host_plan *plan,
                const struct script *script, int report_fd);
/* A table for one more session. */
struct astro_core *stage_core(struct stage *stage);
/* Tell of what was not given back. */
void stage_settle(struct stage *stage);
void stage_close(struct stage *stage);

/* For host_*.c. */
struct stage *stage_now(void);
/* Of a function that has no first argument: late when nobody is open. */
void stage_notice(const char *function);
/* One fallible call by CORE: ASTRO_OK, or the failure that is planned. */
int stage_step(struct astro_core *core, const char *function,
               struct astro_error *err);
/* TEXT, which comes from the provider, must hold no secret. */
void stage_inspect(const char *where, const char *text);
int stage_misuse(const char *function, struct astro_error *err);
/* The same, and FAULT says which argument (as abi.h does), or is NULL. */
int stage_blame(const char *function, const char *fault,
                struct astro_error *err);
/* URL, for WHAT ("a request"), must be one that the host goes to: https, or
 * this machine's. */
void stage_judge_address(const char *what, const char *url);
/* Too much of it: *COUNT is beyond MAX.  Told once. */
bool stage_is_endless(size_t *count, size_t max, const char *what);
void stage_lend(enum stage_kind kind, const void *object);
/* False, and told, when it is not lent out. */
bool stage_knows(enum stage_kind kind, const void *object,
                 const char *function);
bool stage_take_back(enum stage_kind kind, const void *object,
                     const char *function);
/* The provider has given OBJECT to us. */
void stage_hand_over(const void *object);

void host_fill_network(struct astro_host *host);
void host_fill_credentials(struct astro_host *host);
void host_fill_person(struct astro_host *host);

#endif
