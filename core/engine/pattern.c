/* SPDX-License-Identifier: Apache-2.0 */
/* POSIX extended regular expressions for whole domains. */
#include "pattern.h"

#include <regex.h>
#include <string.h>

enum { PATTERN_SIZE_MAX = 512 };

int pattern_match(const char *pattern, const char *domain)
{
	regmatch_t match;
	regex_t regex;
	int result;

	if (strnlen(pattern, PATTERN_SIZE_MAX) == PATTERN_SIZE_MAX ||
	    regcomp(&regex, pattern, REG_EXTENDED) != 0)
		return -1;
	result = regexec(&regex, domain, 1, &match, 0);
	regfree(&regex);
	/* Anchored, whether the pattern says so or not. */
	return result == 0 && match.rm_so == 0 && domain[match.rm_eo] == '\0'
	               ? 1
	               : 0;
}
