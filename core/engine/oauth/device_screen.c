/* SPDX-License-Identifier: Apache-2.0 */
/* The screen of a login that is confirmed on another device. */
#include "device_screen.h"

#include <ctype.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"
#include "core.h"
#include "device.h"
#include "drive.h"
#include "error.h"
#include "interrupt.h"
#include "qr.h"
#include "text.h"

enum { TURN_MS = 200, MACHINE_MAX = 256, SPELLING_MAX = 1024 };

static void tell_why(const char *why)
{
	if (why == NULL) {
		terminal_tell("Log in with a code, on any device:");
		return;
	}
	terminal_tell("%c%s: log in with a code, on any device:",
	              toupper((unsigned char)why[0]), why + 1);
}

/* "B, C, dash, D" for who listens: read as a word it is noise. */
static void tell_spelling(const char *code)
{
	struct text line;
	const char *at;
	bool ok = true;

	text_init(&line, SPELLING_MAX);
	for (at = code; ok && *at != '\0'; at++) {
		if (at > code)
			ok = text_add_string(&line, ", ");
		if (ok && *at == '-')
			ok = text_add_string(&line, "dash");
		else if (ok && *at == ' ')
			ok = text_add_string(&line, "blank");
		else if (ok)
			ok = text_add(&line, at, 1);
	}
	if (ok)
		(void)fprintf(stderr, "  Spelled   %s\n", line.bytes);
	text_clear(&line);
}

/* RFC 8628, 3.3.1: address and code are shown, whatever else is.  They stand
 * below the picture, which may be more than the terminal's rows hold. */
static void tell_code(const struct device_grant *grant)
{
	bool bold = terminal_has_colour(stderr);

	terminal_tell("  Open      %s", grant->uri);
	/* Both are visible ASCII: device_read() saw to it. */
	(void)fprintf(stderr, "  Enter     %s%s%s\n", bold ? "\033[1m" : "",
	              grant->user_code, bold ? "\033[0m" : "");
	if (terminal_is_accessible())
		tell_spelling(grant->user_code);
	terminal_tell("%s", "");
}

/* 5.4: who has been sent a code by somebody else is being robbed. */
static void tell_warning(const struct astro_core *core)
{
	char machine[MACHINE_MAX] = "this machine";

	if (gethostname(machine, sizeof(machine) - 1) != 0 || *machine == '\0')
		(void)snprintf(machine, sizeof(machine), "this machine");
	terminal_tell("It logs %s in to %s.", machine, core->settings.name);
	terminal_tell("Confirm it only if you began it yourself: nobody has "
	              "reason to send you a code.");
}

static void drive_code(struct drive *drive, const struct device_grant *grant)
{
	const struct drive_member members[] = {
		{.name = "user_code", .text = grant->user_code},
		{.name = "verification_uri", .text = grant->uri},
		{.name = "verification_uri_complete",
	         .text = grant->complete[0] != '\0' ? grant->complete : NULL},
		{.name = "expires_in",
	         .kind = DRIVE_NUMBER,
	         .number = grant->expires_in},
	};

	drive_event(drive, "device_code", members,
	            sizeof(members) / sizeof(members[0]));
}

int device_screen_show(struct device_screen *screen,
                       const struct device_grant *grant,
                       struct astro_error *err)
{
	const char *picture =
		grant->complete[0] != '\0' ? grant->complete : grant->uri;

	if (screen->core->drive != NULL) {
		drive_code(screen->core->drive, grant);
		return interrupt_check(err);
	}
	tell_why(screen->why);
	if (!qr_show(picture))
		terminal_tell("%s", "");
	tell_code(grant);
	tell_warning(screen->core);
	return interrupt_check(err);
}

static int timed_out(struct astro_error *err)
{
	return error_set(err, ASTRO_TIMED_OUT,
	                 "run `astro login` again; --timeout SECONDS gives "
	                 "more time",
	                 "nobody confirmed the code in time");
}

int device_screen_wait(struct device_screen *screen, uint32_t ms, int64_t end,
                       struct astro_error *err)
{
	int64_t until = clock_boot() + (int64_t)ms;

	for (;;) {
		int64_t now = clock_boot(), left = until - now;
		int status = interrupt_check(err);

		if (status == ASTRO_OK && screen->core->drive != NULL)
			status = drive_check(screen->core->drive, err);
		if (status != ASTRO_OK)
			return status;
		if (now >= end)
			return timed_out(err);
		if (screen->core->drive != NULL)
			drive_waiting(screen->core->drive, "device", end - now);
		else
			terminal_progress_show(
				&screen->progress,
				"Waiting for you to confirm it there",
				end - now);
		if (left <= 0)
			return ASTRO_OK;
		if (left > end - now)
			left = end - now;
		/* A signal just before poll() is seen after the turn. */
		(void)poll(NULL, 0, left < TURN_MS ? (int)left : TURN_MS);
	}
}

void device_screen_end(struct device_screen *screen)
{
	terminal_progress_end(&screen->progress);
}
