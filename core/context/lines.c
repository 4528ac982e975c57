/* SPDX-License-Identifier: Apache-2.0 */
/* The lines that a document's nodes stand on. */
#include "lines.h"

#include <string.h>

size_t lines_start(const struct tree *tree, size_t at)
{
	while (at > tree->body && tree->bytes[at - 1] != '\n')
		at--;
	return at;
}

size_t lines_after(const struct tree *tree, size_t at)
{
	const char *end;

	/* A block scalar has taken its line ends along. */
	if (at > tree->body && tree->bytes[at - 1] == '\n')
		return at;
	end = memchr(tree->bytes + at, '\n', tree->len - at);
	return end == NULL ? tree->len : (size_t)(end - tree->bytes) + 1;
}

bool lines_end_at(const struct tree *tree, size_t at)
{
	size_t end = at;

	if (at > tree->body && tree->bytes[at - 1] == '\n')
		return true;
	while (end < tree->len &&
	       (tree->bytes[end] == ' ' || tree->bytes[end] == '\t'))
		end++;
	if (end == tree->len || tree->bytes[end] == '\n' ||
	    tree->bytes[end] == '\r')
		return true;
	return tree->bytes[end] == '#' && (end > at || at == tree->body);
}

bool lines_begin_at(const struct tree *tree, size_t at)
{
	while (at > tree->body && tree->bytes[at - 1] == ' ')
		at--;
	return at == tree->body || tree->bytes[at - 1] == '\n';
}

const char *lines_ending(const struct tree *tree, size_t at)
{
	const char *end = NULL;

	if (at > tree->body && tree->bytes[at - 1] == '\n')
		end = tree->bytes + at - 1;
	else if (tree->len > tree->body)
		end = memchr(tree->bytes + tree->body, '\n',
		             tree->len - tree->body);
	if (end != NULL && end > tree->bytes + tree->body && end[-1] == '\r')
		return "\r\n";
	return "\n";
}
