/* SPDX-License-Identifier: Apache-2.0 */
/* The two clocks. */
#include "clock.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

static int64_t real_wall(void)
{
	struct timespec now;

	/* Asked for once in a run: the vdso's page would cost more than the
	 * system call. */
	(void)syscall(SYS_clock_gettime, CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec;
}

static int64_t real_boot(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_BOOTTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static int64_t (*wall_clock)(void) = real_wall;
static int64_t (*boot_clock)(void) = real_boot;

int64_t clock_wall(void)
{
	return wall_clock();
}

int64_t clock_boot(void)
{
	return boot_clock();
}

void clock_replace(int64_t (*wall)(void), int64_t (*boot)(void))
{
	wall_clock = wall != NULL ? wall : real_wall;
	boot_clock = boot != NULL ? boot : real_boot;
}
