/* SPDX-License-Identifier: Apache-2.0 */
/* Things by their names. */
#include "shelf.h"

#include <string.h>

#include "error.h"

bool shelf_name_is_plain(const char *name)
{
	size_t len = strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                          "abcdefghijklmnopqrstuvwxyz0123456789_.-");

	return len >= 1 && len <= SHELF_NAME_MAX && name[len] == '\0';
}

static void clear(const struct shelf *shelf, struct thing *thing)
{
	shelf->host->secret_free(thing->secret);
	shelf->host->answer_free(thing->answer);
	shelf->host->credential_free(thing->credential);
	memset(thing, 0, sizeof(*thing));
}

static size_t position(const struct shelf *shelf, const char *name)
{
	size_t i;

	for (i = 0; i < shelf->count; i++)
		if (strcmp(shelf->things[i].name, name) == 0)
			break;
	return i;
}

const struct thing *shelf_find(const struct shelf *shelf, const char *name)
{
	size_t at = position(shelf, name);

	return at < shelf->count ? &shelf->things[at] : NULL;
}

int shelf_put(struct shelf *shelf, const struct thing *thing,
              struct astro_error *err)
{
	struct thing taken = *thing;
	size_t at = position(shelf, thing->name);

	if (at >= SHELF_THINGS_MAX && thing->lent == NULL) {
		clear(shelf, &taken);
		return error_set(err, ASTRO_BAD_PLUGIN,
		                 "forget what is not needed any more",
		                 "more than %d things are kept for the "
		                 "program",
		                 SHELF_THINGS_MAX);
	}
	if (at == shelf->count)
		shelf->count++;
	else
		clear(shelf, &shelf->things[at]);
	shelf->things[at] = taken;
	return ASTRO_OK;
}

void shelf_remove(struct shelf *shelf, const char *name)
{
	size_t at = position(shelf, name);

	if (at == shelf->count)
		return;
	clear(shelf, &shelf->things[at]);
	shelf->count--;
	memmove(&shelf->things[at], &shelf->things[at + 1],
	        (shelf->count - at) * sizeof(shelf->things[0]));
	memset(&shelf->things[shelf->count], 0, sizeof(shelf->things[0]));
}

void shelf_clear(struct shelf *shelf)
{
	while (shelf->count > 0)
		clear(shelf, &shelf->things[--shelf->count]);
}
