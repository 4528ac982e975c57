/* SPDX-License-Identifier: Apache-2.0 */
/* Which name was meant by a misspelt one. */
#include "spelling.h"

#include <stdint.h>
#include <string.h>

enum { NAME_MAX_BYTES = 32 };

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t spelling_distance(const char *a, const char *b)
{
	size_t cost[NAME_MAX_BYTES + 1][NAME_MAX_BYTES + 1];
	size_t a_len = strlen(a), b_len = strlen(b), i, k;

	if (a_len > NAME_MAX_BYTES || b_len > NAME_MAX_BYTES)
		return SIZE_MAX;
	for (i = 0; i <= a_len; i++)
		cost[i][0] = i;
	for (k = 0; k <= b_len; k++)
		cost[0][k] = k;
	for (i = 1; i <= a_len; i++) {
		for (k = 1; k <= b_len; k++) {
			size_t change = a[i - 1] == b[k - 1] ? 0 : 1;

			cost[i][k] = least(
				least(cost[i - 1][k] + 1, cost[i][k - 1] + 1),
				cost[i - 1][k - 1] + change);
			if (i > 1 && k > 1 && a[i - 1] == b[k - 2] &&
			    a[i - 2] == b[k - 1])
				cost[i][k] = least(cost[i][k],
				                   cost[i - 2][k - 2] + 1);
		}
	}
	return cost[a_len][b_len];
}

bool spelling_is_near(const char *typed, const char *name)
{
	size_t len = strlen(typed);

	/* Short names differ in one letter by chance. */
	return spelling_distance(typed, name) <= (len < 5 ? 1u : 2u);
}
