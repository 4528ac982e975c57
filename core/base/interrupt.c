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
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT,
	                              SIGALRM};
	struct sigaction action, inherited;
	size_t i;

	memset(&action, 0, sizeof(action));
	action.sa_handler = note;
	(void)sigemptyset(&action.sa_mask);
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		/* nohup(1), and a shell's job in the background. */
		if (sigaction(numbers[i], NULL, &inherited) == 0 &&
		    inherited.sa_handler == SIG_IGN)
			continue;
		(void)sigaction(numbers[i], &action, NULL);
	}

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

int interrupt_exit_code(int status)
{
	if (status == ASTRO_CANCELLED && arrived != 0)
		return 128 + (int)arrived;
	return error_exit_code(status);
}

void interrupt_end(void)
{
	int number = arrived;
	sigset_t set;

	/* The code of ^C is promised as a number. */
	if (number == 0 || number == SIGINT)
		return;
	(void)signal(number, SIG_DFL);
	(void)sigemptyset(&set);
	(void)sigaddset(&set, number);
	(void)sigprocmask(SIG_UNBLOCK, &set, NULL);
	(void)raise(number);
}
