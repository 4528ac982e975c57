/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_STORE_PERSON_H
#define CORE_ENGINE_STORE_PERSON_H

#include <stdbool.h>

/* True when somebody could answer a dialog on this desktop: DISPLAY or
 * WAYLAND_DISPLAY is set, and CI is not. */
bool person_sees_dialogs(void);
/* The same, or GPG_TTY names the terminal that a passphrase can be typed at. */
bool person_can_type(void);

#endif
