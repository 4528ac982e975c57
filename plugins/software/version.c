/* SPDX-License-Identifier: Apache-2.0 */
/* Which features a platform has goes by its version. */
#include "session.h"

#include <stdlib.h>

bool version_reaches(const char *version, unsigned long major,
                     unsigned long minor, unsigned long patch)
{
	const unsigned long wanted[] = {major, minor, patch};
	unsigned long number;
	char *end;
	size_t i;

	if (version == NULL)
		return true;
	for (i = 0; i < 3; i++) {
		number = strtoul(version, &end, 10);
		if (end == version)
			return true;
		if (number != wanted[i])
			return number > wanted[i];
		/* "0.29" is 0.29.0; what follows the third does not count. */
		if (*end != '.' && i < 2)
			return i > 0 && wanted[2] == 0;
		version = end + 1;
	}
	return true;
}
