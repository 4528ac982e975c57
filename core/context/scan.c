/* SPDX-License-Identifier: Apache-2.0 */
/* What libyaml is not asked: the bytes before it sees them, and the rest. */
#include "scan.h"

#include <string.h>

#include "error.h"
#include "text.h"

static int refuse_byte(const struct scan *scan, size_t at, const char *what)
{
	const char *bytes = scan->tree->bytes;
	size_t line = 1, start = scan->tree->body, i;

	for (i = start; i < at; i++) {
		if (bytes[i] != '\n')
			continue;
		line++;
		start = i + 1;
	}
	return error_set(scan->err, ASTRO_BAD_CONFIG, NULL, "%s:%zu:%zu: %s",
	                 scan->name, line, at - start + 1, what);
}

static bool is_control(unsigned code)
{
	return (code < 0x20 && code != '\t' && code != '\n' && code != '\r') ||
	       (code >= 0x7F && code <= 0x9F && code != 0x85);
}

static int check_bytes(const struct scan *scan)
{
	struct tree *tree = scan->tree;
	size_t at = tree->body;

	while (at < tree->len) {
		unsigned char byte = (unsigned char)tree->bytes[at];
		unsigned code;
		size_t count;

		if (byte >= 0x20 && byte < 0x7F) {
			at++;
			continue;
		}
		count = text_character(tree->bytes + at, tree->len - at, &code);
		if (count == 0)
			return refuse_byte(scan, at, "this is not UTF-8");
		if (is_control(code))
			return refuse_byte(
				scan, at, "control characters are not allowed");
		if (code == 0x85 || code == 0x2028 || code == 0x2029 ||
		    (code == '\r' &&
		     (at + 1 == tree->len || tree->bytes[at + 1] != '\n')))
			tree->has_odd_lines = true;
		at += count;
	}
	return ASTRO_OK;
}

/* libyaml compares every %TAG with all before it; none is needed here. */
static int check_directives(const struct scan *scan)
{
	const struct tree *tree = scan->tree;
	const char *end = tree->bytes + tree->len;
	const char *line = tree->bytes + tree->body;
	bool seen = false;

	while (line < end) {
		const char *stop = memchr(line, '\n', (size_t)(end - line));
		const char *at = line;

		if (stop == NULL)
			stop = end;
		while (at < stop && (*at == ' ' || *at == '\t' || *at == '\r'))
			at++;
		if (line[0] == '%') {
			if (seen || stop - line < 6 ||
			    memcmp(line, "%YAML ", 6) != 0)
				return refuse_byte(
					scan, (size_t)(line - tree->bytes),
					"no directive but one %YAML is "
					"allowed");
			seen = true;
		} else if (at < stop && *at != '#') {
			return ASTRO_OK;
		}
		line = stop + 1;
	}
	return ASTRO_OK;
}

/* What follows the document may be comments, nothing else. */
int scan_rest(const struct scan *scan, size_t at)
{
	const struct tree *tree = scan->tree;
	const char *bytes = tree->bytes;

	while (at < tree->len) {
		bool is_first = at == tree->body || bytes[at - 1] == '\n';

		if (bytes[at] == '#') {
			const char *stop =
				memchr(bytes + at, '\n', tree->len - at);

			if (stop == NULL)
				return ASTRO_OK;
			at = (size_t)(stop - bytes);
		} else if (is_first && tree->len - at >= 3 &&
		           memcmp(bytes + at, "...", 3) == 0) {
			at += 3;
		} else if (strchr(" \t\r\n", bytes[at]) != NULL) {
			at++;
		} else {
			return refuse_byte(scan, at, "more than one document");
		}
	}
	return ASTRO_OK;
}

int scan_bytes(const struct scan *scan)
{
	struct tree *tree = scan->tree;
	int status;

	if (tree->len > TREE_BYTES_MAX)
		return error_set(scan->err, ASTRO_BAD_CONFIG, NULL,
		                 "%s: larger than 16 MiB", scan->name);
	if (tree->len >= 3 && memcmp(tree->bytes, "\xEF\xBB\xBF", 3) == 0)
		tree->body = 3;
	status = check_bytes(scan);
	return status == ASTRO_OK ? check_directives(scan) : status;
}
