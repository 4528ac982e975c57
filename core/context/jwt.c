/* SPDX-License-Identifier: Apache-2.0 */
/* A JWT's payload: JSON, of which a few values at the top are wanted. */
#include "jwt.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base64.h"
#include "stamp.h"

bool jwt_open(struct jwt *jwt, const char *token, size_t len)
{
	static const char bearer[] = "Bearer ";
	const char *end = token + len, *first, *second;

	memset(jwt, 0, sizeof(*jwt));
	if (len >= sizeof(bearer) - 1 &&
	    strncasecmp(token, bearer, sizeof(bearer) - 1) == 0)
		token += sizeof(bearer) - 1;
	first = memchr(token, '.', (size_t)(end - token));
	if (first == NULL)
		return false;
	first++;
	second = memchr(first, '.', (size_t)(end - first));
	if (second == NULL)
		return false;

	jwt->size = (size_t)(second - first) / 4 * 3 + 4;
	jwt->payload = malloc(jwt->size);
	if (jwt->payload != NULL &&
	    base64_decode(first, (size_t)(second - first), jwt->payload,
	                  &len)) {
		jwt->payload[len] = '\0';
		return true;
	}
	jwt_close(jwt);
	return false;
}

void jwt_close(struct jwt *jwt)
{
	if (jwt->payload != NULL)
		explicit_bzero(jwt->payload, jwt->size);
	free(jwt->payload);
	memset(jwt, 0, sizeof(*jwt));
}

static const char *skip_blanks(const char *at)
{
	return at + strspn(at, " \t\r\n");
}

/* From behind a string's first quote to behind its last; NULL: no end. */
static const char *skip_string(const char *at)
{
	for (; *at != '"'; at++) {
		if (*at == '\\')
			at++;
		if (*at == '\0')
			return NULL;
	}
	return at + 1;
}

/* The first character of CLAIM's value; NULL when there is none. */
static const char *find(const struct jwt *jwt, const char *claim)
{
	const char *at = skip_blanks(jwt->payload);
	size_t len = strlen(claim);
	int depth = 0;

	if (*at != '{')
		return NULL;
	while (*at != '\0') {
		const char *text = at + 1;
		bool is_it;

		if (*at == '{' || *at == '[')
			depth++;
		if (*at == '}' || *at == ']')
			depth--;
		if (*at != '"') {
			at++;
			continue;
		}
		at = skip_string(text);
		if (at == NULL)
			return NULL;
		is_it = (size_t)(at - text) == len + 1 &&
		        memcmp(text, claim, len) == 0;
		at = skip_blanks(at);
		if (is_it && depth == 1 && *at == ':')
			return skip_blanks(at + 1);
	}
	return NULL;
}

bool jwt_time(const struct jwt *jwt, const char *claim, int64_t *seconds)
{
	const char *at = find(jwt, claim);

	if (at == NULL || !stamp_read_seconds(&at, seconds))
		return false;
	if (*at == '.')
		at += 1 + strspn(at + 1, "0123456789");
	/* "1e9" is a number that no server sends. */
	return *at != 'e' && *at != 'E';
}

bool jwt_has(const struct jwt *jwt, const char *claim)
{
	return find(jwt, claim) != NULL;
}

bool jwt_each(const struct jwt *jwt, const char *claim,
              bool (*take)(void *data, const char *text, size_t len),
              void *data)
{
	const char *at = find(jwt, claim), *text;

	if (at == NULL || *at != '[')
		return false;
	at = skip_blanks(at + 1);
	if (*at == ']')
		return true;
	while (*at == '"') {
		text = at + 1;
		at = skip_string(text);
		if (at == NULL || !take(data, text, (size_t)(at - 1 - text)))
			return false;
		at = skip_blanks(at);
		if (*at == ']')
			return true;
		if (*at != ',')
			return false;
		at = skip_blanks(at + 1);
	}
	return false;
}
