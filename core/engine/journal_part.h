/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two parts at fixed places, each with a checksum behind it, so that one that
 * a crash has torn is recognised:
 *
 *   astro refresh journal 1        answer
 *   spent=SHA256                   obtained=1700000000
 *   process=123                    expires=1700003600
 *   boot=UUID                      access_token=...
 *   since=1700000000               refresh_token=...
 *   sum=SHA256                     sum=SHA256, over the first part too
 */
#ifndef CORE_ENGINE_JOURNAL_PART_H
#define CORE_ENGINE_JOURNAL_PART_H

#include <stddef.h>

#include "journal.h"

#define JOURNAL_TITLE "astro refresh journal 1\n"
#define JOURNAL_ANSWER_TITLE "answer\n"

enum {
	JOURNAL_ANSWER_AT = 512,
	/* Two tokens of a credential's greatest length, and what is around
	 * them. */
	JOURNAL_SIZE = JOURNAL_ANSWER_AT + 2 * 64 * 1024 + 1024,
	JOURNAL_HEX_SIZE = 2 * JOURNAL_HASH_LEN + 1
};

void journal_hash(const struct astro_secret *secret,
                  unsigned char out[JOURNAL_HASH_LEN]);
/* The checksum of a part: of the bytes before it, and of SPENT, which ties an
 * answer to the request that it answers. */
void journal_sum(const unsigned char spent[JOURNAL_HASH_LEN], const char *bytes,
                 size_t len, char out[JOURNAL_HEX_SIZE]);

#endif
