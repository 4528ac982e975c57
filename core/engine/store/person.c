/* SPDX-License-Identifier: Apache-2.0 */
/* Whether a store that asks somebody to unlock it can be answered. */
#include "person.h"

#include <stdlib.h>
#include <string.h>

static bool is_set(const char *name)
{
	const char *value = getenv(name);

	return value != NULL && value[0] != '\0';
}

static bool is_ci(void)
{
	const char *value = getenv("CI");

	/* CI=false is what some people set to be rid of it. */
	return value != NULL && value[0] != '\0' &&
	       strcmp(value, "false") != 0 && strcmp(value, "0") != 0;
}

bool person_sees_dialogs(void)
{
	return !is_ci() && (is_set("DISPLAY") || is_set("WAYLAND_DISPLAY"));
}

bool person_can_type(void)
{
	return person_sees_dialogs() || (!is_ci() && is_set("GPG_TTY"));
}
