/* SPDX-License-Identifier: Apache-2.0 */
/* For the trace of --verbose. */
#include "aside.h"

#include <sys/wait.h>

#include "child.h"
#include "log.h"

bool aside_is_heard(void)
{
	return log_is_verbose();
}

void aside_said(const char *provider, const char *line)
{
	log_write(ASTRO_DEBUG, "%s: %s", provider, line);
}

void aside_ended(const char *provider, const struct child_end *end,
                 bool was_asked)
{
	bool is_signal = WIFSIGNALED(end->status);

	(void)was_asked;
	if (end->status != 0)
		log_write(ASTRO_DEBUG, "%s: its program ended with %s %d",
		          provider, is_signal ? "signal" : "exit",
		          is_signal ? WTERMSIG(end->status)
		                    : WEXITSTATUS(end->status));
}
