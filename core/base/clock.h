/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_BASE_CLOCK_H
#define CORE_BASE_CLOCK_H

#include <stdint.h>

/* Seconds since 1970: for expiry, which is a matter of wall time. */
int64_t clock_wall(void);
/* Milliseconds that go on while the machine sleeps: for deadlines. */
int64_t clock_boot(void);

/* Tests put their own clocks in place; NULL puts the real one back. */
void clock_replace(int64_t (*wall)(void), int64_t (*boot)(void));

#endif
