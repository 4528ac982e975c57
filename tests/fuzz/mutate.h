/* SPDX-License-Identifier: Apache-2.0 */
/* Mutants of a seed, the same ones every time. */
#ifndef TESTS_FUZZ_MUTATE_H
#define TESTS_FUZZ_MUTATE_H

#include <stddef.h>
#include <stdint.h>

/*
 * Make mutant NUMBER of the LEN bytes at SEED in OUT, which has ROOM bytes, at
 * least one; OTHER may lend it pieces.  Returns its length.
 */
struct piece {
	const uint8_t *bytes;
	size_t len;
};
size_t mutate(uint64_t number, const struct piece *seed,
              const struct piece *other, uint8_t *out, size_t room);

#endif
