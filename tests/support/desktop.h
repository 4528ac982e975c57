/* SPDX-License-Identifier: Apache-2.0 */
/* A desktop session of a test's own: home, bus, gnome-keyring, and somebody who
 * answers its dialogs. */
#ifndef TESTS_SUPPORT_DESKTOP_H
#define TESTS_SUPPORT_DESKTOP_H

#include <stdbool.h>

enum { DESKTOP_PATH_MAX = 128 };

/* The home folder, under TMPDIR; HOME, ASTRO_HOME, XDG_RUNTIME_DIR and
 * XDG_DATA_HOME name it and folders in it.  No display, no bus. */
extern char desktop_home[DESKTOP_PATH_MAX];

void desktop_begin(void);
/* Ends what was started, and takes the home away. */
void desktop_end(void);

/* A D-Bus daemon that starts no services, in DBUS_SESSION_BUS_ADDRESS. */
void desktop_start_bus(void);
/* The same, run by USER; for root. */
void desktop_start_foreign_bus(unsigned user);
void desktop_stop_bus(void);

/* gnome-keyring, its collection "login" made and unlocked with PASSWORD, or
 * left as it is (NULL). */
void desktop_start_keyring(const char *password);
/* SIGSTOP, SIGCONT or SIGKILL for it. */
void desktop_signal_keyring(int number);

/* From now on a display is said to be there.  Before the keyring: somebody
 * answers its next dialog with PASSWORD, or closes it (NULL). */
void desktop_sit_down(void);
void desktop_expect_dialog(const char *password);
/* Nobody answers the next dialog, which stays open. */
void desktop_leave_dialog_open(void);
bool desktop_dialog_is_open(void);

/* Run ARGV to its end with INPUT, its output discarded; its exit status. */
int desktop_run(const char *const *argv, const char *input);

#endif
