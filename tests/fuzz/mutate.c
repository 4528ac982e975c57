/* SPDX-License-Identifier: Apache-2.0 */
#include "mutate.h"

#include <string.h>

enum { CHANGES_MAX = 6, PIECE_MAX = 64 };

struct mutant {
	uint64_t chance;
	uint8_t *bytes;
	size_t len, room;
};

static uint64_t next(struct mutant *mutant)
{
	uint64_t mixed = mutant->chance += 0x9E3779B97F4A7C15u;

	/* Steele, Lea and Flood's splitmix64: near numbers, far results. */
	mixed = (mixed ^ mixed >> 30) * 0xBF58476D1CE4E5B9u;
	mixed = (mixed ^ mixed >> 27) * 0x94D049BB133111EBu;
	return mixed ^ mixed >> 31;
}

static size_t below(struct mutant *mutant, size_t limit)
{
	return limit == 0 ? 0 : (size_t)(next(mutant) % limit);
}

/* DROP bytes at AT become LEN others, as far as there is room. */
static void replace(struct mutant *mutant, size_t at, size_t drop,
                    const uint8_t *bytes, size_t len)
{
	size_t rest;

	if (drop > mutant->len - at)
		drop = mutant->len - at;
	if (len > mutant->room - (mutant->len - drop))
		len = mutant->room - (mutant->len - drop);
	rest = mutant->len - at - drop;
	memmove(mutant->bytes + at + len, mutant->bytes + at + drop, rest);
	if (len > 0)
		memcpy(mutant->bytes + at, bytes, len);
	mutant->len = at + len + rest;
}

/* A number as it stands in a header, at the limits of its type. */
static void put_number(struct mutant *mutant)
{
	static const uint64_t odd[] = {
		0,          1,         0x7f,       0x80,       0xff,
		0x7fff,     0x8000,    0xffff,     0x7fffffff, 0x80000000,
		0xffffffff, INT64_MAX, UINT64_MAX, 0x1000,     0x10000};
	static const size_t widths[] = {1, 2, 4, 8};
	uint64_t number = odd[below(mutant, sizeof(odd) / sizeof(*odd))];
	size_t width = widths[below(mutant, 4)], at;
	uint8_t bytes[sizeof(number)];

	number += below(mutant, 5) - 2;
	memcpy(bytes, &number, sizeof(number));
	at = below(mutant, mutant->len) / width * width;
	replace(mutant, at, width, bytes, width);
}

static void put_token(struct mutant *mutant)
{
	static const char *const tokens[] = {"\n",
	                                     "\r\n",
	                                     "\t",
	                                     "\"",
	                                     "\\",
	                                     "\\u0000",
	                                     "\\ud800",
	                                     "{",
	                                     "}",
	                                     "[",
	                                     "]",
	                                     ":",
	                                     ",",
	                                     ": ",
	                                     "- ",
	                                     "#",
	                                     "'",
	                                     "&a ",
	                                     "*a",
	                                     "!!str ",
	                                     "|\n",
	                                     "? ",
	                                     "---",
	                                     "%",
	                                     "%0a",
	                                     "%00",
	                                     "=",
	                                     "&",
	                                     "/",
	                                     "..",
	                                     "@",
	                                     "https://",
	                                     "\x1b",
	                                     "\x7f",
	                                     "\xc3",
	                                     "\xff\xfe",
	                                     "\xed\xa0\x80",
	                                     "\xe2\x80\xae",
	                                     "null",
	                                     "true",
	                                     "1e999",
	                                     "-0",
	                                     "$ORIGIN",
	                                     "astro_provider_v1"};
	const char *token =
		tokens[below(mutant, sizeof(tokens) / sizeof(*tokens))];

	replace(mutant, below(mutant, mutant->len + 1), below(mutant, 3),
	        (const uint8_t *)token, strlen(token));
}

/* A part of FROM, over what is there or between it. */
static void put_piece(struct mutant *mutant, const struct piece *from)
{
	uint8_t bytes[PIECE_MAX];
	size_t start = below(mutant, from->len + 1);
	size_t len = below(mutant, PIECE_MAX + 1);

	if (len > from->len - start)
		len = from->len - start;
	memcpy(bytes, from->bytes + start, len);
	replace(mutant, below(mutant, mutant->len + 1), below(mutant, 2) * len,
	        bytes, len);
}

static void change(struct mutant *mutant, const struct piece *other)
{
	size_t at = below(mutant, mutant->len);
	struct piece self = {mutant->bytes, mutant->len};
	uint8_t byte = (uint8_t)next(mutant);

	switch (below(mutant, 9)) {
	case 0:
		if (mutant->len > 0)
			mutant->bytes[at] ^= (uint8_t)(1u << (byte & 7));
		break;
	case 1:
		replace(mutant, at, 1, &byte, 1);
		break;
	case 2:
		replace(mutant, at, 0, &byte, 1);
		break;
	case 3:
		replace(mutant, at, 1 + below(mutant, PIECE_MAX), NULL, 0);
		break;
	case 4:
		put_number(mutant);
		break;
	case 5:
		put_token(mutant);
		break;
	case 6:
		put_piece(mutant, &self);
		break;
	case 7:
		put_piece(mutant, other);
		break;
	default: /* torn, now and then */
		if (below(mutant, 8) == 0)
			mutant->len = at;
		break;
	}
}

size_t mutate(uint64_t number, const struct piece *seed,
              const struct piece *other, uint8_t *out, size_t room)
{
	struct mutant mutant = {number, out, seed->len, room};
	size_t count;

	if (mutant.len > room)
		mutant.len = room;
	memcpy(out, seed->bytes, mutant.len);
	for (count = 1 + below(&mutant, CHANGES_MAX); count > 0; count--)
		change(&mutant, other);
	return mutant.len;
}
