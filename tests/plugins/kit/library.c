/* SPDX-License-Identifier: Apache-2.0 */
/* The library that is there when the kit is linked, and not later. */
extern __attribute__((visibility("default"))) int of_a_library(void);

int of_a_library(void)
{
	return 0;
}
