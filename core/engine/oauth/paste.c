/* SPDX-License-Identifier: Apache-2.0 */
/* Finds the answer in a pasted line, and judges it as the callback would. */
#include "paste.h"

#include <stdbool.h>
#include <string.h>

#include "address.h"
#include "answer.h"
#include "domain.h"
#include "error.h"
#include "http.h"
#include "secret.h"
#include "text.h"
#include "url.h"

/* How long a code is that could also be a word typed by mistake, or the
 * number of a row. */
enum { LINE_MAX_BYTES = 65536, WORD_MAX = 15, NUMBER_MAX = 3 };

static int unusable(struct astro_error *err, const char *what)
{
	return error_set(err, ASTRO_NOT_FOUND, NULL, "%s", what);
}

/* Without blanks, quotes and angle brackets around it. */
static bool trim(struct text *out, const char *line)
{
	static const char around[] = " \t\r\n\"'<>";
	size_t len;

	line += strspn(line, around);
	len = strlen(line);
	while (len > 0 && strchr(around, line[len - 1]) != NULL)
		len--;
	return text_add(out, line, len);
}

/* The redirect address by any of this machine's own names. */
static bool address_is_ours(const char *address,
                            const struct url_parts *redirect)
{
	struct url_parts parts;
	bool is_ours;

	if (url_parts_get(address, &parts, NULL) != ASTRO_OK)
		return false;
	is_ours = strcmp(parts.scheme, redirect->scheme) == 0 &&
	          domain_is_loopback(parts.host) &&
	          parts.port == redirect->port &&
	          strcmp(parts.path, redirect->path) == 0;
	/* It has the code. */
	if (parts.query != NULL)
		explicit_bzero(parts.query, strlen(parts.query));
	url_parts_clear(&parts);
	return is_ours;
}

/* Letters alone, or a few characters of any kind. */
static bool is_slip(const char *line, size_t len)
{
	size_t letters = 0;

	while ((line[letters] >= 'a' && line[letters] <= 'z') ||
	       (line[letters] >= 'A' && line[letters] <= 'Z'))
		letters++;
	return len <= NUMBER_MAX || (len <= WORD_MAX && letters == len);
}

/* Some pages show the code alone.  It has no state to check, but the verifier
 * redeems only a code that was made for this very login (RFC 7636, 4.6). */
static bool is_bare_code(const char *line)
{
	size_t len = strlen(line);

	return len <= ANSWER_CODE_MAX && !is_slip(line, len) &&
	       text_is_visible(line, len) &&
	       strpbrk(line, " ?=&:#%\"\\") == NULL &&
	       (strchr(line, '/') == NULL || strchr(line, '.') == NULL);
}

static bool wrap_code(struct text *line, const struct answer_expected *expected)
{
	const char *issuer = expected->issuer;
	struct text query;
	bool ok;

	text_init(&query, LINE_MAX_BYTES);
	ok = url_add_query(&query, "code", line->bytes, NULL) == ASTRO_OK &&
	     url_add_query(&query, "state", expected->state, NULL) ==
	             ASTRO_OK &&
	     (issuer == NULL ||
	      url_add_query(&query, "iss", issuer, NULL) == ASTRO_OK);
	if (ok) {
		text_clear(line);
		*line = query;
	} else {
		text_clear(&query);
	}
	return ok;
}

/* The query in the trimmed LINE, which is cut at a fragment; NULL: there is
 * none, and ERR says so. */
static const char *find_query(struct text *line,
                              const struct url_parts *redirect,
                              struct astro_error *err)
{
	static const char scheme[] = "http://";
	char *fragment = strchr(line->bytes, '#');
	const char *mark;
	struct text address;
	bool is_ours;

	if (fragment != NULL)
		*fragment = '\0';
	mark = strchr(line->bytes, '?');
	if (mark == line->bytes)
		return mark + 1;
	if (mark == NULL) {
		if (strchr(line->bytes, '=') != NULL &&
		    strchr(line->bytes, '/') == NULL)
			return line->bytes;
		(void)unusable(err, "that has no code in it; paste the whole "
		                    "address");
		return NULL;
	}
	/* Browsers show and copy it without the scheme. */
	text_init(&address, LINE_MAX_BYTES + sizeof(scheme));
	is_ours = (strstr(line->bytes, "://") != NULL ||
	           text_add_string(&address, scheme)) &&
	          text_add_string(&address, line->bytes) &&
	          address_is_ours(address.bytes, redirect);
	text_clear(&address);
	if (is_ours)
		return mark + 1;
	(void)unusable(err, "that is not the address that this login ends on");
	return NULL;
}

static bool has_answer(const char *query)
{
	char value[2];

	return query_get(query, "code", value, sizeof(value)) != 0 ||
	       query_get(query, "error", value, sizeof(value)) != 0;
}

/* Something that is no answer at all may be pasted by mistake. */
static int foreign(const char *query, const char *why, struct astro_error *err)
{
	if (!has_answer(query))
		return unusable(err, "that has no code in it; paste the whole "
		                     "address");
	return error_set(err, ASTRO_UNSAFE,
	                 "run `astro login` again, and paste the address that "
	                 "its own link leads to",
	                 "the pasted address does not belong to this login: %s",
	                 why);
}

int paste_read(const struct astro_secret *line,
               const struct paste_expected *expected,
               struct astro_secret **query, struct astro_error *err)
{
	const char *found;
	struct text text;
	int status = ASTRO_NOT_FOUND;

	*query = NULL;
	text_init(&text, LINE_MAX_BYTES);
	if (!trim(&text, secret_bytes(line, NULL))) {
		status = unusable(err, "that is too long to be an address");
		goto out;
	}
	if (is_bare_code(text.bytes) && !wrap_code(&text, &expected->answer)) {
		status = error_no_memory(err);
		goto out;
	}
	found = find_query(&text, expected->redirect, err);
	if (found == NULL)
		goto out;
	switch (answer_judge(found, &expected->answer)) {
	case ANSWER_GOOD:
		status = secret_new(found, strlen(found), query, err);
		break;
	case ANSWER_MALFORMED:
		status = unusable(err, "that has no code in it; paste the "
		                       "whole address");
		break;
	case ANSWER_FOREIGN:
		status = foreign(found, "its state is another", err);
		break;
	case ANSWER_OTHER_ISSUER:
		status = foreign(found,
		                 "the server that it comes from is another, or "
		                 "is not named (iss)",
		                 err);
		break;
	}
out:
	text_clear(&text);
	return status;
}
