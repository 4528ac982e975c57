/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A host for one provider, without a network, a terminal or a clock: a script
 * says what servers and the person answer.  It counts what is lent out, and
 * remembers what it was told.
 */
#ifndef TESTS_SUPPORT_FAKE_HOST_H
#define TESTS_SUPPORT_FAKE_HOST_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

/* Every secret that the script gives out has this in it. */
#define FAKE_CANARY "canary-"

/* The answer to a request whose address has URL in it and whose GraphQL query,
 * if any, has QUERY in it (NULL: any). */
struct fake_route {
	const char *url;
	const char *query;
	int status;
	const char *body;
};

/* What the person answers under KEY. */
struct fake_answer {
	const char *key;
	const char *text;
};

struct fake_script {
	const char *domain;
	const struct fake_route *routes;   /* ended by url NULL */
	const struct fake_answer *answers; /* ended by key NULL */
	const char *given;                 /* the key answered in advance */
	bool has_docker;
};

struct fake_host {
	struct astro_host table; /* give this to open() */
	const struct astro_settings *settings;
	const struct fake_script *script;

	/* Fallible calls so far; number FAIL_AT fails with FAIL_STATUS. */
	size_t calls, fail_at;
	int fail_status;
	bool failure_may_pass; /* it was browse(): no reason to stop */
	/* Answers so far; number SPOIL_AT is this one instead. */
	size_t responses, spoil_at;
	int spoil_status;
	const char *spoil_body;

	/* What is lent out. */
	long secrets, credentials, live_responses;
	bool is_closed;       /* set it after close() */
	bool called_too_late; /* ... and it was called all the same */
	bool told_a_secret;   /* a canary in a message, a log line or a hint */
	bool is_kept;         /* store_put() was called */
	/* What registry_login() was told last; "" is never. */
	char registry[300], registry_user[64];
	bool registry_has_secret;
};

void fake_host_init(struct fake_host *fake, const struct fake_script *script);
void fake_host_clear(struct fake_host *fake);

/* Rows that were added to a listing; free with fake_listing_free(). */
struct astro_listing *fake_listing_new(void);
size_t fake_listing_count(const struct astro_listing *listing);
void fake_listing_free(struct astro_listing *listing);

#endif
