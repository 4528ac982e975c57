/* SPDX-License-Identifier: Apache-2.0 */
/* What an operation may do that ends a login, as a macro of the build says. */
#ifndef TESTS_PLUGINS_KIT_OPERATION_H
#define TESTS_PLUGINS_KIT_OPERATION_H

#include "../plain.h"

#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <unistd.h>

static int *volatile operation_nowhere;

static inline void operation_hang(void)
{
	while (operation_nowhere == NULL)
		(void)pause();
}

static inline void operation_crash(void)
{
	*operation_nowhere = 1;
}

#endif
