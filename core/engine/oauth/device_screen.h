/* SPDX-License-Identifier: Apache-2.0 */
/* What the person sees of a device code, and the wait with its clock. */
#ifndef CORE_ENGINE_OAUTH_DEVICE_SCREEN_H
#define CORE_ENGINE_OAUTH_DEVICE_SCREEN_H

#include <stdbool.h>
#include <stdint.h>

#include <astro/provider.h>

#include "terminal.h"

struct device_grant;

struct device_screen {
	const struct astro_core *core;
	const char *why; /* "over SSH", or NULL */
	struct terminal_progress progress;
};

/* Why, the address, the code and its picture (a QR code where the terminal can
 * show one), what is being authorized, and the warning of RFC 8628, 5.4.  With
 * `login --json` the event instead. */
int device_screen_show(struct device_screen *screen,
                       const struct device_grant *grant,
                       struct astro_error *err);
/* MS milliseconds, the time that is left until END (clock_boot()) shown
 * meanwhile.  ASTRO_TIMED_OUT at END, ASTRO_CANCELLED after ^C. */
int device_screen_wait(struct device_screen *screen, uint32_t ms, int64_t end,
                       struct astro_error *err);
void device_screen_end(struct device_screen *screen);

#endif
