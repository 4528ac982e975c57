/* SPDX-License-Identifier: Apache-2.0 */
#include "pasted.h"

#include <stdbool.h>
#include <string.h>
#include <strings.h>

/* Part of a secret's bytes; nothing is copied while it shrinks. */
struct part {
	const char *bytes;
	size_t len;
};

static bool byte_is_blank(char byte)
{
	return byte == ' ' || byte == '\t' || byte == '\r' || byte == '\n';
}

static void part_trim(struct part *part)
{
	while (part->len > 0 && byte_is_blank(part->bytes[0])) {
		part->bytes++;
		part->len--;
	}
	while (part->len > 0 && byte_is_blank(part->bytes[part->len - 1]))
		part->len--;
}

static void part_unquote(struct part *part)
{
	char first;

	if (part->len < 2)
		return;
	first = part->bytes[0];
	if ((first == '"' || first == '\'') &&
	    part->bytes[part->len - 1] == first) {
		part->bytes++;
		part->len -= 2;
	}
}

static void part_drop(struct part *part, const char *prefix)
{
	size_t len = strlen(prefix);

	if (part->len >= len && strncasecmp(part->bytes, prefix, len) == 0) {
		part->bytes += len;
		part->len -= len;
		part_trim(part);
	}
}

static bool part_is_token(const struct part *part)
{
	size_t i;

	for (i = 0; i < part->len; i++) {
		if (part->bytes[i] <= 0x20 || part->bytes[i] >= 0x7f)
			return false;
	}
	return true;
}

enum content { CONTENT_TOKEN, CONTENT_NOTHING, CONTENT_OTHER };

/* What SECRET is when all is off it that is no part of a token. */
static enum content find_token(const struct astro_host *host,
                               const struct astro_secret *secret,
                               struct part *out)
{
	out->bytes = host->secret_bytes(secret, &out->len);
	part_trim(out);
	part_unquote(out);
	part_trim(out);
	part_drop(out, "Authorization:");
	part_drop(out, "Bearer ");
	if (out->len == 0 ||
	    (out->len == 6 && strncasecmp(out->bytes, "Bearer", 6) == 0))
		return CONTENT_NOTHING;
	return part_is_token(out) ? CONTENT_TOKEN : CONTENT_OTHER;
}

int pasted_token(const struct astro_host *host,
                 const struct astro_secret *pasted, struct astro_secret **out,
                 struct astro_error *err)
{
	struct part part;

	*out = NULL;
	switch (find_token(host, pasted, &part)) {
	case CONTENT_TOKEN:
		break;
	case CONTENT_NOTHING:
		return host->fail(err, ASTRO_DENIED,
		                  "copy the whole token and try again",
		                  "no token was given");
	case CONTENT_OTHER:
		return host->fail(err, ASTRO_DENIED,
		                  "copy the whole token, and nothing else",
		                  "that is no token: it has blanks or control "
		                  "characters inside");
	}
	return host->secret_new(host->core, part.bytes, part.len, out, err);
}

int pasted_answer(const struct astro_host *host,
                  const struct astro_secret *answer, const char *server,
                  struct astro_secret **out, struct astro_error *err)
{
	struct part part;

	*out = NULL;
	if (find_token(host, answer, &part) != CONTENT_TOKEN)
		return host->fail(err, ASTRO_BAD_ANSWER, NULL,
		                  "%s answered with something that is no "
		                  "token",
		                  server);
	return host->secret_new(host->core, part.bytes, part.len, out, err);
}
