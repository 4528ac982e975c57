/* SPDX-License-Identifier: Apache-2.0 */
/* Programs to run: found without a shell and never in the working directory. */
#include "program.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_program(const char *path)
{
	return access(path, X_OK) == 0;
}

bool program_find(const char *program, char *out, size_t size)
{
	const char *at = getenv("PATH");

	if (program[0] == '/')
		return (size_t)snprintf(out, size, "%s", program) < size &&
		       is_program(out);
	if (strchr(program, '/') != NULL)
		return false;
	while (at != NULL && *at != '\0') {
		size_t len = strcspn(at, ":");

		if (at[0] == '/' &&
		    (size_t)snprintf(out, size, "%.*s/%s", (int)len, at,
		                     program) < size &&
		    is_program(out))
			return true;
		at += len;
		if (*at == ':')
			at++;
	}
	return false;
}
