/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a provider's program has without seeing it: secrets, answers of servers
 * and credentials, under names of its own choice.
 */
#ifndef CORE_ENGINE_EXEC_SHELF_H
#define CORE_ENGINE_EXEC_SHELF_H

#include <stdbool.h>
#include <stddef.h>

#include <astro/provider.h>

enum { SHELF_NAME_MAX = 64, SHELF_THINGS_MAX = 64 };

/* The name of the credential that an operation is about: lent, and no name for
 * the program to give. */
#define SHELF_LOGIN "login"

/* One of the three is set. */
struct thing {
	char name[SHELF_NAME_MAX + 1];
	struct astro_secret *secret;
	struct astro_response *answer;
	struct astro_credential *credential;
	/* Somebody else's, for the running operation. */
	const struct astro_credential *lent;
};

struct shelf {
	const struct astro_host *host; /* whose functions free the things */
	struct thing things[SHELF_THINGS_MAX + 1]; /* one may be lent */
	size_t count;
};

/* [A-Za-z0-9_.-]{1,64} */
bool shelf_name_is_plain(const char *name);
/* NULL when there is none. */
const struct thing *shelf_find(const struct shelf *shelf, const char *name);
/*
 * THING is taken over, and replaces the one of its name; freed when there are
 * too many (ASTRO_BAD_PLUGIN).
 */
int shelf_put(struct shelf *shelf, const struct thing *thing,
              struct astro_error *err);
void shelf_remove(struct shelf *shelf, const char *name);
void shelf_clear(struct shelf *shelf);

#endif
