/* SPDX-License-Identifier: Apache-2.0 */
/* A wait whose remaining time is shown. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "terminal.h"

/* To the line's beginning, and everything behind it taken away. */
static const char clean[] = "\r\033[K";

void terminal_time_left(int64_t left_ms, char *out, size_t size)
{
	int64_t seconds = left_ms > 0 ? (left_ms + 999) / 1000 : 0;

	(void)snprintf(out, size, "%" PRId64 ":%02" PRId64 " left",
	               seconds / 60, seconds % 60);
}

void terminal_progress_show(struct terminal_progress *progress,
                            const char *what, int64_t left_ms)
{
	int64_t seconds = (left_ms + 999) / 1000;
	char left[64];

	terminal_time_left(left_ms, left, sizeof(left));
	if (!terminal_can_draw(stderr)) {
		if (!progress->is_said)
			terminal_tell("%s, %s", what, left);
		progress->is_said = true;
		return;
	}
	if (progress->is_said && seconds == progress->drawn_left)
		return;
	/* A line that wraps cannot be drawn over. */
	if (strlen(what) + strlen(left) + 2 < terminal_width(stderr))
		(void)fprintf(stderr, "%s%s, %s", clean, what, left);
	else
		(void)fprintf(stderr, "%s%s", clean, left);
	progress->is_said = true;
	progress->drawn_left = seconds;
}

void terminal_progress_end(struct terminal_progress *progress)
{
	if (progress->is_said && terminal_can_draw(stderr))
		(void)fputs(clean, stderr);
	progress->is_said = false;
}
