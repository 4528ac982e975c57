/* SPDX-License-Identifier: Apache-2.0 */
/* Which of several workspaces. */
#include "selection.h"

#include <stdlib.h>
#include <string.h>

#include "core.h"
#include "error.h"
#include "host.h"

int selection_pick(struct astro_core *core, const struct astro_listing *listing,
                   const char *current, const struct listing_row **out,
                   struct astro_error *err)
{
	const struct engine_answer *answer = core_answer(core, "workspace");
	struct astro_menu menu = {
		.size = sizeof(menu),
		.key = "workspace",
		.label = "Choose a workspace",
		.count = listing->count,
		.current = current,
	};
	struct astro_item *items;
	size_t i, picked = 0;
	int status;

	*out = NULL;
	if (listing->count == 0 && answer == NULL)
		return error_set(err, ASTRO_NOT_FOUND, NULL,
		                 "this account has no workspace");
	items = calloc(listing->count + 1, sizeof(*items));
	if (items == NULL)
		return error_no_memory(err);
	for (i = 0; i < listing->count; i++) {
		items[i].id = listing->rows[i].id;
		items[i].name = listing->rows[i].name;
	}
	menu.items = items;
	if (answer != NULL)
		status =
			core_match(answer, items, listing->count, &picked, err);
	else
		status = core->host.choose(core, &menu, &picked, err);
	free(items);
	if (status != ASTRO_OK)
		return status;
	*out = &listing->rows[picked];
	return ASTRO_OK;
}

static const char *stored(const struct astro_core *core, const char *key)
{
	return core->settings.context == NULL
	               ? NULL
	               : context_value(core->settings.context, key);
}

static const struct listing_row *find_row(const struct astro_listing *listing,
                                          const char *id)
{
	size_t i;

	for (i = 0; id != NULL && i < listing->count; i++)
		if (strcmp(listing->rows[i].id, id) == 0)
			return &listing->rows[i];
	return NULL;
}

int selection_settle(struct astro_core *core,
                     const struct astro_listing *listing,
                     const struct listing_row **out, const char **note,
                     struct astro_error *err)
{
	int status;

	*out = NULL;
	*note = NULL;
	if (core_answer(core, "workspace") != NULL)
		return selection_pick(core, listing, NULL, out, err);
	if (listing->count == 0)
		return ASTRO_OK;
	if (listing->count == 1) {
		*out = &listing->rows[0];
		return ASTRO_OK;
	}
	*out = find_row(listing, stored(core, "last_used_workspace"));
	if (*out == NULL)
		*out = find_row(listing, stored(core, "workspace"));
	if (*out != NULL)
		return ASTRO_OK;

	*note = "No default workspace detected; list them with `astro "
		"workspace list`, select one with `astro workspace switch`";
	if (!core->host.can_ask(core))
		return ASTRO_OK;
	status = selection_pick(core, listing, NULL, out, err);
	if (status == ASTRO_OK)
		*note = NULL;
	/* Three unusable answers: the login itself is good. */
	return status == ASTRO_NOT_FOUND ? ASTRO_OK : status;
}
