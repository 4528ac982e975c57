/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One target a program: what is read from outside, read from any bytes at all.
 * The name is libFuzzer's; without it, main.c calls it with mutants of the
 * seeds.
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* Returns 0; whatever must hold and does not ends the program. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

/* An assertion that no build leaves out. */
#define MUST(claim)                                                            \
	do {                                                                   \
		if (!(claim)) {                                                \
			(void)fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, \
			              __LINE__, #claim);                       \
			abort();                                               \
		}                                                              \
	} while (0)

#endif
