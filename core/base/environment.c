/* SPDX-License-Identifier: Apache-2.0 */
/* The environment as programs that we start may have it. */
#include "environment.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "error.h"

enum { NAME_SIZE = 128 };

bool environment_is_secret(const char *variable)
{
	static const char *const words[] = {"TOKEN", "PASSWORD", "SECRET"};
	size_t len = strcspn(variable, "="), i;
	char name[NAME_SIZE];

	if (strncmp(variable, "ASTRO_", 6) != 0 &&
	    strncmp(variable, "ASTRONOMER_", 11) != 0)
		return false;
	if (len >= sizeof(name))
		return true;
	memcpy(name, variable, len);
	name[len] = '\0';
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strstr(name, words[i]) != NULL)
			return true;
	return false;
}

int environment_clean(const char ***out, struct astro_error *err)
{
	size_t count = 0, kept = 0, i;
	const char **clean;

	while (environ != NULL && environ[count] != NULL)
		count++;
	*out = clean = calloc(count + 1, sizeof(*clean));
	if (clean == NULL)
		return error_no_memory(err);
	for (i = 0; i < count; i++)
		if (!environment_is_secret(environ[i]))
			clean[kept++] = environ[i];
	return ASTRO_OK;
}

void environment_forget(const char *name)
{
	size_t len = strlen(name), i;

	/* The same name may be there twice. */
	for (i = 0; environ != NULL && environ[i] != NULL; i++) {
		char *value = environ[i] + len + 1;

		if (strncmp(environ[i], name, len) == 0 &&
		    environ[i][len] == '=')
			explicit_bzero(value, strlen(value));
	}
	(void)unsetenv(name);
}
