/* SPDX-License-Identifier: Apache-2.0 */
/* ^C and its like, as a flag. */
#include "interrupt.h"

#include <signal.h>
#include <stdbool.h>
#include <string.h>

#include "error.h"

static volatile sig_atomic_t arrived;
static bool is_held;

static void note(int number)
{
	arrived = number;
}

void interrupt_install(void)
{
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};
	struct sigaction action;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = note;
	(void)sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		(void)sigaction(numbers[i], &action, NULL);

	action.sa_handler = SIG_IGN;
	(void)sigaction(SIGPIPE, &action, NULL);
	(void)sigaction(SIGXFSZ, &action, NULL);
}

int interrupt_signal(void)
{
	return arrived;
}

void interrupt_forget(void)
{
	arrived = 0;
	is_held = false;
}

void interrupt_hold(void)
{
	is_held = true;
}

void interrupt_release(void)
{
	is_held = false;
}

int interrupt_check(struct astro_error *err)
{
	if (arrived == 0 || is_held)
		return ASTRO_OK;
	return error_set(err, ASTRO_CANCELLED, NULL, "interrupted");
}
