/* SPDX-License-Identifier: Apache-2.0 */
/* Names and addresses of LDAP, where they come from people. */
#include "name.h"

#include <stdio.h>
#include <string.h>

static bool add(char *out, size_t size, size_t *len, const char *text,
                size_t count)
{
	if (*len + count >= size)
		return false;
	memcpy(out + *len, text, count);
	*len += count;
	out[*len] = '\0';
	return true;
}

/* Everything but letters, digits and harmless signs in hexadecimal: the RFC
 * allows that for any byte, so that no position is special. */
static bool add_escaped(char *out, size_t size, size_t *len, const char *user)
{
	static const char harmless[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789._-@";
	char code[4];

	for (; *user != '\0'; user++) {
		bool ok;

		if (strchr(harmless, *user) != NULL) {
			ok = add(out, size, len, user, 1);
		} else {
			(void)snprintf(code, sizeof(code), "\\%02x",
			               (unsigned char)*user);
			ok = add(out, size, len, code, 3);
		}
		if (!ok)
			return false;
	}
	return true;
}

bool name_fill(const char *pattern, const char *user, char *out, size_t size)
{
	const char *place = strstr(pattern, "%s");
	size_t len = 0;

	return place != NULL && strstr(place + 2, "%s") == NULL &&
	       add(out, size, &len, pattern, (size_t)(place - pattern)) &&
	       add_escaped(out, size, &len, user) &&
	       add(out, size, &len, place + 2, strlen(place + 2));
}

static bool is_host(const char *rest, const char *host)
{
	size_t len = strlen(host);

	return strncmp(rest, host, len) == 0 && strchr(":/", rest[len]) != NULL;
}

bool name_is_safe_address(const char *address)
{
	/* The library takes a list of them. */
	if (strpbrk(address, " ,") != NULL)
		return false;
	if (strncmp(address, "ldaps://", 8) == 0 ||
	    strncmp(address, "ldapi://", 8) == 0)
		return true;
	return strncmp(address, "ldap://", 7) == 0 &&
	       (is_host(address + 7, "localhost") ||
	        is_host(address + 7, "127.0.0.1") ||
	        is_host(address + 7, "[::1]"));
}
