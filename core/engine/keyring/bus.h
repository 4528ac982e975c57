/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CORE_ENGINE_KEYRING_BUS_H
#define CORE_ENGINE_KEYRING_BUS_H

#include <gio/gio.h>

#include "wait.h"

/*
 * The session's bus, for g_object_unref().  Whoever runs it sees what is said
 * on it: ASTRO_UNSAFE unless it is a local socket whose listener is root or
 * this user.  ASTRO_STORE where there is none: no bus is started.
 */
int bus_open(struct wait *wait, GDBusConnection **out, struct astro_error *err);

#endif
